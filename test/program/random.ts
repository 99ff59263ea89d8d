/** A small seeded generator, so that a failing case can be made again on every machine and with every library version. */

import { le } from './interface.ts';

const U64_MAX = 2n ** 64n - 1n;

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits (mulberry32). */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** A whole number of 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  pick<T>(options: readonly [T, ...T[]]): T {
    return options[this.below(options.length)] ?? options[0];
  }

  list<T>(length: number, make: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => make(index));
  }

  bytes(length: number): Uint8Array {
    const out = Buffer.alloc(length + 3);
    for (let at = 0; at < length; at += 4) out.writeUInt32LE(this.bits(), Math.min(at, length - 1));
    return out.subarray(0, length);
  }

  /** Any u64: small, of any magnitude, or next to a limit. */
  u64(): bigint {
    const bits = (BigInt(this.bits()) << 32n) | BigInt(this.bits());
    if (this.chance(0.2)) return BigInt(this.below(4));
    if (this.chance(0.2)) return U64_MAX - BigInt(this.below(4));
    return bits >> BigInt(this.below(64));
  }

  /** What a wallet may hold: up to some thousand SOL. */
  lamports(): bigint {
    return this.u64() >> 20n;
  }

  /** Text of at most `bytes` bytes of UTF-8, some of it not ASCII. */
  text(bytes: number): string {
    const alphabet = ['a', 'B', '7', '-', ' ', '"', '\\', 'é', '漢', '😀', '\n'] as const;
    const text = this.list(this.below(bytes + 1), () => this.pick(alphabet)).join('');
    return this.chance(0.3) ? 'x'.repeat(this.below(bytes + 1)) : cut(text, bytes);
  }
}

/** The longest beginning of whole characters that fits. */
function cut(text: string, bytes: number): string {
  let out = '';
  for (const character of text) {
    if (Buffer.byteLength(out + character) > bytes) break;
    out += character;
  }
  return out;
}

/** Two's complement, so that any bits may be a time. */
export const i64 = (value: bigint): Uint8Array => le(BigInt.asUintN(64, value), 8);
