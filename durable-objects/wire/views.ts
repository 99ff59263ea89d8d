/** What callers see: a pure projection of an object's state. Amounts are lamports as decimal text. */
import type { NoticeView } from './notices.ts';

export type LinkState = 'online' | 'degraded' | 'queued' | 'reconciling' | 'paused';
export type MoneyState =
  | 'lobby'
  | 'funded'
  | 'playing'
  | 'settling'
  | 'settled'
  | 'cancelling'
  | 'refunded'
  | 'review';
export type SeatState = 'requested' | 'reserved' | 'submitted' | 'landed' | 'final';

export interface FeeBreakdownView {
  readonly totalEntry: string;
  readonly platformFee: string;
  readonly netPool: string;
}

export interface SeatView {
  readonly userId: string;
  readonly state: SeatState;
  readonly stake: string;
  /** Set for the caller's own seat, and for operators. */
  readonly action?: string;
}

export interface OpenActionView {
  readonly hash: string;
  readonly kind: string;
  readonly state: string;
}

/** How far what was accepted has come to the chain; what is final is in no queue any more. */
export interface QueueView {
  /** Accepted, and nothing of it is signed yet. */
  readonly waiting: number;
  /** Signed, and not final. */
  readonly underWay: number;
  /**
   * What the oldest of the waiting needs: the chain to be back, its turn in the replay (`permit`), a wallet, a person, or
   * another action to be final first. Null where nothing waits, or it is being signed just now.
   */
  readonly waitsFor: 'chain' | 'permit' | 'wallet' | 'person' | 'action' | null;
}

export interface MatchView {
  readonly matchId: string;
  readonly matchPda: string;
  /** Sequence number of the journal entry that this view shows. */
  readonly seq: number;
  readonly money: MoneyState;
  readonly link: LinkState;
  /** `chain` exactly in link state `online`. */
  readonly decidedBy: 'chain' | 'mirror';
  /** What players should know of the link; null in `online`. */
  readonly notice: NoticeView | null;
  readonly queue: QueueView;
  readonly gameType: number;
  readonly entryFee: string;
  readonly paymentMethod: number;
  readonly minPlayers: number;
  readonly maxPlayers: number;
  readonly seats: readonly SeatView[];
  /** Over the seats that are reserved or better: what a winner gets is `netPool` (H-10). */
  readonly feeBreakdown: FeeBreakdownView;
  /** True while a seat that the pool counts is not final on the chain. */
  readonly provisional: boolean;
  readonly openActions: readonly OpenActionView[];
  readonly result:
    | readonly { readonly userId: string; readonly shareBps: number; readonly prize: string | null }[]
    | null;
  /** Signature of the distribution or of the refund, once final. */
  readonly settlement: string | null;
  /** Set once the match is called off; what each player got back stands here once it was signed. */
  readonly cancellation: {
    /** The program's reason, 0 to 7. */
    readonly reason: number;
    readonly abandonedUserId: string | null;
    readonly refunds: readonly { readonly userId: string; readonly lamports: string }[] | null;
  } | null;
  /** Players who have gone; whoever is not back by `until` (Unix ms) forfeits. */
  readonly absent: readonly { readonly userId: string; readonly until: number }[];
  /** What the caller's own wallet is asked to sign. */
  readonly signRequests: readonly SignRequestView[];
  readonly pausedFor: string | null;
}

/** A transaction that waits for a wallet: signed unchanged and sent back, it is countersigned and sent by the mirror. */
export interface SignRequestView {
  /** Hash of the action. */
  readonly action: string;
  readonly wallet: string;
  /** The wire transaction with empty signatures, base64. */
  readonly transaction: string;
  /** Beyond this finalized block height it is dead, and another one follows. */
  readonly lastValidBlockHeight: number;
}

export interface DepositView {
  readonly userId: string;
  readonly authority: string;
  readonly seq: number;
  readonly money: 'active' | 'frozen' | 'review';
  readonly link: LinkState;
  readonly decidedBy: 'chain' | 'mirror';
  readonly notice: NoticeView | null;
  readonly queue: QueueView;
  readonly balances: Balances;
  readonly holds: readonly {
    readonly token: string;
    readonly amount: string;
    readonly matchId: string | null;
    /** Unix ms; null for a match's hold, which its match ends. */
    readonly expiresAt: number | null;
  }[];
  /** Joins of WALLET matches that count against this user's limits, and move no money here. */
  readonly admissions: readonly {
    readonly token: string;
    readonly amount: string;
    readonly matchId: string;
  }[];
  readonly openActions: readonly OpenActionView[];
  readonly signRequests: readonly SignRequestView[];
  /** Stakes of this deposit in escrows that are neither distributed nor refunded, beside the program's own figure (H-04). */
  readonly inPlay: { readonly derived: string; readonly onChain: string | null };
  readonly frozenFor: string | null;
}

