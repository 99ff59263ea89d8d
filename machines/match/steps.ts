/**
 * What each event of a match does: the new context, and the effects that follow from it. Pure, one function an event;
 * whether the event is taken at all is `rules.ts`, which states follow is `machine.ts`.
 */
import type { Effect, Json } from '../effects.ts';
import { compareWork, mayTry } from '../link.ts';
import type { PendingAction } from '../pending-action.ts';
import { refusal, refusalStatus } from '../refusals.ts';
import { alert, andThen, answer, directoryWork, foundBreak, type Step } from '../step.ts';
import {
  actionByHash,
  countedSeats,
  type MatchContext,
  type OpenAction,
  type Seat,
  seatByHash,
} from './context.ts';
import type {
  CompareFailed,
  CreateRequested,
  EndRequested,
  HoldDecided,
  JoinRequested,
  SeatExpired,
  StartRequested,
  SurplusSeen,
} from './events.ts';
import { driveWork, isDrained, isInFlight, isReady } from './readiness.ts';

export type MatchStep = Step<MatchContext>;

export function createRequested(context: MatchContext, event: CreateRequested): MatchStep {
  const opened = open({ ...context, terms: event.terms }, event.action, null);
  const { level, healthEpoch } = event.verdict;
  const next = { ...opened.context, link: { ...context.link, level, epoch: healthEpoch } };
  return {
    context: next,
    effects: [...opened.effects, directoryWork, ...wake(next, event.action.hash)],
  };
}

/** The intent is committed before the hold is asked for: should this object die now, the outbox asks. */
export function joinRequested(context: MatchContext, event: JoinRequested): MatchStep {
  const seat: Seat = {
    userId: event.user.id,
    wallet: event.user.wallet,
    authority: event.authority,
    hash: event.action.hash,
    requestId: event.requestId,
    notAfter: event.notAfter,
    state: 'requested',
    index: null,
    played: false,
  };
  const opened = open({ ...context, seats: [...context.seats, seat] }, event.action, seat.userId);
  return {
    context: opened.context,
    effects: [...opened.effects, askHold(context, seat), expiry(seat, seat.notAfter)],
  };
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
    expiry(seat, null),
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
  const played = countedSeats(step.context);
  const timers = played.map((seat) => expiry(seat, null));
  const seats = step.context.seats.map((seat) => ({ ...seat, played: true }));
  const made = { ...context.made, start: context.made.start + 1 };
  const opened = open({ ...step.context, seats, made }, event.action, null);
  return {
    context: opened.context,
    effects: [...step.effects, ...timers, ...opened.effects, ...wake(opened.context, event.action.hash)],
  };
}

export function endRequested(context: MatchContext, event: EndRequested): MatchStep {
  const { shares, matchHash, hotUrl } = event;
  const made = { ...context.made, end: context.made.end + 1 };
  const result = { shares, matchHash, hotUrl, prizes: null, settlement: null };
  const opened = open({ ...context, result, made }, event.action, null);
  return {
    context: opened.context,
    effects: [...opened.effects, ...wake(opened.context, event.action.hash)],
  };
}

/** `notAfter` has passed. With attempts outstanding the join is only doomed: it ends once they are provably dead. */
export function seatExpired(context: MatchContext, event: SeatExpired): MatchStep {
  const seat = seatByHash(context, event.hash);
  const action = actionByHash(context, event.hash);
  if (seat === undefined || action === undefined) return { context, effects: [] };
  if (!isInFlight(action)) return settleDrain(freeSeat(context, seat, 'expired', 'notAfter passed'));
  return { context: withAction(context, { ...action, doomed: true }), effects: [] };
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

/** Ends the join, frees its seat, gives its hold back; the release is sent even if the hold was never answered. */
export function freeSeat(
  context: MatchContext,
  seat: Seat,
  as: 'failed' | 'expired' | 'cancelled',
  why: string,
): MatchStep {
  const ended = endAction(withoutSeat(context, seat), seat.hash, as, why);
  const gone = { code: 'wrong_phase', message: `the seat was freed: ${why}`, retryable: false };
  const unanswered =
    seat.state === 'requested' ? [answer(seat.requestId, refusalStatus('wrong_phase'), gone)] : [];
  return {
    context: ended.context,
    effects: [...ended.effects, ...unanswered, expiry(seat, null), release(context, seat)],
  };
}

export function endAction(
  context: MatchContext,
  hash: string,
  state: string,
  detail: string | null,
): MatchStep {
  const actions = context.actions.filter((action) => action.hash !== hash);
  return {
    context: { ...context, actions },
    effects: [{ type: 'record', row: 'actionState', hash, state, detail }],
  };
}

/** Once nothing that the drain waited for is open, both sides are compared. */
export function settleDrain(step: MatchStep): MatchStep {
  return isDrained(step.context) ? { ...step, effects: [...step.effects, compareWork(0)] } : step;
}

export function withAction(context: MatchContext, changed: OpenAction): MatchContext {
  const actions = context.actions.map((action) => (action.hash === changed.hash ? changed : action));
  return { ...context, actions };
}

export function withSeat(context: MatchContext, changed: Seat): MatchContext {
  return { ...context, seats: context.seats.map((seat) => (seat.hash === changed.hash ? changed : seat)) };
}

function withoutSeat(context: MatchContext, gone: Seat): MatchContext {
  return { ...context, seats: context.seats.filter((seat) => seat.hash !== gone.hash) };
}

function open(context: MatchContext, action: PendingAction, userId: string | null): MatchStep {
  const opened: OpenAction = {
    hash: action.hash,
    kind: action.kind,
    order: context.nextOrder,
    state: 'queued',
    userId,
    attempts: 0,
    doomed: false,
  };
  return {
    context: { ...context, actions: [...context.actions, opened], nextOrder: context.nextOrder + 1 },
    effects: [{ type: 'record', row: 'action', action, state: 'queued' }],
  };
}

/** Tries the action at once where the chain can take it; where it is down, the replay will. */
export function wake(context: MatchContext, hash: string): Effect[] {
  const action = actionByHash(context, hash);
  return action !== undefined && mayTry(context.link) && isReady(context, action) ? [driveWork(hash, 0)] : [];
}

/** Where messages about a seat's money go, and whose it is. */
function bindingOf(seat: Seat): { userId: string; wallet: string; authority: string } {
  return { userId: seat.userId, wallet: seat.wallet, authority: seat.authority };
}

/** A player's object that could not read the chain either has refused for now, perhaps so often that nobody asks any more. */
export function askHoldsAgain(context: MatchContext): Effect[] {
  return context.seats.filter((seat) => seat.state === 'requested').map((seat) => askHold(context, seat));
}

function askHold(context: MatchContext, seat: Seat): Effect {
  const request = {
    token: seat.hash,
    amount: context.terms?.entryFee ?? '0',
    matchId: context.terms?.matchId ?? '',
  };
  return message('hold', seat, request);
}

function release(context: MatchContext, seat: Seat): Effect {
  return message('release', seat, {
    token: `release:${seat.hash}`,
    holdToken: seat.hash,
    matchId: context.terms?.matchId ?? '',
  });
}

export function message(
  task: 'hold' | 'release' | 'fact',
  seat: Seat,
  request: { token: string; [key: string]: Json },
): Effect {
  return {
    type: 'message',
    task,
    key: `${task}:${request.token}`,
    body: { binding: bindingOf(seat), request, hash: seat.hash },
  };
}

function expiry(seat: Seat, at: number | null): Effect {
  return { type: 'timer', name: `expire:${seat.hash}`, at, event: { type: 'timer.expire', hash: seat.hash } };
}
