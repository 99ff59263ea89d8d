/** Blockhashes: how they are made, and for how long a transaction may carry one. */

import { createHash } from 'node:crypto';
import { encodeBase58 } from './base58.ts';

/** Blocks that a blockhash stays usable for: Agave's MAX_PROCESSING_AGE. */
export const BLOCKHASH_WINDOW = 150;

/**
 * Hashes come from a seed, not from the blocks' content: the same inputs give the same chain, and a block rebuilt in a
 * fork gets a new slot and with it a new hash.
 */
export function deriveHash(label: string, seed: string, number: number): string {
  return encodeBase58(createHash('sha256').update(`local-chain:${label}:${seed}:${number}`).digest());
}

/**
 * The hashes that are still in use, by block height. Age is counted as Agave counts it, from the block on which the
 * next one is built: valid while `tip height - hash's height <= window`. `lastValidBlockHeight` is the last such tip,
 * hence a transaction may still land one block above it; a client that waits for a *finalized* height beyond it and
 * then looks the signature up sees that, too.
 */
export class BlockhashWindow {
  readonly #window: number;
  readonly #heights = new Map<string, number>();

  constructor(window: number = BLOCKHASH_WINDOW) {
    this.#window = window;
  }

  add(hash: string, height: number): void {
    this.#heights.set(hash, height);
  }

  remove(hash: string): void {
    this.#heights.delete(hash);
  }

  /** Forgets hashes too old for every state that can still be asked about. Insertion order is by height. */
  prune(oldestTip: number): void {
    for (const [hash, height] of this.#heights) {
      if (oldestTip - height <= this.#window) return;
      this.#heights.delete(hash);
    }
  }

  /** Whether a transaction with this hash may go into a block built on one of the given height. */
  isValid(hash: string, tipHeight: number): boolean {
    const height = this.#heights.get(hash);
    // A hash younger than the asked state is unknown to it: a preflight at `finalized` does not know the tip's hash.
    return height !== undefined && height <= tipHeight && tipHeight - height <= this.#window;
  }

  lastValidBlockHeight(height: number): number {
    return height + this.#window;
  }
}
