import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { createMatch, joinMatch, registerGame, withAccount } from './instructions.ts';
import {
  AT,
  configAddress,
  depositAddress,
  escrowAddress,
  le,
  matchAddress,
  PROGRAM_ID,
  RENT,
  readU64,
  registryAddress,
  u8,
  u64,
  utf8,
} from './interface.ts';
import { CLAIM, FEE, MATCH_ID, newWorld, openMatch, PLATFORM, paid, seat, WALLET } from './world.ts';

const other = Keypair.generate().publicKey;
const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

describe('join_match out of a wallet', () => {
  it('moves the fee into the escrow and books the stake, to the byte', () => {
    const { chain } = openMatch(WALLET);
    const player = chain.wallet();
    const [matchBefore, escrowBefore] = [Buffer.from(chain.data(match)), Buffer.from(chain.data(escrow))];
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'älice', player, wallet: player }))).toBe('ok');
    matchBefore.set(utf8('älice'), AT.match.playerIds);
    matchBefore.set(u8(1), AT.match.count);
    escrowBefore.set(u64(FEE), AT.escrow.total);
    escrowBefore.set(u64(FEE), AT.escrow.stakes);
    expect(Buffer.from(chain.data(match))).toEqual(matchBefore);
    expect(Buffer.from(chain.data(escrow))).toEqual(escrowBefore);
    expect(chain.lamports(player)).toBe(10n * SOL - FEE);
    expect(chain.lamports(escrow)).toBe(RENT.escrow + FEE);
  });

  it('fills the table in order, and says so when it is full', () => {
    const world = openMatch(WALLET);
    const { chain } = world;
    const users = ['alice', 'bob', 'carol', 'u'.repeat(64)];
    users.forEach((userId, slot) => {
      seat(world, WALLET, userId);
      const data = Buffer.from(chain.data(match));
      const at = AT.match.playerIds + 64 * slot;
      expect(
        data
          .subarray(at, at + 64)
          .toString()
          .replaceAll('\0', ''),
      ).toBe(userId);
      expect(data[AT.match.count]).toBe(slot + 1);
      expect(data[AT.match.flags]).toBe(slot === 3 ? 2 : 0);
      expect(readU64(chain.data(escrow), AT.escrow.stakes + 8 * slot)).toBe(FEE);
      expect(readU64(chain.data(escrow), AT.escrow.total)).toBe(FEE * BigInt(slot + 1));
    });
    const player = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'eve', player, wallet: player }))).toBe(6000);
  });

  it('refuses a player who is short (system 1), and another wallet than the player (6005)', () => {
    const { chain } = openMatch(WALLET);
    const poor = chain.wallet(FEE / 2n);
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'u', player: poor, wallet: poor }))).toBe(1);
    const rich = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'u', player: poor, wallet: rich }))).toBe(6005);
  });

  it('refuses a join that brings only a deposit (6005)', () => {
    const world = openMatch(WALLET);
    const player = seat(world, WALLET, 'alice');
    world.chain.set(depositAddress(player), PROGRAM_ID, SOL, depositOf(world));
    const join = joinMatch({ matchId: MATCH_ID, userId: 'u', player, withDeposit: true });
    expect(world.chain.run(join)).toBe(6005);
  });
});

/** The bytes of some deposit account. */
function depositOf(world: ReturnType<typeof newWorld>): Uint8Array {
  const donor = openMatch(PLATFORM);
  const player = seat(donor, PLATFORM, 'donor');
  expect(world.chain).not.toBe(donor.chain);
  return donor.chain.data(depositAddress(player));
}

