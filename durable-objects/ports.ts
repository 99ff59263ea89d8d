/**
 * What an object needs of the world. The objects are plain classes over these ports: `services/worker.ts` binds them
 * to Cloudflare and Solana, the simulation to node:sqlite, a virtual clock and LiteSVM in process, and no object knows
 * which. Nothing here may mention a platform's type.
 *
 * Units: instants are Unix ms, amounts lamports (`bigint`), keys and signatures base58, hashes lower-case hex.
 */
import type { PreparedOffer, PreparedTransaction, TransactionPlan, WalletFault } from './plans.ts';
import type { MirrorSettings } from './settings.ts';
import type { PeersPort, ProviderReport, ProviderStanding } from './wire/objects.ts';

export type * from './plans.ts';

export type SqlValue = string | number | null | Uint8Array;

/** The object's own SQLite. Synchronous, so that a commit is one turn of the event loop. */
export interface SqlPort {
  /** Runs one statement that changes rows; answers how many rows it wrote (index entries count, as they are billed). */
  run(sql: string, ...params: SqlValue[]): number;
  /** Runs one query. Integers come back as `number`: amounts are therefore stored as decimal text. */
  all<Row extends Record<string, SqlValue>>(sql: string, ...params: SqlValue[]): Row[];
  /** All or nothing. `body` must be synchronous: what an async body does after its first await is not in the transaction. */
  transaction<T>(body: () => T): T;
}

/** The object's one physical alarm. Set inside a transaction it is rolled back with it. */
export interface AlarmPort {
  set(at: number | null): void;
}

export interface ClockPort {
  now(): number;
}

export interface RandomPort {
  bytes(length: number): Uint8Array;
}

/** Live listeners of one object (hibernating WebSockets in workerd). */
export interface SocketsPort {
  count(): number;
  /** Sends to every listener what `frameFor` makes of its viewer; a listener that is gone is skipped. */
  broadcast(frameFor: (viewer: Viewer) => string | null): void;
}

/** Who looks: a projection never shows one player what is private to another. */
export interface Viewer {
  readonly userId: string | null;
  readonly role: 'player' | 'operator';
}

export type Commitment = 'confirmed' | 'finalized';

export interface Pda {
  readonly name: 'match' | 'escrow' | 'deposit' | 'config' | 'registry';
  /** `utf8:` or `base58:` and the seed (formats: Fields and PDAs). */
  readonly seeds: readonly string[];
  readonly address: string;
  readonly bump: number;
}

export interface ChainAccount {
  readonly lamports: bigint;
  readonly owner: string;
  readonly data: Uint8Array;
}

/** Accounts read in one call, so at one slot. */
export interface AccountsAt {
  readonly slot: number;
  readonly provider: string;
  readonly accounts: readonly (ChainAccount | null)[];
}

export type SendOutcome =
  /** The provider took it. Not a promise that it will land. */
  | { readonly kind: 'accepted' }
  /** The provider's preflight refused it. Proves nothing: a lagging provider refuses what the chain would take. */
  | { readonly kind: 'preflight_failed'; readonly error: string; readonly customCode: number | null }
  /** The bytes themselves are none for this provider: badly signed, or of a wrong length. Proves nothing either. */
  | { readonly kind: 'bytes_refused'; readonly error: string }
  /** Already in the chain's status cache: look the outcome up. */
  | { readonly kind: 'already_processed' };

export type SignatureStatus =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'seen';
      readonly commitment: Commitment | 'processed';
      readonly slot: number;
      readonly failed: boolean;
    };

export interface ObservedInstruction {
  readonly programId: string;
  readonly accounts: readonly string[];
  readonly data: Uint8Array;
}

export interface InnerInstructions {
  /** Index of the top-level instruction. */
  readonly of: number;
  readonly instructions: readonly ObservedInstruction[];
}

