/**
 * The story of the first slice under a virtual clock: two funded players, one paid match, Solana away in the middle.
 * The same story on real workerd and a real network is `test/e2e`.
 */
import { describe, expect, it } from 'vitest';
import { create, end, join, opened, seatsFinal, settledExactly, start } from './story.ts';
import { clientKey, type Weather, type World } from './world.ts';

interface Outage {
  readonly name: string;
  begin(world: World): void;
  finish(world: World): void;
}

const erring: Weather = (method) =>
  method.startsWith('get') || method === 'sendTransaction' ? 'http-500' : 'fine';

const outages: readonly Outage[] = [
  {
    name: 'the chain stands still',
    begin: (world) => world.chain.freeze(),
    finish: (world) => world.chain.thaw(),
  },
  {
    name: 'every provider errs',
    begin: (world) => setWeather(world, erring),
    finish: (world) => setWeather(world, () => 'fine'),
  },
  {
    name: 'every provider answers with a web page',
    begin: (world) => setWeather(world, () => 'html'),
    finish: (world) => setWeather(world, () => 'fine'),
  },
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

  it.each(outages)(
    'goes on while $name, and is settled to the lamport after it',
    async ({ begin, finish }) => {
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
      expect(await view()).toMatchObject({
        decidedBy: 'mirror',
        provisional: true,
        feeBreakdown: { netPool: '190000000' },
      });
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
    },
  );

  it('is created and joined during the outage, and replayed after it', async () => {
    const story = await opened();
    const { world, view } = story;
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'the monitor says down');
    await create(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    expect(await view()).toMatchObject({ link: 'queued', money: 'funded' });
    expect(await start(story)).toMatchObject({
      status: 409,
      text: expect.stringContaining('create_not_final'),
    });
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