describe('join_match of any kind', () => {
  it('takes a seat in a free match without moving money or looking at the config', () => {
    const { chain, coordinator } = newWorld();
    expect(chain.run(createMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    const player = chain.wallet();
    const join = { matchId: MATCH_ID, userId: 'alice', player, withEscrow: false };
    expect(chain.run(joinMatch(join))).toBe('ok');
    expect(chain.lamports(player)).toBe(10n * SOL);
    expect(chain.data(match)[AT.match.count]).toBe(1);
  });

  it('refuses an id that only shares the address (6005)', () => {
    const { chain } = openMatch(WALLET);
    const player = chain.wallet();
    for (const matchId of [`${MATCH_ID.slice(0, 31)}99999`, MATCH_ID.slice(0, 31), `${MATCH_ID}0`]) {
      expect(chain.run(joinMatch({ matchId, userId: 'u', player, wallet: player }))).toBe(6005);
    }
  });

  it('refuses a match that has started (6001) before it looks at the table', () => {
    const world = openMatch(WALLET);
    const { chain } = world;
    for (const userId of ['a', 'b', 'c', 'd']) seat(world, WALLET, userId);
    chain.tamper(match, AT.match.phase, u8(1));
    const player = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'a', player, wallet: player }))).toBe(6001);
  });

  it('refuses a user id of more than 64 bytes (6005)', () => {
    const { chain } = openMatch(WALLET);
    const player = chain.wallet();
    const join = { matchId: MATCH_ID, userId: 'u'.repeat(65), player, wallet: player };
    expect(chain.run(joinMatch(join))).toBe(6005);
  });

  it('refuses a user id that has a seat, and an empty one, as "player not in match" (6003, H-29)', () => {
    const world = openMatch(WALLET);
    const { chain } = world;
    const alice = seat(world, WALLET, 'alice');
    for (const userId of ['alice', '']) {
      expect(chain.run(joinMatch({ matchId: MATCH_ID, userId, player: alice, wallet: alice }))).toBe(6003);
    }
    // The id is free text: one wallet may take another seat under another id (H-15).
    const again = { matchId: MATCH_ID, userId: 'alice-2', player: alice, wallet: alice };
    expect(chain.run(joinMatch(again))).toBe('ok');
  });

  it('refuses a game that has vanished from the registry as a wrong payload (6005, H-29)', () => {
    const { chain } = openMatch(WALLET);
    chain.tamper(registryAddress, AT.registry.games, u8(9));
    const player = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'u', player, wallet: player }))).toBe(6005);
  });

  it('takes ten players at most, even where the registry says more (6000)', () => {
    const world = newWorld();
    const { chain, admin } = world;
    expect(chain.run(registerGame(admin, { ...CLAIM, id: 7, max: 10 }))).toBe('ok');
    expect(chain.run(createMatch(paid(world, WALLET, { gameType: 7 })))).toBe('ok');
    chain.tamper(registryAddress, AT.registry.games + 231 + 22, u8(11));
    for (let slot = 0; slot < 10; slot += 1) seat(world, WALLET, `u${slot}`);
    const player = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'u10', player, wallet: player }))).toBe(6000);
    expect(chain.data(match)[AT.match.flags]).toBe(0);
  });

  it('refuses a full table by its flag alone, when the registry later allows more (6000)', () => {
    const world = openMatch(WALLET);
    for (const userId of ['a', 'b', 'c', 'd']) seat(world, WALLET, userId);
    world.chain.tamper(registryAddress, AT.registry.games + 22, u8(10));
    const player = world.chain.wallet();
    const join = joinMatch({ matchId: MATCH_ID, userId: 'e', player, wallet: player });
    expect(world.chain.run(join)).toBe(6000);
  });

  it('refuses a paid match without a fee, and without its escrow (6005)', () => {
    const { chain } = openMatch(WALLET);
    const player = chain.wallet();
    const join = { matchId: MATCH_ID, userId: 'u', player, wallet: player };
    expect(chain.run(joinMatch({ ...join, withEscrow: false }))).toBe(6005);
    chain.tamper(match, AT.match.fee, u64(0n));
    expect(chain.run(joinMatch(join))).toBe(6005);
  });

  it('refuses an escrow that is bound to another match (6005)', () => {
    const { chain } = openMatch(WALLET);
    chain.tamper(escrow, AT.escrow.match, other.toBytes());
    const player = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'u', player, wallet: player }))).toBe(6005);
  });

  it('refuses a paused program (6036) before an unsupported method (6044) before a missing escrow', () => {
    const { chain } = openMatch(WALLET);
    const player = chain.wallet();
    const join = joinMatch({ matchId: MATCH_ID, userId: 'u', player, withEscrow: false });
    chain.tamper(configAddress, AT.config.methods, u8(2));
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    expect(chain.run(join)).toBe(6036);
    chain.tamper(configAddress, AT.config.isPaused, u8(0));
    expect(chain.run(join)).toBe(6044);
    chain.tamper(configAddress, AT.config.methods, u8(1));
    expect(chain.run(join)).toBe(6005);
  });

  it('refuses a total beyond u64 (6029)', () => {
    const { chain } = openMatch(WALLET);
    chain.tamper(escrow, AT.escrow.total, le(2n ** 64n - FEE, 8));
    const player = chain.wallet();
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'u', player, wallet: player }))).toBe(6029);
  });
});

describe('the accounts of join_match', () => {
  it('must stand at their addresses (2006) and be what they are taken for', () => {
    const world = openMatch(PLATFORM);
    const { chain } = world;
    const player = seat(world, PLATFORM, 'alice');
    const call = joinMatch({ matchId: MATCH_ID, userId: 'bob', player, withDeposit: true, wallet: player });
    const own = [match, registryAddress, escrow, depositAddress(player), undefined, configAddress] as const;
    own.forEach((key, index) => {
      if (key === undefined) return;
      const elsewhere = Keypair.generate().publicKey;
      const missing = index === 5 ? 3012 : 3007;
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(missing);
      const another = index === 1 ? match : registryAddress;
      expect(chain.run(withAccount(call, index, { pubkey: another }))).toBe(3002);
      chain.set(elsewhere, PROGRAM_ID, SOL, chain.data(key));
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(2006);
    });
  });

  it('must be writable where the program writes (2000)', () => {
    const world = openMatch(PLATFORM);
    const player = seat(world, PLATFORM, 'alice');
    const call = joinMatch({ matchId: MATCH_ID, userId: 'bob', player, withDeposit: true, wallet: player });
    // The wallet signs and stands in the list twice: it is writable as long as one of the two places says so.
    const stranger = withAccount(call, 4, { pubkey: other });
    for (const index of [0, 2, 3]) {
      expect(world.chain.run(withAccount(call, index, { isWritable: false }))).toBe(2000);
    }
    expect(world.chain.run(withAccount(stranger, 4, { pubkey: other, isWritable: false }))).toBe(2000);
  });
});
