/** Everything that can happen to a match. `at` is Unix ms, injected by the kernel: a machine has no clock. */
import type { AttemptRecord, BreakClass } from '../effects.ts';
import type { ChainLevel, HealthEpoch, LinkEvent } from '../link.ts';
import type { PendingAction } from '../pending-action.ts';
import type { RankedShare, Terms } from './context.ts';

interface Happened {
  readonly at: number;
}

interface FeeBreakdownText {
  readonly totalEntry: string;
  readonly platformFee: string;
  readonly netPool: string;
}

export interface CreateRequested extends Happened {
  readonly type: 'match.create';
  readonly terms: Terms;
  readonly action: PendingAction;
  readonly verdict: { readonly level: ChainLevel; readonly healthEpoch: HealthEpoch };
}

export interface JoinRequested extends Happened {
  readonly type: 'player.join';
  readonly requestId: string;
  readonly user: { readonly id: string; readonly wallet: string };
  readonly authority: string;
  readonly entryFee: string;
  readonly paymentMethod: number;
  readonly notAfter: number;
  readonly feeBreakdown: FeeBreakdownText | null;
  readonly action: PendingAction;
}

export interface HoldDecided extends Happened {
  readonly type: 'hold.granted' | 'hold.refused';
  readonly hash: string;
  /** The refusal of the user's object, passed on to the player as it is. */
  readonly refusal: { readonly code: string; readonly message: string; readonly status: number } | null;
}

export interface StartRequested extends Happened {
  readonly type: 'match.start';
  readonly caller: Caller;
  readonly allowProvisional: boolean;
  readonly action: PendingAction;
}

export interface EndRequested extends Happened {
  readonly type: 'match.end';
  readonly caller: Caller;
  readonly shares: readonly RankedShare[];
  readonly matchHash: string | null;
  readonly hotUrl: string | null;
  /** Bytes of the settlement transaction, computed before: it must fit. */
  readonly transactionBytes: number;
  readonly action: PendingAction;
}

export interface Caller {
  readonly userId: string;
  readonly role: 'player' | 'operator';
}

/** Figures of a settlement as it was signed; the guard computes them again. Lamports as decimal text. */
export interface SettlementFigures {
  readonly totalEntry: string;
  readonly platformFeeBps: number;
  readonly prizes: readonly string[];
}

export interface ActionLeased extends Happened {
  readonly type: 'action.leased';
  readonly hash: string;
  readonly signer: string;
  readonly signature: string;
}

export interface ActionSigned extends Happened {
  readonly type: 'action.signed';
  readonly hash: string;
  readonly attempt: AttemptRecord;
  readonly healthEpoch: HealthEpoch;
  readonly figures: SettlementFigures | null;
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
}

/** What the chain shows at `finalized` of an action that landed. */
export interface ActionFinal extends Happened {
  readonly type: 'action.final';
  readonly hash: string;
  readonly signature: string;
  /** Slot of the finalized read: an older read decides nothing any more. */
  readonly slot: number;
  /** Index of the money instruction in the transaction: part of the fact's token. */
  readonly instruction: number;
  readonly createdAt: string | null;
  readonly seatIndex: number | null;
  readonly endedAt: string | null;
  readonly matchHash: string | null;
}

/** `blocked`: something that is nobody's fault stands in the way; the action stays queued, and a person is told. */
export interface ActionForReview extends Happened {
  readonly type: 'action.review' | 'action.blocked';
  readonly hash: string;
  readonly reason: string;
}

export interface SeatExpired extends Happened {
  readonly type: 'timer.expire';
  readonly hash: string;
}

/** A comparison at `finalized`. `chainHash` is the hash of what the chain showed; the guard computes the mirror's. */
export interface CompareEnded extends Happened {
  readonly type: 'compare.clean';
  readonly slot: number;
  readonly chainHash: string | null;
}

export interface CompareFailed extends Happened {
  readonly type: 'compare.mismatch';
  readonly slot: number;
  readonly breaks: readonly { readonly class: BreakClass; readonly detail: string }[];
}

/** Lamports beyond what is owed: anyone can send them. An alert, no pause (design: section 9). */
export interface SurplusSeen extends Happened {
  readonly type: 'compare.surplus';
  readonly slot: number;
  readonly lamports: string;
}

export type MatchEvent =
  | CreateRequested
  | JoinRequested
  | HoldDecided
  | StartRequested
  | EndRequested
  | ActionLeased
  | ActionSigned
  | ActionMoved
  | AttemptEnded
  | ActionFinal
  | ActionForReview
  | SeatExpired
  | CompareEnded
  | CompareFailed
  | SurplusSeen
  | LinkEvent;
