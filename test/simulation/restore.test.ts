/**
 * A point-in-time restore (F38): an object whose rows are those of an earlier moment has forgotten what it signed. It
 * wakes behind its anchor in the directory, takes a new generation, pauses, and signs nothing until a person has looked
 * (design: section 5).
 */
import { describe, expect, it } from 'vitest';
import { refundedExactly, resolve } from './called-off.ts';
import { actionsIn, alertsIn, attemptsIn, effectsByMemo } from './checks.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import type { World } from './world.ts';

const sends = (method: string): boolean => method === 'sendTransaction';

function countSends(world: World): () => number {
  let sent = 0;
  world.weather = (method) => {
    if (sends(method)) sent += 1;
    return 'fine';
  };
  return () => sent;
}

async function created(): Promise<Story> {
  const story = await opened();
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

describe('a match that is restored to an earlier point', () => {
  it.each([
    ['has slept since', true],
    ['was awake all the time', false],
  ])('wakes paused and signs nothing, where it %s', async (_, slept) => {
    const story = await created();
    const { world, id, view } = story;
    const home = world.home(world.matchName(id));
    // The joins are queued, not signed: the earlier point would sign them again.
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    for (const user of ['alice', 'bob']) await join(story, user);
    const earlier = home.bookmark();
    expect(attemptsIn(world, home.name)).toHaveLength(1);
    world.weather = () => 'fine';
    await seatsFinal(story, 2);
    if (slept) {
      world.evict(home.name);
      await world.advance(1_000);
      await world.cron();
    }
    const sent = countSends(world);
    home.restore(earlier);
    await world.advance(20_000);
    await world.cron();
    expect(await view()).toMatchObject({
      link: 'paused',
      pausedFor: expect.stringContaining('earlier point'),
    });
    expect(sent()).toBe(0);
    expect(attemptsIn(world, home.name)).toHaveLength(1);
    for (const times of effectsByMemo(world, id).values()) expect(times).toBe(1);
    expect((await alertsIn(world.match(id))).some((alert) => alert.startsWith('critical'))).toBe(true);
  });

  it('stays paused where the answer of the directory that told it was lost', async () => {
    const story = await created();
    const { world, id, view } = story;
    const home = world.home(world.matchName(id));
    const earlier = home.bookmark();
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    world.evict(home.name);
    await world.cron();
    let lost = 0;
    world.peerWeather = ({ from, method }) => {
      if (from !== home.name || method !== 'attach' || lost >= 2) return 'fine';
      lost += 1;
      return 'reply-lost';
    };
    home.restore(earlier);
    for (let pass = 0; pass < 3; pass += 1) {
      await world.cron();
      await world.advance(1_000);
    }
    expect(lost).toBe(2);
    expect((await view()).link).toBe('paused');
  });

  it('signs nothing while the directory cannot say where it stood', async () => {
    const story = await created();
    const { world, id } = story;
    const home = world.home(world.matchName(id));
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    for (const user of ['alice', 'bob']) await join(story, user);
    const earlier = home.bookmark();
    world.weather = () => 'fine';
    await seatsFinal(story, 2);
    world.evict(home.name);
    await world.cron();
    const sent = countSends(world);
    // Everything of the directory answers but the question where the object stood.
    world.peerWeather = ({ method }) => (method === 'attach' ? 'lost' : 'fine');
    home.restore(earlier);
    await world.advance(20_000);
    expect(sent()).toBe(0);
    world.peerWeather = () => 'fine';
    await world.advance(20_000);
    expect(sent()).toBe(0);
  });

  it('goes on after a person has resumed it, and takes no second effect', async () => {
    const story = await created();
    const { world, id, view } = story;
    const home = world.home(world.matchName(id));
    await join(story, 'alice');
    await seatsFinal(story, 1);
    const earlier = home.bookmark();
    const key = actionsIn(world, home.name).length;
    await world.advance(1_000);
    // What was lost is a pause and its end: nothing on the chain.
    await world.match(id).pause('olga', 'lunch');
    await world.match(id).resume('olga', 'back');
    await world.until(async () => (await view()).link === 'online', 'online');
    world.evict(home.name);
    await world.cron();
    home.restore(earlier);
    await world.cron();
    await world.advance(1_000);
    expect((await view()).link).toBe('paused');
    expect(actionsIn(world, home.name)).toHaveLength(key);
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).link === 'online', 'online');
    // It is not taken for restored again, now or after the next sleep.
    world.evict(home.name);
    await world.cron();
    expect((await view()).link).toBe('online');
    await join(story, 'bob');
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
  });
});

