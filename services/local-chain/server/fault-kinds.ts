/** The faults that an endpoint can have, and their checked shapes. What each does to a request stands in `endpoint.ts`. */

import * as z from 'zod';
import type { Json } from '../rpc/json.ts';
import { MAX_LAG_SLOTS } from '../trail.ts';

const MAX_COUNT = 10_000;
const MAX_DELAY_MS = 60_000;
const MAX_LAGS_IN_TURN = 8;
const MAX_DRAWN_FAULTS = 16;

const scope = {
  /** Applies to so many requests, then clears itself; without it, until it is cleared. */
  count: z.number().int().min(1).max(MAX_COUNT).optional(),
  /** Applies only to requests (or batches) that call one of these. */
  methods: z.array(z.string().min(1).max(64)).min(1).max(32).optional(),
};

const refusal = z.number().int().min(400).max(599).default(503);

/** An HTTP error, the same with a gateway's HTML page, or a JSON-RPC error in an HTTP 200. Nothing is executed. */
const erring = z.discriminatedUnion('as', [
  z.strictObject({ kind: z.literal('erring'), as: z.literal('http'), status: refusal, ...scope }),
  z.strictObject({ kind: z.literal('erring'), as: z.literal('html'), status: refusal, ...scope }),
  z.strictObject({
    kind: z.literal('erring'),
    as: z.literal('rpc'),
    code: z.number().int().min(-33_000).max(-32_000).default(-32_603),
    message: z.string().max(200).default('Internal error'),
    /** As of a preflight: `{"err":"BlockhashNotFound","logs":[]}`. */
    data: z.custom<Json>((value) => z.json().safeParse(value).success, 'expected JSON').optional(),
    ...scope,
  }),
]);

/** HTTP 429; nothing is executed. */
const rateLimited = z.strictObject({
  kind: z.literal('rateLimited'),
  retryAfterSeconds: z.number().int().min(0).max(86_400).optional(),
  /** `Retry-After` has two forms (RFC 9110): seconds, or an HTTP date. */
  retryAfterAs: z.enum(['seconds', 'date']).default('seconds'),
  /** So many requests pass first, as with a daily quota. */
  quota: z.number().int().min(0).max(1_000_000).optional(),
  ...scope,
});

/** Answers from a chain so many slots behind; of a list each lag in turn, so that what is told goes back and forth. */
const stale = z.strictObject({
  kind: z.literal('stale'),
  slots: z.union(
    [
      z.number().int().min(1).max(MAX_LAG_SLOTS),
      z.array(z.number().int().min(0).max(MAX_LAG_SLOTS)).min(2).max(MAX_LAGS_IN_TURN),
    ],
    `expected 1 to ${MAX_LAG_SLOTS} slots, or a list of 2 to ${MAX_LAGS_IN_TURN} lags from 0 to ${MAX_LAG_SLOTS}`,
  ),
  ...scope,
});

/** Of transactions only those of the newest blocks are known: others look as if they had never been, or are an error. */
const archiveGap = z.strictObject({
  kind: z.literal('archiveGap'),
  keepsBlocks: z.number().int().min(0).max(1_000_000).default(0),
  /** Instead of null: whatever would need the archive is this error. */
  code: z
    .union([z.literal(-32_011), z.literal(-32_019), z.literal(-32_007)], 'expected -32011, -32019 or -32007')
    .optional(),
  /** `honest`: getFirstAvailableBlock is raised above the gap. `lying`: it knows of no gap. */
  firstAvailable: z.enum(['honest', 'lying']).default('lying'),
  ...scope,
});

/** getLatestBlockhash answers one so many blocks old (from 150 on it has expired), or one of another cluster. */
const oldBlockhash = z.strictObject({
  kind: z.literal('oldBlockhash'),
  blocks: z.number().int().min(1).max(MAX_LAG_SLOTS).default(151),
  foreign: z.boolean().default(false),
  ...scope,
  methods: scope.methods.default(['getLatestBlockhash']),
});

/** The request is executed and its answer spoiled on the way. */
const corrupt = z.strictObject({
  kind: z.literal('corrupt'),
  how: z.enum(['truncated', 'wrongId', 'notJson', 'html', 'wrongShape', 'floats']),
  ...scope,
});

const simple = [
  /** Connections are closed without an answer, open WebSockets cut. */
  z.strictObject({ kind: z.literal('off'), ...scope }),
  /** The request is taken up only after the delay. */
  z.strictObject({ kind: z.literal('slow'), delayMs: z.number().int().min(1).max(MAX_DELAY_MS), ...scope }),
  erring,
  rateLimited,
  /** The request is executed and its reply is lost: the connection is destroyed, or never answered. */
  z.strictObject({
    kind: z.literal('replyLost'),
    how: z.enum(['destroy', 'hang']).default('destroy'),
    ...scope,
    methods: scope.methods.default(['sendTransaction']),
  }),
  /** Never executed and never answered. */
  z.strictObject({ kind: z.literal('hang'), ...scope }),
  /** sendTransaction answers the signature after its preflight, and the chain never hears of it. */
  z.strictObject({
    kind: z.literal('dropped'),
    ...scope,
    methods: scope.methods.default(['sendTransaction']),
  }),
  stale,
  archiveGap,
  oldBlockhash,
  corrupt,
] as const;

const simpleFault = z.discriminatedUnion('kind', simple);

/** Each request draws from the seed whether it meets a fault (`percent` of them do), and which of those listed. */
const random = z.strictObject({
  kind: z.literal('random'),
  seed: z.number().int().min(0).max(0xffff_ffff),
  percent: z.number().min(0).max(100),
  faults: z.array(simpleFault).min(1).max(MAX_DRAWN_FAULTS),
  ...scope,
});

export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  ...simple,
  random,
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;
/** A fault that is one. */
export type ActiveFault = Exclude<Fault, { kind: 'none' }>;
/** One that `random` can draw. */
export type SimpleFault = z.output<typeof simpleFault>;