/** An action, open or ended: why it failed stands nowhere else that its user can see. */
export interface ActionOutcome extends OpenActionView {
  /** The signature that is final, or why it ended; null while it is on its way. */
  readonly detail: string | null;
}

/** One booked operation: what it moved, and the balances after it. Amounts are signed lamports as decimal text. */
export interface StatementEntry {
  readonly seq: number;
  readonly at: number;
  readonly token: string;
  readonly kind: string;
  readonly moved: { readonly [account: string]: string };
  readonly balances: Balances;
  /** Hash of the journal entry: what a player can hold the mirror to. */
  readonly hash: string;
}

export interface StatementPage {
  readonly entries: readonly StatementEntry[];
  /** `from` of the next page; null at the end. */
  readonly next: number | null;
}

/** Something that a person has to look at. */
export interface ReviewRow {
  /** Journal entry that recorded it. */
  readonly seq: number;
  /** What it is about: an action's hash, a hold's token, an account. */
  readonly entity: string;
  readonly reason: string;
  readonly at: number;
}

export interface ReviewPage {
  readonly reviews: readonly ReviewRow[];
  /** `from` of the next page; null at the end. */
  readonly next: number | null;
}

export interface Balances {
  readonly available: string;
  readonly held: string;
  readonly withdrawing: string;
  readonly suspense: string;
}

export interface HealthView {
  readonly state: 'healthy' | 'suspect' | 'degraded' | 'down' | 'recovering';
  readonly level: ChainLevel;
  readonly epoch: HealthEpoch;
  readonly asOf: number;
  readonly because: string;
  readonly providers: readonly {
    readonly name: string;
    readonly slot: number | null;
    readonly ok: boolean;
    readonly p95: number | null;
    readonly breaker: BreakerState;
    /** Unix ms; while the breaker is open, the provider is not asked before. */
    readonly until: number;
    /** Why the breaker is not closed. */
    readonly reason: string | null;
  }[];
  /** Learned from the tip's progress, ms; null until enough of it was seen. */
  readonly slotMs: number | null;
  /** How far `finalized` is behind the tip where that is least; `ms` by the learned slot time. */
  readonly finality: { readonly slots: number; readonly ms: number | null } | null;
  readonly replay: ReplayView;
  /** The last changes of state, newest first. */
  readonly changes: readonly HealthChange[];
}

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Permits to have an action under way while the chain is not `online`. */
export interface ReplayView {
  /** How many may be under way at once, at present. */
  readonly window: number;
  readonly underWay: number;
  /** Actions that were refused lately and will ask again. */
  readonly waiting: number;
  /** Since the state last left `online`: landed or ended. */
  readonly returned: number;
}

export interface HealthChange {
  /** Unix ms. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

export type ChainLevel = 'online' | 'degraded' | 'down' | 'recovering';

/** Newer verdicts win: generation first, then counter (design: section 8). */
export interface HealthEpoch {
  readonly generation: number;
  readonly counter: number;
}

/** Frames that the server sends on `/live` (sub-protocol `money-match.v1`). */
export type ServerFrame =
  | {
      readonly type: 'hello';
      readonly protocol: 'money-match.v1';
      readonly matchId: string;
      readonly seq: number;
    }
  | { readonly type: 'view'; readonly seq: number; readonly view: MatchView }
  /** Top-level fields of the view that changed since `since`; a field is replaced whole. */
  | {
      readonly type: 'delta';
      readonly seq: number;
      readonly since: number;
      readonly changes: Partial<MatchView>;
    }
  /** To the player's own sockets only: their wallet is asked to sign. */
  | ({ readonly type: 'signRequest'; readonly seq: number } & SignRequestView)
  | { readonly type: 'ack'; readonly id: string; readonly status: number; readonly body: unknown }
  | {
      readonly type: 'nack';
      readonly id: string | null;
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };
