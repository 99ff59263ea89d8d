/**
 * Which open action may touch the chain now. Deposits and withdrawals do not depend on one another (design: section 6),
 * so that a poisoned one holds up nothing.
 */
import { actionByHash, driveWork, isInFlight, type OpenAction } from '../actions/open-action.ts';
import type { Effect } from '../effects.ts';
import { mayTry } from '../link.ts';
import type { DepositContext } from './context.ts';

/** No money leaves a deposit whose books a person has to look at; what comes in may cover what is missing. */
export function isReady(context: DepositContext, action: OpenAction): boolean {
  return action.state !== 'review' && (action.kind === 'deposit' || context.frozenFor === null);
}

/** True once the actions accepted before the drain have ended. One that waits for a wallet or a person does not delay it. */
export function isDrained(context: DepositContext): boolean {
  return context.actions
    .filter((action) => action.order < context.link.drain)
    .every((action) => !isInFlight(action) && (action.state === 'offered' || !isReady(context, action)));
}

/** Tries the action at once where the chain can take it; where it is down, the replay will. */
export function wake(context: DepositContext, hash: string): Effect[] {
  const action = actionByHash(context, hash);
  if (action === undefined || !mayTry(context.link)) return [];
  return isReady(context, action) || isInFlight(action) ? [driveWork(hash, 0)] : [];
}

/** Work for every action that could move now, in the order of acceptance. */
export function wakeReady(context: DepositContext): Effect[] {
  return context.actions
    .filter((action) => isReady(context, action) || isInFlight(action))
    .toSorted((left, right) => left.order - right.order)
    .map((action) => driveWork(action.hash, 0));
}
