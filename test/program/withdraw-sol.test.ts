import type { PublicKey } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import { depositSol, withAccount, withdrawSol } from './instructions.ts';
import {
  AT,
  configAddress,
  depositAddress,
  le,
  PROGRAM_ID,
  RENT,
  readU64,
  registryAddress,
  u8,
  u64,
} from './interface.ts';
import type { World } from './world.ts';
import { newWorld } from './world.ts';

/** The withdrawal fee of a new config, in lamports. */
const COST = 5000n;
const DEPOSIT = SOL / 10n;
let world: World;
let user: PublicKey;
let deposit: PublicKey;

beforeEach(() => {
  world = newWorld();
  user = world.chain.wallet();
  deposit = depositAddress(user);
  expect(world.chain.run(depositSol(user, DEPOSIT))).toBe('ok');
});

const withdraw = (amount: bigint) => world.chain.run(withdrawSol(user, amount, world.treasury));

describe('withdraw_sol', () => {
  it('pays amount and fee out of the deposit, to the lamport, and books both from what is available', () => {
    const { chain, treasury } = world;
    const expected = Buffer.from(chain.data(deposit));
    expected.set(u64(DEPOSIT - 50_000_000n - COST), AT.deposit.available);
    expected.set(u64(50_000_000n), AT.deposit.withdrawn);
    const before = [chain.lamports(user), chain.lamports(treasury)] as const;
    expect(withdraw(50_000_000n)).toBe('ok');
    expect(Buffer.from(chain.data(deposit))).toEqual(expected);
    expect(chain.lamports(user)).toBe(before[0] + 50_000_000n);
    expect(chain.lamports(treasury)).toBe(before[1] + COST);
    expect(chain.lamports(deposit)).toBe(RENT.deposit + DEPOSIT - 50_000_000n - COST);
    // Direct edits of balances: no inner instruction shows in the log (section 7).
    expect(chain.logs.some((line) => line.includes('invoke [2]'))).toBe(false);
  });

  it('vector 7: of 0.1 SOL, 99,995,000 lamports leave nothing available', () => {
    expect(withdraw(99_995_000n)).toBe('ok');
    expect(readU64(world.chain.data(deposit), AT.deposit.available)).toBe(0n);
    expect(world.chain.lamports(deposit)).toBe(RENT.deposit);
  });

  it('refuses the whole balance, which leaves no room for the fee, and one lamport too many (6013)', () => {
    expect(withdraw(DEPOSIT)).toBe(6013);
    expect(withdraw(99_995_001n)).toBe(6013);
  });

  it('adds up what was withdrawn, fees excluded', () => {
    for (const amount of [1_000_000n, 2_000_000n]) expect(withdraw(amount)).toBe('ok');
    const data = world.chain.data(deposit);
    expect(readU64(data, AT.deposit.withdrawn)).toBe(3_000_000n);
    expect(readU64(data, AT.deposit.available)).toBe(DEPOSIT - 3_000_000n - 2n * COST);
    expect(readU64(data, AT.deposit.total)).toBe(DEPOSIT);
  });

  it('compares the treasury with nothing: the fee goes to whom the caller names (H-05)', () => {
    const { chain, treasury } = world;
    const [thief, before] = [chain.wallet(), chain.lamports(treasury)];
    expect(chain.run(withdrawSol(user, 1_000_000n, thief))).toBe('ok');
    expect(chain.lamports(thief)).toBe(10n * SOL + COST);
    expect(chain.lamports(treasury)).toBe(before);
    expect(chain.run(withdrawSol(user, 1_000_000n, user))).toBe('ok');
  });

  it('wants a treasury only if there is a fee (6005), and only after the balance', () => {
    const { chain } = world;
    expect(chain.run(withdrawSol(user, 1n))).toBe(6005);
    expect(chain.run(withdrawSol(user, DEPOSIT))).toBe(6013);
    chain.tamper(configAddress, AT.config.withdrawalFee, u64(0n));
    expect(chain.run(withdrawSol(user, DEPOSIT))).toBe('ok');
    expect(readU64(chain.data(deposit), AT.deposit.available)).toBe(0n);
  });

  it('leaves what is in play alone', () => {
    world.chain.tamper(deposit, AT.deposit.inPlay, u64(DEPOSIT));
    expect(withdraw(DEPOSIT)).toBe(6013);
    expect(withdraw(DEPOSIT - COST)).toBe('ok');
    expect(readU64(world.chain.data(deposit), AT.deposit.inPlay)).toBe(DEPOSIT);
  });
});

