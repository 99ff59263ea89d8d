/**
 * An action on its way to the chain, as its owner's context holds it (design: section 6): the same for a match and for a
 * deposit. What an owner makes of it is the owner's; what its life looks like stands here.
 */
import type { WorkEffect } from '../effects.ts';
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

/** Of a state as a view tells it, too. */
export function isUnsigned(state: string): boolean {
  return WAITING.some((waiting) => waiting === state);
}

/** In flight: signed at least once, and the outcome is not final yet. Such an action may change the chain unseen. */
export function isInFlight(action: OpenAction): boolean {
  return IN_FLIGHT.includes(action.state);
}

/** Signed, and not seen on the chain yet: what a permit is held for while the chain is not `online`. */
export function isUnderWay(action: OpenAction): boolean {
  return action.state === 'signed' || action.state === 'sent';
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
  // Also of what a person looks at: what was signed of it is followed to its end, so that they can end the action.
  ['attempt.absent', [...IN_FLIGHT, 'review']],
  ['attempt.dead', [...IN_FLIGHT, 'review']],
  ['attempt.failed', [...IN_FLIGHT, 'review']],
  ['attempt.replaced', [...IN_FLIGHT, 'review']],
  // Also of what a person looks at, or what was forgotten by a restore: an effect on the chain is booked whenever it is seen.
  ['action.final', [...WAITING, ...IN_FLIGHT, 'review']],
  ['action.review', [...WAITING, ...IN_FLIGHT]],
  ['action.refused', WAITING],
  ['action.blocked', WAITING],
]);

export function mayBeReported(action: OpenAction | undefined, event: string): boolean {
  return action !== undefined && REPORTED_IN.get(event)?.includes(action.state) === true;
}

export function driveWork(hash: string, inMs: number): WorkEffect {
  return { type: 'work', key: `drive:${hash}`, task: 'drive', body: { hash }, inMs };
}
