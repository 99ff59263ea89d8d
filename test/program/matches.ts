/** The instructions of deposits and of a match's life (interface, section 4): accounts in their order, arguments by hand. */

import type { PublicKey, TransactionInstruction } from '@solana/web3.js';
import { build, NONE, optional, pay, read, SYSTEM, sign, write } from './build.ts';
import {
  configAddress,
  depositAddress,
  escrowAddress,
  matchAddress,
  option,
  registryAddress,
  string,
  u8,
  u64,
} from './interface.ts';

export const depositSol = (user: PublicKey, amount: bigint): TransactionInstruction =>
  build('deposit_sol', [write(depositAddress(user)), pay(user), read(configAddress), SYSTEM], u64(amount));

/** Without `treasury` its place says "none". */
export const withdrawSol = (user: PublicKey, amount: bigint, treasury?: PublicKey): TransactionInstruction =>
  build(
    'withdraw_sol',
    [
      write(depositAddress(user)),
      pay(user),
      read(configAddress),
      treasury === undefined ? NONE : write(treasury),
      SYSTEM,
    ],
    u64(amount),
  );

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

export interface Record {
  readonly matchId: string;
  readonly authority: PublicKey;
  readonly hash: Uint8Array;
  readonly url?: string;
}

export const anchorMatchRecord = (record: Record): TransactionInstruction =>
  build(
    'anchor_match_record',
    [write(matchAddress(record.matchId)), sign(record.authority)],
    string(record.matchId),
    record.hash,
    option(record.url === undefined ? undefined : string(record.url)),
  );

export const closeMatchAccount = (matchId: string, closer: PublicKey): TransactionInstruction =>
  build('close_match_account', [write(matchAddress(matchId)), pay(closer)], string(matchId));