/** A transaction as the chain holds it, decoded from its message; what the mirror believes instead of a look-alike. */
export interface ObservedTransaction {
  readonly signature: string;
  readonly slot: number;
  /** null when it succeeded, else the chain's error as text. */
  readonly error: string | null;
  /** Custom program error, where that is what failed. */
  readonly customCode: number | null;
  readonly instructions: readonly ObservedInstruction[];
  /** What these had other programs do, in order. The provider's word: it stands in no bytes that anybody signed. */
  readonly inner: readonly InnerInstructions[];
  /** Lamports of each of its accounts before and after: the only place that tells a fee actually paid (interface: 7). */
  readonly balances: readonly { readonly address: string; readonly before: bigint; readonly after: bigint }[];
}

export interface HistoryEntry {
  readonly signature: string;
  readonly slot: number;
  readonly failed: boolean;
  readonly memo: string | null;
}

/** Longest page of a history that an RPC gives. */
export const HISTORY_PAGE = 1_000;

export interface HistoryRange {
  /** A node that is not there yet has no answer. */
  readonly minSlot?: number;
  /** As many as this of the newest, by one and the same provider; `HISTORY_PAGE` if not given. */
  readonly most?: number;
  /** Only so many of the oldest of them; where they are not reached within `most`, there is no answer. */
  readonly oldest?: number;
}

/** An attempt that is looked for, and what says until when it can land. */
export type LookedFor = Pick<PreparedTransaction, 'signature' | 'blockhash' | 'blockhashSlot'>;

/** One provider's answer to a full-history look-up for a signature. */
export type Absence =
  | { readonly kind: 'absent'; readonly finalizedSlot: number; readonly finalizedHeight: number }
  | { readonly kind: 'present' }
  /** Its blockhash is still good there: what is not there yet may land. */
  | { readonly kind: 'alive' }
  /** The provider's history does not reach back to the blockhash, or it did not answer. Never "did not happen". */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * A read or a send that got no usable answer. Says nothing about the chain's state. `disagreement`: providers show one
 * finalized slot in two ways, so that neither is believed.
 */
export class ChainUnavailable extends Error {
  readonly code: 'timeout' | 'rate_limited' | 'unavailable' | 'malformed' | 'stale' | 'disagreement';
  readonly provider: string;
  constructor(code: ChainUnavailable['code'], provider: string, detail: string) {
    super(`${provider}: ${code}: ${detail}`);
    this.name = 'ChainUnavailable';
    this.code = code;
    this.provider = provider;
  }
}

export interface ChainPort {
  /** Genesis hash. */
  readonly cluster: string;
  readonly programId: string;
  /** Address of the coordinator key that new matches are created with. */
  readonly coordinator: string;
  /** `of`: the match id, the match PDA, the deposit authority; nothing for the singletons. */
  pda(name: Pda['name'], of?: string): Pda;
  /** Reads at `finalized`. With `minSlot`, an answer from before it is `ChainUnavailable('stale')`. */
  accounts(addresses: readonly string[], minSlot?: number): Promise<AccountsAt>;
  rentMinimum(size: number): Promise<bigint>;
  /** Bytes of the wire transaction, signatures included; the chain takes 1,232. */
  size(plan: TransactionPlan): number;
  /** The instructions as the chain would show them: what a landed transaction is compared with. */
  expected(plan: TransactionPlan): readonly ObservedInstruction[];
  /** Fetches a blockhash, compiles and signs. Sends nothing. Not for a plan that a wallet signs. */
  prepare(plan: TransactionPlan): Promise<PreparedTransaction>;
  /** Fetches a blockhash and compiles, for `plan.wallet` to sign. Nobody has signed it yet. */
  offer(plan: TransactionPlan): Promise<PreparedOffer>;
  /** The wallet's signature out of the transaction that came back: strict Ed25519 over the very message of the offer. */
  walletSignature(
    offer: Pick<PreparedOffer, 'transaction' | 'wallet'>,
    returned: string,
  ): { readonly signature: string } | { readonly fault: WalletFault };
  /** Adds the custody signature where the plan has one, and the coordinator's last. Sends nothing. */
  countersign(
    plan: Pick<TransactionPlan, 'coordinator' | 'custody'>,
    offer: PreparedOffer,
    walletSignature: string,
  ): Promise<PreparedTransaction>;
  /** `again`: it was sent, and the chain shows nothing of it. */
  send(attempt: PreparedTransaction, again?: boolean): Promise<SendOutcome>;
  status(signature: string): Promise<SignatureStatus>;
  transaction(signature: string, commitment: Commitment): Promise<ObservedTransaction | null>;
  finalizedHeight(): Promise<{ readonly height: number; readonly slot: number }>;
  /** Full-history look-ups at as many providers as the setting asks for, one answer each. */
  absence(attempt: LookedFor): Promise<readonly Absence[]>;
  /** Newest first, at `finalized`, successful and failed; `until` is exclusive. Fewer than `most`: those are all. */
  history(address: string, until: string | null, range?: HistoryRange): Promise<readonly HistoryEntry[]>;
  /** The monitor's word on the providers: one whose breaker is open is not asked while another's is closed. */
  heed(providers: readonly ProviderStanding[]): void;
  /** What was met at the providers since the last call; empties itself. The object sends it to the monitor. */
  takeReports(): readonly ProviderReport[];
}

