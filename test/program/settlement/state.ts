/**
 * Everything that a settlement or a withdrawal reads and writes, as numbers; its image as accounts, put on a chain and
 * read back. Payees are numbered 0 to 9, each with a wallet and a deposit.
 */

import { Keypair, type PublicKey } from '@solana/web3.js';
import { expect } from 'vitest';
import type { TestChain } from '../chain.ts';
import {
  AT,
  accountDiscriminator,
  bumpOf,
  configAddress,
  depositAddress,
  depositSeeds,
  escrowAddress,
  escrowSeeds,
  image,
  le,
  matchAddress,
  PROGRAM_ID,
  RENT,
  SIZE,
  SYSTEM_PROGRAM,
  u8,
  u64,
  utf8,
} from '../interface.ts';
import { i64 } from '../random.ts';
import { MATCH_ID, PAID } from '../world.ts';

export interface Deposit {
  available: bigint;
  inPlay: bigint;
  withdrawn: bigint;
  lockedUntil: bigint;
  flags: number;
  lamports: bigint;
}

export interface State {
  match: { phase: number; count: number; method: number; fee: bigint };
  escrow: {
    total: bigint;
    platformFee: bigint;
    due: bigint;
    stakes: bigint[];
    flags: number;
    abandoned: number;
    lamports: bigint;
  };
  config: { feeBps: number; cancellationBps: number; withdrawalFee: bigint; paused: boolean };
  deposits: Deposit[];
  wallets: bigint[];
  treasury: bigint;
}

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
const escrowBump = bumpOf(...escrowSeeds(MATCH_ID));
export const TREASURY = Keypair.generate().publicKey;
/** The wallets of the ten payees. */
export const WALLETS: readonly PublicKey[] = Array.from({ length: 10 }, () => Keypair.generate().publicKey);
const DEPOSITS = WALLETS.map((wallet) => ({
  wallet,
  address: depositAddress(wallet),
  bump: bumpOf(...depositSeeds(wallet)),
}));

export const walletOf = (payee: number): PublicKey => WALLETS[payee] ?? TREASURY;

interface Image {
  readonly address: PublicKey;
  readonly owner: PublicKey;
  readonly lamports: bigint;
  readonly data: Uint8Array;
}

const own = (address: PublicKey, lamports: bigint, data: Uint8Array): Image => ({
  address,
  owner: PROGRAM_ID,
  lamports,
  data,
});
const wallet = (address: PublicKey, lamports: bigint): Image => ({
  address,
  owner: SYSTEM_PROGRAM,
  lamports,
  data: new Uint8Array(),
});

function matchImage({ match: { phase, count, method, fee } }: State): Uint8Array {
  return image(SIZE.match, {
    0: accountDiscriminator('Match'),
    8: utf8(MATCH_ID),
    [AT.match.phase]: u8(phase),
    [AT.match.count]: u8(count),
    [AT.match.fee]: u64(fee),
    [AT.match.type]: u8(PAID),
    [AT.match.method]: u8(method),
  });
}

function escrowImage({ escrow: state }: State): Uint8Array {
  return image(SIZE.escrow, {
    0: accountDiscriminator('EscrowAccount'),
    [AT.escrow.match]: match.toBytes(),
    [AT.escrow.bump]: u8(escrowBump),
    [AT.escrow.total]: u64(state.total),
    [AT.escrow.fee]: u64(state.platformFee),
    [AT.escrow.due]: u64(state.due),
    [AT.escrow.stakes]: Buffer.concat(state.stakes.map(u64)),
    [AT.escrow.flags]: u8(state.flags),
    [AT.escrow.abandoned]: u8(state.abandoned),
  });
}

function configImage({ config }: State): Uint8Array {
  return image(SIZE.config, {
    0: accountDiscriminator('ConfigAccount'),
    [AT.config.feeBps]: le(config.feeBps, 2),
    [AT.config.withdrawalFee]: u64(config.withdrawalFee),
    [AT.config.cancellationBps]: le(config.cancellationBps, 2),
    [AT.config.isPaused]: u8(config.paused ? 1 : 0),
    [AT.config.methods]: u8(3),
  });
}

function depositImage(deposit: Deposit, authority: PublicKey, bump: number): Uint8Array {
  return image(SIZE.deposit, {
    0: accountDiscriminator('UserDepositAccount'),
    [AT.deposit.authority]: authority.toBytes(),
    [AT.deposit.bump]: u8(bump),
    [AT.deposit.available]: u64(deposit.available),
    [AT.deposit.inPlay]: u64(deposit.inPlay),
    [AT.deposit.withdrawn]: u64(deposit.withdrawn),
    [AT.deposit.locked]: i64(deposit.lockedUntil),
    [AT.deposit.flags]: u8(deposit.flags),
  });
}

function images(state: State): Image[] {
  return [
    own(match, RENT.match, matchImage(state)),
    own(escrow, state.escrow.lamports, escrowImage(state)),
    own(configAddress, RENT.config, configImage(state)),
    ...state.deposits.flatMap((deposit, at) => {
      const place = DEPOSITS[at];
      if (place === undefined) return [];
      return [own(place.address, deposit.lamports, depositImage(deposit, place.wallet, place.bump))];
    }),
    ...state.wallets.map((lamports, at) => wallet(walletOf(at), lamports)),
    wallet(TREASURY, state.treasury),
  ];
}

/** Writes the state to the chain, whatever stood there. */
export function put(chain: TestChain, state: State): void {
  for (const { address, owner, lamports, data } of images(state)) chain.set(address, owner, lamports, data);
}

/** Every balance and every byte must be the state's; an account without lamports is gone. */
export function expectOn(chain: TestChain, state: State, message: string): void {
  for (const { address, lamports, data } of images(state)) {
    const found = { lamports: chain.lamports(address), data: Buffer.from(chain.data(address)) };
    const wanted = { lamports, data: Buffer.from(lamports === 0n ? [] : data) };
    if (found.lamports === wanted.lamports && found.data.equals(wanted.data)) continue;
    expect(found, `${message}: ${address.toBase58()}`).toEqual(wanted);
  }
}
