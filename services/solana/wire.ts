/** A wire transaction as bytes: how many signatures, the signatures, the message. */
import { fromBase64 } from './base64.ts';
import { MAX_TRANSACTION_BYTES } from './message.ts';

export const SIGNATURE_BYTES = 64;
/** Beyond this the number of signatures takes a second byte; 128 of them would be 8 kB. */
const ONE_BYTE = 0x80;

export interface Wire {
  readonly signatures: readonly Uint8Array[];
  readonly message: Uint8Array;
}

/** null for what is no transaction that fits the chain. */
export function splitWire(base64: string): Wire | null {
  // Four characters stand for three bytes. Bounded before it is decoded.
  if (base64.length > Math.ceil(MAX_TRANSACTION_BYTES / 3) * 4) return null;
  const bytes = fromBase64(base64);
  if (bytes === null || bytes.length > MAX_TRANSACTION_BYTES) return null;
  const [count = 0] = bytes;
  const start = 1 + count * SIGNATURE_BYTES;
  if (count === 0 || count >= ONE_BYTE || bytes.length <= start) return null;
  const signatures = Array.from({ length: count }, (_, index) =>
    bytes.slice(1 + index * SIGNATURE_BYTES, 1 + (index + 1) * SIGNATURE_BYTES),
  );
  return { signatures, message: bytes.slice(start) };
}

export function joinWire({ signatures, message }: Wire): Uint8Array {
  const start = 1 + signatures.length * SIGNATURE_BYTES;
  const bytes = new Uint8Array(start + message.length);
  bytes[0] = signatures.length;
  for (const [index, signature] of signatures.entries()) bytes.set(signature, 1 + index * SIGNATURE_BYTES);
  bytes.set(message, start);
  return bytes;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
