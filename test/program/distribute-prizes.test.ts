import type { PublicKey } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import type { Distribute } from './instructions.ts';
import { build, distributePrizes, withAccount } from './instructions.ts';
import {
  AT,
  bytes,
  configAddress,
  depositAddress,
  escrowAddress,
  le,
  matchAddress,
  PROGRAM_ID,
  RENT,
  readU64,
  registryAddress,
  string,
  u8,
  u64,
  u64s,
} from './interface.ts';
import type { Played } from './world.ts';
import { endedMatch, FEE, MATCH_ID, PLATFORM, playingMatch, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
/** Two stakes of 0.1 SOL less 500 bps. */
const NET = 190_000_000n;
const PLATFORM_FEE = 10_000_000n;

let world: Played;
beforeEach(() => {
  world = endedMatch(WALLET);
});

/** Settles with these prizes; each winner is paid to their own wallet. */
function settle(
  prizes: readonly (readonly [index: number, amount: bigint])[],
  change: Partial<Distribute> = {},
) {
  const { chain, treasury, players } = world;
  const list = prizes.map(([index, amount]) => ({ index, amount, to: players[index] ?? treasury }));
  return chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes: list, ...change }));
}

describe('distribute_prizes to wallets', () => {
  it('pays fee and prizes to the lamport, and closes the books of the escrow', () => {
    const { chain, treasury, players } = world;
    const expected = Buffer.from(chain.data(escrow));
    expected.set(u64(0n), AT.escrow.total);
    expected.set(u64(PLATFORM_FEE), AT.escrow.fee);
    expected.set(u64(PLATFORM_FEE), AT.escrow.due);
    expected.set(u8(3), AT.escrow.flags);
    const matchBefore = Buffer.from(chain.data(match));
    const balances = () => [treasury, ...players].map((key) => chain.lamports(key));
    const before = balances();
    expect(
      settle([
        [1, 90_000_000n],
        [0, 100_000_000n],
      ]),
    ).toBe('ok');
    expect(balances().map((now, at) => now - (before[at] ?? 0n))).toEqual([
      PLATFORM_FEE,
      100_000_000n,
      90_000_000n,
    ]);
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
    // The stakes stay readable; the match is not touched.
    expect(Buffer.from(chain.data(escrow))).toEqual(expected);
    expect(Buffer.from(chain.data(match))).toEqual(matchBefore);
  });

  it('with a fee of 0 pays the treasury nothing and leaves both fee fields as they were', () => {
    const { chain, treasury } = world;
    chain.tamper(configAddress, AT.config.feeBps, le(0, 2));
    const before = chain.lamports(treasury);
    expect(settle([[0, 2n * FEE]])).toBe('ok');
    expect(chain.lamports(treasury)).toBe(before);
    expect(readU64(chain.data(escrow), AT.escrow.fee)).toBe(0n);
    expect(readU64(chain.data(escrow), AT.escrow.due)).toBe(0n);
  });

  it('floors the fee: the odd lamport belongs to the winners', () => {
    const { chain } = world;
    chain.tamper(escrow, AT.escrow.total, u64(2n * FEE - 1n));
    expect(settle([[0, NET - 1n]])).toBe(6005);
    expect(settle([[0, NET]])).toBe('ok');
    expect(readU64(chain.data(escrow), AT.escrow.fee)).toBe(PLATFORM_FEE - 1n);
  });

  it('reads the fee at distribution: a change after the end makes prepared amounts fail (H-18)', () => {
    world.chain.tamper(configAddress, AT.config.feeBps, le(600, 2));
    expect(settle([[0, NET]])).toBe(6005);
    expect(settle([[0, 188_000_000n]])).toBe('ok');
  });

  it('compares the treasury with nothing (H-05), and lets a stranger settle to a stranger (H-01)', () => {
    const { chain } = world;
    const thief = chain.wallet();
    const prizes = [{ index: 0, amount: NET, to: thief }];
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury: thief, prizes }))).toBe('ok');
    expect(chain.lamports(thief)).toBe(10n * SOL + 2n * FEE);
  });

  it('takes the same winner twice, and binds amounts to positions (H-22)', () => {
    const { chain, players } = world;
    const before = chain.lamports(players[1]);
    expect(
      settle([
        [1, 1_000_000n],
        [1, NET - 1_000_000n],
      ]),
    ).toBe('ok');
    expect(chain.lamports(players[1]) - before).toBe(NET);
  });

  it('is refused by the runtime if it leaves a payee below the rent (H-20), and changes nothing', () => {
    const { chain, treasury } = world;
    const prizes = [
      { index: 0, amount: NET - 890_879n, to: world.players[0] },
      { index: 1, amount: 890_879n, to: Keypair.generate().publicKey },
    ];
    const call = distributePrizes({ matchId: MATCH_ID, treasury, prizes });
    expect(chain.run(call)).toBe('InsufficientFundsForRent');
    expect(readU64(chain.data(escrow), AT.escrow.total)).toBe(2n * FEE);
  });
});

