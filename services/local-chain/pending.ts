/** Transactions accepted and not yet in a block, in order of arrival. */

import { ChainError, RPC_CODE } from './errors.ts';
import type { WireTransaction } from './transaction.ts';

/** The size at which Solana's send service drops, too (platform-facts: D1). Here the sender is told. */
export const MAX_PENDING = 10_000;

/** Most transactions of one block: at some 0.1 ms each, a full block still takes a fraction of a second. */
export const MAX_BLOCK_TRANSACTIONS = 1_000;

export class PendingPool {
  readonly #bySignature = new Map<string, WireTransaction>();

  get size(): number {
    return this.#bySignature.size;
  }

  /** Sending the same bytes again changes nothing. Throws `ChainError` -32603 when full. */
  add(tx: WireTransaction): void {
    if (this.#bySignature.has(tx.signature)) return;
    if (this.#bySignature.size >= MAX_PENDING) {
      throw new ChainError(RPC_CODE.internal, `the pending pool is full (${MAX_PENDING} transactions)`);
    }
    this.#bySignature.set(tx.signature, tx);
  }

  /** Before all others, whatever the limit: they have been in blocks, which a fork undid. */
  putBack(transactions: readonly WireTransaction[]): void {
    const waiting = [...this.#bySignature.values()];
    this.#bySignature.clear();
    for (const tx of [...transactions, ...waiting]) this.#bySignature.set(tx.signature, tx);
  }

  clear(): void {
    this.#bySignature.clear();
  }

  /** Removes and returns what goes into the next block; the rest waits for the one after. */
  take(): WireTransaction[] {
    const taken: WireTransaction[] = [];
    for (const tx of this.#bySignature.values()) {
      if (taken.length >= MAX_BLOCK_TRANSACTIONS) break;
      taken.push(tx);
    }
    for (const tx of taken) this.#bySignature.delete(tx.signature);
    return taken;
  }
}
