import type { PublicKey } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { depositSol, withAccount } from './instructions.ts';
import {
  AT,
  accountDiscriminator,
  bumpOf,
  configAddress,
  depositAddress,
  depositSeeds,
  image,
  le,
  PROGRAM_ID,
  RENT,
  registryAddress,
  SIZE,
  u8,
  u64,
} from './interface.ts';
import type { World } from './world.ts';
import { newWorld } from './world.ts';

const other = Keypair.generate().publicKey;
let world: World;
let user: PublicKey;

beforeEach(() => {
  world = newWorld();
  user = world.chain.wallet();
});

describe('deposit_sol', () => {
  it('creates the account at the first deposit, and adds to it at the second', () => {
    const { chain } = world;
    const expected = (total: bigint) =>
      image(SIZE.deposit, {
        0: accountDiscriminator('UserDepositAccount'),
        8: user.toBytes(),
        40: u8(bumpOf(...depositSeeds(user))),
        48: u64(total),
        56: u64(total),
      });
    expect(chain.run(depositSol(user, SOL))).toBe('ok');
    expect(Buffer.from(chain.data(depositAddress(user)))).toEqual(Buffer.from(expected(SOL)));
    expect(chain.run(depositSol(user, 5n))).toBe('ok');
    expect(Buffer.from(chain.data(depositAddress(user)))).toEqual(Buffer.from(expected(SOL + 5n)));
    expect(chain.lamports(depositAddress(user))).toBe(RENT.deposit + SOL + 5n);
    expect(chain.lamports(user)).toBe(9n * SOL - 5n - RENT.deposit);
    expect(chain.owner(depositAddress(user))).toBe(PROGRAM_ID.toBase58());
  });

  it('does not book lamports that somebody sent to the address beforehand', () => {
    const { chain } = world;
    chain.fund(depositAddress(user), SOL);
    expect(chain.run(depositSol(user, 7n))).toBe('ok');
    expect(chain.lamports(depositAddress(user))).toBe(SOL + 7n);
    expect(Buffer.from(chain.data(depositAddress(user))).readBigUInt64LE(AT.deposit.available)).toBe(7n);
  });

  it('refuses nothing (6005), a paused program (6036) and a user who is short (system 1), in this order', () => {
    const { chain } = world;
    expect(chain.run(depositSol(user, 11n * SOL))).toBe(1);
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    expect(chain.run(depositSol(user, 11n * SOL))).toBe(6036);
    expect(chain.run(depositSol(user, 0n))).toBe(6005);
    expect(chain.data(depositAddress(user))).toHaveLength(0);
  });

  it('refuses an account of another authority (6006), a frozen one (6038) and sums beyond u64 (6029)', () => {
    const { chain } = world;
    const deposit = depositAddress(user);
    expect(chain.run(depositSol(user, SOL))).toBe('ok');
    chain.tamper(deposit, AT.deposit.flags, u8(1));
    expect(chain.run(depositSol(user, 1n))).toBe(6038);
    chain.tamper(deposit, AT.deposit.authority, other.toBytes());
    expect(chain.run(depositSol(user, 1n))).toBe(6006);
    for (const offset of [AT.deposit.total, AT.deposit.available]) {
      const fresh = chain.wallet();
      expect(chain.run(depositSol(fresh, 1n))).toBe('ok');
      chain.tamper(depositAddress(fresh), offset, le(2n ** 64n - 1n, 8));
      expect(chain.run(depositSol(fresh, 1n))).toBe(6029);
    }
  });

  it('accepts an account under review: that flag is read nowhere', () => {
    const { chain } = world;
    expect(chain.run(depositSol(user, SOL))).toBe('ok');
    chain.tamper(depositAddress(user), AT.deposit.flags, u8(2));
    expect(chain.run(depositSol(user, SOL))).toBe('ok');
  });

  it("refuses another user's address (2006), before and after that user deposited", () => {
    const { chain } = world;
    const call = withAccount(depositSol(user, 1n), 0, { pubkey: depositAddress(world.admin) });
    expect(chain.run(call)).toBe(2006);
    expect(chain.run(depositSol(world.admin, 1n))).toBe('ok');
    expect(chain.run(call)).toBe(2006);
  });

  it('refuses what stands at the address if it is not a deposit (3007, 3001, 3002, 3003)', () => {
    const { chain } = world;
    const deposit = depositAddress(user);
    const write = (owner: PublicKey, data: Uint8Array) => {
      chain.set(deposit, owner, SOL, data);
      return chain.run(depositSol(user, 1n));
    };
    expect(write(other, new Uint8Array(SIZE.deposit))).toBe(3007);
    expect(write(PROGRAM_ID, new Uint8Array(7))).toBe(3001);
    expect(write(PROGRAM_ID, new Uint8Array(SIZE.deposit))).toBe(3002);
    expect(write(PROGRAM_ID, image(129, { 0: accountDiscriminator('UserDepositAccount') }))).toBe(3003);
  });

  it('refuses a config that is missing (3012), foreign (3007), of another kind (3002) or elsewhere (2006)', () => {
    const { chain } = world;
    const call = depositSol(user, 1n);
    expect(chain.run(withAccount(call, 2, { pubkey: other }))).toBe(3012);
    expect(chain.run(withAccount(call, 2, { pubkey: chain.wallet() }))).toBe(3007);
    expect(chain.run(withAccount(call, 2, { pubkey: registryAddress }))).toBe(3002);
    chain.set(other, PROGRAM_ID, SOL, chain.data(configAddress));
    expect(chain.run(withAccount(call, 2, { pubkey: other }))).toBe(2006);
  });

  it('refuses read-only accounts: 2000, or by the runtime where the account would be created', () => {
    const { chain } = world;
    const call = depositSol(user, 1n);
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe('PrivilegeEscalation');
    expect(chain.run(call)).toBe('ok');
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe(2000);
    expect(chain.run(withAccount(call, 1, { isWritable: false }))).toBe(2000);
  });
});
