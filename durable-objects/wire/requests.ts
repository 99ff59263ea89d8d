/** What clients ask of the mirror. Every border checks with these; what passes has exactly this form. */
import * as z from 'zod';

/** u64 as decimal text: no sign, no leading zeros, no exponent, at most 2^64 - 1. */
const U64_MAX = (1n << 64n) - 1n;
export const lamportsText = z
  .string()
  // Ends here for anything else: the next check could not even read it.
  .regex(/^(0|[1-9]\d{0,19})$/, { abort: true, error: 'a u64 as decimal text' })
  .refine((text) => BigInt(text) <= U64_MAX, 'a u64 as decimal text');

/** Lower-case UUID text (design: section 2). */
export const matchIdText = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a lower-case UUID');

/** UUIDv7, made and stored by the client before it sends (design: section 6). */
export const clientKeyText = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'a lower-case UUIDv7');

/** 1-64 bytes of UTF-8 without NUL: the program's limit for a player id. */
export const userIdText = z
  .string()
  .min(1)
  .max(64)
  .refine(
    (id) => !id.includes('\0') && utf8Length(id) <= 64 && id.isWellFormed(),
    '1-64 bytes of UTF-8 without NUL',
  );

export const addressText = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'a base58 public key');
export const hash32Text = z.string().regex(/^[0-9a-f]{64}$/, '32 bytes as lower-case hex');

const paymentMethod = z.union([z.literal(0), z.literal(1)]);

export const createRequest = z.strictObject({
  clientKey: clientKeyText,
  matchId: matchIdText,
  gameType: z.int().min(0).max(255),
  seed: lamportsText,
  entryFee: lamportsText,
  /** 0 WALLET, 1 PLATFORM. */
  paymentMethod,
});

const feeBreakdownText = z.strictObject({
  totalEntry: lamportsText,
  platformFee: lamportsText,
  netPool: lamportsText,
});

export const joinRequest = z.strictObject({
  clientKey: clientKeyText,
  entryFee: lamportsText,
  paymentMethod,
  /** Unix ms; at most 72 h ahead; the mirror sets it where a PLATFORM client does not. */
  notAfter: z.int().positive().optional(),
  /** What the client showed the player as the pool after this join; refused where the core computes another. */
  feeBreakdown: feeBreakdownText.optional(),
});

export const startRequest = z.strictObject({ clientKey: clientKeyText });

export const endRequest = z.strictObject({
  clientKey: clientKeyText,
  /** By rank; shares in basis points, summing to 10,000. */
  result: z
    .array(z.strictObject({ userId: userIdText, shareBps: z.int().min(1).max(10_000) }))
    .min(1)
    .max(10),
  matchHash: hash32Text
    .refine((hash) => !/^0+$/.test(hash), 'not all zero')
    .nullable()
    .optional(),
  hotUrl: z
    .string()
    .min(1)
    .refine((url) => utf8Length(url) <= 200 && !url.includes('\0'), 'at most 200 bytes, no NUL')
    .nullable()
    .optional(),
});

export type CreateRequest = z.infer<typeof createRequest>;
export type JoinRequest = z.infer<typeof joinRequest>;
export type StartRequest = z.infer<typeof startRequest>;
export type EndRequest = z.infer<typeof endRequest>;

/** Bytes of `text` in UTF-8, counted without a platform's encoder. A lone surrogate counts as its replacement. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
