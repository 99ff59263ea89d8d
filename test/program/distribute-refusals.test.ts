import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { build, distributePrizes, withAccount } from './instructions.ts';
import {
  AT,
  bytes,
  configAddress,
  depositAddress,
  escrowAddress,
  matchAddress,
  PROGRAM_ID,
  RENT,
  registryAddress,
  string,
  u8,
  u64,
  u64s,
} from './interface.ts';
import type { Played } from './world.ts';
import { endedMatch, MATCH_ID, NET, PLATFORM, playingMatch, settle, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
let world: Played;
beforeEach(() => {
  world = endedMatch(WALLET);
});

describe('what distribute_prizes refuses', () => {
  it('no winners, more than ten, and lists of different lengths (6005)', () => {
    const { chain, treasury, players } = world;
    expect(settle(world, [])).toBe(6005);
    const call = distributePrizes({ matchId: MATCH_ID, treasury, prizes: [] });
    const lists = (winners: number, amounts: number) =>
      chain.run(
        build(
          'distribute_prizes',
          call.keys.map((meta, at) => (at === 4 ? { ...meta, pubkey: players[0] } : meta)),
          string(MATCH_ID),
          bytes(new Uint8Array(winners)),
          u64s(Array.from({ length: amounts }, (_, at) => (at === 0 ? NET - BigInt(amounts - 1) : 1n))),
        ),
      );
    expect(lists(11, 11)).toBe(6005);
    expect(lists(2, 1)).toBe(6005);
    expect(lists(1, 2)).toBe(6005);
    expect(lists(10, 10)).toBe('ok');
  });

  it('an id that only shares the address, or is not 36 bytes long (6005)', () => {
    const { chain, treasury, players } = world;
    const prizes = [{ index: 0, amount: NET, to: players[0] }];
    for (const matchId of [`${MATCH_ID.slice(0, 31)}99999`, MATCH_ID.slice(0, 31)]) {
      expect(chain.run(distributePrizes({ matchId, treasury, prizes }))).toBe(6005);
    }
  });

  it('a paused program (6036), before the state is looked at', () => {
    world.chain.tamper(configAddress, AT.config.isPaused, u8(1));
    world.chain.tamper(escrow, AT.escrow.flags, u8(0));
    expect(settle(world, [[0, NET]])).toBe(6036);
  });

  it('a match that has not ended (6042), an unfunded (6041) and a distributed escrow (6040), in this order', () => {
    const { chain } = world;
    chain.tamper(escrow, AT.escrow.flags, u8(2));
    chain.tamper(match, AT.match.phase, u8(1));
    expect(settle(world, [[0, NET]])).toBe(6042);
    chain.tamper(match, AT.match.phase, u8(2));
    expect(settle(world, [[0, NET]])).toBe(6041);
    chain.tamper(escrow, AT.escrow.flags, u8(3));
    expect(settle(world, [[0, NET]])).toBe(6040);
  });

  it('an escrow that is bound to another match (6005)', () => {
    world.chain.tamper(escrow, AT.escrow.match, new Uint8Array(32));
    expect(settle(world, [[0, NET]])).toBe(6005);
  });

  it('a second distribution (6040)', () => {
    expect(settle(world, [[0, NET]])).toBe('ok');
    expect(settle(world, [[0, NET]])).toBe(6040);
  });

  it('a player who is not there, an amount of nothing, and a sum that is not the net pool (6005)', () => {
    expect(settle(world, [[2, NET]])).toBe(6005);
    expect(settle(world, [[10, NET]])).toBe(6005);
    expect(
      settle(world, [
        [0, NET],
        [1, 0n],
      ]),
    ).toBe(6005);
    expect(settle(world, [[0, NET - 1n]])).toBe(6005);
    expect(settle(world, [[0, NET + 1n]])).toBe(6005);
  });

  it('a total whose fee leaves u64 (6029); the largest within is refused for its sum alone', () => {
    // Section 5: 36,893,488,147,419,103 lamports at 500 bps.
    world.chain.tamper(escrow, AT.escrow.total, u64(36_893_488_147_419_104n));
    expect(settle(world, [[0, NET]])).toBe(6029);
    world.chain.tamper(escrow, AT.escrow.total, u64(36_893_488_147_419_103n));
    expect(settle(world, [[0, NET]])).toBe(6005);
  });

  it('amounts whose sum leaves u64, by a panic and not by wrapping (H-28)', () => {
    const wrapping = [
      [0, 2n ** 64n - 1n],
      [1, NET + 1n],
    ] as const;
    expect(settle(world, wrapping)).toBe('ProgramFailedToComplete');
  });

  it('an escrow with fewer lamports than its books say, by a panic', () => {
    world.chain.send(escrow, -(NET + RENT.escrow));
    expect(settle(world, [[0, NET]])).toBe('ProgramFailedToComplete');
  });

  it('a playing match (6042)', () => {
    world = playingMatch(WALLET);
    expect(settle(world, [[0, NET]])).toBe(6042);
  });
});

describe('the accounts of distribute_prizes', () => {
  beforeEach(() => {
    world = endedMatch(PLATFORM);
  });
  const call = () =>
    distributePrizes({
      matchId: MATCH_ID,
      treasury: world.treasury,
      prizes: [{ index: 0, amount: NET, to: world.players[0] }],
      toDeposits: true,
    });

  it('must stand at their addresses (2006) and be what they are taken for', () => {
    const { chain } = world;
    const checked = [
      [0, escrow, 3007],
      [1, match, 3007],
      [2, configAddress, 3012],
      [14, depositAddress(world.players[0]), 3007],
    ] as const;
    for (const [index, key, missing] of checked) {
      const elsewhere = Keypair.generate().publicKey;
      expect(chain.run(withAccount(call(), index, { pubkey: elsewhere }))).toBe(missing);
      expect(chain.run(withAccount(call(), index, { pubkey: registryAddress }))).toBe(3002);
      chain.set(elsewhere, PROGRAM_ID, SOL, chain.data(key));
      expect(chain.run(withAccount(call(), index, { pubkey: elsewhere }))).toBe(2006);
    }
    expect(chain.run(call())).toBe('ok');
  });

  it('derive the escrow from its stored bump, not from the canonical one (2006)', () => {
    world.chain.tamper(escrow, AT.escrow.bump, u8(0));
    expect(world.chain.run(call())).toBe(2006);
  });

  it('bind each deposit to the winner at the same position (2006)', () => {
    const loser = depositAddress(world.players[1]);
    expect(world.chain.run(withAccount(call(), 14, { pubkey: loser }))).toBe(2006);
  });

  it('must be writable: escrow, treasury, all ten winners and the deposits (2000)', () => {
    const { chain } = world;
    const fillers = Array.from({ length: 9 }, () => chain.wallet());
    const spread = fillers.reduce((ix, filler, at) => withAccount(ix, 5 + at, { pubkey: filler }), call());
    for (const index of [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]) {
      expect(chain.run(withAccount(spread, index, { isWritable: false }))).toBe(2000);
    }
    expect(chain.run(spread)).toBe('ok');
  });
});
