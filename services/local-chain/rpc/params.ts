/** The parameters of the methods: positional arrays, checked by zod. A bad one is -32602 before anything is read. */

import * as z from 'zod';
import { decodeExact } from '../base58.ts';
import { invalidParams } from '../errors.ts';
import type { ChainNode } from '../node.ts';
import type { Json } from './json.ts';

/** A method of the RPC: throws `ChainError`, which becomes the error of the answer. */
export type Method = (chain: ChainNode, params: readonly unknown[]) => Json;

export const address = z
  .string()
  .refine((text) => decodeExact(text, 32) !== undefined, 'Invalid param: not an address');
export const blockhash = address;
export const signature = z
  .string()
  .refine((text) => decodeExact(text, 64) !== undefined, 'Invalid param: not a signature');

/** Integers cross the border as JSON numbers; one that JSON cannot hold exactly is refused rather than rounded. */
export const integer = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Solana's default is `finalized`, also for the preflight. */
export const commitment = z
  .enum(['processed', 'confirmed', 'finalized'])
  .nullish()
  .transform((c) => c ?? 'finalized');

/** Configuration that most methods share. Unknown fields are ignored, as Solana ignores them. */
const contextFields = {
  commitment,
  minContextSlot: integer.nullish().transform((slot) => slot ?? undefined),
};

/** An options object that may be left out or null; `fields` add to the shared ones. */
export function config<F extends z.ZodRawShape>(fields: F) {
  return z.preprocess((value) => value ?? {}, z.object({ ...contextFields, ...fields }));
}

export const plainConfig = config({});

/** Part of an account's data; beyond the end it is simply shorter. */
export const dataSlice = z.object({ offset: integer, length: integer }).nullish();

/** The first complaint only: one is enough to act on, and an answer must stay small. */
function explain(error: z.ZodError): string {
  const issue = error.issues[0];
  const where = issue?.path.join('.') ?? '';
  return `Invalid params: ${where === '' ? '' : `params.${where}: `}${issue?.message ?? 'not as expected'}`;
}

/** Binds a method to the schema of its parameters; missing optional ones are filled in before the check. */
export function method<S extends readonly [z.ZodType, ...z.ZodType[]] | readonly []>(
  schemas: S,
  run: (chain: ChainNode, params: { -readonly [K in keyof S]: z.output<S[K] & z.ZodType> }) => Json,
): Method {
  // SAFETY: zod's type wants a mutable tuple; it does not write to it.
  const tuple = z.tuple(schemas as never);
  return (chain, params) => {
    if (params.length > schemas.length) {
      throw invalidParams(`Invalid params: at most ${schemas.length} expected, ${params.length} given`);
    }
    const padded = Array.from({ length: schemas.length }, (_, index) => params[index]);
    const parsed = tuple.safeParse(padded);
    if (!parsed.success) throw invalidParams(explain(parsed.error));
    // SAFETY: the tuple was built from these very schemas, so its output has their types.
    return run(chain, parsed.data as never);
  };
}
