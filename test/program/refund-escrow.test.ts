import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { AT, depositAddress, escrowAddress, matchAddress, RENT, readU64, u8, u64 } from './interface.ts';
import { FEE, MATCH_ID, PLATFORM, playingMatch, refund, seated, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

describe('refund_escrow for a fault of the platform', () => {
  it('pays every stake back to the wallets, and closes the books of the escrow to the byte', () => {
    const world = seated(WALLET, 2);
    const { chain, players, treasury } = world;
    const expected = Buffer.from(chain.data(escrow));
    expected.set(u64(0n), AT.escrow.total);
    expected.set(new Uint8Array(16), AT.escrow.stakes);
    expected.set(u8(0x05), AT.escrow.flags);
    const matchBefore = Buffer.from(chain.data(match));
    expect(refund(world, [0, 1], { treasury: undefined })).toBe('ok');
    expect(Buffer.from(chain.data(escrow))).toEqual(expected);
    expect(Buffer.from(chain.data(match))).toEqual(matchBefore);
    for (const player of players) expect(chain.lamports(player)).toBe(10n * SOL);
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
    expect(chain.lamports(treasury)).toBe(SOL);
  });

  it('pays into deposits, and books from in play to available', () => {
    const world = seated(PLATFORM, 2);
    const { chain, players } = world;
    expect(refund(world, [1, 0], { toDeposits: true })).toBe('ok');
    for (const player of players) {
      const data = chain.data(depositAddress(player));
      expect(readU64(data, AT.deposit.available)).toBe(SOL);
      expect(readU64(data, AT.deposit.inPlay)).toBe(0n);
      expect(readU64(data, AT.deposit.total)).toBe(SOL);
      expect(chain.lamports(depositAddress(player))).toBe(RENT.deposit + SOL);
    }
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
  });

  it('is possible for one player who waits alone: the escrow is not funded then, and stays so', () => {
    const world = seated(WALLET, 1);
    expect(refund(world, [0])).toBe('ok');
    expect(world.chain.data(escrow)[AT.escrow.flags]).toBe(0x04);
  });

  it('binds each payee to a position of the list, not to a slot', () => {
    const world = seated(WALLET, 2);
    const [first, second] = [world.chain.wallet(), world.chain.wallet()];
    world.chain.tamper(escrow, AT.escrow.stakes, u64(FEE - 7n));
    const players = [
      { index: 1, to: first },
      { index: 0, to: second },
    ];
    expect(refund(world, [], { players })).toBe('ok');
    expect(world.chain.lamports(first)).toBe(10n * SOL + FEE);
    expect(world.chain.lamports(second)).toBe(10n * SOL + FEE - 7n);
  });

  it('refunds the abandoned player like the others, and stores who it was', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0, 1], { abandoned: 1 })).toBe('ok');
    const { chain, players } = world;
    for (const player of players) expect(chain.lamports(player)).toBe(10n * SOL);
    expect(chain.data(escrow)[AT.escrow.abandoned]).toBe(1);
  });

  it('works while the match is played, and leaves its phase alone', () => {
    const world = playingMatch(WALLET);
    expect(refund(world, [0, 1])).toBe('ok');
    expect(world.chain.data(match)[AT.match.phase]).toBe(1);
  });

  it('the name of the instruction is the first line of its log; no inner instruction follows', () => {
    const world = seated(WALLET, 1);
    expect(refund(world, [0])).toBe('ok');
    expect(world.chain.logs[1]).toBe('Program log: Instruction: RefundEscrow');
    expect(world.chain.logs.some((line) => line.includes('invoke [2]'))).toBe(false);
  });
});

describe('refund_escrow with money left over in the escrow', () => {
  /** Somebody tops the escrow up: only then can a fee be paid (H-02). */
  function toppedUp(method: number, count: number, lamports: bigint) {
    const world = seated(method, count);
    world.chain.send(escrow, lamports);
    return world;
  }

  it.each([2, 5, 6, 7])('reason %i refunds everybody, the abandoned one too, and takes the fee', (reason) => {
    const fee = 5_000_000n;
    const world = toppedUp(WALLET, 2, fee);
    expect(refund(world, [0, 1], { reason, abandoned: 1 })).toBe('ok');
    const { chain, players, treasury } = world;
    for (const player of players) expect(chain.lamports(player)).toBe(10n * SOL);
    expect(chain.lamports(treasury)).toBe(SOL + fee);
    expect(chain.data(escrow)[AT.escrow.flags]).toBe(5 | (reason << 3));
    expect(readU64(chain.data(escrow), AT.escrow.due)).toBe(fee);
  });

  it.each([1, 3, 4])('reason %i gives the stake of the abandoned player to the treasury', (reason) => {
    const fee = 7_500_000n;
    const world = toppedUp(WALLET, 3, fee);
    expect(refund(world, [0, 1, 2], { reason, abandoned: 1 })).toBe('ok');
    const { chain, players, treasury } = world;
    expect(players.map((player) => chain.lamports(player))).toEqual([10n * SOL, 10n * SOL - FEE, 10n * SOL]);
    expect(chain.lamports(treasury)).toBe(SOL + fee + FEE);
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
    expect(chain.data(escrow)[AT.escrow.flags]).toBe(5 | (reason << 3));
    expect(readU64(chain.data(escrow), AT.escrow.stakes + 8)).toBe(0n);
  });

  it.each([1, 3, 4])(
    'reason %i without an abandoned player refunds everybody and takes the fee',
    (reason) => {
      const world = toppedUp(WALLET, 2, 5_000_000n);
      expect(refund(world, [0, 1], { reason })).toBe('ok');
      expect(world.chain.lamports(world.treasury)).toBe(SOL + 5_000_000n);
      expect(world.chain.data(escrow)[AT.escrow.abandoned]).toBe(255);
    },
  );

  it('the fee is floored, and the fee of a distribution is not touched', () => {
    const world = toppedUp(WALLET, 2, 5_000_000n);
    world.chain.tamper(escrow, AT.escrow.total, u64(2n * FEE + 39n));
    expect(refund(world, [0, 1], { reason: 2 })).toBe('ok');
    expect(readU64(world.chain.data(escrow), AT.escrow.due)).toBe(5_000_000n);
    expect(readU64(world.chain.data(escrow), AT.escrow.fee)).toBe(0n);
  });

  it('due only grows, though it is paid at once (H-19)', () => {
    const world = toppedUp(WALLET, 2, 5_000_000n);
    world.chain.tamper(escrow, AT.escrow.due, u64(11n));
    expect(refund(world, [0, 1], { reason: 2 })).toBe('ok');
    expect(readU64(world.chain.data(escrow), AT.escrow.due)).toBe(5_000_011n);
  });

  it('compares the treasury with nothing (H-05), and asks nobody for a signature (H-01)', () => {
    const world = toppedUp(WALLET, 1, 2_500_000n);
    const thief = world.chain.wallet();
    const players = [{ index: 0, to: thief }];
    expect(refund(world, [], { reason: 2, players, treasury: thief })).toBe('ok');
    expect(world.chain.lamports(thief)).toBe(10n * SOL + FEE + 2_500_000n);
  });
});