describe('distribute_prizes to deposits', () => {
  const book = (player: PublicKey) => {
    const data = world.chain.data(depositAddress(player));
    return [readU64(data, AT.deposit.available), readU64(data, AT.deposit.inPlay)];
  };
  beforeEach(() => {
    world = endedMatch(PLATFORM);
  });

  it('pays into the deposits and releases one fee a winner', () => {
    const { chain, players } = world;
    expect(
      settle(
        [
          [0, 100_000_000n],
          [1, 90_000_000n],
        ],
        { toDeposits: true },
      ),
    ).toBe('ok');
    expect(players.map(book)).toEqual([
      [SOL, 0n],
      [990_000_000n, 0n],
    ]);
    expect(chain.lamports(depositAddress(players[1]))).toBe(RENT.deposit + 990_000_000n);
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
  });

  it('never releases the loser, and decrements a winner once for each list entry (H-04)', () => {
    const [winner, loser] = world.players;
    world.chain.tamper(depositAddress(winner), AT.deposit.inPlay, u64(3n * FEE));
    const twice = [
      [0, 100_000_000n],
      [0, 90_000_000n],
    ] as const;
    expect(settle(twice, { toDeposits: true })).toBe('ok');
    expect(book(winner)).toEqual([1_090_000_000n, FEE]);
    expect(book(loser)).toEqual([900_000_000n, FEE]);
  });

  it('leaves in play alone where it is less than the fee (H-04)', () => {
    const [winner] = world.players;
    world.chain.tamper(depositAddress(winner), AT.deposit.inPlay, u64(FEE - 1n));
    expect(settle([[0, NET]], { toDeposits: true })).toBe('ok');
    expect(book(winner)).toEqual([1_090_000_000n, FEE - 1n]);
  });

  it('refuses a winner without a deposit (6044), and a balance beyond u64 (6029)', () => {
    const [winner] = world.players;
    expect(settle([[0, NET]])).toBe(6044);
    world.chain.tamper(depositAddress(winner), AT.deposit.available, u64(2n ** 64n - NET));
    expect(settle([[0, NET]], { toDeposits: true })).toBe(6029);
  });
});

describe('what distribute_prizes refuses', () => {
  it('no winners, more than ten, and lists of different lengths (6005)', () => {
    const { chain, treasury, players } = world;
    expect(settle([])).toBe(6005);
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
    expect(settle([[0, NET]])).toBe(6036);
  });

  it('a match that has not ended (6042), an unfunded (6041) and a distributed escrow (6040), in this order', () => {
    const { chain } = world;
    chain.tamper(escrow, AT.escrow.flags, u8(2));
    chain.tamper(match, AT.match.phase, u8(1));
    expect(settle([[0, NET]])).toBe(6042);
    chain.tamper(match, AT.match.phase, u8(2));
    expect(settle([[0, NET]])).toBe(6041);
    chain.tamper(escrow, AT.escrow.flags, u8(3));
    expect(settle([[0, NET]])).toBe(6040);
  });

  it('an escrow that is bound to another match (6005)', () => {
    world.chain.tamper(escrow, AT.escrow.match, new Uint8Array(32));
    expect(settle([[0, NET]])).toBe(6005);
  });

  it('a second distribution (6040)', () => {
    expect(settle([[0, NET]])).toBe('ok');
    expect(settle([[0, NET]])).toBe(6040);
  });

  it('a player who is not there, an amount of nothing, and a sum that is not the net pool (6005)', () => {
    expect(settle([[2, NET]])).toBe(6005);
    expect(settle([[10, NET]])).toBe(6005);
    expect(
      settle([
        [0, NET],
        [1, 0n],
      ]),
    ).toBe(6005);
    expect(settle([[0, NET - 1n]])).toBe(6005);
    expect(settle([[0, NET + 1n]])).toBe(6005);
  });

  it('a total whose fee leaves u64 (6029); the largest within is refused for its sum alone', () => {
    // Section 5: 36,893,488,147,419,103 lamports at 500 bps.
    world.chain.tamper(escrow, AT.escrow.total, u64(36_893_488_147_419_104n));
    expect(settle([[0, NET]])).toBe(6029);
    world.chain.tamper(escrow, AT.escrow.total, u64(36_893_488_147_419_103n));
    expect(settle([[0, NET]])).toBe(6005);
  });

  it('amounts whose sum leaves u64, by a panic and not by wrapping (H-28)', () => {
    const wrapping = [
      [0, 2n ** 64n - 1n],
      [1, NET + 1n],
    ] as const;
    expect(settle(wrapping)).toBe('ProgramFailedToComplete');
  });

  it('an escrow with fewer lamports than its books say, by a panic', () => {
    world.chain.send(escrow, -(NET + RENT.escrow));
    expect(settle([[0, NET]])).toBe('ProgramFailedToComplete');
  });

  it('a playing match (6042)', () => {
    world = playingMatch(WALLET);
    expect(settle([[0, NET]])).toBe(6042);
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
