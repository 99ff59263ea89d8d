import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import type { End } from './instructions.ts';
import { createMatch, endMatch, joinMatch, startMatch, withAccount } from './instructions.ts';
import { AT, configAddress, escrowAddress, matchAddress, PROGRAM_ID, u8, u64, utf8 } from './interface.ts';
import type { World } from './world.ts';
import { MATCH_ID, newWorld, openMatch, playingMatch, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
const HASH = new Uint8Array(32).fill(0xab);

const end = (world: World, change: Partial<End> = {}) =>
  world.chain.run(endMatch({ matchId: MATCH_ID, authority: world.coordinator, ...change }));

describe('end_match', () => {
  it('stores phase, time, hash and url, and moves no money', () => {
    const world = playingMatch(WALLET);
    const { chain } = world;
    const url = 'u'.repeat(200);
    const expected = Buffer.from(chain.data(match));
    expected.set(u8(2), AT.match.phase);
    expected.set(u64(NOW + 60n), 744);
    expected.set(HASH, AT.match.hash);
    expected.set(utf8(url), AT.match.url);
    const [held, data] = [chain.lamports(escrow), Buffer.from(chain.data(escrow))];
    chain.setTime(NOW + 60n);
    expect(end(world, { hash: HASH, url })).toBe('ok');
    expect(Buffer.from(chain.data(match))).toEqual(expected);
    expect(chain.lamports(escrow)).toBe(held);
    expect(Buffer.from(chain.data(escrow))).toEqual(data);
  });

  it('leaves hash and url alone if they are not given', () => {
    const world = playingMatch(WALLET);
    expect(end(world)).toBe('ok');
    const record = world.chain.data(match).subarray(AT.match.hash, 984);
    expect(record.every((byte) => byte === 0)).toBe(true);
  });

  it('ends a free match without an escrow', () => {
    const { chain, coordinator } = newWorld();
    expect(chain.run(createMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    for (const userId of ['alice', 'bob']) {
      const join = joinMatch({ matchId: MATCH_ID, userId, player: chain.wallet(), withEscrow: false });
      expect(chain.run(join)).toBe('ok');
    }
    expect(chain.run(startMatch(MATCH_ID, coordinator, false))).toBe('ok');
    const free = { matchId: MATCH_ID, authority: coordinator, withEscrow: false };
    expect(chain.run(endMatch(free))).toBe('ok');
  });

  it('refuses an id that only shares the address (6005), then a stranger (6006)', () => {
    const world = playingMatch(WALLET);
    const stranger = world.chain.wallet();
    expect(end(world, { matchId: `${MATCH_ID.slice(0, 31)}99999`, authority: stranger })).toBe(6005);
    expect(end(world, { authority: stranger })).toBe(6006);
  });

  it('refuses a match that has not started (6001), or has ended (6009)', () => {
    expect(end(openMatch(WALLET))).toBe(6001);
    const world = playingMatch(WALLET);
    expect(end(world)).toBe('ok');
    expect(end(world)).toBe(6009);
  });

  it('refuses a paid match without escrow or binding (6005), unfunded (6041), or distributed (6040)', () => {
    const world = playingMatch(WALLET);
    const { chain } = world;
    expect(end(world, { withEscrow: false })).toBe(6005);
    chain.tamper(escrow, AT.escrow.flags, u8(0));
    expect(end(world)).toBe(6041);
    chain.tamper(escrow, AT.escrow.flags, u8(2));
    expect(end(world)).toBe(6041);
    chain.tamper(escrow, AT.escrow.flags, u8(3));
    expect(end(world)).toBe(6040);
    chain.tamper(escrow, AT.escrow.match, new Uint8Array(32));
    expect(end(world)).toBe(6005);
  });

  it('accepts a cancelled escrow (H-08)', () => {
    const world = playingMatch(WALLET);
    world.chain.tamper(escrow, AT.escrow.flags, u8(5));
    expect(end(world)).toBe('ok');
  });

  it('refuses an all-zero hash and a url of 201 bytes (6005)', () => {
    const world = playingMatch(WALLET);
    expect(end(world, { hash: new Uint8Array(32) })).toBe(6005);
    expect(end(world, { url: 'u'.repeat(201) })).toBe(6005);
    expect(end(world, { url: '' })).toBe('ok');
  });

  it('is not stopped by a pause (H-11)', () => {
    const world = playingMatch(WALLET);
    world.chain.tamper(configAddress, AT.config.isPaused, u8(1));
    expect(end(world)).toBe('ok');
  });
});

describe('the accounts of end_match', () => {
  it('must stand at their addresses (2006) and be what they are taken for; only the match must be writable', () => {
    const world = playingMatch(WALLET);
    const { chain, coordinator } = world;
    const call = endMatch({ matchId: MATCH_ID, authority: coordinator });
    [match, escrow].forEach((key, index) => {
      const elsewhere = Keypair.generate().publicKey;
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(3007);
      expect(chain.run(withAccount(call, index, { pubkey: configAddress }))).toBe(3002);
      chain.set(elsewhere, PROGRAM_ID, SOL, chain.data(key));
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(2006);
    });
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe(2000);
    expect(call.keys[1]?.isWritable).toBe(false);
    expect(chain.run(call)).toBe('ok');
  });
});
