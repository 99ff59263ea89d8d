/** Shapes of the RPC answers that are read here. Unknown fields are ignored: providers add their own. */
import * as z from 'zod';
import { addressText } from '../../durable-objects/wire/requests.ts';
import { fromBase64 } from './base64.ts';

const U64_MAX = (1n << 64n) - 1n;

/** Slots and heights stay far below 2^53: at 5 slots a second for 57 million years. */
export const slotNumber = z.int().min(0);

/** u64 amounts, exact: integers beyond 2^53 - 1 arrive as `bigint` (lossless-json.ts), a float never passes. */
export const lamports = z
  .union([z.int().min(0), z.bigint().min(0n).max(U64_MAX)])
  .transform((value) => BigInt(value));

export const signatureText = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{64,88}$/, 'a signature');

/** `[data, "base64"]`. */
const base64Pair = z.tuple([z.string(), z.literal('base64')]).transform(([text], context) => {
  const bytes = fromBase64(text);
  if (bytes !== null) return bytes;
  context.addIssue({ code: 'custom', message: 'not base64' });
  return z.NEVER;
});

/** null, or the chain's error: a word (`"BlockhashNotFound"`) or an object (`{"InstructionError": [...]}`). */
export const chainError = z.union([z.null(), z.string(), z.record(z.string(), z.unknown())]);
export type ChainError = z.infer<typeof chainError>;

export function withContext<T extends z.ZodType>(value: T) {
  return z.object({ context: z.object({ slot: slotNumber }), value });
}

export const blockhashAnswer = withContext(
  z.object({ blockhash: addressText, lastValidBlockHeight: slotNumber }),
);

export const validAnswer = withContext(z.boolean());

export const accountsAnswer = withContext(
  z.array(z.object({ lamports, owner: addressText, data: base64Pair }).nullable()),
);

/** One signature was asked, so one status comes back. */
export const statusAnswer = withContext(
  z.tuple([
    z
      .object({
        slot: slotNumber,
        confirmations: z.int().nullable(),
        err: chainError,
        confirmationStatus: z.enum(['processed', 'confirmed', 'finalized']).nullish(),
      })
      .nullable(),
  ]),
);

export const epochAnswer = z.object({ absoluteSlot: slotNumber, blockHeight: slotNumber });

const compiled = z.object({
  programIdIndex: z.int().min(0),
  accounts: z.array(z.int().min(0)),
  data: z.string(),
});

export const transactionAnswer = z
  .object({
    slot: slotNumber,
    transaction: base64Pair,
    meta: z
      .object({
        err: chainError,
        /** Of every account in the order of the message, those of lookup tables last. */
        preBalances: z.array(lamports),
        postBalances: z.array(lamports),
        loadedAddresses: z
          .object({ writable: z.array(addressText), readonly: z.array(addressText) })
          .nullish(),
        /** By a node that does not record them: none, and what they moved shows in a comparison. */
        innerInstructions: z
          .array(z.object({ index: z.int().min(0), instructions: z.array(compiled) }))
          .nullish(),
      })
      .nullable(),
  })
  .nullable();

export const historyAnswer = z
  .array(
    z.object({
      signature: signatureText,
      slot: slotNumber,
      err: chainError,
      memo: z.string().nullish(),
    }),
  )
  .max(1_000);

/** Program error of an instruction: `{"InstructionError": [index, {"Custom": code}]}`. */
const customError = z.object({ InstructionError: z.tuple([z.int(), z.object({ Custom: z.int().min(0) })]) });

/** The custom code, where that is what failed. Codes are u32. */
export function customCodeOf(error: ChainError): number | null {
  const parsed = customError.safeParse(error);
  return parsed.success ? parsed.data.InstructionError[1].Custom : null;
}

/** The chain's error as text; bounded, since parts of it are the provider's words. */
export function errorText(error: Exclude<ChainError, null>): string {
  const text = typeof error === 'string' ? error : JSON.stringify(error, bigintAsText);
  return text.slice(0, 500);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
