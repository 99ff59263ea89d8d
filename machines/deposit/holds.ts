/** Holds, admissions and stakes: promises of the user's money, and what became of them (design: section 7). */
import type { Effect, HoldState, RecordEffect } from '../effects.ts';
import { alert, foundBreak, nothing } from '../step.ts';
import type { DepositContext, OpenHold } from './context.ts';
import type {
  HoldExpired,
  HoldRequested,
  HoldStale,
  ReleaseRequested,
  StakeConcluded,
  TransferRequested,
} from './events.ts';
import { type DepositStep, post } from './postings.ts';

const HOUR_MS = 3_600_000;

type HoldEvent = HoldRequested | ReleaseRequested | HoldExpired | HoldStale | StakeConcluded;

export function promised(context: DepositContext, event: HoldEvent): DepositStep {
  switch (event.type) {
    case 'hold.request':
    case 'admission.request':
      return holdRequested(context, event);
    case 'hold.release':
      return released(context, event);
    case 'hold.expire':
      return holdExpired(context, event);
    case 'hold.stale':
      return holdStale(context, event);
    case 'stake.conclude':
      return stakeConcluded(context, event);
  }
}

function holdRequested(context: DepositContext, event: HoldRequested): DepositStep {
  const { token, amount, matchId, expiresAt } = event;
  const now = counted(context, event.at);
  if (event.type === 'admission.request') {
    const admission = { token, amount, matchId, since: event.at };
    return {
      context: { ...now, admissions: [...now.admissions, admission] },
      // No money is held under it: nothing must ever capture it.
      effects: [holdRecord(token, 'open', '0', matchId)],
    };
  }
  const hold: OpenHold = {
    token,
    amount,
    of: amount,
    matchId,
    since: event.at,
    expiresAt,
    isConcluded: false,
  };
  const posted = post(now, token, { available: -BigInt(amount), held: BigInt(amount) });
  return {
    context: { ...posted.context, holds: [...now.holds, hold] },
    effects: [
      ...posted.effects,
      holdRecord(token, 'open', amount, matchId),
      ...(expiresAt === null ? [] : [expiryTimer(token, expiresAt)]),
    ],
  };
}

/** More than a user may have open: nothing is held, a person is asked (I18: every overflow has a review record). */
export function overLimit(context: DepositContext, event: HoldRequested | TransferRequested): DepositStep {
  const what =
    'action' in event
      ? { entity: event.action.hash, text: `${event.action.kind} of ${event.lamports} lamports` }
      : { entity: event.token, text: `hold of ${event.amount} lamports for match ${event.matchId}` };
  const reason = `${what.text} is over the user's limit`;
  return {
    // Counts as an operation: else whoever is at the limit could have rows written without end.
    context: counted(context, event.at),
    effects: [
      { type: 'record', row: 'review', entity: what.entity, reason },
      alert('over_limit', context.binding?.authority ?? '', 'warning', reason),
    ],
  };
}

/** Also of a hold that was never made: it is remembered, and a hold that comes later is refused. */
function released(context: DepositContext, event: ReleaseRequested): DepositStep {
  const { holdToken, matchId } = event;
  const hold = context.holds.find((each) => each.token === holdToken);
  if (hold === undefined) {
    const admissions = context.admissions.filter((each) => each.token !== holdToken);
    return {
      context: { ...context, admissions },
      effects: [holdRecord(holdToken, 'released', '0', matchId)],
    };
  }
  const amount = BigInt(event.amount ?? hold.amount);
  const rest = BigInt(hold.amount) - amount;
  return rest === 0n
    ? givenBack(context, hold, event.token, 'released')
    : releasedInPart(context, hold, event.token, amount);
}

/** In the order of the deadlines, since timers fire in that order; never before its time, which the rules check. */
function holdExpired(context: DepositContext, event: HoldExpired): DepositStep {
  const hold = context.holds.find((each) => each.token === event.token);
  return hold === undefined ? nothing(context) : givenBack(context, hold, `expire:${hold.token}`, 'expired');
}

/** The match may say so before it has told of the capture: messages come in any order. */
function stakeConcluded(context: DepositContext, { holdToken }: StakeConcluded): DepositStep {
  return nothing({
    ...context,
    stakes: context.stakes.filter((stake) => stake.token !== holdToken),
    holds: context.holds.map((hold) => (hold.token === holdToken ? { ...hold, isConcluded: true } : hold)),
  });
}

function holdStale(context: DepositContext, { token }: HoldStale): DepositStep {
  const detail = `held since ${context.holds.find((hold) => hold.token === token)?.since} without progress`;
  return {
    context,
    effects: [foundBreak('orphan_hold', token, detail), alert('orphan_hold', token, 'warning', detail)],
  };
}

/** One operation more in the hour that is running (I32). */
export function counted(context: DepositContext, at: number): DepositContext {
  const { since, count } = context.velocity;
  const velocity = windowIsOver(since, at) ? { since: at, count: 1 } : { since, count: count + 1 };
  return { ...context, velocity };
}

export function operationsThisHour({ velocity }: DepositContext, at: number): number {
  return windowIsOver(velocity.since, at) ? 0 : velocity.count;
}

export function holdRecord(token: string, state: HoldState, amount: string, matchId: string): RecordEffect {
  return { type: 'record', row: 'hold', token, state, amount, matchId };
}

export function expiryTimer(token: string, at: number | null): Effect {
  return { type: 'timer', name: `hold:${token}`, at, event: { type: 'hold.expire', token } };
}

function givenBack(
  context: DepositContext,
  hold: OpenHold,
  by: string,
  state: 'released' | 'expired',
): DepositStep {
  const { token, amount, matchId, expiresAt } = hold;
  const posted = post(context, by, { held: -BigInt(amount), available: BigInt(amount) });
  const timer = expiresAt === null || state === 'expired' ? [] : [expiryTimer(token, null)];
  return {
    context: { ...posted.context, holds: context.holds.filter((each) => each.token !== token) },
    effects: [...posted.effects, holdRecord(token, state, amount, matchId), ...timer],
  };
}

function releasedInPart(context: DepositContext, hold: OpenHold, by: string, amount: bigint): DepositStep {
  const rest = { ...hold, amount: (BigInt(hold.amount) - amount).toString() };
  const posted = post(context, by, { held: -amount, available: amount });
  const holds = context.holds.map((each) => (each.token === hold.token ? rest : each));
  return {
    context: { ...posted.context, holds },
    effects: [...posted.effects, holdRecord(hold.token, 'open', rest.amount, hold.matchId)],
  };
}

/** A clock that went back begins no new window (F27). */
function windowIsOver(since: number, at: number): boolean {
  return at - since >= HOUR_MS;
}
