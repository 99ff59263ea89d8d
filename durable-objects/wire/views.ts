/** What callers see: a pure projection of an object's state. Amounts are lamports as decimal text. */

export type LinkState = 'online' | 'degraded' | 'queued' | 'reconciling' | 'paused';
export type MoneyState = 'lobby' | 'funded' | 'playing' | 'settling' | 'settled' | 'review';
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

export interface MatchView {
  readonly matchId: string;
  readonly matchPda: string;
  /** Sequence number of the journal entry that this view shows. */
  readonly seq: number;
  readonly money: MoneyState;
  readonly link: LinkState;
  /** `chain` exactly in link state `online`. */
  readonly decidedBy: 'chain' | 'mirror';
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
  readonly settlement: string | null;
  readonly pausedFor: string | null;
}

export interface DepositView {
  readonly userId: string;
  readonly authority: string;
  readonly seq: number;
  readonly money: 'active' | 'frozen' | 'review';
  readonly link: LinkState;
  readonly decidedBy: 'chain' | 'mirror';
  readonly balances: Balances;
  readonly holds: readonly {
    readonly token: string;
    readonly amount: string;
    readonly matchId: string | null;
  }[];
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
  }[];
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
  | { readonly type: 'ack'; readonly id: string; readonly status: number; readonly body: unknown }
  | {
      readonly type: 'nack';
      readonly id: string | null;
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };
