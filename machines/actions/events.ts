/** What the driver reports of an action, and what a wallet sends back. `at` is Unix ms, injected by the kernel. */
import type { AttemptRecord, OfferRecord } from '../effects.ts';
import type { HealthEpoch } from '../link.ts';
import type { RefusalCode } from '../refusals.ts';

export interface Happened {
  readonly at: number;
}

export interface ActionLeased extends Happened {
  readonly type: 'action.leased';
  readonly hash: string;
  readonly signer: string;
  readonly signature: string;
}

/** A message that waits for a wallet. The coordinator signs last, so that none can land that was not stored (design: 6). */
export interface ActionOffered<Figures> extends Happened {
  readonly type: 'action.offered';
  readonly hash: string;
  readonly offer: OfferRecord;
  readonly healthEpoch: HealthEpoch;
  readonly figures: Figures;
}

/** The unchanged message came back with a signature that its wallet made. */
export interface WalletSigned extends Happened {
  readonly type: 'wallet.signed';
  readonly hash: string;
  readonly offer: string;
  readonly signature: string;
}

/** Past its last valid block height, and never signed by the coordinator: it cannot land any more. */
export interface OfferDead extends Happened {
  readonly type: 'offer.dead';
  readonly hash: string;
  readonly offer: string;
}

export interface ActionSigned<Figures> extends Happened {
  readonly type: 'action.signed';
  readonly hash: string;
  readonly attempt: AttemptRecord;
  /** The offer that was countersigned; null where no wallet signs. */
  readonly offer: string | null;
  readonly healthEpoch: HealthEpoch;
  readonly figures: Figures;
}

export interface ActionMoved extends Happened {
  /** `dropped`: a fork took a landed attempt away. */
  readonly type: 'action.sent' | 'action.landed' | 'action.dropped';
  readonly hash: string;
  readonly signature: string;
}

/** The attempt ended without effect: finalized with an error, or provably dead (design: section 6). */
export interface AttemptEnded extends Happened {
  readonly type: 'attempt.absent' | 'attempt.dead' | 'attempt.failed';
  readonly hash: string;
  readonly signature: string;
  /** `absent`: the finalized slot of the first look-up. `failed`: the chain's error. */
  readonly detail: string;
  /** `failed` by the player's own doing (too little money): the action fails with it. */
  readonly ownFault: boolean;
  /** `dead`, and its bytes were refused as badly made: another signature would be no better, so a person has to look. */
  readonly isHopeless?: boolean;
}

/**
 * The very same message landed under another signature of its wallet: Ed25519 lets whoever has the key make many. It is
 * our transaction by every byte that we signed, and ours has died with it.
 */
export interface AttemptReplaced extends Happened {
  readonly type: 'attempt.replaced';
  readonly hash: string;
  /** The one that was stored. */
  readonly signature: string;
  readonly attempt: AttemptRecord;
}

/** `blocked`: something that is nobody's fault stands in the way; the action stays queued, and a person is told. */
export interface ActionForReview extends Happened {
  readonly type: 'action.review' | 'action.blocked';
  readonly hash: string;
  readonly reason: string;
}

/** Nothing of it was signed, and nothing will be: the player's own doing stands in the way. */
export interface ActionRefused extends Happened {
  readonly type: 'action.refused';
  readonly hash: string;
  readonly code: RefusalCode;
  readonly detail: string;
}

/** Everything that is reported of an action, but its end on the chain, which each owner books in its own way. */
export type ActionReport<Figures> =
  | ActionLeased
  | ActionOffered<Figures>
  | WalletSigned
  | OfferDead
  | ActionSigned<Figures>
  | ActionMoved
  | AttemptEnded
  | AttemptReplaced
  | ActionForReview
  | ActionRefused;
