import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import type { Record } from './instructions.ts';
import { anchorMatchRecord, endMatch, withAccount } from './instructions.ts';
import { AT, configAddress, escrowAddress, matchAddress, PROGRAM_ID, utf8 } from './interface.ts';
import type { World } from './world.ts';
import { endedMatch, MATCH_ID, NET, openMatch, playingMatch, settle, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const hash = (byte: number) => new Uint8Array(32).fill(byte);

const anchor = (world: World, change: Partial<Record> = {}) =>
  world.chain.run(
    anchorMatchRecord({ matchId: MATCH_ID, authority: world.coordinator, hash: hash(1), ...change }),
  );

describe('anchor_match_record', () => {
  it('overwrites hash and url of an ended match, and nothing else', () => {
    const world = playingMatch(WALLET);
    const { chain, coordinator } = world;
    const first = { hash: hash(0xaa), url: 'first'.repeat(40) };
    expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator, ...first }))).toBe('ok');
    const expected = Buffer.from(chain.data(match));
    expected.set(hash(1), AT.match.hash);
    expected.fill(0, AT.match.url, AT.match.url + 200);
    expected.set(utf8('second'), AT.match.url);
    expect(anchor(world, { url: 'second' })).toBe('ok');
    expect(Buffer.from(chain.data(match))).toEqual(expected);
    // Without a url the old one stands.
    expected.set(hash(2), AT.match.hash);
    expect(anchor(world, { hash: hash(2) })).toBe('ok');
    expect(Buffer.from(chain.data(match))).toEqual(expected);
  });

  it('as often as the authority likes, after the money was paid out too (H-17)', () => {
    const world = endedMatch(WALLET);
    expect(settle(world, [[0, NET]])).toBe('ok');
    for (const byte of [1, 2, 3, 2]) {
      expect(anchor(world, { hash: hash(byte) })).toBe('ok');
      expect(world.chain.data(match)[AT.match.hash]).toBe(byte);
    }
  });

  it('refuses a foreign id (6005), a stranger (6006), a match that has not ended (6001), in this order', () => {
    const stranger = openMatch(WALLET).chain.wallet();
    for (const world of [openMatch(WALLET), playingMatch(WALLET)]) {
      const cousin = `${MATCH_ID.slice(0, 31)}99999`;
      expect(anchor(world, { matchId: cousin, authority: stranger })).toBe(6005);
      expect(anchor(world, { authority: stranger, hash: hash(0) })).toBe(6006);
      expect(anchor(world, { hash: hash(0) })).toBe(6001);
    }
  });

  it('refuses a hash of zeros and a url of 201 bytes (6005)', () => {
    const world = endedMatch(WALLET);
    expect(anchor(world, { hash: hash(0) })).toBe(6005);
    expect(anchor(world, { url: 'u'.repeat(201) })).toBe(6005);
    expect(anchor(world, { url: '' })).toBe('ok');
  });

  it('wants the match at its address and writable, and the authority to sign', () => {
    const world = endedMatch(WALLET);
    const { chain, coordinator } = world;
    const call = anchorMatchRecord({ matchId: MATCH_ID, authority: coordinator, hash: hash(1) });
    expect(chain.run(withAccount(call, 0, { pubkey: chain.wallet() }))).toBe(3007);
    for (const other of [configAddress, escrowAddress(MATCH_ID)]) {
      expect(chain.run(withAccount(call, 0, { pubkey: other }))).toBe(3002);
    }
    const copy = chain.wallet();
    chain.set(copy, PROGRAM_ID, SOL, chain.data(match));
    expect(chain.run(withAccount(call, 0, { pubkey: copy }))).toBe(2006);
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe(2000);
    expect(chain.run(withAccount(call, 1, { isSigner: false }))).toBe(3010);
    expect(call.keys[1]?.isWritable).toBe(false);
    expect(chain.run(call)).toBe('ok');
  });
});
