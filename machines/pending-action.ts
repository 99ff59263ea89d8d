/**
 * PendingAction: what is queued while the chain cannot take it (design: section 6; bytes: formats). The hash is the
 * action's identity; everything that identifies the action is under it, and only the core computes it.
 */
import { type PendingActionBody, pendingActionHash } from '../core/index.ts';

export type { PendingActionBody } from '../core/index.ts';

export interface PendingAction extends PendingActionBody {
  readonly hash: string;
}

export type ActionKind = PendingActionBody['kind'];

/** Lifecycle of an action (design: section 6). Those after `landed` are its ends, `review` waits for a person. */
export type ActionState =
  | 'queued'
  | 'leased'
  /** Prepared, and waits for the player's wallet. */
  | 'offered'
  | 'signed'
  | 'sent'
  | 'landed'
  | 'final'
  | 'failed'
  | 'expired'
  | 'cancelled'
  | 'review';

export function sealAction(body: PendingActionBody): PendingAction {
  return { ...body, hash: pendingActionHash(body) };
}

/** False also where the body cannot be hashed: a guard never throws. */
export function isSealed(action: PendingAction): boolean {
  const { hash, ...body } = action;
  try {
    return pendingActionHash(body) === hash;
  } catch {
    return false;
  }
}
