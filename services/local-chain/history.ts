/** The chain's memory of transactions: by signature, and by every address that they name. */

import type { Execution } from './svm.ts';
import { FIRST_SLOT } from './svm.ts';
import type { Message } from './transaction.ts';

/**
 * Transactions kept with all their details (some 5 kB each, so about 100 MB when full). Beyond it the oldest are
 * forgotten and `firstAvailableSlot` rises above them: a client that must not mistake "forgotten" for "never happened"
 * compares it with its own slot, as with a real node's getFirstAvailableBlock.
 */
export const MAX_TRANSACTIONS = 20_000;

/** Most entries of one getSignaturesForAddress answer, as on Solana. */
export const MAX_SIGNATURES_PAGE = 1_000;

export interface TransactionRecord extends Execution {
  readonly signature: string;
  readonly signatures: readonly string[];
  readonly slot: number;
  readonly height: number;
  /** Unix seconds. */
  readonly blockTime: number;
  readonly bytes: Uint8Array;
  readonly message: Message;
  readonly memo: string | null;
}

export interface HistoryQuery {
  /** Start below this signature. Unknown: the answer is empty. */
  readonly before?: string | undefined;
  /** End above this signature. Unknown: no end. */
  readonly until?: string | undefined;
  /** 1 to 1,000. */
  readonly limit?: number | undefined;
}

interface Entry {
  /** Position in the whole history; rises by one with each transaction. */
  readonly order: number;
  readonly record: TransactionRecord;
}

export class History {
  readonly #limit: number;
  /** In order of execution: a Map iterates in order of insertion. */
  readonly #bySignature = new Map<string, Entry>();
  readonly #byAddress = new Map<string, Entry[]>();
  #nextOrder = 0;
  #firstAvailableSlot = FIRST_SLOT;

  constructor(limit: number = MAX_TRANSACTIONS) {
    this.#limit = limit;
  }

  /** The lowest slot from which on nothing has been forgotten. */
  get firstAvailableSlot(): number {
    return this.#firstAvailableSlot;
  }

  /** Transactions ever recorded and not undone by a fork. */
  get count(): number {
    return this.#nextOrder;
  }

  get(signature: string): TransactionRecord | undefined {
    return this.#bySignature.get(signature)?.record;
  }

  add(record: TransactionRecord): void {
    const entry = { order: this.#nextOrder, record };
    this.#nextOrder += 1;
    this.#bySignature.set(record.signature, entry);
    for (const address of record.accountKeys) {
      const list = this.#byAddress.get(address);
      if (list === undefined) this.#byAddress.set(address, [entry]);
      else list.push(entry);
    }
    if (this.#bySignature.size > this.#limit) this.#forgetOldest();
  }

  /** Undoes the newest transactions, those of blocks that a fork dropped. */
  removeNewest(signatures: readonly string[]): void {
    for (const signature of signatures.toReversed()) {
      const entry = this.#bySignature.get(signature);
      if (entry === undefined) continue;
      this.#unlink(entry);
      this.#nextOrder = Math.min(this.#nextOrder, entry.order);
    }
  }

  /** A memory of its own that ends at the height. What is forgotten by now is forgotten there, too. */
  upTo(height: number): History {
    const copy = new History(this.#limit);
    copy.#firstAvailableSlot = this.#firstAvailableSlot;
    for (const entry of this.#bySignature.values()) {
      copy.#nextOrder = entry.order;
      if (entry.record.height > height) break;
      copy.add(entry.record);
    }
    return copy;
  }

  /** Newest first, of the blocks up to `maxHeight`. */
  list(address: string, maxHeight: number, query: HistoryQuery): TransactionRecord[] {
    const before = query.before === undefined ? Infinity : (this.#bySignature.get(query.before)?.order ?? -1);
    const until = query.until === undefined ? -1 : (this.#bySignature.get(query.until)?.order ?? -1);
    const limit = Math.min(query.limit ?? MAX_SIGNATURES_PAGE, MAX_SIGNATURES_PAGE);
    const entries = this.#byAddress.get(address) ?? [];
    const page: TransactionRecord[] = [];
    for (let i = entries.length - 1; i >= 0 && page.length < limit; i -= 1) {
      const entry = entries[i];
      // Both bounds are positions in the whole history: a signature bounds also the list of an address it does not name.
      if (entry === undefined || entry.order <= until) break;
      if (entry.order < before && entry.record.height <= maxHeight) page.push(entry.record);
    }
    return page;
  }

  #forgetOldest(): void {
    for (const entry of this.#bySignature.values()) {
      this.#unlink(entry);
      this.#firstAvailableSlot = entry.record.slot + 1;
      return;
    }
  }

  #unlink(entry: Entry): void {
    this.#bySignature.delete(entry.record.signature);
    for (const address of entry.record.accountKeys) {
      const list = this.#byAddress.get(address);
      // Only the oldest and the newest are ever unlinked, so the entry is at one of the two ends.
      if (list?.[0] === entry) list.shift();
      else if (list?.at(-1) === entry) list.pop();
      if (list?.length === 0) this.#byAddress.delete(address);
    }
  }
}
