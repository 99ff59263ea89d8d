/** Generated cases of instruction decoding: every instruction with any arguments, some of the data cut, grown or changed. */

import type { MoneyInstruction } from '../../../core/index.ts';
import * as core from '../../../core/index.ts';
import { bytes, instructionDiscriminator, le, option, string, u8, u64, u64s } from '../interface.ts';
import type { Random } from '../random.ts';
import type { Case } from './case.ts';
import { accepted, attempt } from './case.ts';

/** An argument's encoding (interface, section 1.3), and how one is made up. */
interface Type {
  readonly encode: (value: never) => Uint8Array;
  readonly make: (random: Random) => unknown;
}

const U8: Type = { encode: (n: number) => u8(n), make: (random) => random.below(256) };
const U16: Type = { encode: (n: number) => le(n, 2), make: (random) => random.below(65_536) };
const U64: Type = { encode: (n: bigint) => u64(n), make: (random) => random.u64() };
const BOOL: Type = { encode: (b: boolean) => u8(b ? 1 : 0), make: (random) => random.chance(0.5) };
const TEXT: Type = { encode: (text: string) => string(text), make: (random) => random.text(70) };
const KEY: Type = {
  encode: (text: string) => core.base58Decode(text),
  make: (random) => core.base58Encode(random.bytes(32)),
};
const hex = (size: number): Type => ({
  encode: (text: string) => core.fromHex(text),
  make: (random) => core.toHex(random.bytes(size)),
});
const INDICES: Type = {
  encode: (list: number[]) => bytes(Uint8Array.from(list)),
  make: (random) => random.list(random.below(12), () => random.below(256)),
};
const AMOUNTS: Type = {
  encode: (list: bigint[]) => u64s(list),
  make: (random) => random.list(random.below(12), () => random.u64()),
};
const maybe = (type: Type): Type => ({
  encode: (value: never) => option(value === null ? undefined : type.encode(value)),
  make: (random) => (random.chance(0.5) ? null : type.make(random)),
});

/** The arguments of each instruction, in the order of the interface's section 4. */
const ARGUMENTS: Readonly<Record<MoneyInstruction['kind'], Readonly<Record<string, Type>>>> = {
  initialize_config: { treasuryMultisig: KEY },
  update_config: {
    platformFeeBps: maybe(U16),
    withdrawalFeeLamports: maybe(U64),
    minEntryFee: maybe(U64),
    maxEntryFee: maybe(U64),
    treasuryMultisig: maybe(KEY),
    supportedPaymentMethods: maybe(U8),
  },
  pause_program: {},
  unpause_program: {},
  initialize_registry: {},
  register_game: { gameId: U8, name: TEXT, minPlayers: U8, maxPlayers: U8, ruleEngineUrl: TEXT, version: U8 },
  update_game: {
    gameId: U8,
    name: maybe(TEXT),
    minPlayers: maybe(U8),
    maxPlayers: maybe(U8),
    ruleEngineUrl: maybe(TEXT),
    version: maybe(U8),
    enabled: maybe(BOOL),
  },
  deposit_sol: { amount: U64 },
  withdraw_sol: { amount: U64 },
  create_match: {
    matchId: TEXT,
    gameType: U8,
    seed: U64,
    entryFee: maybe(U64),
    paymentMethod: maybe(U8),
    matchType: maybe(U8),
    tournamentId: maybe(hex(16)),
  },
  join_match: { matchId: TEXT, userId: TEXT },
  start_match: { matchId: TEXT },
  end_match: { matchId: TEXT, matchHash: maybe(hex(32)), hotUrl: maybe(TEXT) },
  anchor_match_record: { matchId: TEXT, matchHash: hex(32), hotUrl: maybe(TEXT) },
  close_match_account: { matchId: TEXT },
  distribute_prizes: { matchId: TEXT, winnerIndices: INDICES, prizeAmounts: AMOUNTS },
  refund_escrow: { matchId: TEXT, playerIndices: INDICES, reason: U8, abandonedPlayerIndex: maybe(U8) },
};

/** SAFETY: the record above has exactly these keys. */
const NAMES = Object.keys(ARGUMENTS) as [MoneyInstruction['kind'], ...MoneyInstruction['kind'][]];

/** Discriminator and arguments, by their names in the decoded instruction. */
function encode(kind: MoneyInstruction['kind'], values: object): Uint8Array {
  const args = Object.entries(ARGUMENTS[kind]).map(([name, type]) => {
    const value: unknown = Reflect.get(values, name);
    // SAFETY: the table gives each argument its own type; a mistake shows as a difference of bytes.
    return type.encode(value as never);
  });
  return Buffer.concat([instructionDiscriminator(kind), ...args]);
}

/** Where a byte is 0 or 1, often the tag of an option: then 2 is no value of it. Else any byte. */
function changed(data: Uint8Array, random: Random): Uint8Array {
  const out = Uint8Array.from(data);
  const tags = [...out.keys()].filter((at) => at >= 8 && (out[at] ?? 0) <= 1);
  const tag = tags[random.below(tags.length)];
  if (tag !== undefined && random.chance(0.5)) {
    out[tag] = random.pick([0, 1, 2, 255]);
  } else {
    out[random.chance(0.1) ? random.below(8) : random.below(out.length)] = random.below(256);
  }
  return out;
}

function spoilt(data: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.1)) return data.subarray(0, random.below(data.length + 1));
  if (random.chance(0.1)) return Buffer.concat([data, random.bytes(random.below(40))]);
  return random.chance(0.3) ? changed(data, random) : data;
}

export function instructions(random: Random): Case {
  const kind = random.pick(NAMES);
  const values = Object.fromEntries(
    Object.entries(ARGUMENTS[kind]).map(([name, type]) => [name, type.make(random)]),
  );
  const whole = encode(kind, values);
  const data = spoilt(whole, random);
  return {
    request: Buffer.concat([u8(9), data]),
    wasm: () => {
      const answer = attempt(() => {
        const decoded = core.decodeInstruction(data);
        return encode(decoded.kind, decoded);
      });
      // Unspoilt, the encoder of the core must agree with the tables too.
      if (data !== whole) return answer;
      // SAFETY: made by the table of its kind.
      const encoded = core.encodeInstruction({ kind, ...values } as MoneyInstruction);
      return Buffer.compare(encoded, whole) === 0 ? answer : accepted(encoded);
    },
  };
}
