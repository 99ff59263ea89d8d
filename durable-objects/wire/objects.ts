/**
 * How the objects are called: by the Worker and by each other. Every argument and answer is plain data, so that a call
 * crosses isolates; every mutation is idempotent by an id in its argument.
 */
import type { Viewer } from '../ports.ts';
import type {
  CancelRequest,
  CreateRequest,
  DepositRequest,
  EndRequest,
  JoinRequest,
  PresenceRequest,
  ResolveDepositRequest,
  ResolveMatchRequest,
  SignRequest,
  StartRequest,
  TakeBackRequest,
  TakeBackTransferRequest,
  WithdrawRequest,
} from './requests.ts';
import type {
  ActionOutcome,
  Balances,
  BreakerState,
  ChainLevel,
  DepositView,
  HealthEpoch,
  HealthView,
  MatchView,
  ReviewPage,
  StatementPage,
} from './views.ts';

/** The verified identity behind a request. */
export interface Caller {
  readonly userId: string;
  readonly wallet: string;
  readonly role: 'player' | 'operator';
}

/** `text` is the stored JSON: a repeat gets the same bytes. `status` is the HTTP status; refusals are problem bodies. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A verdict on the chain, as it travels from the monitor through the directory to the actors. */
export interface ChainVerdict {
  readonly level: ChainLevel;
  readonly epoch: HealthEpoch;
  readonly asOf: number;
}

/** The program's settings and games as last read at `finalized`: what a new match is created by during an outage. */
export interface ProgramFacts {
  readonly slot: number;
  readonly platformFeeBps: number;
  readonly treasury: string;
  readonly minEntryFee: string;
  readonly maxEntryFee: string;
  /** What a withdrawal costs beyond its amount, lamports. */
  readonly withdrawalFee: string;
  readonly isPaused: boolean;
  /** Bit 0 WALLET, bit 1 PLATFORM. */
  readonly paymentMethods: number;
  readonly games: readonly {
    readonly gameId: number;
    readonly minPlayers: number;
    readonly maxPlayers: number;
    readonly enabled: boolean;
  }[];
}

/**
 * What the monitor holds of one provider. Travels with the verdict through the shards, so that every isolate avoids the
 * same ones; a change of it is no change of verdict, and raises no epoch.
 */
export interface ProviderStanding {
  readonly name: string;
  readonly breaker: BreakerState;
  /** Unix ms; while open, not asked before. */
  readonly until: number;
  readonly reason: string | null;
}

/** What an isolate met at a provider and the monitor should know. */
export interface ProviderReport {
  readonly provider: string;
  readonly at: number;
  readonly outcome: 'rate_limited' | 'failed';
  /** Unix ms, from Retry-After; null where it did not say. */
  readonly retryAt: number | null;
}

/** What a directory shard knows of the chain; null until the monitor has spoken. */
export interface ChainStanding {
  readonly verdict: ChainVerdict | null;
  readonly program: ProgramFacts | null;
  /** Empty until the monitor has spoken: then every provider is as good as the next. */
  readonly providers: readonly ProviderStanding[];
}

/** One action, known to the monitor by its owner and its hash. */
export interface PermitRequest {
  readonly object: string;
  readonly hash: string;
}

export type PermitAnswer =
  /** A lease, to Unix ms `until`. */
  | { readonly granted: true; readonly until: number }
  | { readonly granted: false; readonly retryInMs: number };

export interface JournalPage {
  readonly genesis: string;
  /** `entry` is the stored text; `hash` its chain hash as lower-case hex. */
  readonly entries: readonly { readonly seq: number; readonly entry: string; readonly hash: string }[];
  readonly head: string;
}

export type CompareOutcome =
  | { readonly kind: 'clean'; readonly slot: number }
  | { readonly kind: 'paused'; readonly slot: number; readonly breaks: readonly string[] }
  /** Explained by actions in flight, stale, or unreadable: changes nothing, asked again later. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface AlertRow {
  readonly id: string;
  readonly class: string;
  readonly entity: string;
  readonly severity: string;
  readonly message: string;
  readonly at: number;
}

/** What every journalled object answers. */
export interface JournalledObject {
  journal(from: number, limit: number): Promise<JournalPage>;
  alerts(): Promise<readonly AlertRow[]>;
  /** What was recorded for a person, from the `from`th on, the oldest first. */
  reviews(from: number, limit: number): Promise<ReviewPage>;
  chainVerdict(verdict: ChainVerdict): Promise<void>;
}

export interface MatchObject extends JournalledObject {
  create(caller: Caller, request: CreateRequest): Promise<Answer>;
  join(caller: Caller, request: JoinRequest): Promise<Answer>;
  /** The caller takes their join back, while nothing of it is signed. */
  takeBack(caller: Caller, request: TakeBackRequest): Promise<Answer>;
  start(caller: Caller, request: StartRequest): Promise<Answer>;
  end(caller: Caller, request: EndRequest): Promise<Answer>;
  cancel(caller: Caller, request: CancelRequest): Promise<Answer>;
  presence(caller: Caller, request: PresenceRequest): Promise<Answer>;
  /** What the caller's wallet would sign to join: the action as the mirror would make it. Stores nothing. */
  joinIntent(caller: Caller, request: JoinRequest): Promise<Answer>;
  /** A transaction that the caller's wallet has signed. */
  sign(caller: Caller, request: SignRequest): Promise<Answer>;
  resolve(operator: Caller, request: ResolveMatchRequest): Promise<Answer>;
  /** null: no match has this id. */
  view(viewer: Viewer): Promise<MatchView | null>;
  /** Compares with the chain at `finalized`; `runId` makes a repeated cron run one run. */
  reconcile(runId: string): Promise<CompareOutcome>;
  pause(operator: string, reason: string): Promise<Answer>;
  resume(operator: string, reason: string): Promise<Answer>;
}

