/**
 * What has lately happened to a chain, in order: followers go along it late. They can begin only where the whole state
 * was kept, so a stop with a copy of it is made now and then.
 */

import type { Ledger, LedgerSnapshot } from './ledger.ts';
import type { SlotTime } from './slot-clock.ts';
import type { ChainAccount } from './svm.ts';
import type { WireTransaction } from './transaction.ts';

/** How far behind a follower can be. */
export const MAX_LAG_SLOTS = 1_000;

/** A copy of the state costs as much as 25 empty blocks: one in 256 is not noticed, and 256 blocks are caught up in 10 ms. */
const STOP_SLOTS = 256;
/** Transactions hold memory, so that stops come by their number, too: this share of those that are kept. */
const STOP_SHARE = 0.1;

type Happening =
  | { readonly kind: 'block'; readonly time: SlotTime; readonly transactions: readonly WireTransaction[] }
  | { readonly kind: 'drop'; readonly fromSlot: number }
  | { readonly kind: 'patch'; readonly address: string; readonly account: ChainAccount };

/** `slot` is the newest that had been produced by then, which a fork does not lower. */
type Step = Happening & { readonly slot: number };

/** The state before the step of the position. */
export interface Stop {
  readonly position: number;
  readonly slot: number;
  readonly snapshot: LedgerSnapshot;
  /** Transactions before it, over the chain's life. */
  readonly transactions: number;
}

export class Trail {
  readonly #ledger: Ledger;
  readonly #limit: number;
  readonly #steps: Step[] = [];
  readonly #stops: Stop[] = [];
  /** Position of the oldest step kept. */
  #first = 0;
  #slot: number;
  #transactions = 0;

  /**
   * Follows the ledger from its present state on. `limit`: transactions kept; a busy chain is followed less far back
   * rather than remembered without bound.
   */
  constructor(ledger: Ledger, limit: number) {
    this.#ledger = ledger;
    this.#limit = limit;
    this.#slot = ledger.tip.block.slot;
    this.#stop();
  }

  /** The newest slot produced. */
  get slot(): number {
    return this.#slot;
  }

  /** To be told right after it has happened. */
  add(happening: Happening): void {
    if (happening.kind === 'block') {
      this.#slot = happening.time.slot;
      this.#transactions += happening.transactions.length;
    }
    this.#steps.push({ ...happening, slot: this.#slot });
    const last = this.#stops.at(-1);
    const due =
      last === undefined ||
      this.#slot - last.slot >= STOP_SLOTS ||
      this.#transactions - last.transactions >= this.#limit * STOP_SHARE;
    if (due) this.#stop();
  }

  /** Where a follower begins that is to be at the slot: before it, or as early as there is a stop. */
  stopFor(slot: number): Stop {
    const stop = this.#stops.findLast((one) => one.slot <= slot) ?? this.#stops[0];
    if (stop === undefined) throw new TypeError('a trail has a stop from its construction on');
    return stop;
  }

  /** The step at a position: `undefined` where it has not happened yet, `forgotten` where it no longer leads on. */
  step(position: number): Step | 'forgotten' | undefined {
    return position < this.#first ? 'forgotten' : this.#steps[position - this.#first];
  }

  #stop(): void {
    this.#stops.push({
      position: this.#first + this.#steps.length,
      slot: this.#slot,
      snapshot: this.#ledger.snapshot(),
      transactions: this.#transactions,
    });
    this.#forget();
  }

  /** Stops that no follower needs go, and with them the steps before the first one left. */
  #forget(): void {
    for (let next = this.#stops[1]; next !== undefined; next = this.#stops[1]) {
      const tooMany = this.#transactions - next.transactions > this.#limit;
      if (this.#slot - next.slot < MAX_LAG_SLOTS && !tooMany) return;
      this.#stops.shift();
      this.#steps.splice(0, next.position - this.#first);
      this.#first = next.position;
    }
  }
}