describe('a match that is restored to before it signed what has landed since', () => {
  it.each([
    ['joins', false],
    ['joins and its start', true],
  ])(
    'finds its own %s on the chain once a person has resumed it, and is played to its end',
    async (_, starts) => {
      const story = await created();
      const { world, id, view } = story;
      const home = world.home(world.matchName(id));
      world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
      for (const user of ['alice', 'bob']) await join(story, user);
      if (starts) await start(story);
      const earlier = home.bookmark();
      world.weather = () => 'fine';
      await seatsFinal(story, 2);
      await world.until(async () => (await view()).openActions.length === 0, 'all final');
      await world.cron();
      home.restore(earlier);
      await world.advance(5_000);
      await world.cron();
      expect((await view()).link).toBe('paused');
      const sent = countSends(world);
      expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
      await world.until(async () => (await view()).link === 'online', 'online');
      await seatsFinal(story, 2);
      expect(sent()).toBe(0);
      if (!starts) await start(story);
      await end(story);
      await settledExactly(story);
    },
  );

  it('does not give up what was paid where a person voids it at once', async () => {
    const story = await created();
    const { world, id } = story;
    const home = world.home(world.matchName(id));
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    for (const user of ['alice', 'bob']) await join(story, user);
    const earlier = home.bookmark();
    world.weather = () => 'fine';
    await seatsFinal(story, 2);
    await world.cron();
    home.restore(earlier);
    await world.cron();
    expect(await resolve(story, 'void')).toMatchObject({ status: 200 });
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    await refundedExactly(story, ['alice', 'bob']);
  });
});

describe('a deposit that is restored to an earlier point', () => {
  it.each([
    ['has slept since', true],
    ['was awake all the time', false],
  ])('wakes paused and grants no hold, where it %s', async (_, slept) => {
    const story = await created();
    const { world } = story;
    const home = world.home(await world.depositName('bob'));
    const earlier = home.bookmark();
    await join(story, 'bob');
    if (slept) world.evict(home.name);
    await world.advance(100);
    // Each pass anchors what is active: a restore that forgets less than a minute may go unseen.
    await world.cron();
    home.restore(earlier);
    const bob = await world.deposit('bob');
    const answer = await bob.hold(await world.binding('bob'), {
      token: 'ab'.repeat(32),
      amount: '1000000000',
      matchId: story.id,
    });
    expect(answer).toMatchObject({ ok: false, code: 'deposit_paused', retryable: true });
    expect(await bob.view()).toMatchObject({ link: 'paused' });
  });

  it('wakes paused too where the earlier point is before its first entry', async () => {
    const story = await created();
    const { world } = story;
    const home = world.home(await world.depositName('bob'));
    await join(story, 'bob');
    world.evict(home.name);
    await world.cron();
    home.restore({ alarmAt: null, tables: [] });
    const bob = await world.deposit('bob');
    const answer = await bob.hold(await world.binding('bob'), {
      token: 'ab'.repeat(32),
      amount: '1000000000',
      matchId: story.id,
    });
    expect(answer).toMatchObject({ ok: false, retryable: true });
    await world.advance(2_000);
    expect(await bob.view()).toMatchObject({ link: 'paused' });
  });
});

describe('a monitor that is restored to an earlier point', () => {
  it('takes a new generation, so that its next verdict is newer than those it has forgotten', async () => {
    const story = await created();
    const { world, view } = story;
    const home = world.home(world.healthName);
    const earlier = home.bookmark();
    const before = (await world.health.view()).epoch;
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    home.restore(earlier);
    await world.until(async () => (await world.health.view()).state === 'down', 'down again');
    expect((await world.health.view()).epoch.generation).toBeGreaterThan(before.generation);
    world.chain.thaw();
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    await world.until(async () => (await view()).link === 'online', 'online');
    await start(story);
    await end(story);
    await settledExactly(story);
  });
});
