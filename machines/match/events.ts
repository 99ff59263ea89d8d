/** Everything that can happen to a match. `at` is Unix ms, injected by the kernel: a machine has no clock. */
import type { ActionReport, Happened } from '../actions/events.ts';
import type { BreakClass } from '../effects.ts';
import type { ChainLevel, HealthEpoch, LinkEvent } from '../link.ts';
import type { ActionState, PendingAction } from '../pending-action.ts';
import type { ChainFacts, Payer, RankedShare, Refund, Terms } from './context.ts';

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

/** Settings, which a machine cannot know by itself: never part of a request. Lamports as decimal text. */
export interface EntryLimits {
  /** Open actions of the match, and the stakes in it that are not final yet. */
  readonly maxActions: number;
  readonly maxLamports: string;
  /** Joins of one player in this match, ended ones too. */
  readonly maxJoins: number;
  /** One stake, while the chain is slow. */
  readonly degradedMaxStake: string;
}

export interface JoinRequested extends Happened, EntryLimits {
  readonly type: 'player.join';
  /** Joins that this player has asked for before, from the rows. */
  readonly earlier: number;
  readonly requestId: string;
  readonly user: { readonly id: string; readonly wallet: string };
  readonly payer: Payer;
  readonly authority: string;
  readonly entryFee: string;
  readonly paymentMethod: number;
  readonly notAfter: number;
  readonly feeBreakdown: FeeBreakdownText | null;
  readonly action: PendingAction;
  /** The wallet's signature over the action's hash, verified before; null where custody will sign. */
  readonly intent: { readonly signer: string; readonly signature: string } | null;
}

/** A player takes a join back (design: section 3, rule 4: only until it is played). */
export interface JoinTakenBack extends Happened {
  readonly type: 'player.takeBack';
  readonly userId: string;
  /** Hash of the action; null where the player has none. */
  readonly join: string | null;
  /** What became of that join of theirs, from the rows, where it is over. */
  readonly ended: ActionState | null;
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

/** The settlement of a result: one transaction, or two where one is too large. */
export interface SettlementActions {
  readonly end: PendingAction;
  /** Bytes of `end` and `distribute` in one transaction, computed before. */
  readonly transactionBytes: number;
  /** Set where that is too large, and they fit one by one. */
  readonly distribute: PendingAction | null;
}

export interface EndRequested extends Happened {
  readonly type: 'match.end';
  readonly caller: Caller;
  readonly shares: readonly RankedShare[];
  readonly matchHash: string | null;
  readonly hotUrl: string | null;
  readonly settlement: SettlementActions;
}

export interface Caller {
  readonly userId: string;
  readonly role: 'player' | 'operator';
}

/** `by` null: the mirror's own timers. `action` null: nothing of the match is on the chain, nothing is to be refunded. */
export interface CancelRequested extends Happened {
  readonly type: 'match.cancel';
  readonly by: Caller | null;
  readonly reason: number;
  readonly abandonedUserId: string | null;
  readonly action: PendingAction | null;
}

export interface PresenceReported extends Happened {
  readonly type: 'player.presence';
  readonly caller: Caller;
  readonly userId: string;
  readonly present: boolean;
}

/** A person's word on a match that waits for one. */
export interface ReviewResolved extends Happened {
  readonly type: 'review.resolve';
  readonly operator: string;
  readonly reason: string;
  readonly as: 'retry' | 'settle' | 'void';
  /** Actions that have an attempt which may still land, from the rows. */
  readonly live: readonly string[];
  /** Phase and end as the chain shows them at `finalized`: it may have ended otherwise (H-16). */
  readonly observed: Pick<ChainFacts, 'phase' | 'endedAt' | 'matchHash' | 'slot'>;
  /** `void`: the refund. */
  readonly refund: PendingAction | null;
  /** `settle`: the result that is to be paid, where the accepted one cannot be. */
  readonly result: { readonly shares: readonly RankedShare[]; readonly settlement: SettlementActions } | null;
}

/** Figures of a transaction as it was signed; the guard computes them again. Lamports as decimal text. */
export type SettlementFigures =
  | {
      readonly kind: 'prizes';
      readonly totalEntry: string;
      readonly platformFeeBps: number;
      readonly prizes: readonly string[];
    }
  | {
      readonly kind: 'refunds';
      readonly totalEntry: string;
      readonly cancellationFeeBps: number;
      readonly refunds: readonly Refund[];
      readonly treasury: string;
    };

/** Index of a top-level instruction; `.k` where it is the kth of those that this one had run (formats: names). */
export type InstructionPlace = number | `${number}.${number}`;

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
  /** Of a join: whether its stake is in the escrow, or a refund has taken it out again. */
  readonly hasStake?: boolean;
  readonly endedAt: string | null;
  readonly matchHash: string | null;
}

/**
 * Somebody else paid the escrow out, as its history at `finalized` tells (design: section 3, rule 7). `wrong` null: it is
 * what the mirror had decided, to the lamport and to the payee.
 */
export interface ForeignSettlement extends Happened {
  readonly type: 'foreign.settled';
  readonly kind: 'distribute' | 'refund';
  readonly signature: string;
  readonly slot: number;
  /** Where in the transaction: part of the facts' tokens. */
  readonly instruction: InstructionPlace;
  /** Of a refund. */
  readonly reason: number;
  readonly abandonedIndex: number | null;
  /** Phase and end, of a distribution: it shows that the match has ended, whoever ended it. */
  readonly observed: Pick<ChainFacts, 'phase' | 'endedAt' | 'matchHash'> | null;
  /** By position in its list; `userId` empty for a slot that the mirror does not seat. */
  readonly payouts: readonly Refund[];
  /** Places whose stake the escrow holds all the same. */
  readonly owed?: readonly number[];
  readonly wrong: string | null;
}

/** A timer of one seat: its `notAfter`, or the time that its wallet had to sign. */
export interface SeatExpired extends Happened {
  readonly type: 'timer.expire' | 'timer.lapse';
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

export type MatchReport = ActionReport<SettlementFigures | null>;

export type MatchEvent =
  | CreateRequested
  | JoinRequested
  | JoinTakenBack
  | HoldDecided
  | StartRequested
  | EndRequested
  | CancelRequested
  | PresenceReported
  | ReviewResolved
  | MatchReport
  | ActionFinal
  | ForeignSettlement
  | SeatExpired
  | CompareEnded
  | CompareFailed
  | SurplusSeen
  | LinkEvent;
