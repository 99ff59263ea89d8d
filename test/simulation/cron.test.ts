/** The cron overlaps with a replay, with itself, comes twice for the same minute, or not for hours (F35; I27). */
import { describe, expect, it } from 'vitest';
import { alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { end, join, opened, playedOut, type Story, settledExactly, start } from './story.ts';
import { exact, FEE, fillWallet, nothingOpen, SOL, withdraw } from './withdraw-story.ts';

const AMOUNT = 200_000_000n;

/** Joins and a withdrawal that wait for the chain to come back. */
async function queued(): Promise<Story> {
  const story = await opened();
  const { world } = story;
  await world.fund('carol', SOL);
  await fillWallet(world, 'carol', SOL);
  await createdFinally(story);
  await cutOff(story);
  for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
  expect(await withdraw(world, 'carol', AMOUNT)).toMatchObject({ status: 200 });
  return story;
}

async function nobodyWasCalled({ world, id }: Story): Promise<void> {
  const names = [
    world.matchName(id),
    ...(await Promise.all([...BOTH, 'carol'].map((u) => world.depositName(u)))),
  ];
  for (const name of names) expect(findingsIn(world, name, 'break')).toEqual([]);
  expect(await alertsIn(world.match(id))).toEqual([]);
  expect(attemptsIn(world, world.matchName(id))).toHaveLength(5);
}

describe('the cron', () => {
  it('that runs all the time while the queue drains finds no difference, and changes nothing', async () => {
    const story = await queued();
    const { world } = story;
    world.chain.thaw();
    // A pass with every slot, and each of them begun before the one before it has ended.
    for (let slot = 0; slot < 100; slot += 1) {
      const pass = world.cron();
      await world.advance(50);
      expect(await pass).toMatchObject({ paused: 0 });
    }
    await nothingOpen(world, 'carol');
    // With `start` and the settlement under way as well.
    for (const request of [start, end]) {
      expect(await request(story)).toMatchObject({ status: 200 });
      for (let slot = 0; slot < 60; slot += 1) {
        await world.advance(50);
        expect(await world.cron()).toMatchObject({ paused: 0 });
      }
    }
    await settledExactly(story);
    await exact(world, 'carol', SOL - AMOUNT - FEE);
    await nobodyWasCalled(story);
  });

  it('that runs twice at once, for the same minute and for two, is as one that runs once', async () => {
    const story = await queued();
    const { world } = story;
    world.chain.thaw();
    for (let minute = 0; minute < 20; minute += 1) {
      const passes = [world.cron(), world.cron()];
      await world.advance(50);
      passes.push(world.cron());
      for (const { paused } of await Promise.all(passes)) expect(paused).toBe(0);
      await world.advance(200);
    }
    await nothingOpen(world, 'carol');
    await playedOut(story, []);
    await exact(world, 'carol', SOL - AMOUNT - FEE);
    await nobodyWasCalled(story);
  });

  it('that does not come for hours is not needed for the drain, and finds all clean when it comes', async () => {
    const story = await queued();
    const { world } = story;
    // At a tenth of all times this is more than an hour.
    await world.advance(8 * 60_000);
    world.chain.thaw();
    await nothingOpen(world, 'carol');
    await playedOut(story, []);
    expect(await world.cron()).toMatchObject({ paused: 0, unknown: 0, failed: 0 });
    await exact(world, 'carol', SOL - AMOUNT - FEE);
    await nobodyWasCalled(story);
  });
});
