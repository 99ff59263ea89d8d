import type { PublicKey } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { distributePrizes } from './instructions.ts';
import {
  AT,
  configAddress,
  depositAddress,
  escrowAddress,
  le,
  matchAddress,
  RENT,
  readU64,
  u8,
  u64,
} from './interface.ts';
import type { Played } from './world.ts';
import { endedMatch, FEE, MATCH_ID, NET, PLATFORM, PLATFORM_FEE, settle, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
let world: Played;
beforeEach(() => {
  world = endedMatch(WALLET);
});

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
      settle(world, [
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
    expect(settle(world, [[0, 2n * FEE]])).toBe('ok');
    expect(chain.lamports(treasury)).toBe(before);
    expect(readU64(chain.data(escrow), AT.escrow.fee)).toBe(0n);
    expect(readU64(chain.data(escrow), AT.escrow.due)).toBe(0n);
  });

  it('floors the fee: the odd lamport belongs to the winners', () => {
    const { chain } = world;
    chain.tamper(escrow, AT.escrow.total, u64(2n * FEE - 1n));
    expect(settle(world, [[0, NET - 1n]])).toBe(6005);
    expect(settle(world, [[0, NET]])).toBe('ok');
    expect(readU64(chain.data(escrow), AT.escrow.fee)).toBe(PLATFORM_FEE - 1n);
  });

  it('reads the fee at distribution: a change after the end makes prepared amounts fail (H-18)', () => {
    world.chain.tamper(configAddress, AT.config.feeBps, le(600, 2));
    expect(settle(world, [[0, NET]])).toBe(6005);
    expect(settle(world, [[0, 188_000_000n]])).toBe('ok');
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
      settle(world, [
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
        world,
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
    expect(settle(world, twice, { toDeposits: true })).toBe('ok');
    expect(book(winner)).toEqual([1_090_000_000n, FEE]);
    expect(book(loser)).toEqual([900_000_000n, FEE]);
  });

  it('leaves in play alone where it is less than the fee (H-04)', () => {
    const [winner] = world.players;
    world.chain.tamper(depositAddress(winner), AT.deposit.inPlay, u64(FEE - 1n));
    expect(settle(world, [[0, NET]], { toDeposits: true })).toBe('ok');
    expect(book(winner)).toEqual([1_090_000_000n, FEE - 1n]);
  });

  it('refuses a winner without a deposit (6044), and a balance beyond u64 (6029)', () => {
    const [winner] = world.players;
    expect(settle(world, [[0, NET]])).toBe(6044);
    world.chain.tamper(depositAddress(winner), AT.deposit.available, u64(2n ** 64n - NET));
    expect(settle(world, [[0, NET]], { toDeposits: true })).toBe(6029);
  });
});
