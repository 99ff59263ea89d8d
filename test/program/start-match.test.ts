import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { createMatch, joinMatch, startMatch, withAccount } from './instructions.ts';
import {
  AT,
  configAddress,
  escrowAddress,
  matchAddress,
  PROGRAM_ID,
  registryAddress,
  u8,
  u64,
} from './interface.ts';
import type { World } from './world.ts';
import { MATCH_ID, newWorld, openMatch, PLATFORM, seat, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
const HANDS = 1024;

function tableOfTwo(): World {
  const world = openMatch(WALLET);
  seat(world, WALLET, 'alice');
  seat(world, WALLET, 'bob');
  return world;
}

const start = (world: World) => world.chain.run(startMatch(MATCH_ID, world.coordinator));

describe('start_match', () => {
  it('changes the phase, closes the table, clears the hands, marks the escrow funded, and nothing else', () => {
    const world = tableOfTwo();
    const { chain } = world;
    const expected = Buffer.from(chain.data(match));
    // Floor card hash, hand sizes, committed hashes: one block of 362 bytes.
    chain.tamper(match, HANDS, new Uint8Array(362).fill(7));
    chain.tamper(escrow, AT.escrow.flags, u8(0));
    expected.set(u8(1), AT.match.phase);
    expected.set(u8(2), AT.match.flags);
    const funded = Buffer.from(chain.data(escrow));
    funded.set(u8(1), AT.escrow.flags);
    const lamports = chain.lamports(escrow);
    expect(start(world)).toBe('ok');
    expect(Buffer.from(chain.data(match))).toEqual(expected);
    expect(Buffer.from(chain.data(escrow))).toEqual(funded);
    expect(chain.lamports(escrow)).toBe(lamports);
  });

  it('starts a free match without an escrow', () => {
    const { chain, coordinator } = newWorld();
    expect(chain.run(createMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    for (const userId of ['alice', 'bob']) {
      const player = chain.wallet();
      const join = joinMatch({ matchId: MATCH_ID, userId, player, withEscrow: false });
      expect(chain.run(join)).toBe('ok');
    }
    expect(chain.run(startMatch(MATCH_ID, coordinator, false))).toBe('ok');
    expect(chain.data(match)[AT.match.phase]).toBe(1);
  });

  it('is not stopped by a pause (H-11)', () => {
    const world = tableOfTwo();
    world.chain.tamper(configAddress, AT.config.isPaused, u8(1));
    expect(start(world)).toBe('ok');
  });

  it('refuses an id that only shares the address (6005), then a stranger (6006), then a second start (6001)', () => {
    const world = tableOfTwo();
    const { chain, coordinator } = world;
    const stranger = chain.wallet();
    expect(chain.run(startMatch(`${MATCH_ID.slice(0, 31)}99999`, stranger))).toBe(6005);
    expect(start(world)).toBe('ok');
    expect(chain.run(startMatch(MATCH_ID, stranger))).toBe(6006);
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe(6001);
  });

  it('refuses fewer players than the registry asks for, and more than it allows (6014)', () => {
    const world = openMatch(WALLET);
    seat(world, WALLET, 'alice');
    expect(start(world)).toBe(6014);
    seat(world, WALLET, 'bob');
    seat(world, WALLET, 'carol');
    world.chain.tamper(registryAddress, AT.registry.games + 22, u8(2));
    expect(start(world)).toBe(6014);
  });

  it('refuses a paid match without fee, escrow, binding, or exactly one fee a player (6005)', () => {
    const world = tableOfTwo();
    const { chain, coordinator } = world;
    const mended = (key: typeof match, offset: number, part: Uint8Array) => {
      const before = chain.data(key).slice(offset, offset + part.length);
      chain.tamper(key, offset, part);
      const outcome = start(world);
      chain.tamper(key, offset, before);
      return outcome;
    };
    expect(chain.run(startMatch(MATCH_ID, coordinator, false))).toBe(6005);
    expect(mended(match, AT.match.fee, u64(0n))).toBe(6005);
    expect(mended(escrow, AT.escrow.match, new Uint8Array(32))).toBe(6005);
    expect(mended(escrow, AT.escrow.total, u64(1n))).toBe(6005);
    expect(mended(match, AT.match.fee, u64(2n ** 63n))).toBe(6029);
    expect(start(world)).toBe('ok');
  });

  it('refuses a game that has vanished from the registry (6005)', () => {
    const world = tableOfTwo();
    world.chain.tamper(registryAddress, AT.registry.games, u8(9));
    expect(start(world)).toBe(6005);
  });
});

describe('the accounts of start_match', () => {
  it('must stand at their addresses (2006), be what they are taken for, and writable', () => {
    const world = tableOfTwo();
    const { chain, coordinator } = world;
    const call = startMatch(MATCH_ID, coordinator);
    [match, registryAddress, escrow].forEach((key, index) => {
      const elsewhere = Keypair.generate().publicKey;
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(3007);
      expect(chain.run(withAccount(call, index, { pubkey: configAddress }))).toBe(3002);
      chain.set(elsewhere, PROGRAM_ID, SOL, chain.data(key));
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(2006);
    });
    for (const index of [0, 2]) {
      expect(chain.run(withAccount(call, index, { isWritable: false }))).toBe(2000);
    }
  });

  it('a match of PLATFORM seats starts in the same way', () => {
    const world = openMatch(PLATFORM);
    for (const userId of ['alice', 'bob']) seat(world, PLATFORM, userId);
    expect(start(world)).toBe('ok');
  });
});
