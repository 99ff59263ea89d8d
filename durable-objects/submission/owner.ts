/** What an owner of actions decides, and what the driver reports to it: the border between the two. */
import type { ActionReport } from '../../machines/actions/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { RefusalCode } from '../../machines/refusals.ts';
import type { Lease } from '../kernel/outbox.ts';
import type { Attempt, Offer } from '../kernel/records.ts';
import type { ObservedTransaction, TransactionPlan } from '../ports.ts';

export type Planned<Figures> =
  | { readonly kind: 'plan'; readonly plan: TransactionPlan; readonly figures: Figures }
  /** Not now: something that is nobody's fault stands in the way. It stays queued, and a person is told. */
  | { readonly kind: 'blocked'; readonly reason: string }
  /** The chain shows what this mirror did not do, or what cannot be carried out: a person has to look. */
  | { readonly kind: 'review'; readonly reason: string }
  /** Overtaken: what it was for has happened, and was booked just now. */
  | { readonly kind: 'overtaken' }
  /** The player's own doing: nothing is signed, and the action fails. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly detail: string };

type OmitAt<Event> = Event extends { readonly type: string } ? Omit<Event, 'at' | 'healthEpoch'> : never;

/** The events that the driver reports; the owner adds the time and commits them under the lease of the row. */
export type DriverEvent<Figures> = OmitAt<Exclude<ActionReport<Figures>, { readonly type: 'wallet.signed' }>>;

/** One event of a kind for an attempt, an offer, or an action; the machine tells repeats of the last. */
export function eventId(event: DriverEvent<unknown>): string {
  if (event.type === 'action.signed') return `${event.type}:${event.attempt.signature}`;
  if (event.type === 'action.offered') return `${event.type}:${event.offer.id}`;
  if (event.type === 'offer.dead') return `${event.type}:${event.offer}`;
  if ('signature' in event) return `${event.type}:${event.signature}`;
  return `${event.type}:${event.hash}`;
}

export interface Owner<Figures> {
  /** May a signature be made, or bytes be sent, at this moment? Re-checked against the committed state. */
  maySign(hash: string): boolean;
  maySend(hash: string): boolean;
  /** Null: it is this action's turn, and the chain can take one more. Otherwise to be asked again after so many ms. */
  turn(hash: string): Promise<number | null>;
  /** The same where nobody else's turn is in question: what a wallet has signed is short-lived. */
  permit(hash: string): Promise<number | null>;
  /** Pulls the newest verdict (design: section 8: before each chain effect). Answers its epoch as text. */
  refresh(): Promise<string>;
  /** Has the stored attempt anchored in the directory, so that a restore which forgets it is noticed. */
  anchor(): Promise<void>;
  plan(action: PendingAction): Promise<Planned<Figures>>;
  /** Who signs the intent; null where the player's wallet did when it was accepted. */
  intentSigner(
    action: PendingAction,
  ): { readonly coordinator: string } | { readonly custodyOf: string } | null;
  isLeased(hash: string): boolean;
  isLanded(hash: string): boolean;
  /** Refusals that are the player's own doing: the action fails instead of waiting. */
  isOwnFault(action: PendingAction, customCode: number | null): boolean;
  /** A provider says that our own bytes are none: badly signed, or of a wrong length. Proves nothing of the chain. */
  noteRefused(signature: string, error: string): void;
  isRefused(signature: string): boolean;
  /** False where the machine does not take the event, or the lease is gone: nothing has changed. */
  commit(event: DriverEvent<Figures>, lease: Lease): boolean;
  /** The transaction is finalized and is the action's: books what the chain shows now. */
  finalize(action: PendingAction, observed: ObservedTransaction, lease: Lease): Promise<void>;
}

export interface Stage {
  readonly attempt: Attempt | null;
  readonly offer: Offer | null;
}