describe('what withdraw_sol refuses', () => {
  it('nothing (6005), a pause (6036), a sum beyond u64 (6029), a foreign deposit (6006), a frozen one (6038), a locked one (6039), in this order', () => {
    const { chain } = world;
    chain.tamper(deposit, AT.deposit.locked, le(NOW + 1n, 8));
    chain.tamper(deposit, AT.deposit.flags, u8(1));
    chain.tamper(deposit, AT.deposit.authority, world.admin.toBytes());
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    const tooMuch = 2n ** 64n - COST;
    expect(withdraw(0n)).toBe(6005);
    expect(withdraw(tooMuch)).toBe(6036);
    chain.tamper(configAddress, AT.config.isPaused, u8(0));
    expect(withdraw(tooMuch)).toBe(6029);
    expect(withdraw(tooMuch - 1n)).toBe(6006);
    chain.tamper(deposit, AT.deposit.authority, user.toBytes());
    expect(withdraw(tooMuch - 1n)).toBe(6038);
    chain.tamper(deposit, AT.deposit.flags, u8(2));
    expect(withdraw(tooMuch - 1n)).toBe(6039);
    chain.setTime(NOW + 1n);
    expect(withdraw(tooMuch - 1n)).toBe(6013);
    expect(withdraw(1n)).toBe('ok');
  });

  it('a lock of 0 or in the past is none', () => {
    for (const until of [0n, 1n, -1n]) {
      world.chain.tamper(deposit, AT.deposit.locked, u64(until));
      expect(withdraw(1n)).toBe('ok');
    }
  });

  it("another user's deposit (2006)", () => {
    const { chain, treasury } = world;
    const call = withdrawSol(chain.wallet(), 1n, treasury);
    expect(chain.run(withAccount(call, 0, { pubkey: deposit }))).toBe(2006);
  });

  it('a payment that leaves the user below the rent, by the runtime (H-20)', () => {
    const { chain, treasury } = world;
    chain.fund(user, 0n);
    expect(chain.run(withdrawSol(user, 890_879n, treasury))).toBe('InsufficientFundsForRent');
    expect(chain.run(withdrawSol(user, 890_880n, treasury))).toBe('ok');
    const poor = Keypair.generate().publicKey;
    expect(chain.run(withdrawSol(user, 1n, poor))).toBe('InsufficientFundsForRent');
  });
});

describe('the accounts of withdraw_sol', () => {
  it('must be what they are taken for, at their addresses, signed and writable', () => {
    const { chain, treasury } = world;
    const call = withdrawSol(user, 1n, treasury);
    const elsewhere = Keypair.generate().publicKey;
    expect(chain.run(withAccount(call, 0, { pubkey: elsewhere }))).toBe(3007);
    expect(chain.run(withAccount(call, 0, { pubkey: registryAddress }))).toBe(3002);
    expect(chain.run(withAccount(call, 1, { isSigner: false }))).toBe(3010);
    expect(chain.run(withAccount(call, 2, { pubkey: elsewhere }))).toBe(3012);
    chain.set(elsewhere, PROGRAM_ID, SOL, chain.data(configAddress));
    expect(chain.run(withAccount(call, 2, { pubkey: elsewhere }))).toBe(2006);
    for (const index of [0, 1, 3]) {
      expect(chain.run(withAccount(call, index, { isWritable: false }))).toBe(2000);
    }
    expect(chain.run(call)).toBe('ok');
  });
});
