// workerd gets its module in one way, Node and browsers in another: package.json's "imports" chooses.
import { coreModule } from '#core-wasm';
import { CoreError } from './error.ts';
import * as glue from './pkg/money_match_core.js';

const U64_MAX = 2n ** 64n - 1n;
const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;

glue.initSync({ module: coreModule });

/**
 * Runs one call into the core. A refusal arrives as its code; whatever else is thrown (a trap, a stack overflow) may
 * have left the instance's memory half-written, so the instance is replaced before the next call.
 */
export function call<T>(run: (core: typeof glue) => T): T {
  try {
    return run(glue);
  } catch (error) {
    if (typeof error === 'string') throw new CoreError(error);
    if (error instanceof CoreError) throw error;
    glue.__wbg_reset_state();
    throw new CoreError('core_trap', { cause: error });
  }
}

// The ABI wraps silently: BigInt modulo 2^64, number modulo 2^16. So the ranges are checked on this side of it.

/** The value itself, once it fits u64. */
export function u64(value: bigint): bigint {
  if (typeof value !== 'bigint') throw new CoreError('invalid_argument');
  if (value < 0n || value > U64_MAX) throw new CoreError('out_of_range');
  return value;
}

/** The value itself, once it fits i64. */
export function i64(value: bigint): bigint {
  if (typeof value !== 'bigint') throw new CoreError('invalid_argument');
  if (value < I64_MIN || value > I64_MAX) throw new CoreError('out_of_range');
  return value;
}

/** The amounts, once each fits u64. */
export function amounts(values: readonly bigint[]): BigUint64Array {
  return BigUint64Array.from(values, u64);
}

/** The value itself, once it is a whole number of 0 to `max`. */
export function whole(value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new CoreError('out_of_range');
  return value;
}

/** The text itself, once UTF-8 can hold it: the encoder would replace a lone surrogate, and two texts would hash alike. */
export function text(value: string): string {
  if (typeof value !== 'string') throw new CoreError('invalid_argument');
  if (!value.isWellFormed()) throw new CoreError('invalid_text');
  return value;
}

/** The bytes themselves, once they are bytes: of a string the ABI would make zeros. */
export function bytes(value: Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new CoreError('invalid_argument');
  return value;
}

/** JSON in the wire's spelling, where a `bigint` is decimal text. The core reads it strictly. */
export function toJson(value: object): string {
  let json: unknown;
  try {
    json = JSON.stringify(value, (_key, field: unknown) =>
      typeof field === 'bigint' ? field.toString() : field,
    );
  } catch (error) {
    throw new CoreError('invalid_argument', { cause: error });
  }
  // Of what is no value at all it makes `undefined`.
  if (typeof json !== 'string') throw new CoreError('invalid_argument');
  return json;
}

/** The fields that are u64 or i64 in the core's JSON: decimal text there, `bigint` here. No name means two things. */
const INTEGERS: ReadonlySet<string> = new Set([
  ...['amount', 'available', 'createdAt', 'endedAt', 'entryFee', 'inPlay', 'lastUpdated', 'lockedUntil'],
  ...[
    'maxEntryFee',
    'minEntryFee',
    'platformFee',
    'playerStakes',
    'prizeAmounts',
    'prizePool',
    'seed',
    'stakes',
  ],
  ...['totalDeposited', 'totalEntry', 'treasuryDue', 'withdrawalFee', 'withdrawalFeeLamports', 'withdrawn'],
]);

/** What the core's JSON says. (`seed` of an account is u32, so a number already, and stays one.) */
export function fromJson<T extends object>(json: string): T {
  // SAFETY: the text was written by the core a moment ago; its shape is tested by the golden vectors.
  return JSON.parse(json, revive) as T;
}

function revive(key: string, value: unknown): unknown {
  if (!INTEGERS.has(key)) return value;
  if (Array.isArray(value)) return value.map((item) => BigInt(item));
  return typeof value === 'string' ? BigInt(value) : value;
}
