/** How far what was accepted has come: the same for every owner, and computed of its context alone. */
import { isInFlight, type OpenAction } from '../machines/actions/open-action.ts';
import type { LinkState, QueueView } from './wire/views.ts';

/** `isReady`: no other action has to come first. */
export function queueOf(
  actions: readonly OpenAction[],
  link: LinkState,
  isReady: (action: OpenAction) => boolean,
): QueueView {
  const waiting = actions.filter((action) => !isInFlight(action));
  const oldest = waiting.toSorted((left, right) => left.order - right.order)[0];
  return {
    waiting: waiting.length,
    underWay: actions.length - waiting.length,
    waitsFor: oldest === undefined ? null : reasonOf(oldest, link, isReady),
  };
}

function reasonOf(
  action: OpenAction,
  link: LinkState,
  isReady: (action: OpenAction) => boolean,
): QueueView['waitsFor'] {
  if (action.state === 'review' || link === 'paused') return 'person';
  if (link === 'queued') return 'chain';
  if (action.state === 'offered') return 'wallet';
  if (!isReady(action)) return 'action';
  return link === 'online' ? null : 'permit';
}