/** Keys that sign an action's 32 hash bytes when it is leased, and name the deposit authority of a user. */
export interface SignerPort {
  custodyAuthority(userId: string): Promise<string>;
  /** Ed25519 over the hash bytes, base58; `by` is 'coordinator' or a user whose custody key signs. */
  signHash(
    hash: string,
    by: { readonly coordinator: string } | { readonly custodyOf: string },
  ): Promise<{
    readonly signer: string;
    readonly signature: string;
  }>;
  /** Strict Ed25519 over the 32 hash bytes: small-order and non-canonical keys are refused (I31). Never throws. */
  verifyHash(hash: string, wallet: string, signature: string): boolean;
}

/**
 * The keys cannot be asked now, or one of them is not there any more (a rotation that came too early). Says nothing about
 * what was or was not signed: the work waits.
 */
export class SignerUnavailable extends Error {
  readonly code: 'signer_unavailable' | 'unknown_coordinator';
  constructor(detail: string, code: SignerUnavailable['code'] = 'signer_unavailable') {
    super(`signer unavailable: ${detail}`);
    this.name = 'SignerUnavailable';
    this.code = code;
  }
}

export interface Probe {
  readonly provider: string;
  readonly at: number;
  readonly ms: number;
  /** Both questions were answered, the tip's and the finalized read. */
  readonly ok: boolean;
  /** Tip slot and block height; null where the tip's question failed. Each question keeps what it got. */
  readonly slot: number | null;
  readonly blockHeight: number | null;
  /** null where the finalized read failed. */
  readonly finalizedSlot: number | null;
  /**
   * Of what was read at `finalizedSlot`: two providers that show one and the same slot with two fingerprints disagree.
   * null where the finalized read failed.
   */
  readonly fingerprint: string | null;
  /** timeout, rate_limited, unavailable, malformed, stale; null when ok. rate_limited is the provider's own. */
  readonly error: string | null;
  /** Unix ms: the provider asked not to be asked before (Retry-After); null where it did not. */
  readonly retryAt: number | null;
}

/** Measures; the monitor object decides (design: section 8). */
export interface ProbePort {
  readonly providers: readonly string[];
  /** All of them, but for those that are better left alone. */
  probe(leaveOut?: readonly string[]): Promise<readonly Probe[]>;
}

export interface Alert {
  /** De-duplicated by class and entity. */
  readonly class: string;
  readonly entity: string;
  readonly severity: 'warning' | 'critical';
  readonly message: string;
  readonly at: number;
}

/** At least once; the durable record is a row of the object that raised it. */
export interface AlertsPort {
  deliver(alert: Alert): Promise<void>;
}

/** Everything one object lives in. */
export interface ObjectWorld {
  /** The object's name (formats: Names); its identity towards others and the genesis of its journal. */
  readonly name: string;
  readonly settings: MirrorSettings;
  readonly sql: SqlPort;
  readonly alarm: AlarmPort;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly sockets: SocketsPort;
  readonly chain: ChainPort;
  readonly signer: SignerPort;
  readonly probes: ProbePort;
  readonly peers: PeersPort;
  readonly alerts: AlertsPort;
}
