/** What `POST /faults` can do to the chain itself, hence for every endpoint at once. */

import * as z from 'zod';
import type { LocalChain } from '../chain.ts';

const MAX_DEPTH = 10_000;
const MAX_SKIPPED_SLOTS = 1_000_000;
const MAX_BLOCKS = 2_000;
const MAX_CLOCK_LAG_SECONDS = 3_600;

export const chainCommand = z.discriminatedUnion('chain', [
  /** The tip stands still; sends wait in the pool, reads are answered. */
  z.strictObject({ chain: z.literal('frozen') }),
  z.strictObject({ chain: z.literal('running') }),
  /** The newest blocks never happened. Their transactions are gone, or with `repool` wait for the next block. */
  z.strictObject({
    chain: z.literal('fork'),
    depth: z.number().int().min(1).max(MAX_DEPTH),
    repool: z.boolean().default(false),
  }),
  /** A halt is over: the chain goes on from so many slots before its tip, or from what is final, and without the pool. */
  z.strictObject({ chain: z.literal('restart'), depth: z.number().int().min(0).max(MAX_DEPTH).optional() }),
  /** The next slots bring no block. */
  z.strictObject({ chain: z.literal('skip'), slots: z.number().int().min(1).max(MAX_SKIPPED_SLOTS) }),
  /** Empty blocks at once: blockhashes expire. What is pending stays so. */
  z.strictObject({ chain: z.literal('blocks'), count: z.number().int().min(1).max(MAX_BLOCKS) }),
  /** The on-chain clock is so far behind; a negative lag is ahead. */
  z.strictObject({
    chain: z.literal('clock'),
    lagSeconds: z.number().int().min(-MAX_CLOCK_LAG_SECONDS).max(MAX_CLOCK_LAG_SECONDS),
  }),
]);

export type ChainCommand = z.output<typeof chainCommand>;
export type ChainCommandInput = z.input<typeof chainCommand>;

/** Throws `ChainError` where the chain cannot: too deep a fork, blocks of a frozen chain. */
export function command(chain: LocalChain, body: ChainCommand): void {
  if (body.chain === 'frozen') chain.freeze();
  else if (body.chain === 'running') chain.thaw();
  else if (body.chain === 'fork') chain.fork(body.depth, body);
  else if (body.chain === 'restart') chain.restart(body.depth);
  else if (body.chain === 'skip') chain.skipSlots(body.slots);
  else if (body.chain === 'blocks') chain.produceEmpty(body.count);
  else chain.lagClock(body.lagSeconds);
}