export type HoldAnswer =
  | { readonly ok: true; readonly balances: Balances; readonly head: string }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
      readonly detail?: string;
    };

/** Who a deposit belongs to; bound one to one (design: section 2). */
export interface Binding {
  readonly userId: string;
  readonly wallet: string;
  readonly authority: string;
}

/** A fact of the chain: never refused, never counted twice, whoever reports it. */
export interface ChainFact {
  /** `chain:<signature>:<instruction>:<position>`. */
  readonly token: string;
  readonly direction: 'credit' | 'debit';
  readonly amount: string;
  /** The action hash in the transaction's memo, hex, where it has one: finds the hold that a debit captures. */
  readonly holdToken: string | null;
  readonly ref: string;
  /** Slot at which it was final: an account read below it shows less than the ledger. */
  readonly slot: number;
}

/** Lamports as decimal text. A match's hold has no `expiresAt` (Unix ms): its match always ends it. */
export interface HoldRequest {
  readonly token: string;
  readonly amount: string;
  readonly matchId: string;
  readonly expiresAt?: number;
}

export interface ReleaseRequest {
  readonly token: string;
  readonly holdToken: string;
  readonly matchId: string;
  /** In part; whole where it is left out. */
  readonly amount?: string;
}

export interface DepositObject extends JournalledObject {
  hold(binding: Binding, request: HoldRequest): Promise<HoldAnswer>;
  /** A WALLET join: counts against the user's limits like a hold, and moves no money. Ended by `release`. */
  admit(binding: Binding, request: HoldRequest): Promise<HoldAnswer>;
  /** Before a join is signed for the first time: is its hold open, and may the user's money still move? */
  confirm(holdToken: string): Promise<HoldAnswer>;
  release(binding: Binding, request: ReleaseRequest): Promise<HoldAnswer>;
  /** A stake of this deposit is no longer in play: its match was settled or refunded (H-04). */
  conclude(binding: Binding, request: { token: string; holdToken: string }): Promise<HoldAnswer>;
  fact(binding: Binding, fact: ChainFact): Promise<HoldAnswer>;
  /**
   * Reads the deposit's finalized history since the cursor and books what it shows; then compares. The binding is needed
   * only for the first contact; a bound deposit knows whose it is.
   */
  reconcile(binding: Binding | null, runId: string): Promise<CompareOutcome>;
  view(): Promise<DepositView | null>;
  /** Wallet to deposit, in one transaction that the wallet signs; credited only when final. */
  deposit(caller: Caller, request: DepositRequest): Promise<Answer>;
  /** Held before it is queued, sent once, then settled or released. */
  withdraw(caller: Caller, request: WithdrawRequest): Promise<Answer>;
  sign(caller: Caller, request: SignRequest): Promise<Answer>;
  /** The caller takes a deposit or a withdrawal back, while nothing of it can land. */
  takeBack(caller: Caller, hash: string, request: TakeBackTransferRequest): Promise<Answer>;
  statement(from: number, limit: number): Promise<StatementPage>;
  /** What became of a deposit or a withdrawal; null where there never was one of that hash. */
  outcome(hash: string): Promise<ActionOutcome | null>;
  /** As they were after journal entry `seq`; null where there is no such entry yet. */
  balanceAt(seq: number): Promise<Balances | null>;
  resolve(operator: Caller, request: ResolveDepositRequest): Promise<Answer>;
}

export interface HealthObject extends Pick<JournalledObject, 'journal' | 'alerts'> {
  view(): Promise<HealthView>;
  standing(): Promise<ChainStanding>;
  /** Wakes a silent monitor; the cron and waking actors call it. */
  watch(): Promise<void>;
  /** What isolates met at the providers: feeds the breakers beside the monitor's own probes. */
  report(reports: readonly ProviderReport[]): Promise<void>;
  /** A lease to have one action under way while the link is not online; the same object and hash renews its own. */
  permit(request: PermitRequest): Promise<PermitAnswer>;
  /** The action has landed or ended ('done'), or met trouble of the chain or a provider ('trouble': the window is halved). */
  permitReturned(request: PermitRequest, outcome: 'done' | 'trouble'): Promise<void>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'match' | 'deposit' | 'health';
  /** True while the object has open actions, open sockets or an open match: it is told of verdicts and reconciled. */
  readonly active: boolean;
}

export interface AnchoredEntry extends DirectoryEntry {
  readonly seq: number;
  readonly head: string;
  /** The object has stored that it was restored, in the generation it was told: its earlier point is the anchor now. */
  readonly restoreNoted?: number;
}

export interface Attachment extends ChainStanding {
  readonly generation: number;
  /** True when the object woke behind its anchor: a point-in-time restore. */
  readonly behind: boolean;
}

export interface DirectoryObject {
  /** Registers or renews an object; compares its journal head with the anchor; answers generation and verdict. */
  attach(entry: AnchoredEntry): Promise<Attachment>;
  standing(): Promise<ChainStanding>;
  /** From the monitor. Tells the active objects of this shard, a few at a time; answers how many there are. */
  publish(standing: ChainStanding): Promise<{ readonly active: number }>;
  list(after: string, limit: number, activeOnly: boolean): Promise<readonly DirectoryEntry[]>;
}

/** Other objects by name. */
export interface PeersPort {
  match(name: string): MatchObject;
  deposit(name: string): DepositObject;
  directory(shard: number): DirectoryObject;
  health(): HealthObject;
}
