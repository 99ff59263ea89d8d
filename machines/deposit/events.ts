/** Everything that can happen to a deposit. Amounts are lamports as decimal text, `at` is Unix ms. */
import type { ActionReport, Happened } from '../actions/events.ts';
import type { BreakClass, HoldState } from '../effects.ts';
import type { ChainLevel, HealthEpoch, LinkEvent } from '../link.ts';
import type { ActionState, PendingAction } from '../pending-action.ts';
import type { Binding } from './context.ts';

/** Settings, which a machine cannot know by itself: never part of a request. */
export interface Limits {
  readonly maxHolds: number;
  readonly maxLamports: string;
  readonly maxPerHour: number;
  /** Of holds and admissions together, while the chain is slow. */
  readonly degradedMaxLamports: string;
}

export interface Bound extends Happened {
  readonly type: 'deposit.bind';
  readonly binding: Binding;
  readonly verdict: { readonly level: ChainLevel; readonly healthEpoch: HealthEpoch };
}

/** `admission.request`: a WALLET join, which counts like a hold and moves no money. */
export interface HoldRequested extends Happened, Limits {
  readonly type: 'hold.request' | 'admission.request';
  readonly binding: Binding;
  readonly token: string;
  readonly amount: string;
  readonly matchId: string;
  /** Unix ms; null for a match's. */
  readonly expiresAt: number | null;
  /** State of an earlier hold with this token, from the rows; null when there is none. */
  readonly known: HoldState | null;
}

export interface ReleaseRequested extends Happened {
  readonly type: 'hold.release';
  readonly binding: Binding;
  readonly token: string;
  readonly holdToken: string;
  readonly matchId: string;
  /** Null: all of it. */
  readonly amount: string | null;
  readonly known: HoldState | null;
}

/** Of a timer. */
export interface HoldExpired extends Happened {
  readonly type: 'hold.expire';
  readonly token: string;
}

/** A match's hold without progress for too long: a person is told once. */
export interface HoldStale extends Happened {
  readonly type: 'hold.stale';
  readonly token: string;
}

export interface StakeConcluded extends Happened {
  readonly type: 'stake.conclude';
  readonly binding: Binding;
  readonly token: string;
  readonly holdToken: string;
}

/** Never refused, never counted twice (design: section 7). */
export interface FactSeen extends Happened {
  readonly type: 'chain.fact';
  readonly token: string;
  readonly direction: 'credit' | 'debit';
  readonly amount: string;
  readonly holdToken: string | null;
  readonly ref: string;
  /** Slot at which it was final. */
  readonly slot: number;
}

/** A debit that is no fact of the chain, and so can be refused (design: section 7). */
export interface DebitRequested extends Happened {
  readonly type: 'debit.request';
  readonly token: string;
  readonly amount: string;
  readonly holdToken: string | null;
  readonly known: HoldState | null;
}

export interface TransferRequested extends Happened, Limits {
  readonly type: 'withdraw.request' | 'deposit.request';
  /** Whose request it is, as the caller's identity says. */
  readonly binding: Binding;
  readonly action: PendingAction;
  readonly lamports: string;
  /** The program's fee as last read at `finalized`; 0 for a deposit. */
  readonly fee: string;
  readonly maxNotAfterMs: number;
  readonly walletLapseMs: number;
}

/** Its user takes a deposit or a withdrawal back. */
export interface TransferTakenBack extends Happened {
  readonly type: 'transfer.takeBack';
  readonly binding: Binding;
  readonly hash: string;
  /** What became of it, from the rows, where it is over. */
  readonly ended: ActionState | null;
}

/** The chain asks a higher fee than was held: the difference is held before anything is signed (design: section 7). */
export interface FeeRaised extends Happened {
  readonly type: 'withdraw.fee';
  readonly hash: string;
  readonly fee: string;
}

/** `expire`: `notAfter` has passed. `lapse`: no wallet has signed in time. Both of a timer. */
export interface TransferTimedOut extends Happened {
  readonly type: 'transfer.expire' | 'transfer.lapse';
  readonly hash: string;
}

/** The transaction is final, and its facts are booked. */
export interface TransferFinal extends Happened {
  readonly type: 'action.final';
  readonly hash: string;
  readonly signature: string;
}

/** Ends a freeze, and a pause with it: what the chain took beyond the balance is paid from it. */
export interface Unfrozen extends Happened {
  readonly type: 'operator.unfreeze';
  readonly operator: string;
  readonly reason: string;
  /**
   * The account at this slot, with all of its history booked: what still differs is booked as the operator's correction.
   * An instruction inside another program's moves money that no history read here explains.
   */
  readonly adopted?: { readonly slot: number; readonly onChain: string };
}

/** `retry` takes up what waits for a person, `drop` gives it up. */
export interface ReviewResolved extends Happened {
  readonly type: 'operator.retry' | 'operator.drop';
  readonly operator: string;
  readonly reason: string;
  /** Actions whose newest attempt is neither finalized with an error nor provably dead, from the rows. */
  readonly outstanding: readonly string[];
}

export interface HistoryRead extends Happened {
  readonly type: 'history.read';
  readonly cursor: string | null;
  /** There is more to read: what is booked is not yet what the chain would allow. */
  readonly isPart?: true;
}

export interface CompareClean extends Happened {
  readonly type: 'compare.clean';
  readonly slot: number;
  readonly onChain: string;
}

export interface SurplusSeen extends Happened {
  readonly type: 'compare.surplus';
  readonly slot: number;
  readonly lamports: string;
}

export interface BreakFound extends Happened {
  readonly type: 'compare.mismatch';
  readonly slot: number;
  readonly breaks: readonly { readonly class: BreakClass; readonly detail: string }[];
}

/** The chain's own in-play figure, which is recorded and never believed (H-04). */
export interface InPlaySeen extends Happened {
  readonly type: 'compare.inPlay';
  readonly slot: number;
  readonly onChain: string;
  /** A shortfall that lasts this long is no matter of timing any more. */
  readonly timingMs: number;
}

/** A withdrawal fee went to another account than the config's treasury (H-05). */
export interface TreasuryMismatch extends Happened {
  readonly type: 'treasury.mismatch';
  readonly signature: string;
  readonly treasury: string;
}

export type DepositEvent =
  | Bound
  | HoldRequested
  | ReleaseRequested
  | HoldExpired
  | HoldStale
  | StakeConcluded
  | FactSeen
  | DebitRequested
  | TransferRequested
  | TransferTakenBack
  | FeeRaised
  | TransferTimedOut
  | ActionReport<null>
  | TransferFinal
  | Unfrozen
  | ReviewResolved
  | HistoryRead
  | CompareClean
  | BreakFound
  | SurplusSeen
  | InPlaySeen
  | TreasuryMismatch
  | LinkEvent;
