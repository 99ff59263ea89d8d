/**
 * The on-chain interface as its tables state it, written down a second time and by hand: discriminators from their
 * names, encodings, seeds, offsets. Nothing here comes from the Rust core, so that the tests check both against the tables.
 */

import { createHash } from 'node:crypto';
import { PublicKey, SystemProgram } from '@solana/web3.js';

export const PROGRAM_ID = new PublicKey('7eWx3H8bXMif7SDyPS1j5LZw1yUGDNZY592WzEKNf696');
export const SYSTEM_PROGRAM = SystemProgram.programId;

/** Bytes of each account (section 2). */
export const SIZE = { match: 1512, escrow: 192, deposit: 128, config: 235, registry: 4680 } as const;

/** Rent-exempt minimum in lamports (section 2). */
export const RENT = {
  match: 11_414_400n,
  escrow: 2_227_200n,
  deposit: 1_781_760n,
  config: 2_526_480n,
  registry: 33_463_680n,
} as const;

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** First 8 bytes of an account of this Rust type (section 1). */
export const accountDiscriminator = (name: string): Uint8Array => sha256(`account:${name}`).subarray(0, 8);

/** First 8 bytes of this instruction's data (section 1). */
export const instructionDiscriminator = (name: string): Uint8Array => sha256(`global:${name}`).subarray(0, 8);

/** `value` little-endian in `bytes` bytes. */
export function le(value: bigint | number, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let rest = BigInt(value);
  for (let i = 0; i < bytes; i += 1, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
}

export const u8 = (value: number): Uint8Array => le(value, 1);
export const u64 = (value: bigint | number): Uint8Array => le(value, 8);
export const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
/** Borsh `Vec<u8>`. */
export const bytes = (content: Uint8Array): Uint8Array => Buffer.concat([le(content.length, 4), content]);
/** Borsh `String`. */
export const string = (text: string): Uint8Array => bytes(utf8(text));
/** Borsh `Vec<u64>`. */
export const u64s = (values: readonly bigint[]): Uint8Array =>
  Buffer.concat([le(values.length, 4), ...values.map(u64)]);
/** Borsh `Option<T>`. */
export const option = (content?: Uint8Array): Uint8Array =>
  content === undefined ? u8(0) : Buffer.concat([u8(1), content]);

/** Deriving an address takes a search; tests ask for the same ones again and again. */
const known = new Map<string, [PublicKey, number]>();

function find(seeds: Uint8Array[]): [PublicKey, number] {
  const name = Buffer.concat(seeds).toString('hex');
  const found = known.get(name) ?? PublicKey.findProgramAddressSync(seeds, PROGRAM_ID);
  known.set(name, found);
  return found;
}

const pda = (...seeds: Uint8Array[]): PublicKey => find(seeds)[0];

/** The canonical bump of an escrow or a deposit. */
export const bumpOf = (...seeds: Uint8Array[]): number => find(seeds)[1];

/** Addresses (section 3). */
export const configAddress = pda(utf8('config_account'));
export const registryAddress = pda(utf8('game_registry'));
export const matchAddress = (matchId: string): PublicKey => pda(utf8('m'), utf8(matchId).subarray(0, 31));
export const escrowSeeds = (matchId: string): Uint8Array[] => [
  utf8('escrow'),
  matchAddress(matchId).toBytes(),
];
export const escrowAddress = (matchId: string): PublicKey => pda(...escrowSeeds(matchId));
export const depositSeeds = (authority: PublicKey): Uint8Array[] => [
  utf8('user_deposit'),
  authority.toBytes(),
];
export const depositAddress = (authority: PublicKey): PublicKey => pda(...depositSeeds(authority));

/** Offsets that single tests read or tamper with (section 2). */
export const AT = {
  match: {
    phase: 84,
    count: 86,
    playerIds: 88,
    hash: 752,
    url: 784,
    flags: 1021,
    fee: 1472,
    type: 1488,
    method: 1489,
  },
  escrow: { match: 8, bump: 40, total: 48, fee: 56, due: 64, stakes: 72, flags: 152, abandoned: 153 },
  deposit: {
    authority: 8,
    bump: 40,
    total: 48,
    available: 56,
    inPlay: 64,
    withdrawn: 72,
    locked: 80,
    flags: 88,
  },
  config: {
    treasury: 150,
    feeBps: 182,
    withdrawalFee: 184,
    minEntryFee: 192,
    maxEntryFee: 200,
    cancellationBps: 208,
    isPaused: 210,
    methods: 213,
    updated: 227,
  },
  registry: { authority: 8, count: 40, games: 48, updated: 4672 },
} as const;

/** A whole account of `size` bytes: zeros, but for the parts given by offset. */
export function image(size: number, parts: Readonly<Record<number, Uint8Array>>): Uint8Array {
  const out = new Uint8Array(size);
  for (const [offset, part] of Object.entries(parts)) out.set(part, Number(offset));
  return out;
}

/** A u64 in account data. */
export function readU64(data: Uint8Array, offset: number): bigint {
  return Buffer.from(data.buffer, data.byteOffset, data.length).readBigUInt64LE(offset);
}
