/** A seat from its request to its end, and what the match asks of its player's deposit meanwhile. */
import { actionByHash, driveWork } from '../actions/open-action.ts';
import { endAction } from '../actions/steps.ts';
import type { Effect, Json } from '../effects.ts';
import { mayTry } from '../link.ts';
import type { ActionState } from '../pending-action.ts';
import { refusalStatus } from '../refusals.ts';
import { answer, type Step } from '../step.ts';
import type { MatchContext, Seat, SeatState } from './context.ts';
import { isReady } from './readiness.ts';

export type MatchStep = Step<MatchContext>;

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
  const isAway = context.absences.some(({ userId }) => userId === seat.userId);
  const timers = isAway ? [...noTimers(seat), grace(seat.userId, null)] : noTimers(seat);
  return {
    context: ended.context,
    effects: [...ended.effects, ...unanswered, ...timers, release(context, seat)],
  };
}

export function withSeat(context: MatchContext, changed: Seat): MatchContext {
  return { ...context, seats: context.seats.map((seat) => (seat.hash === changed.hash ? changed : seat)) };
}

/** Who has no seat cannot forfeit it. */
export function withoutSeat(context: MatchContext, gone: Seat): MatchContext {
  return {
    ...context,
    seats: context.seats.filter((seat) => seat.hash !== gone.hash),
    absences: context.absences.filter(({ userId }) => userId !== gone.userId),
  };
}

/** A seat is `requested → reserved → submitted → landed → final` (design: section 3). */
export function seatStateFor(action: ActionState, current: SeatState): SeatState {
  switch (action) {
    case 'signed':
    case 'sent':
      return 'submitted';
    case 'landed':
      return 'landed';
    case 'queued':
    case 'offered':
      return current === 'requested' ? current : 'reserved';
    default:
      return current;
  }
}

/** Tries the action at once where the chain can take it; where it is down, the replay will. */
export function wake(context: MatchContext, hash: string): Effect[] {
  const action = actionByHash(context, hash);
  return action !== undefined && mayTry(context.link) && isReady(context, action) ? [driveWork(hash, 0)] : [];
}

/** A player's object that could not read the chain either has refused for now, perhaps so often that nobody asks any more. */
export function askHoldsAgain(context: MatchContext): Effect[] {
  return context.seats.filter((seat) => seat.state === 'requested').map((seat) => askHold(context, seat));
}

/** Of a wallet's stake no money is held: it is admitted, and counts against the user's limits all the same. */
export function askHold(context: MatchContext, seat: Seat): Effect {
  return message(seat.payer === 'wallet' ? 'admit' : 'hold', seat, {
    token: seat.hash,
    amount: context.terms?.entryFee ?? '0',
    matchId: context.terms?.matchId ?? '',
  });
}

export function release(context: MatchContext, seat: Seat): Effect {
  return message('release', seat, {
    token: `release:${seat.hash}`,
    holdToken: seat.hash,
    matchId: context.terms?.matchId ?? '',
  });
}

/**
 * What is said of a stake once it is in play no longer (H-04). A wallet's was never in play of a deposit. `isUntold`: nobody
 * tells that deposit what it was paid; it has to look for itself.
 */
export function conclude(seat: Seat, isUntold = false): Effect[] {
  if (seat.payer === 'wallet') return [];
  const token = `concluded:${seat.hash}`;
  return [message('conclude', seat, { token, holdToken: seat.hash, ...(isUntold && { isUntold }) })];
}

export function message(
  task: 'hold' | 'admit' | 'release' | 'fact' | 'conclude',
  seat: Seat,
  request: { token: string; [key: string]: Json },
): Effect {
  const { userId, wallet, authority } = seat;
  return {
    type: 'message',
    task,
    key: `${task}:${request.token}`,
    body: { binding: { userId, wallet, authority }, request, hash: seat.hash },
  };
}

export function expiry(seat: Seat, at: number | null): Effect {
  return { type: 'timer', name: `expire:${seat.hash}`, at, event: { type: 'timer.expire', hash: seat.hash } };
}

export function lapse(seat: Seat, at: number | null): Effect {
  return { type: 'timer', name: `lapse:${seat.hash}`, at, event: { type: 'timer.lapse', hash: seat.hash } };
}

export function grace(userId: string, at: number | null): Effect {
  return {
    type: 'timer',
    name: `grace:${userId}`,
    at,
    event: { type: 'match.cancel', abandonedUserId: userId },
  };
}

export function noTimers(seat: Seat): Effect[] {
  return seat.payer === 'custody' ? [expiry(seat, null)] : [expiry(seat, null), lapse(seat, null)];
}
