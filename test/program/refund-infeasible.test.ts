import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { AT, configAddress, escrowAddress, le, RENT, readU64 } from './interface.ts';
import type { Seated } from './world.ts';
import { FEE, MATCH_ID, PLATFORM, refund, seated, WALLET } from './world.ts';

const escrow = escrowAddress(MATCH_ID);
const ABANDONMENT = 1;
const INSUFFICIENT_PLAYERS = 2;

const everybody = (world: Seated) => world.players.map((_, slot) => slot);
const untouched = (world: Seated, fee = FEE) => {
  const total = fee * BigInt(world.players.length);
  expect(world.chain.lamports(escrow)).toBe(RENT.escrow + total);
  expect(readU64(world.chain.data(escrow), AT.escrow.total)).toBe(total);
};

describe('H-02: the fee of a cancellation comes on top of stakes that go back in full', () => {
  it('vector 9: an abandonment among four players of 0.1 SOL needs 410,000,000 lamports of 400,000,000, and panics', () => {
    const world = seated(WALLET, 4);
    const attempt = () => refund(world, everybody(world), { reason: ABANDONMENT, abandoned: 3 });
    expect(attempt()).toBe('ProgramFailedToComplete');
    untouched(world);
    // What is missing, and the rent that may not be touched: then it lands.
    world.chain.send(escrow, 10_000_000n);
    expect(attempt()).toBe('ok');
    expect(world.chain.lamports(world.treasury)).toBe(SOL + 110_000_000n);
    expect(world.players.map((player) => world.chain.lamports(player))).toEqual([
      10n * SOL,
      10n * SOL,
      10n * SOL,
      10n * SOL - FEE,
    ]);
    expect(world.chain.lamports(escrow)).toBe(RENT.escrow);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('a fee above the rent of the escrow panics for reason %i', (reason) => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0, 1], { reason })).toBe('ProgramFailedToComplete');
    untouched(world);
  });

  it.each([
    ['of one lamport', 40n, 1n],
    ['one lamport below the rent', 89_087_960n, 2_227_199n],
  ])('a fee %s eats into the rent of the escrow, which the runtime refuses', (_, total, due) => {
    const fee = total / 2n;
    const world = seated(WALLET, 2, { fee });
    expect((total * 250n) / 10_000n).toBe(due);
    expect(refund(world, [0, 1], { reason: INSUFFICIENT_PLAYERS })).toBe('InsufficientFundsForRent');
    untouched(world, fee);
  });

  it('a fee of exactly the rent, 2,227,200 lamports, empties the escrow and deletes it', () => {
    const world = seated(WALLET, 2, { fee: 44_544_000n });
    expect(refund(world, [0, 1], { reason: INSUFFICIENT_PLAYERS })).toBe('ok');
    const { chain, players, treasury } = world;
    expect(chain.lamports(escrow)).toBe(0n);
    expect(chain.data(escrow)).toHaveLength(0);
    expect(chain.owner(escrow)).toBeUndefined();
    expect(chain.lamports(treasury)).toBe(SOL + 2_227_200n);
    for (const player of players) expect(chain.lamports(player)).toBe(10n * SOL);
    // Nothing can be refunded or joined there any more.
    expect(refund(world, [0, 1])).toBe(3007);
  });

  it('the same holds for deposits', () => {
    const world = seated(PLATFORM, 2);
    const change = { reason: INSUFFICIENT_PLAYERS, toDeposits: true };
    expect(refund(world, [0, 1], change)).toBe('ProgramFailedToComplete');
    world.chain.send(escrow, 5_000_000n);
    expect(refund(world, [0, 1], change)).toBe('ok');
  });

  it('whoever lists only a part of the players pays the fee out of the stakes of the others', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0], { reason: INSUFFICIENT_PLAYERS })).toBe('ok');
    expect(world.chain.lamports(escrow)).toBe(RENT.escrow + FEE - 5_000_000n);
  });

  it('a fee that rounds to nothing is none: then every reason lands, without a treasury', () => {
    for (const reason of [1, 2, 3, 4, 5, 6, 7]) {
      const world = seated(WALLET, 1, { fee: 39n });
      expect(refund(world, [0], { reason, treasury: undefined })).toBe('ok');
    }
  });
});

describe('the overflow limits of the cancellation fee (section 5)', () => {
  it.each([
    [250, 73_786_976_294_838_206n],
    [500, 36_893_488_147_419_103n],
    [10_000, 1_844_674_407_370_955n],
  ])('at %i bps a total beyond its limit is refused (6029)', (bps, limit) => {
    const world = seated(WALLET, 1);
    world.chain.tamper(configAddress, AT.config.cancellationBps, le(bps, 2));
    const attempt = (total: bigint, reason: number) => {
      world.chain.tamper(escrow, AT.escrow.total, le(total, 8));
      return refund(world, [0], { reason });
    };
    expect(attempt(limit + 1n, INSUFFICIENT_PLAYERS)).toBe(6029);
    // Within the limit it is computed, and is then more than the escrow has.
    expect(attempt(limit, INSUFFICIENT_PLAYERS)).toBe('ProgramFailedToComplete');
    // Without a fee nothing is multiplied.
    expect(attempt(limit + 1n, 0)).toBe('ok');
  });
});
