/**
 * What a person decides of a match that waits for one (design: section 3, rule 5): take up what failed, settle without
 * the seats that could not land, or call it off. Nothing is ended whose attempts may still land: `rules.ts` sees to that.
 */
import { actionByHash, type OpenAction, openActionOf } from '../actions/open-action.ts';
import { advance, endAction, withAction } from '../actions/steps.ts';
import { andThen, nothing } from '../step.ts';
import { callOff, carryOn, endOthers, REASON } from './cancellation.ts';
import { isPaidOut, type MatchContext, type Seat, seatByHash } from './context.ts';
import type { ReviewResolved } from './events.ts';
import { wakeReady } from './readiness.ts';
import { expiry, freeSeat, lapse, type MatchStep, seatStateFor, withSeat } from './seats.ts';
import { openSettlement, settleDrain } from './steps.ts';

export function reviewResolved(context: MatchContext, event: ReviewResolved): MatchStep {
  const revived = revive(context, event.live);
  switch (event.as) {
    case 'retry':
      // Of a match called off only what may still land goes on; nothing else would ever end.
      return woken(context.cancellation === null ? resumed(revived, context) : endOthers(revived));
    case 'settle':
      return woken(andThen(revived, (now) => settle(now, event)));
    case 'void':
      return andThen(revived, (now) => voided(now, event));
  }
}

export type ResolvedState = 'lobby' | 'playing' | 'settling' | 'cancelling';

/** Where the money region goes on. */
export function resolvedState(context: MatchContext, event: ReviewResolved): ResolvedState {
  // Whatever was decided: the money went as prizes.
  if (context.facts.distributed) return 'settling';
  if (event.as === 'void' || (context.cancellation !== null && !endedOtherwise(event))) return 'cancelling';
  const isUnderWay = (['end', 'distribute'] as const).some((kind) =>
    event.live.includes(openActionOf(context, kind)?.hash ?? ''),
  );
  if (isUnderWay || context.facts.phase === 2 || isPaidOut(context) || endedOtherwise(event))
    return 'settling';
  return context.seats.some((seat) => seat.played) ? 'playing' : 'lobby';
}

/** H-16: without our `end`. Then only the prizes are left to be paid. */
export function endedOtherwise(event: ReviewResolved): boolean {
  return event.as === 'settle' && event.observed.phase === 2;
}

/** Every reviewed action goes on: looked after where an attempt may still land, else signed anew, with all its tries. */
function revive(context: MatchContext, live: readonly string[]): MatchStep {
  let step = nothing(context);
  for (const action of context.actions.filter(({ state }) => state === 'review')) {
    const state = live.includes(action.hash) ? 'sent' : 'queued';
    const fresh: OpenAction = { ...action, attempts: state === 'sent' ? action.attempts : 0 };
    step = andThen(step, (now) => advance(withAction(now, fresh), action.hash, state));
    const seat = seatByHash(step.context, action.hash);
    if (seat === undefined) continue;
    const next = withSeat(step.context, { ...seat, state: seatStateFor(state, seat.state) });
    step = { ...step, context: next };
  }
  return step;
}

/** While a person looked at a join its timers fired in vain: `notAfter` binds it all the same. */
function resumed(step: MatchStep, before: MatchContext): MatchStep {
  const seats = step.context.seats.filter(
    (seat) => !seat.played && actionByHash(before, seat.hash)?.state === 'review',
  );
  return seats.reduce((sum, seat) => andThen(sum, (now) => resumedSeat(now, seat)), step);
}

function resumedSeat(context: MatchContext, seat: Seat): MatchStep {
  const action = actionByHash(context, seat.hash);
  if (action?.doomed === true && action.state === 'queued')
    return freeSeat(context, seat, 'expired', 'notAfter passed');
  const lapsing = seat.lapsesAt === null ? [] : [lapse(seat, seat.lapsesAt)];
  return { context, effects: [expiry(seat, seat.notAfter), ...lapsing] };
}

/** Without the played seats that are not on the chain, and where the person says so by another result. */
function settle(context: MatchContext, event: ReviewResolved): MatchStep {
  let step = nothing(context);
  for (const seat of context.seats.filter(({ state }) => state !== 'final')) {
    step = andThen(step, (now) => freeSeat(now, seat, 'cancelled', 'settled without this seat'));
  }
  if (event.result === null) return step;
  const { shares, settlement } = event.result;
  const isEnded = endedOtherwise(event);
  step = withoutActions(step, isEnded ? ['start', 'end', 'distribute', 'refund'] : ['end', 'distribute']);
  const { matchHash = null, hotUrl = null } = context.result ?? {};
  const separate = isEnded || settlement.distribute !== null;
  const result = { shares, matchHash, hotUrl, separate, prizes: null, settlement: null };
  return andThen(step, (now) =>
    isEnded
      ? openSettlement({ ...asEnded(now, event), result }, { ...settlement, end: null })
      : openSettlement({ ...now, result }, settlement),
  );
}

/** It was played, also where the mirror was put back to before its start; and it can be called off no more. */
function asEnded(context: MatchContext, { observed }: ReviewResolved): MatchContext {
  const seats = context.seats.map((seat) => ({ ...seat, played: true }));
  return { ...context, seats, facts: { ...context.facts, ...observed }, cancellation: null };
}

/** Everybody is paid back in full: it is nobody's fault among the players (H-02: the one reason that always can be paid). */
function voided(context: MatchContext, event: ReviewResolved): MatchStep {
  const given = withoutActions(nothing(context), ['end', 'distribute', 'refund']);
  const cancellation = {
    reason: REASON.platformFault,
    abandonedUserId: null,
    refunds: null,
    settlement: null,
  };
  return settleDrain(andThen(given, (now) => callOff({ ...now, result: null }, cancellation, event.refund)));
}

function withoutActions(step: MatchStep, kinds: readonly OpenAction['kind'][]): MatchStep {
  const gone = step.context.actions.filter(({ kind }) => kinds.includes(kind));
  return gone.reduce(
    (sum, { hash }) => andThen(sum, (now) => endAction(now, hash, 'cancelled', 'a person decided otherwise')),
    step,
  );
}

function woken(step: MatchStep): MatchStep {
  const { context } = step;
  return carryOn(settleDrain({ context, effects: [...step.effects, ...wakeReady(context)] }));
}
