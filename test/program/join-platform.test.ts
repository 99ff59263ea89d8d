import type { PublicKey } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { depositSol, joinMatch } from './instructions.ts';
import { AT, depositAddress, escrowAddress, le, RENT, readU64, u8, u64 } from './interface.ts';
import type { World } from './world.ts';
import { FEE, MATCH_ID, openMatch, PLATFORM } from './world.ts';

const escrow = escrowAddress(MATCH_ID);
let world: World;
let player: PublicKey;
let deposit: PublicKey;

beforeEach(() => {
  world = openMatch(PLATFORM);
  player = world.chain.wallet();
  deposit = depositAddress(player);
  expect(world.chain.run(depositSol(player, SOL))).toBe('ok');
});

const join = () =>
  world.chain.run(joinMatch({ matchId: MATCH_ID, userId: 'alice', player, withDeposit: true }));

/** Rewrites the deposit's two balances, and optionally its lamports beyond the rent. */
function balances(available: bigint, inPlay: bigint): void {
  world.chain.tamper(deposit, AT.deposit.available, u64(available));
  world.chain.tamper(deposit, AT.deposit.inPlay, u64(inPlay));
}

const figures = () => {
  const data = world.chain.data(deposit);
  return [readU64(data, AT.deposit.available), readU64(data, AT.deposit.inPlay)];
};

describe('join_match out of a deposit', () => {
  it('moves the fee directly from deposit to escrow, and books it from available to in play', () => {
    const { chain } = world;
    const expected = Buffer.from(chain.data(deposit));
    expected.set(u64(SOL - FEE), AT.deposit.available);
    expected.set(u64(FEE), AT.deposit.inPlay);
    const wallet = chain.lamports(player);
    expect(join()).toBe('ok');
    expect(Buffer.from(chain.data(deposit))).toEqual(expected);
    expect(chain.lamports(deposit)).toBe(RENT.deposit + SOL - FEE);
    expect(chain.lamports(escrow)).toBe(RENT.escrow + FEE);
    expect(chain.lamports(player)).toBe(wallet);
    expect(readU64(chain.data(escrow), AT.escrow.stakes)).toBe(FEE);
    expect(chain.logs.some((line) => line.includes('11111111111111111111111111111111'))).toBe(false);
  });

  it('takes the last lamport that is available', () => {
    const poor = world.chain.wallet();
    expect(world.chain.run(depositSol(poor, FEE))).toBe('ok');
    const call = joinMatch({ matchId: MATCH_ID, userId: 'poor', player: poor, withDeposit: true });
    expect(world.chain.run(call)).toBe('ok');
    expect(world.chain.lamports(depositAddress(poor))).toBe(RENT.deposit);
  });

  it('refuses a join without the deposit (6005), even with a wallet', () => {
    const call = joinMatch({ matchId: MATCH_ID, userId: 'alice', player, wallet: player });
    expect(world.chain.run(call)).toBe(6005);
  });

  it('refuses a deposit of another authority (6006) before it looks at the balance', () => {
    world.chain.tamper(deposit, AT.deposit.authority, Keypair.generate().publicKey.toBytes());
    balances(0n, 0n);
    expect(join()).toBe(6006);
  });

  it('refuses a player who is short (6013), and balances beyond u64 (6029)', () => {
    balances(FEE / 2n, FEE / 2n - 1n);
    expect(join()).toBe(6013);
    balances(2n ** 64n - 1n, 1n);
    expect(join()).toBe(6029);
    balances(FEE, 2n ** 64n - 1n - FEE);
    expect(join()).toBe('ok');
    expect(figures()).toEqual([0n, 2n ** 64n - 1n]);
  });

  it('does not look at the frozen flag or the lock', () => {
    world.chain.tamper(deposit, AT.deposit.flags, u8(1));
    world.chain.tamper(deposit, AT.deposit.locked, le(2n ** 62n, 8));
    expect(join()).toBe('ok');
  });
});

describe('H-03: what is in play counts as if it were in the deposit', () => {
  /** A deposit whose lamports are its rent, `available`, and `stray` ones. */
  function deposits(available: bigint, inPlay: bigint, stray: bigint): void {
    balances(available, inPlay);
    const lamports = RENT.deposit + available + stray;
    world.chain.send(deposit, lamports - world.chain.lamports(deposit));
  }

  it('the debit that eats into the rent is refused by the runtime, not with 6013', () => {
    deposits(FEE - 1n, FEE, 0n);
    expect(join()).toBe('InsufficientFundsForRent');
  });

  it('the debit beyond the rent panics', () => {
    deposits(0n, FEE, 0n);
    expect(RENT.deposit < FEE).toBe(true);
    expect(join()).toBe('ProgramFailedToComplete');
  });

  it('stray lamports let it through: available becomes 0, in play grows by what was available', () => {
    deposits(FEE / 4n, FEE, FEE);
    expect(join()).toBe('ok');
    expect(figures()).toEqual([0n, FEE + FEE / 4n]);
    expect(world.chain.lamports(deposit)).toBe(RENT.deposit + FEE / 4n);
  });

  it('lamports that hit exactly 0 delete the deposit', () => {
    const needed = FEE - RENT.deposit;
    deposits(0n, FEE, needed);
    expect(world.chain.lamports(deposit)).toBe(FEE);
    expect(join()).toBe('ok');
    expect(world.chain.data(deposit)).toHaveLength(0);
    expect(world.chain.lamports(deposit)).toBe(0n);
  });
});
