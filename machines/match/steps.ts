/**
 * What each request to a match does: the new context, and the effects that follow from it. Pure, one function an event;
 * whether the event is taken at all is `rules.ts`, which states follow is `machine.ts`.
 */
import { actionByHash, isInFlight } from '../actions/open-action.ts';
import { doom, endAction, openAction } from '../actions/steps.ts';
import type { Effect } from '../effects.ts';
import { applyToLink, compareWork, type LinkEvent } from '../link.ts';
import type { PendingAction } from '../pending-action.ts';
import { refusal } from '../refusals.ts';
import { alert, andThen, answer, directoryWork, foundBreak, nothing } from '../step.ts';
import { type Absence, countedSeats, type MatchContext, type Seat, seatByHash } from './context.ts';
import type {
  CompareFailed,
  CreateRequested,
  EndRequested,
  HoldDecided,
  JoinRequested,
  JoinTakenBack,
  PresenceReported,
  SeatExpired,
  StartRequested,
  SurplusSeen,
} from './events.ts';
import { isDrained } from './readiness.ts';
import {
  askHold,
  expiry,
  freeSeat,
  grace,
  lapse,
  type MatchStep,
  noTimers,
  wake,
  withoutSeat,
  withSeat,
} from './seats.ts';

export function createRequested(context: MatchContext, event: CreateRequested): MatchStep {
  const opened = openAction({ ...context, terms: event.terms }, event.action, null);
  const { level, healthEpoch } = event.verdict;
  const next = { ...opened.context, link: { ...context.link, level, epoch: healthEpoch } };
  return {
    context: next,
    effects: [
      ...opened.effects,
      directoryWork,
      phaseTimer(event.at + event.terms.timeouts.lobbyMs),
      ...wake(next, event.action.hash),
    ],
  };
}

/** The intent is committed before the hold is asked for: should this object die now, the outbox asks. */
export function joinRequested(context: MatchContext, event: JoinRequested): MatchStep {
  const { hash } = event.action;
  const seat: Seat = {
    userId: event.user.id,
    wallet: event.user.wallet,
    payer: event.payer,
    authority: event.authority,
    hash,
    requestId: event.requestId,
    notAfter: event.notAfter,
    lapsesAt: null,
    state: 'requested',
    index: null,
    played: false,
  };
  const opened = openAction({ ...context, seats: [...context.seats, seat] }, event.action, seat.userId);
  const intent: Effect[] =
    event.intent === null ? [] : [{ type: 'record', row: 'intent', hash, ...event.intent }];
  return {
    context: opened.context,
    effects: [...opened.effects, ...intent, askHold(context, seat), expiry(seat, seat.notAfter)],
  };
}

/** More than a match may have open: no seat and no hold, a person is asked (I18: every overflow has a review record). */
export function joinOverLimit(context: MatchContext, { action, user, entryFee }: JoinRequested): MatchStep {
  const reason = `join of ${user.id} for ${entryFee} lamports is over the limit of the match`;
  const opened = openAction(context, action, user.id);
  const ended = andThen(opened, (now) => endAction(now, action.hash, 'failed', 'match_limit_reached'));
  const entity = context.terms?.matchPda ?? '';
  return {
    context: ended.context,
    effects: [
      ...ended.effects,
      { type: 'record', row: 'review', entity: action.hash, reason },
      alert('over_limit', entity, 'warning', reason),
    ],
  };
}

/** Nothing of it is signed, and nothing will be: seat and hold are free at once, also while the chain is away. */
export function joinTakenBack(context: MatchContext, { join }: JoinTakenBack): MatchStep {
  const seat = join === null ? undefined : seatByHash(context, join);
  if (seat === undefined) return { context, effects: [] };
  return settleDrain(freeSeat(context, seat, 'cancelled', 'the player took it back'));
}

