/**
 * Base58 with Bitcoin's alphabet: how Solana writes addresses, signatures and blockhashes. Kept here, and plain
 * array arithmetic, because a chain under test encodes thousands of them and big-integer codecs cost 30-60 us each.
 */

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((char, value) => [char, value]));

/** Longest text decoded: the cost is quadratic, and nothing here is longer than a transaction (1,232 bytes). */
const MAX_TEXT = 1_683;

/** Base-256 digits to base-58 digits or the other way round, least significant first. */
function convert(digits: Iterable<number>, from: number, to: number): number[] {
  const out: number[] = [];
  for (const digit of digits) {
    let carry = digit;
    for (let i = 0; i < out.length; i += 1) {
      carry += (out[i] ?? 0) * from;
      out[i] = carry % to;
      carry = Math.floor(carry / to);
    }
    for (; carry > 0; carry = Math.floor(carry / to)) out.push(carry % to);
  }
  return out;
}

export function encodeBase58(bytes: Uint8Array): string {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros += 1;
  let text = '1'.repeat(zeros);
  for (const digit of convert(bytes, 256, 58).reverse()) text += ALPHABET.charAt(digit);
  return text;
}

/** The bytes, or `undefined` for a foreign character or a text beyond the limit. */
export function decodeBase58(text: string): Uint8Array | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const digits: number[] = [];
  for (const char of text) {
    const value = VALUES.get(char);
    if (value === undefined) return undefined;
    digits.push(value);
  }
  let zeros = 0;
  while (zeros < digits.length && digits[zeros] === 0) zeros += 1;
  const body = convert(digits, 58, 256).reverse();
  const out = new Uint8Array(zeros + body.length);
  out.set(body, zeros);
  return out;
}

/** Decodes text that must stand for exactly `length` bytes (32: address or hash, 64: signature). */
export function decodeExact(text: string, length: number): Uint8Array | undefined {
  const bytes = decodeBase58(text);
  return bytes?.length === length ? bytes : undefined;
}
