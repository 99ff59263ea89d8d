/** What a chain is made with, what its calls take and answer, and the constants behind them. */

import type { Commitment } from './blocks.ts';
import type { TransactionErrorJson } from './svm-errors.ts';

/** Blocks on top of a block that make it final: TowerBFT's lockout of 31 more than the first confirmation. */
export const FINALITY_DEPTH = 32;

/** Blocks that a status is found in without a history search, as in Agave's status cache (MAX_CACHE_ENTRIES). */
export const RECENT_STATUSES = 300;

/** rentEpoch of an account that pays no rent, which is every account today. */
export const RENT_EXEMPT_EPOCH = (1n << 64n) - 1n;

export interface LocalChainOptions {
  /** Unix ms of the first block. */
  readonly startAt: number;
  /** Length of a slot in ms, at least 1. */
  readonly slotMs: number;
  readonly programs?: readonly { readonly address: string; readonly elf: Uint8Array }[];
  readonly finalityDepth?: number;
  /** Blocks that a blockhash stays usable for. */
  readonly blockhashWindow?: number;
  /** Transactions kept, see `history.ts`. */
  readonly historyLimit?: number;
  /** Tells apart chains with the same start: genesis hash, blockhashes and the faucet's key follow from it. */
  readonly seed?: string;
}

export interface SendOptions {
  readonly skipPreflight?: boolean | undefined;
  /** The state that the preflight simulates on; the tip by default. */
  readonly preflightCommitment?: Commitment | undefined;
  readonly minContextSlot?: number | undefined;
}

export interface SimulateOptions {
  readonly commitment?: Commitment | undefined;
  readonly sigVerify?: boolean | undefined;
  readonly replaceRecentBlockhash?: boolean | undefined;
}

/** What getSignatureStatuses says of a transaction. */
export interface SignatureStatus {
  readonly slot: number;
  /** Blocks on top; `null` once finalized. */
  readonly confirmations: number | null;
  readonly err: TransactionErrorJson | null;
  readonly confirmationStatus: Commitment;
}

export interface AccountFields {
  readonly lamports: bigint;
  readonly data: Uint8Array;
  readonly owner: string;
  readonly executable?: boolean;
}
