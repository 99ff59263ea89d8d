import { beforeEach, describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import type { GameChange } from './instructions.ts';
import { createMatch, joinMatch, registerGame, startMatch, updateGame, withAccount } from './instructions.ts';
import { AT, configAddress, PROGRAM_ID, registryAddress, u8, u64, utf8 } from './interface.ts';
import type { World } from './world.ts';
import { CLAIM, MATCH_ID, newWorld, paid, seat, seated, WALLET } from './world.ts';

const SECOND = { ...CLAIM, id: 7, name: 'SECOND' };
/** Where the entry of SECOND begins. */
const ENTRY = AT.registry.games + 231;
let world: World;
beforeEach(() => {
  world = newWorld();
  expect(world.chain.run(registerGame(world.admin, SECOND))).toBe('ok');
});

const update = (change: GameChange, id = SECOND.id) => world.chain.run(updateGame(world.admin, id, change));
const registry = () => Buffer.from(world.chain.data(registryAddress));

describe('update_game', () => {
  it('writes every field that is given into the entry, stamps the registry, and nothing else', () => {
    const expected = registry();
    const padded = (text: string, size: number) => Buffer.concat([utf8(text), new Uint8Array(size)]);
    expected.set(padded('n', 20).subarray(0, 20), ENTRY + 1);
    expected.set(u8(3), ENTRY + 21);
    expected.set(u8(10), ENTRY + 22);
    expected.set(padded('u', 200).subarray(0, 200), ENTRY + 23);
    expected.set(u8(255), ENTRY + 223);
    expected.set(u8(0), ENTRY + 224);
    expected.set(u64(NOW + 5n), AT.registry.updated);
    world.chain.setTime(NOW + 5n);
    expect(update({ name: 'n', min: 3, max: 10, url: 'u', version: 255, enabled: false })).toBe('ok');
    expect(registry()).toEqual(expected);
  });

  it('leaves alone what is not given', () => {
    const before = registry();
    expect(update({})).toBe('ok');
    expect(registry()).toEqual(before);
  });

  it('refuses a stranger (6006), then an id that is not registered (6005)', () => {
    const { chain } = world;
    expect(chain.run(updateGame(chain.wallet(), 99, {}))).toBe(6006);
    expect(update({}, 99)).toBe(6005);
    // Entries beyond the count are not there.
    chain.tamper(registryAddress, AT.registry.count, u8(1));
    expect(update({})).toBe(6005);
  });

  it.each([
    ['an empty name', { name: '' }],
    ['a name of 21 bytes', { name: 'n'.repeat(21) }],
    ['an empty url', { url: '' }],
    ['a url of 201 bytes', { url: 'u'.repeat(201) }],
    ['no players', { min: 0 }],
    ['a minimum above the maximum', { min: 5 }],
    ['a maximum below the minimum', { max: 1 }],
    ['a maximum below the new minimum', { min: 4, max: 3 }],
    ['eleven players', { max: 11 }],
  ])('refuses %s (6005), and changes nothing', (_, change) => {
    const before = registry();
    expect(update({ version: 9, ...change })).toBe(6005);
    expect(registry()).toEqual(before);
  });

  it('holds the minimum against the old maximum: raising both above it takes two calls', () => {
    expect(update({ min: 5, max: 6 })).toBe(6005);
    expect(update({ max: 6 })).toBe('ok');
    expect(update({ min: 5 })).toBe('ok');
  });

  it('disables a game for new matches; the open ones go on', () => {
    const open = seated(WALLET, 1);
    const { chain, admin, coordinator } = open;
    expect(chain.run(updateGame(admin, CLAIM.id, { enabled: false }))).toBe('ok');
    const other = '0'.repeat(36);
    expect(chain.run(createMatch(paid(open, WALLET, { matchId: other })))).toBe(6005);
    seat(open, WALLET, 'bob');
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe('ok');
  });

  it('changes the limits of matches that are open already', () => {
    const open = seated(WALLET, 2);
    const { chain, admin, coordinator } = open;
    expect(chain.run(updateGame(admin, CLAIM.id, { max: 2 }))).toBe('ok');
    const player = chain.wallet();
    const join = joinMatch({ matchId: MATCH_ID, userId: 'carol', player, wallet: player });
    expect(chain.run(join)).toBe(6000);
    expect(chain.run(updateGame(admin, CLAIM.id, { max: 4 }))).toBe('ok');
    expect(chain.run(updateGame(admin, CLAIM.id, { min: 3 }))).toBe('ok');
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe(6014);
    expect(chain.run(join)).toBe('ok');
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe('ok');
  });
});

describe('the accounts of update_game', () => {
  it('must be what they are taken for, at their addresses, signed and writable', () => {
    const { chain, admin } = world;
    const call = updateGame(admin, SECOND.id, { version: 2 });
    expect(chain.run(withAccount(call, 0, { pubkey: chain.wallet() }))).toBe(3007);
    expect(chain.run(withAccount(call, 0, { pubkey: configAddress }))).toBe(3002);
    const copy = chain.wallet();
    chain.set(copy, PROGRAM_ID, SOL, chain.data(registryAddress));
    expect(chain.run(withAccount(call, 0, { pubkey: copy }))).toBe(2006);
    expect(chain.run(withAccount(call, 1, { isSigner: false }))).toBe(3010);
    for (const index of [0, 1]) {
      expect(chain.run(withAccount(call, index, { isWritable: false }))).toBe(2000);
    }
    expect(chain.run(call)).toBe('ok');
  });
});
