/** What `POST /faults` can do to the chain itself, hence for every endpoint at once. */

import * as z from 'zod';

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
  /** A halt is over: the chain goes on from so many slots before its tip, without the blocks and the pool since. */
  z.strictObject({ chain: z.literal('restart'), depth: z.number().int().min(0).max(MAX_DEPTH) }),
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
