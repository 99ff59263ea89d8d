/** What a block is, and the bounded log of block headers. */

import type { ChainAccount } from './svm.ts';
import type { WireTransaction } from './transaction.ts';

/** `confirmed` and `processed` read the same state, the tip; they differ in what they say about transactions. */
export type Commitment = 'processed' | 'confirmed' | 'finalized';

export interface BlockHeader {
  readonly slot: number;
  readonly parentSlot: number;
  /** Blocks below this one; skipped slots do not count. */
  readonly height: number;
  /** Unix seconds, as the Clock sysvar showed them inside the block. */
  readonly blockTime: number;
  /** The blockhash that transactions may carry from now on. */
  readonly hash: string;
}

/** An account overwritten from outside (`setAccount`); kept with the block after which it happened. */
export interface Patch {
  readonly address: string;
  readonly account: ChainAccount;
}

export interface Block extends BlockHeader {
  /** What landed, in order, failed ones included: enough to execute the block again. */
  readonly transactions: readonly WireTransaction[];
  readonly patches: readonly Patch[];
}

/** Headers kept for getBlockTime: at 400 ms slots over two hours. Transactions carry their own block's time. */
export const MAX_HEADERS = 20_000;

export class HeaderLog {
  readonly #bySlot = new Map<number, BlockHeader>();

  add(header: BlockHeader): void {
    const { slot, parentSlot, height, blockTime, hash } = header;
    this.#bySlot.set(slot, { slot, parentSlot, height, blockTime, hash });
    if (this.#bySlot.size <= MAX_HEADERS) return;
    for (const oldest of this.#bySlot.keys()) {
      this.#bySlot.delete(oldest);
      return;
    }
  }

  get(slot: number): BlockHeader | undefined {
    return this.#bySlot.get(slot);
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<BlockHeader> {
    return this.#bySlot.values();
  }

  /** A log of its own that ends at the height. */
  upTo(height: number): HeaderLog {
    const log = new HeaderLog();
    for (const header of this) if (header.height <= height) log.add(header);
    return log;
  }

  remove(slot: number): void {
    this.#bySlot.delete(slot);
  }
}
