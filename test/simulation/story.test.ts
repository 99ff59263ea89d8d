/**
 * The story of the first slice under a virtual clock: two funded players, one paid match, Solana away in the middle.
 * The same story on real workerd and a real network is `test/e2e`.
 */
import { describe, expect, it } from 'vitest';
import { decodeInstruction, decodeUserDeposit, journalHash } from '../../core/index.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { clientKey, matchId, type Weather, World } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = '100000000';
const WATCHER = { userId: null, role: 'operator' } as const;

interface Story {
  readonly world: World;
  readonly id: string;
  readonly view: () => Promise<MatchView>;
}

async function opened(): Promise<Story> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await world.fund('bob', SOL);
  const id = matchId();
  const view = async (): Promise<MatchView> => {
    const seen = await world.match(id).view(WATCHER);
    if (seen === null) throw new Error('no such match');
    return seen;
  };
  return { world, id, view };
}

async function create({ world, id }: Story): Promise<void> {
  const request = { clientKey: clientKey(), matchId: id, gameType: 0, seed: '1', entryFee: FEE, paymentMethod: 1 as const };
  expect(await world.match(id).create(world.caller('alice'), request)).toMatchObject({ status: 201 });
}

function join({ world, id }: Story, user: string, key = clientKey()) {
  return world.match(id).join(world.caller(user), { clientKey: key, entryFee: FEE, paymentMethod: 1 });
}

function start({ world, id }: Story) {
  return world.match(id).start(world.caller('alice'), { clientKey: clientKey() });
}

function end({ world, id }: Story) {
  return world.match(id).end(world.caller('alice'), { clientKey: clientKey(), result: [{ userId: 'bob', shareBps: 10_000 }] });
}

async function seatsFinal(story: Story, seats: number): Promise<void> {
  const done = async (): Promise<boolean> => {
    const { seats: seen } = await story.view();
    return seen.length === seats && seen.every((seat) => seat.state === 'final');
  };
  await story.world.until(done, `${seats} final seats`);
}

async function onChain(world: World, user: string): Promise<bigint> {
  const pda = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  const { accounts } = await world.port.accounts([pda]);
  return decodeUserDeposit(accounts[0]?.data ?? new Uint8Array()).available;
}

/** Join instructions that took effect on the deposit of `user`, by the chain's own history. */
async function joinsOf(world: World, user: string): Promise<number> {
  const pda = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  let joins = 0;
  for (const entry of await world.port.history(pda, null)) {
    const observed = entry.failed ? null : await world.port.transaction(entry.signature, 'finalized');
    for (const instruction of observed?.instructions ?? []) {
      if (instruction.programId === world.port.programId && decodeInstruction(instruction.data).kind === 'join_match') joins += 1;
    }
  }
  return joins;
}

/** What must be true at the end of every run, whatever the weather was. */
async function settledExactly(story: Story): Promise<void> {
  const { world, id, view } = story;
  await world.until(async () => (await view()).money === 'settled', 'settled');
  await world.until(async () => (await view()).link === 'online', 'online');
  await world.advance(5_000);
  expect(await onChain(world, 'alice')).toBe(900_000_000n);
  expect(await onChain(world, 'bob')).toBe(1_090_000_000n);
  for (const [user, available] of [['alice', '900000000'], ['bob', '1090000000']] as const) {
    const deposit = await world.deposit(user);
    expect((await deposit.view())?.balances).toEqual({ available, held: '0', withdrawing: '0', suspense: '0' });
    expect(deposit.recomputed()).toEqual((await deposit.view())?.balances);
    expect(await joinsOf(world, user)).toBe(1);
  }
  expect(await verified(world, id)).toBe(true);
  expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
}

async function verified(world: World, id: string): Promise<boolean> {
  const { genesis, entries, head } = await world.match(id).journal(1, 500);
  let expected = genesis;
  for (const { entry, hash } of entries) {
    expected = journalHash(expected, entry);
    if (expected !== hash) return false;
  }
  return expected === head && entries.every(({ seq }, index) => seq === index + 1);
}

interface Outage {
  readonly name: string;
  begin(world: World): void;
  finish(world: World): void;
}

const erring: Weather = (method) => (method.startsWith('get') || method === 'sendTransaction' ? 'http-500' : 'fine');

const outages: readonly Outage[] = [
  { name: 'the chain stands still', begin: (world) => world.chain.freeze(), finish: (world) => world.chain.thaw() },
  { name: 'every provider errs', begin: (world) => setWeather(world, erring), finish: (world) => setWeather(world, () => 'fine') },
  { name: 'every provider answers with a web page', begin: (world) => setWeather(world, () => 'html'), finish: (world) => setWeather(world, () => 'fine') },
];

function setWeather(world: World, weather: Weather): void {
  world.weather = weather;
}

describe('a paid match', () => {
  it('is created, played and settled to the lamport while the chain is well', async () => {
    const story = await opened();
    await create(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await seatsFinal(story, 2);
    expect(await start(story)).toMatchObject({ status: 200 });
    expect(await end(story)).toMatchObject({ status: 200 });
    await settledExactly(story);
  });

  it.each(outages)('goes on while $name, and is settled to the lamport after it', async ({ begin, finish }) => {
    const story = await opened();
    const { world, view } = story;
    await create(story);
    await join(story, 'alice');
    await seatsFinal(story, 1);
    begin(world);
    await world.until(async () => ['queued', 'degraded'].includes((await view()).link), 'the match knows');
    const key = clientKey();
    const joined = await join(story, 'bob', key);
    expect(joined).toMatchObject({ status: 200 });
    expect(await view()).toMatchObject({ decidedBy: 'mirror', provisional: true, feeBreakdown: { netPool: '190000000' } });
    const before = await view();
    expect(await join(story, 'bob', key)).toEqual(joined);
    expect(await view()).toEqual(before);
    expect(await start(story)).toMatchObject({ status: 200 });
    world.evictAll();
    expect(await view()).toMatchObject({ money: 'playing', decidedBy: 'mirror' });
    expect(await end(story)).toMatchObject({ status: 200 });
    await world.advance(10_000);
    expect((await view()).money).toBe('playing');
    finish(world);
    await settledExactly(story);
  });

  it('is created and joined during the outage, and replayed after it', async () => {
    const story = await opened();
    const { world, view } = story;
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'the monitor says down');
    await create(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    expect(await view()).toMatchObject({ link: 'queued', money: 'funded' });
    expect(await start(story)).toMatchObject({ status: 409, text: expect.stringContaining('create_not_final') });
    world.chain.thaw();
    await seatsFinal(story, 2);
    expect(await start(story)).toMatchObject({ status: 200 });
    expect(await end(story)).toMatchObject({ status: 200 });
    await settledExactly(story);
  });

  it('lands a join once when it was executed and the reply was lost', async () => {
    const story = await opened();
    const { world } = story;
    await create(story);
    await world.until(async () => (await story.view()).openActions.length === 0, 'create final');
    world.weather = (method) => (method === 'sendTransaction' ? 'reply-lost' : 'fine');
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(2_000);
    world.weather = () => 'fine';
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
  });

  it('survives an eviction of every object after every slot', async () => {
    const story = await opened();
    const { world } = story;
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    for (let slot = 0; slot < 120; slot += 1) {
      await world.advance(50);
      world.evictAll();
    }
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    for (let slot = 0; slot < 120; slot += 1) {
      await world.advance(50);
      world.evictAll();
    }
    await settledExactly(story);
  });
});
