/**
 * Strict Ed25519, as the chain verifies (platform facts: D4): the runtime's and the library's own checks take more. A
 * small-order key has signatures that fit every message, a second spelling of a signature is a second transaction id, and
 * the cofactored equation takes signatures that the chain refuses.
 */
import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { base58Decode } from '../../core/index.ts';

const { Point } = ed25519;
type CurvePoint = typeof Point.BASE;

/** Order of the prime subgroup, 2^252 + 27742317777372353535851937790883648493. */
const ORDER = Point.Fn.ORDER;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** A signature has 88 characters at most; to decode more would only cost time. */
const MAX_TEXT = 90;

/**
 * Takes exactly what the chain takes of any signature that can be made: canonical encodings, S < L, neither key nor R of
 * small order, and R + kA = SB without the cofactor. Never throws.
 */
export function verifyStrict(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const encodedR = signature.subarray(0, KEY_BYTES);
  const s = littleEndian(signature.subarray(KEY_BYTES));
  const a = strictPoint(key);
  const r = strictPoint(encodedR);
  if (a === null || r === null || s >= ORDER) return false;
  const k = littleEndian(sha512(joined(encodedR, key, message))) % ORDER;
  return r.add(a.multiplyUnsafe(k)).equals(Point.BASE.multiplyUnsafe(s));
}

/** `verifyStrict` of base58 texts, by a wallet that `isStrictKey`. Never throws. */
export function verifyByWallet(signature: string, message: Uint8Array, wallet: string): boolean {
  const [bytes, key] = [decoded(signature), decoded(wallet)];
  return bytes !== null && key !== null && isPrimeOrder(key) && verifyStrict(bytes, message, key);
}

/**
 * May this address be a player's wallet? On the curve, spelled canonically, and of prime order: what a wallet's key
 * generation makes. A program's address (off the curve) can sign nothing, a key with a small part signs ambiguously.
 */
export function isStrictKey(address: string): boolean {
  const key = decoded(address);
  return key !== null && isPrimeOrder(key);
}

function isPrimeOrder(key: Uint8Array): boolean {
  return strictPoint(key)?.isTorsionFree() ?? false;
}

/** null for what is no point, is not its canonical encoding, or has an order of at most 8. */
function strictPoint(encoded: Uint8Array): CurvePoint | null {
  if (encoded.length !== KEY_BYTES) return null;
  try {
    // `false`: y below the field's prime, and no negative zero.
    const point = Point.fromBytes(encoded, false);
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}

function decoded(text: string): Uint8Array | null {
  try {
    return text.length > MAX_TEXT ? null : base58Decode(text);
  } catch {
    return null;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
