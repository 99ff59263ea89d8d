/** JSON as Solana writes it: 64-bit integers are plain numbers on the wire, beyond what a JavaScript number holds. */

export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Writes integers of any size exactly, which JSON.stringify cannot: it refuses a bigint. */
export function stringify(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(stringify).join(',')}]`;
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${stringify(field)}`);
  return `{${fields.join(',')}}`;
}

/** Array.isArray alone does not recognise a read-only array. */
function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

/** What JSON.parse would make of the integer where it can hold it, the exact value where it cannot. */
export function u64(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
