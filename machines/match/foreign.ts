/**
 * The escrow was paid out by somebody else (design: section 3, rule 7). Right to the lamport and to the payee it is as
 * good as our own; any other is booked as what the chain shows, and a person is called.
 */
import { isInFlight } from '../actions/open-action.ts';
import { endAction } from '../actions/steps.ts';
import type { BreakClass, Effect } from '../effects.ts';
import { alert, andThen, directoryWork, foundBreak, nothing } from '../step.ts';
import { callOff, carryOn, credit, PAYING } from './cancellation.ts';
import { type Cancellation, type MatchContext, type Seat, seatedOnChain, seatOf } from './context.ts';
import type { ForeignSettlement } from './events.ts';
import { conclude, type MatchStep } from './seats.ts';
import { settleDrain } from './steps.ts';

export function foreignSettled(context: MatchContext, event: ForeignSettlement): MatchStep {
  const booked = event.kind === 'distribute' ? distributed(context, event) : refunded(context, event);
  // Those in flight fail on the chain, and end with their attempts.
  const idle = booked.context.actions.filter((action) => PAYING.includes(action.kind) && !isInFlight(action));
  const ended = idle.reduce(
    (step, { hash }) =>
      andThen(step, (now) => endAction(now, hash, 'cancelled', 'somebody else paid it out')),
    booked,
  );
  const told = { ...ended, effects: [...ended.effects, ...complaint(context, event), directoryWork] };
  return carryOn(settleDrain(told));
}

/** By more than a payment that somebody else has made meanwhile. */
export function waitsForPerson({ actions }: MatchContext): boolean {
  return actions.some(({ state, kind }) => state === 'review' && !PAYING.includes(kind));
}

function distributed(context: MatchContext, event: ForeignSettlement): MatchStep {
  const slot = Math.max(context.facts.slot, event.slot);
  const facts = { ...context.facts, ...event.observed, distributed: true, slot };
  const isSettled = context.result !== null && event.wrong === null;
  const result = isSettled
    ? { ...context.result, settlement: event.signature, prizes: prizesByRank(context, event) }
    : context.result;
  return {
    context: { ...context, facts, result },
    effects: [...credits(context, event, 'prize'), ...concluded(context, event)],
  };
}

/** By rank of the accepted result, where there is one; a player who is listed twice got the sum (H-22). */
function prizesByRank({ result }: MatchContext, { payouts }: ForeignSettlement): string[] {
  return (result?.shares ?? []).map(({ userId }) =>
    payouts
      .filter((payout) => payout.userId === userId)
      .reduce((sum, { lamports }) => sum + BigInt(lamports), 0n)
      .toString(),
  );
}

/** No join may follow it (H-07): the match is called off with it, if it was not before. */
function refunded(context: MatchContext, event: ForeignSettlement): MatchStep {
  const { reason, abandonedIndex, payouts, signature } = event;
  const abandoned = context.seats.find(({ index }) => index !== null && index === abandonedIndex);
  const cancellation: Cancellation = {
    reason,
    abandonedUserId: abandoned?.userId ?? null,
    refunds: payouts,
    settlement: signature,
  };
  const facts = {
    ...context.facts,
    // Whoever repeats it can write another reason over it (H-23).
    refunded: context.facts.refunded ?? { reason, abandonedIndex },
    slot: Math.max(context.facts.slot, event.slot),
  };
  const seats = context.seats.map((seat) => owedSeat(seat, event.owed ?? []));
  const seen = { ...context, facts, cancellation, seats };
  const stopped = context.cancellation === null ? callOff(seen, cancellation, null) : nothing(seen);
  const told = [...credits(context, event, 'refund'), ...concluded(context, event)];
  return { ...stopped, effects: [...stopped.effects, ...told] };
}

function owedSeat(seat: Seat, owed: readonly number[]): Seat {
  if (seat.index !== null && owed.includes(seat.index)) return { ...seat, owed: true };
  return seat.owed === undefined ? seat : { ...seat, owed: false };
}

/** With nothing of theirs open any more, nobody would look at these deposits for what was not credited here. */
function concluded(context: MatchContext, { wrong }: ForeignSettlement): Effect[] {
  return seatedOnChain(context).flatMap((seat) => conclude(seat, wrong !== null));
}

/** Of a payee that is not the player's nobody here knows; the deposit's own history tells whom it paid. */
function credits(context: MatchContext, event: ForeignSettlement, ref: 'prize' | 'refund'): Effect[] {
  if (event.wrong !== null) return [];
  return event.payouts.flatMap(({ userId, lamports }, position) => {
    const seat = seatOf(context, userId);
    return seat === undefined ? [] : credit(seat, event, position, { amount: lamports, ref });
  });
}

function complaint({ terms }: MatchContext, { wrong, signature }: ForeignSettlement): Effect[] {
  if (wrong === null) return [];
  const entity = terms?.matchPda ?? '';
  const cls: BreakClass = 'payee_mismatch';
  const reason = `${signature} paid the escrow out, and not as decided: ${wrong}`;
  return [
    foundBreak(cls, entity, reason),
    { type: 'record', row: 'review', entity, reason },
    alert(`foreign:${cls}`, entity, 'critical', reason),
  ];
}
