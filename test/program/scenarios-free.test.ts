/** The published scenarios of free matches (interface, section 8). */

import type { PublicKey } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import {
  anchorMatchRecord,
  createMatch,
  distributePrizes,
  endMatch,
  joinMatch,
  refundEscrow,
  startMatch,
} from './instructions.ts';
import { AT, escrowAddress, matchAddress, RENT, readU64, SIZE } from './interface.ts';
import type { World } from './world.ts';
import { MATCH_ID, newWorld } from './world.ts';

const match = matchAddress(MATCH_ID);
const HASH = new Uint8Array(32).fill(0xab);

function openFree(): World {
  const world = newWorld();
  expect(world.chain.run(createMatch({ matchId: MATCH_ID, authority: world.coordinator }))).toBe('ok');
  return world;
}

function join({ chain }: World, userId: string, player: PublicKey = chain.wallet()) {
  return chain.run(joinMatch({ matchId: MATCH_ID, userId, player, withEscrow: false, withConfig: false }));
}

const start = ({ chain, coordinator }: World) => chain.run(startMatch(MATCH_ID, coordinator, false));
const end = ({ chain, coordinator }: World, record = {}) =>
  chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator, withEscrow: false, ...record }));

function playing(): World {
  const world = openFree();
  for (const userId of ['alice', 'bob']) expect(join(world, userId)).toBe('ok');
  expect(start(world)).toBe('ok');
  return world;
}

describe('a free match', () => {
  it('of CLAIM is created with defaults: no fee, no pool, no tournament, phase 0', () => {
    const { chain } = openFree();
    const data = Buffer.from(chain.data(match));
    expect(data).toHaveLength(SIZE.match);
    expect(data.subarray(8, 44).toString()).toBe(MATCH_ID);
    expect(data.subarray(58, 63).toString()).toBe('CLAIM');
    expect(data[AT.match.phase]).toBe(0);
    expect(data[AT.match.count]).toBe(0);
    expect(data.subarray(AT.match.fee).every((byte) => byte === 0)).toBe(true);
    expect(readU64(data, 736)).toBe(NOW);
  });

  it('moves no money but the rent of its creation, from the first join to the last record', () => {
    const world = openFree();
    const { chain, coordinator } = world;
    const players = [chain.wallet(SOL), chain.wallet(SOL)];
    players.forEach((player, slot) => {
      expect(join(world, `user-${slot}`, player)).toBe('ok');
    });
    expect(start(world)).toBe('ok');
    expect(end(world, { hash: HASH, url: 'https://records' })).toBe('ok');
    const again = { matchId: MATCH_ID, authority: coordinator, hash: new Uint8Array(32).fill(1) };
    expect(chain.run(anchorMatchRecord(again))).toBe('ok');
    for (const player of players) expect(chain.lamports(player)).toBe(SOL);
    expect(chain.lamports(coordinator)).toBe(10n * SOL - RENT.match);
    expect(chain.lamports(match)).toBe(RENT.match);
    expect(chain.lamports(escrowAddress(MATCH_ID))).toBe(0n);
    expect(chain.data(match)[AT.match.hash]).toBe(1);
  });

  it('starts with the minimum of players, and then takes no more (6001)', () => {
    const world = playing();
    expect(world.chain.data(match)[AT.match.phase]).toBe(1);
    expect(join(world, 'carol')).toBe(6001);
  });

  it('ends with time, hash and url', () => {
    const world = playing();
    world.chain.setTime(NOW + 3n);
    expect(end(world, { hash: HASH, url: 'https://records' })).toBe('ok');
    const data = world.chain.data(match);
    expect(data[AT.match.phase]).toBe(2);
    expect(readU64(data, 744)).toBe(NOW + 3n);
    expect(data.subarray(AT.match.hash, AT.match.hash + 32)).toEqual(HASH);
  });

  it('has no escrow to settle: both settlements are refused (3007)', () => {
    const world = playing();
    const { chain, treasury } = world;
    expect(end(world)).toBe('ok');
    const prizes = [{ index: 0, amount: 1n, to: treasury }];
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes }))).toBe(3007);
    const players = [{ index: 0, to: treasury }];
    expect(chain.run(refundEscrow({ matchId: MATCH_ID, players, treasury }))).toBe(3007);
  });

  it('made with an escrow leaves it unusable: it is bound to no match (H-25)', () => {
    const { chain, coordinator, treasury } = newWorld();
    const free = { matchId: MATCH_ID, authority: coordinator, withEscrow: true };
    expect(chain.run(createMatch(free))).toBe('ok');
    const prizes = [{ index: 0, amount: 1n, to: treasury }];
    // Its stored bump is 0, so that not even its address is right.
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes }))).toBe(2006);
    const players = [{ index: 0, to: treasury }];
    expect(chain.run(refundEscrow({ matchId: MATCH_ID, players, treasury }))).toBe(2006);
  });
});

describe('what fails in a free match', () => {
  it('an unknown game, and an id that is no 36 characters (6005)', () => {
    const { chain, coordinator } = newWorld();
    const create = (matchId: string, gameType: number) =>
      chain.run(createMatch({ matchId, authority: coordinator, gameType }));
    expect(create(MATCH_ID, 99)).toBe(6005);
    expect(create(MATCH_ID.slice(1), 0)).toBe(6005);
    expect(create('', 0)).toBe(6005);
  });

  it('a seat at a full table (6000)', () => {
    const world = openFree();
    for (const userId of ['a', 'b', 'c', 'd']) expect(join(world, userId)).toBe('ok');
    expect(join(world, 'e')).toBe(6000);
  });

  it('a start with one player (6014), and a second start (6001)', () => {
    const world = openFree();
    expect(join(world, 'alice')).toBe('ok');
    expect(start(world)).toBe(6014);
    expect(join(world, 'bob')).toBe('ok');
    expect(start(world)).toBe('ok');
    expect(start(world)).toBe(6001);
  });

  it('an end before the start (6001), by a stranger (6006), and a second one (6009)', () => {
    const open = openFree();
    expect(end(open)).toBe(6001);
    const world = playing();
    expect(end({ ...world, coordinator: world.chain.wallet() })).toBe(6006);
    expect(end(world)).toBe('ok');
    expect(end(world)).toBe(6009);
  });
});

describe('H-15: a user id is free text, and bound to no wallet', () => {
  it('one wallet takes three seats, and the id of somebody who comes later (6003)', () => {
    const world = openFree();
    const squatter = world.chain.wallet();
    for (const userId of ['one', 'two', 'alice']) expect(join(world, userId, squatter)).toBe('ok');
    expect(join(world, 'alice')).toBe(6003);
  });
});

describe('many matches', () => {
  it('thirty are created, one after the other, each at an address of its own', () => {
    const { chain, coordinator } = newWorld();
    const ids = Array.from({ length: 30 }, (_, n) => `${String(n).padStart(8, '0')}${MATCH_ID.slice(8)}`);
    for (const matchId of ids) {
      expect(chain.run(createMatch({ matchId, authority: coordinator }))).toBe('ok');
    }
    expect(new Set(ids.map((id) => matchAddress(id).toBase58()))).toHaveLength(30);
  });
});
