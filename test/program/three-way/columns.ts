/**
 * The fields of an account in the order in which the probe writes them, each with its bytes. A decoded account is spelt
 * out in bytes by this table, and the probe's bytes are searched by it for content that the mirror refuses.
 */

import { base58Decode, fromHex } from '../../../core/index.ts';
import { le, u8, u64, utf8 } from '../interface.ts';
import { i64 } from '../random.ts';

/** What of an account only the mirror refuses: the chain stores it without looking. */
export type Fault = 'invalid_text' | 'invalid_account';

export interface Column {
  readonly name: string;
  readonly size: number;
  /** The bytes of a decoded value. */
  readonly spell: (value: never) => Uint8Array;
  readonly fault?: (bytes: Uint8Array) => Fault | undefined;
}

const above =
  (limit: number) =>
  ([byte]: Uint8Array): Fault | undefined =>
    (byte ?? 0) > limit ? 'invalid_account' : undefined;

function padded(text: string, size: number): Uint8Array {
  const out = new Uint8Array(size);
  out.set(utf8(text));
  return out;
}

/** Trailing NULs are padding; a character cut by the end of the field is none. */
function notText(bytes: Uint8Array): Fault | undefined {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
    return undefined;
  } catch {
    return 'invalid_text';
  }
}

export const whole = (name: string, size: 1 | 2 | 4): Column => ({
  name,
  size,
  spell: (value: number) => le(value, size),
});
/** A byte with a highest value. */
export const upTo = (name: string, limit: number): Column => ({
  name,
  size: 1,
  spell: (value: number) => u8(value),
  fault: above(limit),
});
export const amount = (name: string): Column => ({ name, size: 8, spell: (value: bigint) => u64(value) });
export const time = (name: string): Column => ({ name, size: 8, spell: (value: bigint) => i64(value) });
export const key = (name: string): Column => ({
  name,
  size: 32,
  spell: (value: string) => base58Decode(value),
});
export const text = (name: string, size: number): Column => ({
  name,
  size,
  spell: (value: string | null) => padded(value ?? '', size),
  fault: notText,
});
export const hex = (name: string, size: number): Column => ({
  name,
  size,
  spell: (value: string | null) => (value === null ? new Uint8Array(size) : fromHex(value)),
});
export const flag = (name: string): Column => ({
  name,
  size: 1,
  spell: (value: boolean) => u8(value ? 1 : 0),
  fault: above(1),
});
export const slot = (name: string): Column => ({
  name,
  size: 1,
  spell: (value: number | null) => u8(value ?? 255),
});

/** The bytes of a decoded record. */
export function spell(record: object, columns: readonly Column[]): Uint8Array {
  return Buffer.concat(
    columns.map(({ name, spell }) => {
      const value: unknown = Reflect.get(record, name);
      // SAFETY: the tables name each field with its own type; a mistake shows as a difference of bytes.
      return spell(value as never);
    }),
  );
}

/** The faults in the bytes of a record that begins at `at`. */
export function faults(bytes: Uint8Array, at: number, columns: readonly Column[]): Set<Fault> {
  const found = new Set<Fault>();
  let offset = at;
  for (const { size, fault } of columns) {
    const name = fault?.(bytes.subarray(offset, offset + size));
    if (name !== undefined) found.add(name);
    offset += size;
  }
  return found;
}

export const width = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + column.size, 0);
