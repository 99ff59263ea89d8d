/**
 * When blocks are due. The time is told from outside (`advanceTo`), so that a test's virtual clock and a real timer
 * drive the same code and the same inputs give the same blocks.
 */

import { FIRST_SLOT } from './svm.ts';

/**
 * Blocks produced by one call at most. A caller further behind (a process that slept) does not get all the missed
 * blocks: the older slots are skipped, as slots are on Solana when their leader is absent, and the call always ends
 * with the clock caught up. 512 is beyond the 150 blocks of a blockhash and the 32 of finality, so that whatever a
 * wait must bring about has come about; they take some 10 ms.
 */
export const MAX_BLOCKS_PER_ADVANCE = 512;

export interface SlotTime {
  readonly slot: number;
  /** Unix ms of the block, as the chain's own clock has it. */
  readonly at: number;
}

export class SlotClock {
  readonly #slotMs: number;
  #nextSlot = FIRST_SLOT;
  #nextAt: number;
  #frozen = false;
  #realign = false;
  #lagMs = 0;

  constructor(startAt: number, slotMs: number) {
    this.#nextAt = startAt;
    this.#slotMs = slotMs;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Unix ms at which the next block is due. */
  get nextAt(): number {
    return this.#nextAt;
  }

  freeze(): void {
    this.#frozen = true;
  }

  /** Slots do not pass while the chain stands: after a halt Solana goes on with the next slot, and so does this. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#realign = true;
  }

  /** How many blocks to produce for the given time, having skipped what is beyond the bound. */
  due(unixMs: number): number {
    if (this.#frozen) return 0;
    if (this.#realign) {
      this.#nextAt = Math.max(this.#nextAt, unixMs);
      this.#realign = false;
    }
    const due = Math.floor((unixMs - this.#nextAt) / this.#slotMs) + 1;
    const skipped = Math.max(0, due - MAX_BLOCKS_PER_ADVANCE);
    this.#nextSlot += skipped;
    this.#nextAt += skipped * this.#slotMs;
    return Math.max(0, due - skipped);
  }

  /** Takes the next slot. */
  take(): SlotTime {
    const time = this.takeEarly();
    this.#nextAt += this.#slotMs;
    return time;
  }

  /** Takes a slot more than are due: the one after it is due when this one would have been. */
  takeEarly(): SlotTime {
    const time = { slot: this.#nextSlot, at: this.#nextAt - this.#lagMs };
    this.#nextSlot += 1;
    return time;
  }

  /** Lets slots pass without a block. */
  skip(slots: number): void {
    this.#nextSlot += slots;
    this.#nextAt += slots * this.#slotMs;
  }

  /** Block times fall so far behind, or with a negative lag run ahead; when blocks are due does not change. */
  lag(ms: number): void {
    this.#lagMs = ms;
  }
}
