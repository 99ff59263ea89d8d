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
    // `.` and `..` are no part of any URL's path: nobody could ever be asked about such a user.
    (id) => !id.includes('\0') && utf8Length(id) <= 64 && id.isWellFormed() && id !== '.' && id !== '..',
    '1-64 bytes of UTF-8 without NUL, and not a dot or two',
  );

export const addressText = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'a base58 public key');
export const hash32Text = z.string().regex(/^[0-9a-f]{64}$/, '32 bytes as lower-case hex');

/** 64 bytes of Ed25519 in base58. */
export const signatureText = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{64,90}$/, 'a base58 signature');
/** A wire transaction: at most 1,232 bytes, which are 1,644 characters. */
const transactionText = z
  .string()
  .max(1_644)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'a transaction in base64');

/** More than nothing: an operation on no money is a mistake of its sender. */
const amountText = lamportsText.refine((text) => text !== '0', 'more than 0 lamports');

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
  /** Unix ms; at most 72 h ahead; the mirror sets it where a PLATFORM client does not. A wallet's intent needs it. */
  notAfter: z.int().positive().optional(),
  /** PLATFORM: whose deposit pays; that of the player's own wallet has the wallet sign, as in a WALLET match. */
  depositOf: z.enum(['custody', 'wallet']).optional(),
  /** Where the wallet signs: Ed25519 of the player's wallet over the 32 bytes of the action's hash, base58. */
  signature: signatureText.optional(),
  /** What the client showed the player as the pool after this join; refused where the core computes another. */
  feeBreakdown: feeBreakdownText.optional(),
});

export const takeBackRequest = z.strictObject({
  clientKey: clientKeyText,
  /** Hash of the join that is meant, and no later one; left out, the one that is there. */
  action: hash32Text.optional(),
});

/** The action stands in the path. */
export const takeBackTransferRequest = z.strictObject({ clientKey: clientKeyText });

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

/** Why a match is called off; the program's reasons 0 to 4 (interface: section 2.2). */
export const cancelRequest = z.strictObject({
  clientKey: clientKeyText,
  reason: z.enum(['platform_fault', 'insufficient_players', 'timeout']),
});

/** The game's server says that a player has gone, or is back; a player may say the latter of themselves. */
export const presenceRequest = z.strictObject({
  clientKey: clientKeyText,
  userId: userIdText,
  present: z.boolean(),
});

/** What a wallet has signed: the transaction of a `signRequest`, unchanged. */
export const signRequest = z.strictObject({
  clientKey: clientKeyText,
  /** Hash of the action. */
  action: hash32Text,
  transaction: transactionText,
});

const reasonText = z.string().trim().min(1).max(500);

/** An operator ends a review: `retry` what failed, `settle` without the seats that could not land, or `void` it all. */
export const resolveMatchRequest = z.strictObject({
  clientKey: clientKeyText,
  as: z.enum(['retry', 'settle', 'void']),
  reason: reasonText,
  /** `settle`: the result that replaces an accepted one which lists a seat that is dropped. */
  result: endRequest.shape.result.optional(),
});

export const depositRequest = z.strictObject({
  clientKey: clientKeyText,
  lamports: amountText,
  notAfter: z.int().positive().optional(),
});

export const withdrawRequest = z.strictObject({
  clientKey: clientKeyText,
  lamports: amountText,
  notAfter: z.int().positive().optional(),
});

/**
 * An operator ends a deposit's freeze or review; `retry` takes up what waits for a person, `drop` gives it up, `adopt`
 * books what the history does not explain.
 */
export const resolveDepositRequest = z
  .strictObject({
    clientKey: clientKeyText,
    as: z.enum(['unfreeze', 'adopt', 'retry', 'drop']),
    reason: reasonText,
    /** `adopt`: the account's own `available` as the operator has read it, lamports. */
    available: lamportsText.optional(),
  })
  .refine(({ as, available }) => (as === 'adopt') === (available !== undefined), { path: ['available'] });

export type CancelRequest = z.infer<typeof cancelRequest>;
export type PresenceRequest = z.infer<typeof presenceRequest>;
export type SignRequest = z.infer<typeof signRequest>;
export type ResolveMatchRequest = z.infer<typeof resolveMatchRequest>;
export type DepositRequest = z.infer<typeof depositRequest>;
export type WithdrawRequest = z.infer<typeof withdrawRequest>;
export type ResolveDepositRequest = z.infer<typeof resolveDepositRequest>;
export type CreateRequest = z.infer<typeof createRequest>;
export type JoinRequest = z.infer<typeof joinRequest>;
export type TakeBackRequest = z.infer<typeof takeBackRequest>;
export type TakeBackTransferRequest = z.infer<typeof takeBackTransferRequest>;
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
