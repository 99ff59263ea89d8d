import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { createMatch, distributePrizes, endMatch, startMatch } from './instructions.ts';
import { AT, depositAddress, escrowAddress, matchAddress, RENT, readU64, u8 } from './interface.ts';
import { FEE, MATCH_ID, PLATFORM, paid, playingMatch, refund, seat, seated, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

describe('H-06: a refund of a part leaves the others stuck', () => {
  it('their stakes stay, but the total is 0, so that a later refund is refused (6029)', () => {
    const world = seated(WALLET, 3);
    expect(refund(world, [0])).toBe('ok');
    const data = world.chain.data(escrow);
    expect(readU64(data, AT.escrow.total)).toBe(0n);
    expect([0, 1, 2].map((slot) => readU64(data, AT.escrow.stakes + 8 * slot))).toEqual([0n, FEE, FEE]);
    expect(refund(world, [1])).toBe(6029);
    expect(world.chain.lamports(escrow)).toBe(RENT.escrow + 2n * FEE);
  });

  it('until a new join raises the total again, for one of them', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0])).toBe('ok');
    seat(world, WALLET, 'carol');
    expect(refund(world, [1])).toBe('ok');
    expect(world.chain.lamports(escrow)).toBe(RENT.escrow + FEE);
  });
});

describe('H-07: a refund leaves the match open', () => {
  it('a player who joins after it can be refunded; the match can never start (6005)', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0, 1])).toBe('ok');
    const late = seat(world, WALLET, 'carol');
    expect(readU64(world.chain.data(escrow), AT.escrow.total)).toBe(FEE);
    expect(world.chain.run(startMatch(MATCH_ID, world.coordinator))).toBe(6005);
    const players = [...world.players, late];
    expect(refund({ ...world, players }, [2])).toBe('ok');
    expect(world.chain.lamports(late)).toBe(10n * SOL);
  });

  it('without such a join it cannot start either: the total is 0 (6005)', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0, 1])).toBe('ok');
    expect(world.chain.run(startMatch(MATCH_ID, world.coordinator))).toBe(6005);
  });

  it('a match cancelled while it was played still ends, and is then refundable, not payable (H-08)', () => {
    const world = playingMatch(WALLET);
    const { chain, coordinator, treasury } = world;
    expect(refund(world, [0])).toBe('ok');
    expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    expect(chain.data(escrow)[AT.escrow.flags]).toBe(5);
    const prizes = [{ index: 0, amount: 1n, to: treasury }];
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes }))).toBe(6005);
    // `cancelled` stands in for the phase (6043 otherwise); the total is gone (H-06).
    expect(refund(world, [1])).toBe(6029);
  });

  it('the id stays taken: its escrow is never closed (H-21)', () => {
    const world = seated(WALLET, 1);
    expect(refund(world, [0])).toBe('ok');
    expect(world.chain.run(createMatch(paid(world, WALLET)))).toBe(0);
    expect(world.chain.data(escrow)).toHaveLength(192);
  });
});

describe('H-23: the last call names reason and forfeiter', () => {
  it('whoever lists only the one who forfeited relabels the escrow, and moves nothing', () => {
    const world = seated(WALLET, 2);
    world.chain.send(escrow, 5_000_000n);
    expect(refund(world, [0, 1], { reason: 1, abandoned: 1 })).toBe('ok');
    const label = () => [...world.chain.data(escrow).subarray(AT.escrow.flags, AT.escrow.abandoned + 1)];
    expect(label()).toEqual([0x0d, 1]);
    const held = [escrow, ...world.players, world.treasury].map((key) => world.chain.lamports(key));
    expect(refund(world, [0], { reason: 3, abandoned: 0, treasury: undefined })).toBe('ok');
    expect(label()).toEqual([0x1d, 0]);
    expect(refund(world, [1, 1], { reason: 4, abandoned: 1, treasury: undefined })).toBe('ok');
    expect(label()).toEqual([0x25, 1]);
    expect([escrow, ...world.players, world.treasury].map((key) => world.chain.lamports(key))).toEqual(held);
  });

  it('the reserved bits of the status byte survive', () => {
    const world = seated(WALLET, 1);
    world.chain.tamper(escrow, AT.escrow.flags, u8(0xc0 | 0x38));
    expect(refund(world, [0])).toBe('ok');
    expect(world.chain.data(escrow)[AT.escrow.flags]).toBe(0xc4);
  });
});

describe('H-24: an abandoned player who is not listed', () => {
  it('loses the stake to the treasury, while the books still show it', () => {
    const world = seated(WALLET, 3);
    world.chain.send(escrow, 7_500_000n);
    expect(refund(world, [0, 1], { reason: 1, abandoned: 2 })).toBe('ok');
    expect(world.chain.lamports(world.treasury)).toBe(SOL + FEE + 7_500_000n);
    expect(readU64(world.chain.data(escrow), AT.escrow.stakes + 16)).toBe(FEE);
    expect(world.chain.lamports(escrow)).toBe(RENT.escrow);
  });

  it('can so be charged again, if there is money: the forfeit is read from the books at every call', () => {
    const world = seated(WALLET, 2);
    world.chain.send(escrow, SOL);
    const label = { reason: 1, abandoned: 1 };
    expect(refund(world, [0], label)).toBe('ok');
    const late = seat(world, WALLET, 'carol');
    expect(refund({ ...world, players: [...world.players, late] }, [2], label)).toBe('ok');
    const fees = 5_000_000n + 2_500_000n;
    expect(world.chain.lamports(world.treasury)).toBe(SOL + 2n * FEE + fees);
  });
});

describe('H-04: what a forfeiter had in play stays in play', () => {
  it('the deposit of the one who forfeits is not touched at all', () => {
    const world = seated(PLATFORM, 2);
    world.chain.send(escrow, 5_000_000n);
    const forfeiter = depositAddress(world.players[1] ?? world.treasury);
    const before = Buffer.from(world.chain.data(forfeiter));
    expect(readU64(before, AT.deposit.inPlay)).toBe(FEE);
    expect(refund(world, [0, 1], { reason: 1, abandoned: 1, toDeposits: true })).toBe('ok');
    expect(Buffer.from(world.chain.data(forfeiter))).toEqual(before);
    expect(world.chain.data(match)[AT.match.phase]).toBe(0);
  });
});
