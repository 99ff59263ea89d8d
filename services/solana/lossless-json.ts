/**
 * JSON whose integers keep every digit. Lamports and `rentEpoch` are u64 in JSON numbers, and `JSON.parse` alone turns
 * 9007199254740993 into ...992. The reviver's third argument carries the source text of a number (ES2025, in Node 21
 * and workerd); integers beyond 2^53 - 1 become `bigint`, all others stay `number`.
 */
interface ReviverContext {
  readonly source?: string;
}

/** 20 digits hold any u64; longer ones are nobody's amount and would only cost time to convert. */
const BIG_INTEGER = /^-?\d{1,20}$/;

function revive(_key: string, value: unknown, context?: ReviverContext): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && BIG_INTEGER.test(source) ? BigInt(source) : value;
}

/** Throws `SyntaxError` for what is not JSON. */
export function parseLossless(text: string): unknown {
  // SAFETY: the reviver's context argument is newer than the ES2023 typings; where an engine lacks it the integer stays
  // a rounded `number`, which the schemas of this folder refuse because it is not a safe integer.
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}
