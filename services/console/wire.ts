/** The bytes of a transaction on the wire, as far as somebody needs them who signs it: count, signatures, message. */
import { encodeBase58 } from '../local-chain/base58.ts';

const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
/** Counts up to here take one byte; a transaction of 1,232 bytes has room for 19 signatures and 38 keys. */
const ONE_BYTE = 0x7f;
/** Required signatures, and how many of the signed and of the other accounts are only read. */
const HEADER_BYTES = 3;

type Bytes = Uint8Array<ArrayBuffer>;

export interface Signable {
  /** What is signed. */
  readonly message: Bytes;
  /** The transaction with this signature as its first, base64. */
  signed(signature: Uint8Array): string;
}

/** Null unless it is a legacy transaction whose first signature is this wallet's: that place is the payer's. */
export function signableBy(wallet: string, transaction: string): Signable | null {
  const bytes = fromBase64(transaction);
  const count = bytes?.[0] ?? 0;
  if (bytes === null || count < 1 || count > ONE_BYTE) return null;
  const message = bytes.slice(1 + count * SIGNATURE_BYTES);
  const keys = message[HEADER_BYTES] ?? 0;
  const first = message.subarray(HEADER_BYTES + 1, HEADER_BYTES + 1 + KEY_BYTES);
  if (message[0] !== count || keys > ONE_BYTE || first.length !== KEY_BYTES) return null;
  if (encodeBase58(first) !== wallet) return null;
  return {
    message,
    signed: (signature) => {
      const signed = bytes.slice();
      signed.set(signature.subarray(0, SIGNATURE_BYTES), 1);
      return toBase64(signed);
    },
  };
}

export function fromBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

export function fromHex(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