export function holdGranted(context: MatchContext, event: HoldDecided): MatchStep {
  const seat = seatByHash(context, event.hash);
  if (seat === undefined) return { context, effects: [] };
  const next = withSeat(context, { ...seat, state: 'reserved' });
  const body = { matchId: context.terms?.matchId ?? '', action: seat.hash, seat: 'reserved' };
  return { context: next, effects: [answer(seat.requestId, 200, body), ...wake(next, seat.hash)] };
}

export function holdRefused(context: MatchContext, event: HoldDecided): MatchStep {
  const seat = seatByHash(context, event.hash);
  if (seat === undefined) return { context, effects: [] };
  const { code, message, status } = event.refusal ?? { ...refusal('internal'), status: 500 };
  const freed = endAction(withoutSeat(context, seat), seat.hash, 'failed', code);
  const effects = [
    ...freed.effects,
    ...noTimers(seat),
    answer(seat.requestId, status, { code, message, retryable: false }),
  ];
  return settleDrain({ context: freed.context, effects });
}

/** Seats whose hold nobody granted in time are freed; the others are played, and can no longer expire or be cancelled. */
export function startRequested(context: MatchContext, event: StartRequested): MatchStep {
  let step: MatchStep = { context, effects: [] };
  for (const seat of context.seats.filter((each) => each.state === 'requested')) {
    step = andThen(step, (now) => freeSeat(now, seat, 'cancelled', 'the match started'));
  }
  const timers = countedSeats(step.context).flatMap(noTimers);
  const seats = step.context.seats.map((seat) => ({ ...seat, played: true }));
  const made = { ...context.made, start: context.made.start + 1 };
  const opened = openAction({ ...step.context, seats, made }, event.action, null);
  const until = event.at + (context.terms?.timeouts.playMs ?? 0);
  return {
    context: opened.context,
    effects: [
      ...step.effects,
      ...timers,
      ...opened.effects,
      phaseTimer(until),
      ...wake(opened.context, event.action.hash),
    ],
  };
}

export function endRequested(context: MatchContext, event: EndRequested): MatchStep {
  const { shares, matchHash, hotUrl, settlement } = event;
  const separate = settlement.distribute !== null;
  const result = { shares, matchHash, hotUrl, separate, prizes: null, settlement: null };
  return openSettlement({ ...context, result }, settlement);
}

/** Nobody can forfeit any more. `end` is null where the match ended otherwise: then only the prizes are to be paid. */
export function openSettlement(
  context: MatchContext,
  { end, distribute }: { readonly end: PendingAction | null; readonly distribute: PendingAction | null },
): MatchStep {
  const calm: MatchStep = { context: { ...context, absences: [] }, effects: noPhaseTimers(context) };
  const ending = end === null ? calm : andThen(calm, (now) => openOwn(now, 'end', end));
  const both =
    distribute === null ? ending : andThen(ending, (now) => openOwn(now, 'distribute', distribute));
  return end === null ? both : { ...both, effects: [...both.effects, ...wake(both.context, end.hash)] };
}

/** Counted, so that the next of its kind is another one (formats: client keys). */
function openOwn(context: MatchContext, kind: 'end' | 'distribute', action: PendingAction): MatchStep {
  const made = { ...context.made, [kind]: context.made[kind] + 1 };
  return openAction({ ...context, made }, action, null);
}

/** `notAfter` has passed. With attempts outstanding the join is only doomed: it ends once they are provably dead. */
export function seatExpired(context: MatchContext, event: SeatExpired): MatchStep {
  const seat = seatByHash(context, event.hash);
  const action = actionByHash(context, event.hash);
  if (seat === undefined || action === undefined) return { context, effects: [] };
  if (!isInFlight(action)) return settleDrain(freeSeat(context, seat, 'expired', 'notAfter passed'));
  return { context: doom(context, action), effects: [] };
}

