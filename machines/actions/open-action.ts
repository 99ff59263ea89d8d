/**
 * An action on its way to the chain, as its owner's context holds it (design: section 6): the same for a match and for a
 * deposit. What an owner makes of it is the owner's; what its life looks like stands here.
 */
import type { Effect } from '../effects.ts';
import type { ActionKind, ActionState } from '../pending-action.ts';

export interface OpenAction {
  readonly hash: string;
  readonly kind: ActionKind;
  /** Order of acceptance with this owner. */
  readonly order: number;
  readonly state: ActionState;
  readonly userId: string | null;
  /** New signatures made so far. */
  readonly attempts: number;
  /** No new signature is made: it ends as `expired` or `cancelled` once every attempt is dead. */
  readonly doomed: boolean;
}

/** What every owner's context has. */
export interface ActionsContext {
  readonly actions: readonly OpenAction[];
  readonly nextOrder: number;
}

/** New signatures for one action before it waits for a person: each was finalized with an error, or provably died. */
export const MAX_ATTEMPTS = 5;

export function actionByHash(context: ActionsContext, hash: string): OpenAction | undefined {
  return context.actions.find((action) => action.hash === hash);
}

export function openActionOf(context: ActionsContext, kind: ActionKind): OpenAction | undefined {
  return context.actions.find((action) => action.kind === kind);
}

const IN_FLIGHT: readonly ActionState[] = ['signed', 'sent', 'landed'];
/** Not signed by all yet: nothing of it can land, so that it may end at any moment. */
const WAITING: readonly ActionState[] = ['queued', 'leased', 'offered'];

/** In flight: signed at least once, and the outcome is not final yet. Such an action may change the chain unseen. */
export function isInFlight(action: OpenAction): boolean {
  return IN_FLIGHT.includes(action.state);
}

/** States in which a report of an action's life means something; whatever comes late or astray changes nothing. */
const REPORTED_IN: ReadonlyMap<string, readonly ActionState[]> = new Map([
  ['action.leased', ['queued']],
  ['action.offered', ['queued', 'leased']],
  ['wallet.signed', ['offered']],
  // Also of what a person had in hand meanwhile, and gave back.
  ['offer.dead', ['queued', 'offered', 'leased']],
  ['action.signed', ['queued', 'leased']],
  ['action.sent', ['signed', 'sent']],
  ['action.landed', ['signed', 'sent']],
  ['action.dropped', ['landed']],
  ['attempt.absent', IN_FLIGHT],
  ['attempt.dead', IN_FLIGHT],
  ['attempt.failed', IN_FLIGHT],
  ['attempt.replaced', IN_FLIGHT],
  // Also of what a person looks at, or what was forgotten by a restore: an effect on the chain is booked whenever it is seen.
  ['action.final', [...WAITING, ...IN_FLIGHT, 'review']],
  ['action.review', [...WAITING, ...IN_FLIGHT]],
  ['action.refused', WAITING],
  ['action.blocked', WAITING],
]);

export function mayBeReported(action: OpenAction | undefined, event: string): boolean {
  return action !== undefined && REPORTED_IN.get(event)?.includes(action.state) === true;
}

export function driveWork(hash: string, inMs: number): Effect {
  return { type: 'work', key: `drive:${hash}`, task: 'drive', body: { hash }, inMs };
}
