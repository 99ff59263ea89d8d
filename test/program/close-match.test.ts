import { describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import { closeMatchAccount, createMatch, withAccount } from './instructions.ts';
import {
  AT,
  configAddress,
  escrowAddress,
  matchAddress,
  PROGRAM_ID,
  RENT,
  readU64,
  SYSTEM_PROGRAM,
} from './interface.ts';
import {
  endedMatch,
  FEE,
  MATCH_ID,
  NET,
  openMatch,
  paid,
  playingMatch,
  refund,
  settle,
  WALLET,
} from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

describe('close_match_account', () => {
  it('gives every lamport of the match to the closer, and deletes it', () => {
    const world = endedMatch(WALLET);
    const { chain, coordinator } = world;
    chain.send(match, 123n);
    const before = chain.lamports(coordinator);
    expect(chain.run(closeMatchAccount(MATCH_ID, coordinator))).toBe('ok');
    expect(chain.lamports(coordinator)).toBe(before + RENT.match + 123n);
    expect(chain.lamports(match)).toBe(0n);
    expect(chain.owner(match)).toBeUndefined();
    expect(chain.logs[1]).toBe('Program log: Instruction: CloseMatchAccount');
  });

  it('refuses a foreign id (6005), a match that has not ended (6001), and one that is closed (3007)', () => {
    for (const world of [openMatch(WALLET), playingMatch(WALLET)]) {
      const closer = world.coordinator;
      expect(world.chain.run(closeMatchAccount(`${MATCH_ID.slice(0, 31)}99999`, closer))).toBe(6005);
      expect(world.chain.run(closeMatchAccount(MATCH_ID, closer))).toBe(6001);
    }
    const { chain, coordinator } = endedMatch(WALLET);
    expect(chain.run(closeMatchAccount(MATCH_ID, coordinator))).toBe('ok');
    expect(chain.run(closeMatchAccount(MATCH_ID, coordinator))).toBe(3007);
  });

  it('wants the match at its address and writable, and a closer who signs and can be paid', () => {
    const { chain, coordinator } = endedMatch(WALLET);
    const call = closeMatchAccount(MATCH_ID, coordinator);
    expect(chain.run(withAccount(call, 0, { pubkey: configAddress }))).toBe(3002);
    const copy = chain.wallet();
    chain.set(copy, PROGRAM_ID, SOL, chain.data(match));
    expect(chain.run(withAccount(call, 0, { pubkey: copy }))).toBe(2006);
    expect(chain.run(withAccount(call, 1, { isSigner: false }))).toBe(3010);
    for (const index of [0, 1]) {
      expect(chain.run(withAccount(call, index, { isWritable: false }))).toBe(2000);
    }
    // The framework does not close an account into itself (2011).
    expect(chain.run(withAccount(call, 1, { pubkey: match }))).toBe(2011);
  });
});

describe('H-13: any signer closes any ended match', () => {
  it('a stranger takes the rent while the escrow is unsettled; then nobody can pay out or refund (3007)', () => {
    const world = endedMatch(WALLET);
    const { chain } = world;
    const stranger = chain.wallet();
    expect(chain.run(closeMatchAccount(MATCH_ID, stranger))).toBe('ok');
    expect(chain.lamports(stranger)).toBe(10n * SOL + RENT.match);
    expect(settle(world, [[0, NET]])).toBe(3007);
    expect(refund(world, [0, 1])).toBe(3007);
    expect(chain.lamports(escrow)).toBe(RENT.escrow + 2n * FEE);
  });

  it('the id can be created again, free; but not paid, since its escrow is still there (6005)', () => {
    const world = endedMatch(WALLET);
    const { chain, coordinator } = world;
    expect(chain.run(closeMatchAccount(MATCH_ID, coordinator))).toBe('ok');
    expect(chain.run(createMatch(paid(world, WALLET)))).toBe(6005);
    chain.setTime(NOW + 100n);
    expect(chain.run(createMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    const data = chain.data(match);
    expect(data[AT.match.phase]).toBe(0);
    expect(readU64(data, 736)).toBe(NOW + 100n);
    expect(readU64(chain.data(escrow), AT.escrow.total)).toBe(2n * FEE);
  });

  it('so can an id with the same first 31 characters (H-14), even in the same transaction', () => {
    const { chain, coordinator } = endedMatch(WALLET);
    const cousin = `${MATCH_ID.slice(0, 31)}99999`;
    const again = createMatch({ matchId: cousin, authority: coordinator });
    expect(chain.run(again)).toBe(0);
    expect(chain.run(closeMatchAccount(MATCH_ID, coordinator), again)).toBe('ok');
    expect(Buffer.from(chain.data(match).subarray(8, 44)).toString()).toBe(cousin);
    expect(chain.lamports(match)).toBe(RENT.match);
    expect(chain.owner(match)).not.toBe(SYSTEM_PROGRAM.toBase58());
  });
});
