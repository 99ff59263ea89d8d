import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { describe, expect, it } from 'vitest';
import { base58Encode, fromHex } from '../../../core/index.ts';
import { developmentWallet } from '../../../services/api/identity.ts';
import { DerivedCustody } from '../../../services/solana/custody.ts';
import { isStrictKey, verifyStrict } from '../../../services/solana/ed25519.ts';
import { Signers } from '../../../services/solana/signers.ts';
import { ACTION_HASH, keypair, PROGRAM_ID, SETTINGS, settings } from './fixtures.ts';

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const KEY = keypair(33);
const SEED = KEY.secretKey.subarray(0, 32);
const PUBLIC = KEY.publicKey.toBytes();
const MESSAGE = fromHex(ACTION_HASH);
const GOOD = ed25519.sign(MESSAGE, SEED);
const signers = new Signers(settings(), new DerivedCustody(SETTINGS.custodySecret));

/** The points of order 1, 2, 4 and 8, in every spelling that 32 bytes have (libsodium's blocklist). */
const SMALL_ORDER = [
  ['order 1', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['order 4, the other sign', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['order 8, the other sign', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['order 8, the second pair', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['order 8, its other sign', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ['order 1 as y = p + 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['order 1 with a negative zero', '0100000000000000000000000000000000000000000000000000000000000080'],
  ['order 1 as y = p + 1, negative', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['order 2 with a negative zero', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['order 4 as y = p', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['order 4 as y = p, negative', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
] as const;
const TORSION = Point.fromBytes(fromHex(SMALL_ORDER[4][1]));

const number = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const bytes32 = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
const joined = (r: Uint8Array, s: Uint8Array): Uint8Array => Uint8Array.from([...r, ...s]);
const challenge = (r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint =>
  number(sha512(Uint8Array.from([...r, ...key, ...message]))) % ORDER;

/** A message whose challenge is a multiple of 8, so that a small part of the key falls away. */
function messageFor(r: Uint8Array, key: Uint8Array, wanted: (k: bigint) => boolean): Uint8Array {
  for (let n = 0; n < 1_000; n++) {
    const message = bytes32(BigInt(n));
    if (wanted(challenge(r, key, message))) return message;
  }
  throw new Error('no such message');
}

describe('a strict signature', () => {
  it('is taken, over its own message and by its own key', () => {
    expect(verifyStrict(GOOD, MESSAGE, PUBLIC)).toBe(true);
    expect(verifyStrict(GOOD, fromHex('ff'.repeat(32)), PUBLIC)).toBe(false);
    expect(verifyStrict(GOOD, MESSAGE, keypair(34).publicKey.toBytes())).toBe(false);
  });

  it('is refused with any one bit changed', () => {
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = GOOD.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyStrict(changed, MESSAGE, PUBLIC)).toBe(false);
    }
  });

  it('is refused in its second spelling, S + L', () => {
    const s = number(GOOD.subarray(32));
    expect(verifyStrict(joined(GOOD.subarray(0, 32), bytes32(s + ORDER)), MESSAGE, PUBLIC)).toBe(false);
    expect(verifyStrict(joined(GOOD.subarray(0, 32), bytes32(ORDER)), MESSAGE, PUBLIC)).toBe(false);
  });

  it.each(SMALL_ORDER)('is refused by a key of %s, though it would fit any message', (_, encoded) => {
    const key = fromHex(encoded);
    // R is the identity and S zero: the equation holds wherever the challenge is a multiple of the key's order.
    for (const r of SMALL_ORDER.map(([, hex]) => fromHex(hex))) {
      for (let n = 0; n < 16; n++) {
        expect(verifyStrict(joined(r, bytes32(0n)), bytes32(BigInt(n)), key)).toBe(false);
      }
    }
  });

  it.each(SMALL_ORDER)('is refused with an R of %s', (_, encoded) => {
    const r = fromHex(encoded);
    const a = scalarOf(SEED);
    // The key's holder makes S = kA for it: R + kA = SB holds where R is the identity, 8 times it always.
    const s = (challenge(r, PUBLIC, MESSAGE) * a) % ORDER;
    expect(verifyStrict(joined(r, bytes32(s)), MESSAGE, PUBLIC)).toBe(false);
  });

  it('is refused where only the cofactored equation holds', () => {
    const a = scalarOf(SEED);
    const r = Point.BASE.multiply(5n).add(TORSION).toBytes();
    const s = (5n + challenge(r, PUBLIC, MESSAGE) * a) % ORDER;
    const signature = joined(r, bytes32(s));
    // The library takes it: that is why it is not asked.
    expect(ed25519.verify(signature, MESSAGE, PUBLIC, { zip215: false })).toBe(true);
    expect(verifyStrict(signature, MESSAGE, PUBLIC)).toBe(false);
  });

  it.each([0, 31, 33, 63, 65])('is refused for want of length: %i bytes', (length) => {
    expect(verifyStrict(new Uint8Array(length).fill(1), MESSAGE, PUBLIC)).toBe(false);
    if (length !== 32) expect(verifyStrict(GOOD, MESSAGE, new Uint8Array(length).fill(1))).toBe(false);
  });
});

describe('a mixed key', () => {
  const a = scalarOf(SEED);
  const mixed = Point.BASE.multiply(a).add(TORSION).toBytes();
  const r = Point.BASE.multiply(7n).toBytes();
  const message = messageFor(r, mixed, (k) => k % 8n === 0n);
  const signature = joined(r, bytes32((7n + challenge(r, mixed, message) * a) % ORDER));

  it('can sign what the chain takes, so that what it landed is still seen', () => {
    expect(verifyStrict(signature, message, mixed)).toBe(true);
  });

  it('is nobody of our wallets', () => {
    const hash = Buffer.from(message).toString('hex');
    expect(isStrictKey(base58Encode(mixed))).toBe(false);
    expect(signers.verifyHash(hash, base58Encode(mixed), base58Encode(signature))).toBe(false);
  });
});

describe('a wallet', () => {
  it.each([1, 2, 3, 40, 200])('made as wallets are made is one (%i)', (byte) => {
    expect(isStrictKey(keypair(byte).publicKey.toBase58())).toBe(true);
  });

  it.each(SMALL_ORDER)('of %s is none', (_, encoded) => {
    expect(isStrictKey(base58Encode(fromHex(encoded)))).toBe(false);
  });

  it.each([
    ['y above the prime', 'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['off the curve', '0200000000000000000000000000000000000000000000000000000000000000'],
  ])('%s is none', (_, encoded) => {
    expect(isStrictKey(base58Encode(fromHex(encoded)))).toBe(false);
  });

  it.each(['', '1', 'not base58 0OIl', '1'.repeat(32), '1'.repeat(500), base58Encode(new Uint8Array(64))])(
    '"%s" is none, and nothing throws',
    (text) => {
      expect(isStrictKey(text)).toBe(false);
    },
  );

  it('off the curve, as program-derived addresses are, is none', () => {
    const addresses = Array.from({ length: 40 }, (_, n) => developmentWallet(`user-${n}`));
    // About half of all texts of 32 bytes are points, and one in eight of these is in the prime group.
    expect(addresses.filter((address) => isStrictKey(address)).length).toBeLessThan(15);
  });
});

describe('an intent', () => {
  const wallet = KEY.publicKey.toBase58();
  const signature = base58Encode(GOOD);

  it('is taken under the signature of its wallet', () => {
    expect(signers.verifyHash(ACTION_HASH, wallet, signature)).toBe(true);
  });

  it.each([
    ['of another hash', 'ff'.repeat(32), wallet, signature],
    ['of a hash in capitals', ACTION_HASH.toUpperCase(), wallet, signature],
    ['of no hash', '', wallet, signature],
    ['of another wallet', ACTION_HASH, keypair(34).publicKey.toBase58(), signature],
    ['of no wallet', ACTION_HASH, '', signature],
    ['of a program', ACTION_HASH, PROGRAM_ID, signature],
    ['under nothing', ACTION_HASH, wallet, ''],
    ['under half a signature', ACTION_HASH, wallet, base58Encode(GOOD.subarray(0, 32))],
    ['under something endless', ACTION_HASH, wallet, '2'.repeat(100_000)],
    ['under S + L', ACTION_HASH, wallet, base58Encode(sPlusL(GOOD))],
  ])('%s is refused, and nothing throws', (_, hash, who, what) => {
    expect(signers.verifyHash(hash, who, what)).toBe(false);
  });
});

function sPlusL(signature: Uint8Array): Uint8Array {
  return joined(signature.subarray(0, 32), bytes32(number(signature.subarray(32)) + ORDER));
}

/** RFC 8032, 5.1.5. */
function scalarOf(seed: Uint8Array): bigint {
  const hash = sha512(seed).slice(0, 32);
  hash[0] = (hash[0] ?? 0) & 248;
  hash[31] = ((hash[31] ?? 0) & 127) | 64;
  return number(hash) % ORDER;
}
