/**
 * Which open action may touch the chain now (design: section 6, Owner): all wait for `create`, `start` for every played
 * join, `end` for `start`, `distribute` for `end`, `refund` for every join having ended. Joins do not wait for one
 * another, so that a poisoned one holds up only what needs it.
 */
import { driveWork, isInFlight, type OpenAction, openActionOf } from '../actions/open-action.ts';
import type { Effect } from '../effects.ts';
import { isPaidOut, type MatchContext, seatByHash, stakedSeats } from './context.ts';

export function isReady(context: MatchContext, action: OpenAction): boolean {
  if (action.state === 'review') return false;
  switch (action.kind) {
    case 'create':
      return context.cancellation === null;
    case 'join':
      return (
        context.cancellation === null &&
        context.facts.createdAt !== null &&
        seatByHash(context, action.hash)?.state !== 'requested'
      );
    case 'start':
      return context.cancellation === null && playedSeatsAreFinal(context);
    case 'end':
      return !isPaidOut(context) && context.facts.phase >= 1 && openActionOf(context, 'start') === undefined;
    case 'distribute':
      return !isPaidOut(context) && hasEnded(context);
    case 'refund':
      return context.actions.every(({ kind }) => kind === 'refund') && stakedSeats(context).length > 0;
    default:
      return false;
  }
}

/** Phase 2 is final, or confirmed at least: anyone may settle or close an ended match (H-01, H-13), so no time is lost. */
function hasEnded(context: MatchContext): boolean {
  return context.facts.phase === 2 || openActionOf(context, 'end')?.state === 'landed';
}

/**
 * True once the actions accepted before the drain have ended. One that waits for a person or a wallet, and what depends
 * on it, does not delay `online`; a seat whose hold is not granted was not accepted yet.
 */
export function isDrained(context: MatchContext): boolean {
  return context.actions
    .filter((action) => action.order < context.link.drain)
    .every((action) => waitsForSomebody(context, action));
}

/** Kinds that an action of a kind waits for; where one of them waits for a wallet, so does the action. */
const DEPENDS_ON: { readonly [kind in OpenAction['kind']]?: readonly OpenAction['kind'][] } = {
  join: ['create'],
  start: ['create', 'join'],
  end: ['create', 'join', 'start'],
  distribute: ['create', 'join', 'start', 'end'],
  refund: ['create', 'join', 'start'],
};

function waitsForSomebody(context: MatchContext, action: OpenAction): boolean {
  if (isInFlight(action)) return false;
  // No more money goes into a match that waits for a person: everything that is not signed yet waits with it.
  if (context.actions.some(({ state }) => state === 'review') || action.state === 'offered') return true;
  if (action.kind === 'join' && seatByHash(context, action.hash)?.state === 'requested') return true;
  const needed = DEPENDS_ON[action.kind] ?? [];
  return context.actions.some((other) => needed.includes(other.kind) && other.state === 'offered');
}

function playedSeatsAreFinal(context: MatchContext): boolean {
  const played = context.seats.filter((seat) => seat.played);
  return played.length > 0 && played.every((seat) => seat.state === 'final');
}

/** Work for every action that could move now, in the order of acceptance. */
export function wakeReady(context: MatchContext): Effect[] {
  return context.actions
    .filter((action) => isReady(context, action) || isInFlight(action))
    .toSorted((left, right) => left.order - right.order)
    .map((action) => driveWork(action.hash, 0));
}
