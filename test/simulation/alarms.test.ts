/** The platform's alarm is late, comes twice, or is given up after its retries (F23): what was queued is done, once. */
import { describe, expect, it } from 'vitest';
import { directoryName, shardOf } from '../../durable-objects/names.ts';
import { attemptsIn } from './checks.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { join, opened, playedOut } from './story.ts';
import { exact, FEE, fillWallet, livesOf, nothingOpen, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { World } from './world.ts';

const AMOUNT = 200_000_000n;

async function rich(): Promise<World> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  return world;
}

describe('the alarm of a match', () => {
  it('that always comes a second late does everything later, once', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    const home = world.home(world.matchName(id));
    for (const user of BOTH) await join(story, user);
    for (let slot = 0; slot < 200; slot += 1) {
      const due = home.alarmAt;
      if (due !== null && slot % 20 !== 0) home.setAlarm(Math.max(due, world.now + 1_000));
      await world.advance(50);
    }
    await playedOut(story, []);
    expect(attemptsIn(world, home.name).every(({ state }) => state === 'final')).toBe(true);
  });

  it('that comes twice at once, every time, signs and sends nothing twice', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    const home = world.home(world.matchName(id));
    for (const user of BOTH) await join(story, user);
    for (let slot = 0; slot < 60; slot += 1) {
      await Promise.all([home.object.alarm(), home.object.alarm(), world.advance(50)]);
    }
    await playedOut(story, []);
    expect(attemptsIn(world, home.name)).toHaveLength(5);
  });

  it('that the platform gave up after six retries is set again by the cron', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    const home = world.home(world.matchName(id));
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    for (const user of BOTH) await join(story, user);
    home.setAlarm(null);
    world.evict(home.name);
    world.weather = () => 'fine';
    await world.advance(10_000);
    expect((await view()).seats.map(({ state }) => state)).toEqual(['reserved', 'reserved']);
    await world.cron();
    await playedOut(story, []);
  });
});

describe('the alarm of a directory shard', () => {
  it('that the platform gave up costs nothing: who has work asks for itself, and the cron brings it to the others', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    await cutOff(story);
    for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
    const shard = world.home(directoryName(shardOf(world.matchName(id))));
    world.chain.thaw();
    for (let slot = 0; slot < 200; slot += 1) {
      shard.setAlarm(null);
      await world.advance(50);
    }
    await world.cron();
    expect((await view()).link).toBe('online');
    await playedOut(story, []);
  });
});

describe('the alarm of a deposit', () => {
  it('that comes twice at once, every time, pays a withdrawal once', async () => {
    const world = await rich();
    await withdraw(world, 'alice', AMOUNT);
    const home = world.home(await world.depositName('alice'));
    for (let slot = 0; slot < 60; slot += 1)
      await Promise.all([home.object.alarm(), home.object.alarm(), world.advance(50)]);
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });

  it('that the platform gave up is set again by the cron: the withdrawal is paid', async () => {
    const world = await rich();
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    await withdraw(world, 'alice', AMOUNT);
    const home = world.home(await world.depositName('alice'));
    // The directory knows of it by then.
    await world.advance(200);
    home.setAlarm(null);
    world.evict(home.name);
    world.weather = () => 'fine';
    await world.advance(10_000);
    expect((await viewOf(world, 'alice')).openActions).toHaveLength(1);
    await world.cron();
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });
});