/** Nobody has signed. Where the wallet cannot be asked now, or has signed what may still land, its time begins anew. */
export function seatLapsed(context: MatchContext, event: SeatExpired): MatchStep {
  const seat = seatByHash(context, event.hash);
  const action = actionByHash(context, event.hash);
  if (seat === undefined || action === undefined) return { context, effects: [] };
  const isAsked = action.state === 'offered' && context.link.level !== 'down';
  if (isAsked) return settleDrain(freeSeat(context, seat, 'expired', 'the wallet did not sign in time'));
  const lapsesAt = event.at + (context.terms?.timeouts.walletLapseMs ?? 0);
  return { context: withSeat(context, { ...seat, lapsesAt }), effects: [lapse(seat, lapsesAt)] };
}

/** While the chain is down nobody's wallet is late: once it is back, all of its time begins (design: section 6). */
export function chainSpoke(context: MatchContext, event: LinkEvent): MatchStep {
  const link = applyToLink(context.link, event);
  const next = { ...context, link };
  const isBack = context.link.level === 'down' && link.level !== 'down';
  return isBack ? restartClocks(next, event.at) : nothing(next);
}

function restartClocks(context: MatchContext, at: number): MatchStep {
  const lapsesAt = at + (context.terms?.timeouts.walletLapseMs ?? 0);
  const isWaiting = ({ lapsesAt: before, played, state }: Seat): boolean =>
    before !== null && !played && state !== 'final';
  return {
    context: {
      ...context,
      seats: context.seats.map((seat) => (isWaiting(seat) ? { ...seat, lapsesAt } : seat)),
    },
    effects: context.seats.filter(isWaiting).map((seat) => lapse(seat, lapsesAt)),
  };
}

/** Whoever is not back when the grace ends forfeits; of several, the first (figures: section 3). */
export function presenceReported(context: MatchContext, event: PresenceReported): MatchStep {
  const others = context.absences.filter(({ userId }) => userId !== event.userId);
  if (event.present) {
    return { context: { ...context, absences: others }, effects: [grace(event.userId, null)] };
  }
  const until = event.at + (context.terms?.timeouts.graceMs ?? 0);
  const absence: Absence = { userId: event.userId, until };
  return {
    context: { ...context, absences: [...others, absence] },
    effects: [grace(event.userId, until)],
  };
}

/** A difference beyond its threshold: the match is paused, and a person is called (design: section 9). */
export function breakFound(context: MatchContext, event: CompareFailed): MatchStep {
  const entity = context.terms?.matchPda ?? '';
  const classes = [...new Set(event.breaks.map((found) => found.class))].join(', ');
  const text = `${classes}: ${event.breaks.map((found) => found.detail).join('; ')} (slot ${event.slot})`;
  const rows = event.breaks.map((found) => foundBreak(found.class, entity, found.detail));
  const link = { ...context.link, pausedFor: classes };
  return {
    context: { ...context, link },
    effects: [...rows, alert(`break:${classes}`, entity, 'critical', text)],
  };
}

export function surplusSeen(context: MatchContext, event: SurplusSeen): MatchStep {
  const entity = context.terms?.escrowPda ?? '';
  const detail = `${event.lamports} lamports beyond what is owed, at slot ${event.slot}`;
  return {
    context,
    effects: [foundBreak('surplus', entity, detail), alert('surplus', entity, 'warning', detail)],
  };
}

/** Once nothing that the drain waited for is open, both sides are compared; without a drain nobody waits for that. */
export function settleDrain(step: MatchStep): MatchStep {
  return step.context.link.drain > 0 && isDrained(step.context)
    ? { ...step, effects: [...step.effects, compareWork(0)] }
    : step;
}

/** One timer for both: a match that does not start in time, or does not end in time, is called off. */
function phaseTimer(at: number | null): Effect {
  return { type: 'timer', name: 'timeout', at, event: { type: 'match.cancel', abandonedUserId: null } };
}

export function noPhaseTimers(context: MatchContext): Effect[] {
  return [phaseTimer(null), ...context.absences.map(({ userId }) => grace(userId, null))];
}
