/** The two instructions that settle an escrow (interface, sections 4.13 and 4.14). */

import type { AccountMeta, PublicKey, TransactionInstruction } from '@solana/web3.js';
import { build, NONE, optional, read, SYSTEM, write } from './build.ts';
import {
  bytes,
  configAddress,
  depositAddress,
  escrowAddress,
  matchAddress,
  option,
  string,
  u8,
  u64s,
} from './interface.ts';

/** Ten payees and their ten deposits; `filler` stands where the list has ended, as the interface allows. */
function payees(listed: readonly PublicKey[], filler: PublicKey, toDeposits: boolean): AccountMeta[] {
  const wallets = Array.from({ length: 10 }, (_, at) => listed[at] ?? filler);
  const deposits = wallets.map((wallet, at) =>
    optional(toDeposits && at < listed.length, write(depositAddress(wallet))),
  );
  return [...wallets.map(write), ...deposits];
}

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
  const winners = prizes.map((prize) => prize.to);
  return build(
    'distribute_prizes',
    [
      write(escrowAddress(matchId)),
      read(matchAddress(matchId)),
      read(configAddress),
      write(treasury),
      ...payees(winners, treasury, settlement.toDeposits ?? false),
      SYSTEM,
    ],
    string(matchId),
    bytes(Uint8Array.from(prizes, (prize) => prize.index)),
    u64s(prizes.map((prize) => prize.amount)),
  );
}

export interface Refund {
  readonly matchId: string;
  /** Player index and payee, by position. */
  readonly players: readonly { readonly index: number; readonly to: PublicKey }[];
  readonly reason?: number;
  readonly abandoned?: number;
  /** Left out, its place says "none". */
  readonly treasury?: PublicKey | undefined;
  /** Pass the players' deposit PDAs. */
  readonly toDeposits?: boolean;
}

export function refundEscrow(refund: Refund): TransactionInstruction {
  const { matchId, players, treasury } = refund;
  const listed = players.map((player) => player.to);
  const escrow = escrowAddress(matchId);
  return build(
    'refund_escrow',
    [
      write(escrow),
      read(matchAddress(matchId)),
      // Fillers repeat the escrow, which is in the transaction anyway.
      ...payees(listed, escrow, refund.toDeposits ?? false),
      read(configAddress),
      treasury === undefined ? NONE : write(treasury),
      SYSTEM,
    ],
    string(matchId),
    bytes(Uint8Array.from(players, (player) => player.index)),
    u8(refund.reason ?? 0),
    option(refund.abandoned === undefined ? undefined : u8(refund.abandoned)),
  );
}
