/**
 * Which open action may touch the chain now (design: section 6, Owner): all wait for `create`, `start` for every played
 * join, `end` for `start`. Joins do not wait for one another, so that a poisoned one holds up only what needs it.
 */
import type { Effect } from '../effects.ts';
import type { ActionState } from '../pending-action.ts';
import { type MatchContext, type OpenAction, openActionOf, seatByHash } from './context.ts';

export function isReady(context: MatchContext, action: OpenAction): boolean {
  if (action.state === 'review') return false;
  switch (action.kind) {
    case 'create':
      return true;
    case 'join':
      return context.facts.createdAt !== null && seatByHash(context, action.hash)?.state !== 'requested';
    case 'start':
      return playedSeatsAreFinal(context);
    case 'end':
      return context.facts.phase >= 1 && openActionOf(context, 'start') === undefined;
    default:
      return false;
  }
}

const IN_FLIGHT: readonly ActionState[] = ['signed', 'sent', 'landed'];

/** In flight: signed at least once, and the outcome is not final yet. Such an action may change the chain unseen. */
export function isInFlight(action: OpenAction): boolean {
  return IN_FLIGHT.includes(action.state);
}

/** States in which a report of an action's life means something; whatever comes late or astray changes nothing. */
const REPORTED_IN: ReadonlyMap<string, readonly ActionState[]> = new Map([
  ['action.leased', ['queued']],
  ['action.signed', ['queued', 'leased']],
  ['action.sent', ['signed', 'sent']],
  ['action.landed', ['signed', 'sent']],
  ['action.dropped', ['landed']],
  ['attempt.absent', IN_FLIGHT],
  ['attempt.dead', IN_FLIGHT],
  ['attempt.failed', IN_FLIGHT],
  // Also of what a person looks at: an effect on the chain is booked whenever it is seen.
  ['action.final', [...IN_FLIGHT, 'review']],
  ['action.review', ['queued', 'leased', ...IN_FLIGHT]],
  ['action.blocked', ['queued', 'leased']],
]);

export function mayBeReported(action: OpenAction | undefined, event: string): boolean {
  return action !== undefined && REPORTED_IN.get(event)?.includes(action.state) === true;
}

/**
 * True once the actions accepted before the drain have ended. One that waits for a person, and what depends on it, does
 * not delay `online`; a seat whose hold is not granted was not accepted yet.
 */
export function isDrained(context: MatchContext): boolean {
  return context.actions
    .filter((action) => action.order < context.link.drain)
    .every((action) => waitsForSomebody(context, action));
}

function waitsForSomebody(context: MatchContext, action: OpenAction): boolean {
  if (isInFlight(action)) return false;
  if (action.state === 'review') return true;
  if (action.kind === 'join' && seatByHash(context, action.hash)?.state === 'requested') return true;
  const stuck = (kind: OpenAction['kind']): boolean =>
    context.actions.some((other) => other.kind === kind && other.state === 'review');
  switch (action.kind) {
    case 'join':
      return stuck('create');
    case 'start':
      return stuck('create') || stuck('join');
    case 'end':
      return stuck('create') || stuck('join') || stuck('start');
    default:
      return false;
  }
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

export function driveWork(hash: string, inMs: number): Effect {
  return { type: 'work', key: `drive:${hash}`, task: 'drive', body: { hash }, inMs };
}
