/** The instructions of the interface's section 4: accounts in their order, arguments by hand. */

import type { AccountMeta } from '@solana/web3.js';
import { type PublicKey, TransactionInstruction } from '@solana/web3.js';
import {
  bytes,
  configAddress,
  depositAddress,
  escrowAddress,
  instructionDiscriminator,
  matchAddress,
  option,
  PROGRAM_ID,
  registryAddress,
  SYSTEM_PROGRAM,
  string,
  u8,
  u64,
  u64s,
} from './interface.ts';

const read = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: false, isWritable: false });
const write = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: false, isWritable: true });
const sign = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: true, isWritable: false });
const pay = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: true, isWritable: true });
/** "None": the program's own id, neither signer nor writable (section 1.4). */
const NONE = read(PROGRAM_ID);
const SYSTEM = read(SYSTEM_PROGRAM);
const optional = (there: boolean, meta: AccountMeta): AccountMeta => (there ? meta : NONE);

/** An instruction of the program from its name, accounts and encoded arguments. */
export function build(name: string, keys: AccountMeta[], ...args: Uint8Array[]): TransactionInstruction {
  const data = Buffer.concat([instructionDiscriminator(name), ...args]);
  return new TransactionInstruction({ programId: PROGRAM_ID, keys, data });
}

/** The same instruction with one account changed. */
export function withAccount(
  instruction: TransactionInstruction,
  index: number,
  change: Partial<AccountMeta>,
): TransactionInstruction {
  const keys = instruction.keys.map((key, at) => (at === index ? { ...key, ...change } : key));
  return new TransactionInstruction({ ...instruction, keys });
}

/** The same instruction without its last account. */
export function withoutLast(instruction: TransactionInstruction): TransactionInstruction {
  return new TransactionInstruction({ ...instruction, keys: instruction.keys.slice(0, -1) });
}

/** The same instruction with `count` bytes of its data cut off. */
export function cut(instruction: TransactionInstruction, count: number): TransactionInstruction {
  return new TransactionInstruction({ ...instruction, data: instruction.data.subarray(0, -count) });
}

export const initializeConfig = (authority: PublicKey, treasury: PublicKey): TransactionInstruction =>
  build('initialize_config', [write(configAddress), pay(authority), SYSTEM], treasury.toBytes());

export const initializeRegistry = (authority: PublicKey): TransactionInstruction =>
  build('initialize_registry', [write(registryAddress), pay(authority), SYSTEM]);

export interface Game {
  readonly id: number;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly url: string;
  readonly version: number;
}

export const registerGame = (authority: PublicKey, game: Game): TransactionInstruction =>
  build(
    'register_game',
    [write(registryAddress), pay(authority), SYSTEM],
    u8(game.id),
    string(game.name),
    u8(game.min),
    u8(game.max),
    string(game.url),
    u8(game.version),
  );

export const depositSol = (user: PublicKey, amount: bigint): TransactionInstruction =>
  build('deposit_sol', [write(depositAddress(user)), pay(user), read(configAddress), SYSTEM], u64(amount));

export interface Create {
  readonly matchId: string;
  readonly authority: PublicKey;
  readonly gameType?: number;
  readonly seed?: bigint;
  /** Lamports; left out, the match is free. */
  readonly fee?: bigint;
  readonly method?: number;
  readonly type?: number;
  readonly tournament?: Uint8Array;
  readonly withEscrow?: boolean;
  readonly withConfig?: boolean;
}

export function createMatch(create: Create): TransactionInstruction {
  const paid = create.fee !== undefined;
  const keys = [
    write(matchAddress(create.matchId)),
    read(registryAddress),
    optional(create.withEscrow ?? paid, write(escrowAddress(create.matchId))),
    optional(create.withConfig ?? true, read(configAddress)),
    pay(create.authority),
    SYSTEM,
  ];
  return build(
    'create_match',
    keys,
    string(create.matchId),
    u8(create.gameType ?? 0),
    u64(create.seed ?? 1n),
    option(create.fee === undefined ? undefined : u64(create.fee)),
    option(create.method === undefined ? undefined : u8(create.method)),
    option(create.type === undefined ? undefined : u8(create.type)),
    option(create.tournament),
  );
}

export interface Join {
  readonly matchId: string;
  readonly userId: string;
  readonly player: PublicKey;
  readonly withEscrow?: boolean;
  /** The deposit PDA of the player. */
  readonly withDeposit?: boolean;
  readonly wallet?: PublicKey;
  readonly withConfig?: boolean;
}

export const joinMatch = (join: Join): TransactionInstruction =>
  build(
    'join_match',
    [
      write(matchAddress(join.matchId)),
      read(registryAddress),
      optional(join.withEscrow ?? true, write(escrowAddress(join.matchId))),
      optional(join.withDeposit ?? false, write(depositAddress(join.player))),
      join.wallet === undefined ? NONE : write(join.wallet),
      optional(join.withConfig ?? true, read(configAddress)),
      sign(join.player),
      SYSTEM,
    ],
    string(join.matchId),
    string(join.userId),
  );

export const startMatch = (
  matchId: string,
  authority: PublicKey,
  withEscrow = true,
): TransactionInstruction =>
  build(
    'start_match',
    [
      write(matchAddress(matchId)),
      read(registryAddress),
      optional(withEscrow, write(escrowAddress(matchId))),
      sign(authority),
    ],
    string(matchId),
  );

export interface End {
  readonly matchId: string;
  readonly authority: PublicKey;
  readonly hash?: Uint8Array;
  readonly url?: string;
  readonly withEscrow?: boolean;
}

export const endMatch = (end: End): TransactionInstruction =>
  build(
    'end_match',
    [
      write(matchAddress(end.matchId)),
      optional(end.withEscrow ?? true, read(escrowAddress(end.matchId))),
      sign(end.authority),
    ],
    string(end.matchId),
    option(end.hash),
    option(end.url === undefined ? undefined : string(end.url)),
  );

export interface Distribute {
  readonly matchId: string;
  readonly treasury: PublicKey;
  /** Player index, amount in lamports, payee. */
  readonly prizes: readonly { readonly index: number; readonly amount: bigint; readonly to: PublicKey }[];
  /** Pass the winners' deposit PDAs. */
  readonly toDeposits?: boolean;
}

export function distributePrizes(settlement: Distribute): TransactionInstruction {
  const { matchId, treasury, prizes } = settlement;
  // Fillers repeat the treasury, as the interface allows.
  const winners = Array.from({ length: 10 }, (_, at) => prizes[at]?.to ?? treasury);
  const deposits = winners.map((winner, at) =>
    optional(at < prizes.length && settlement.toDeposits === true, write(depositAddress(winner))),
  );
  return build(
    'distribute_prizes',
    [
      write(escrowAddress(matchId)),
      read(matchAddress(matchId)),
      read(configAddress),
      write(treasury),
      ...winners.map(write),
      ...deposits,
      SYSTEM,
    ],
    string(matchId),
    bytes(Uint8Array.from(prizes, (prize) => prize.index)),
    u64s(prizes.map((prize) => prize.amount)),
  );
}
