/**
 * A match that is called off (design: section 4): no join is signed any more, what was signed is looked after until it
 * is final or provably dead, and only then are all stakes paid back, in one call (H-06).
 */
import { actionByHash, isInFlight, type OpenAction } from '../actions/open-action.ts';
import { doom, endAction, openAction } from '../actions/steps.ts';
import type { Effect } from '../effects.ts';
import type { PendingAction } from '../pending-action.ts';
import { andThen, directoryWork, nothing } from '../step.ts';
import {
  type Cancellation,
  type MatchContext,
  type Seat,
  seatByHash,
  seatedOnChain,
  stakedSeats,
} from './context.ts';
import type { ActionFinal, CancelRequested, ForeignSettlement } from './events.ts';
import { wakeReady } from './readiness.ts';
import { conclude, freeSeat, type MatchStep, message } from './seats.ts';
import { noPhaseTimers, settleDrain } from './steps.ts';

/** The program's reasons (interface: section 2.2). */
export const REASON = { platformFault: 0, insufficientPlayers: 2, timeout: 3, graceExpired: 4 } as const;

/** Kinds that pay the escrow out, or open the way to it. */
export const PAYING: readonly OpenAction['kind'][] = ['end', 'distribute', 'refund'];

export function cancelRequested(context: MatchContext, event: CancelRequested): MatchStep {
  const { reason, abandonedUserId, action } = event;
  const cancellation = { reason, abandonedUserId, refunds: null, settlement: null };
  return settleDrain(callOff(context, cancellation, action));
}

export function callOff(
  context: MatchContext,
  cancellation: Cancellation,
  refund: PendingAction | null,
): MatchStep {
  const step = endOthers({
    context: { ...context, cancellation, absences: [] },
    effects: noPhaseTimers(context),
  });
  const mayHaveStakes = refund !== null && step.context.seats.length > 0;
  const opened = mayHaveStakes ? andThen(step, (now) => openRefund(now, refund)) : step;
  return carryOn(opened);
}

/** All but the refund: what may still land is looked after, and signed no more; what cannot ends now. */
export function endOthers(step: MatchStep): MatchStep {
  const others = step.context.actions.filter(({ kind }) => kind !== 'refund');
  return others.reduce((sum, { hash }) => andThen(sum, (now) => endOrDoom(now, hash)), step);
}

function endOrDoom(context: MatchContext, hash: string): MatchStep {
  const why = 'the match was called off';
  const action = actionByHash(context, hash);
  if (action === undefined) return nothing(context);
  // What a person looks at may have an attempt that can land: only that person ends it, who is told of it.
  if (isInFlight(action) || action.state === 'review') return nothing(doom(context, action));
  const seat = seatByHash(context, hash);
  return seat === undefined
    ? endAction(context, hash, 'cancelled', why)
    : freeSeat(context, seat, 'cancelled', why);
}

export function openRefund(context: MatchContext, refund: PendingAction): MatchStep {
  const made = { ...context.made, refund: context.made.refund + 1 };
  return openAction({ ...context, made }, refund, null);
}

/**
 * After anything that ended while the match is called off: the refund goes once all else has ended, and is given up
 * where there is nothing to pay back.
 */
export function carryOn(step: MatchStep): MatchStep {
  const { context } = step;
  if (context.cancellation === null) return step;
  const [refund, ...others] = context.actions.toSorted((left, right) => right.order - left.order);
  const isAlone = refund?.kind === 'refund' && others.length === 0;
  if (isAlone && !isInFlight(refund) && stakedSeats(context).length === 0) {
    const ended = andThen(step, (now) => endAction(now, refund.hash, 'cancelled', 'nothing to pay back'));
    return settleDrain({ ...ended, effects: [...ended.effects, directoryWork] });
  }
  const done = context.actions.length === 0 ? [directoryWork] : wakeReady(context);
  return { context, effects: [...step.effects, ...done] };
}

/** True once every stake that the chain ever had is back, and nothing is under way. */
export function isRefunded(context: MatchContext): boolean {
  return context.cancellation !== null && context.actions.length === 0 && stakedSeats(context).length === 0;
}

/** Facts for those who were paid back; a forfeited stake is in play no longer either. */
export function bookRefund(context: MatchContext, event: ActionFinal): MatchStep {
  const { cancellation } = context;
  if (cancellation === null) return nothing(context);
  const { reason, abandonedUserId } = cancellation;
  const seats = seatedOnChain(context);
  const abandonedIndex = seats.find((seat) => seat.userId === abandonedUserId)?.index ?? null;
  const effects = (cancellation.refunds ?? []).flatMap(({ userId, lamports }, position) => {
    const seat = seats.find((each) => each.userId === userId);
    return seat === undefined
      ? []
      : [...credit(seat, event, position, { amount: lamports, ref: 'refund' }), ...conclude(seat)];
  });
  return {
    context: {
      ...context,
      seats: context.seats.map((seat) => (seat.owed === true ? { ...seat, owed: false } : seat)),
      facts: { ...context.facts, refunded: context.facts.refunded ?? { reason, abandonedIndex } },
      cancellation: { ...cancellation, settlement: event.signature },
    },
    effects,
  };
}

/** What a wallet is paid is no business of any deposit. */
export function credit(
  seat: Seat,
  event: Pick<ForeignSettlement, 'signature' | 'instruction' | 'slot'>,
  position: number,
  { amount, ref }: { readonly amount: string; readonly ref: 'prize' | 'refund' },
): Effect[] {
  if (seat.payer === 'wallet' || amount === '0') return [];
  const token = `chain:${event.signature}:${event.instruction}:${position}`;
  return [
    message('fact', seat, {
      token,
      direction: 'credit',
      amount,
      holdToken: null,
      ref,
      slot: event.slot,
    }),
  ];
}
