/** Parts that are silent: a shard, the monitor, the one to be told (F40, F23; design: section 8). */
import { describe, expect, it } from 'vitest';
import { directoryName, shardOf } from '../../durable-objects/names.ts';
import { unfinished } from './checks.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import { clientKey } from './world.ts';

const FEE = '100000000';

async function created(): Promise<Story> {
  const story = await opened();
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function playedOut(story: Story): Promise<void> {
  for (const user of ['alice', 'bob'])
    await story.world.until(async () => (await join(story, user)).status !== 503, `${user} is answered`);
  await seatsFinal(story, 2);
  await start(story);
  await end(story);
  await settledExactly(story);
}

describe('a directory shard that cannot be reached', () => {
  it('lets a woken match refuse for the moment, and forget nothing', async () => {
    const story = await created();
    const { world, id } = story;
    const name = world.matchName(id);
    const shard = directoryName(shardOf(name));
    world.peerWeather = ({ to }) => (to === shard ? 'lost' : 'fine');
    world.evict(name);
    const before = (await world.match(id).journal(1, 500)).entries.length;
    const key = clientKey();
    const request = { clientKey: key, entryFee: FEE, paymentMethod: 1 as const };
    const refused = await world.match(id).join(world.caller('bob'), request);
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'not_ready', retryable: true });
    expect((await world.match(id).journal(1, 500)).entries).toHaveLength(before);
    await world.advance(10_000);
    world.peerWeather = () => 'fine';
    expect(await world.match(id).join(world.caller('bob'), request)).toMatchObject({ status: 200 });
    await playedOut(story);
  });

  it('lets no match be created, and leaves no half of it', async () => {
    const story = await opened();
    const { world, id } = story;
    const shard = directoryName(shardOf(world.matchName(id)));
    world.peerWeather = ({ to }) => (to === shard ? 'lost' : 'fine');
    const request = { matchId: id, gameType: 0, seed: '1', entryFee: FEE, paymentMethod: 1 as const };
    const key = clientKey();
    const refused = await world.match(id).create(world.caller('alice'), { clientKey: key, ...request });
    expect(refused).toMatchObject({ status: 503, text: expect.stringContaining('chain_unreadable') });
    expect((await world.match(id).journal(1, 500)).entries).toEqual([]);
    world.peerWeather = () => 'fine';
    expect(await world.match(id).create(world.caller('alice'), { clientKey: key, ...request })).toMatchObject(
      {
        status: 201,
      },
    );
    await playedOut(story);
  });

  it('holds up what its matches do on the chain, not what they have accepted', async () => {
    const story = await created();
    const { world, id, view } = story;
    const shard = directoryName(shardOf(world.matchName(id)));
    world.peerWeather = ({ to, from }) => (to === shard && from === world.matchName(id) ? 'lost' : 'fine');
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(5_000);
    expect((await view()).seats.map(({ state }) => state)).toEqual(['reserved', 'reserved']);
    world.peerWeather = () => 'fine';
    await playedOut(story);
  });
});

describe("a player's object that cannot be reached", () => {
  it('keeps the seat requested, and is asked again until it answers', async () => {
    const story = await created();
    const { world, view } = story;
    const deposit = await world.depositName('bob');
    world.peerWeather = ({ to }) => (to === deposit ? 'lost' : 'fine');
    const key = clientKey();
    expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
    await world.advance(5_000);
    expect((await view()).seats).toMatchObject([{ state: 'requested' }]);
    expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
    world.peerWeather = () => 'fine';
    await world.until(async () => (await join(story, 'bob', key)).status === 200, 'answered');
    await playedOut(story);
  });

  it('is paid its prize in the ledger once it is back', async () => {
    const story = await created();
    const { world } = story;
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    await start(story);
    const deposit = await world.depositName('bob');
    world.peerWeather = ({ to, from }) => (to === deposit && from !== 'outside' ? 'lost' : 'fine');
    await end(story);
    await world.until(async () => (await story.view()).money === 'settled', 'settled');
    await world.advance(3_000);
    expect((await (await world.deposit('bob')).view())?.balances.available).toBe('900000000');
    world.peerWeather = () => 'fine';
    await settledExactly(story);
    expect(unfinished(world, world.matchName(story.id))).toEqual([]);
  });
});

describe('an object that nobody has to tell anything', () => {
  it('and that wakes into an outage is told of its end', async () => {
    const story = await created();
    const { world, id, view } = story;
    await playedOut(story);
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    world.evict(world.matchName(id));
    await world
      .match(id)
      .reconcile('pass')
      .catch(() => {});
    expect((await view()).link).toBe('queued');
    await world.advance(1_000);
    world.chain.thaw();
    await world.until(async () => (await view()).link === 'online', 'online again');
  });
});

describe('a monitor that dies', () => {
  it('in the middle of an outage comes back and says what is', async () => {
    const story = await created();
    const { world, view } = story;
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    for (let death = 0; death < 10; death += 1) {
      world.evict(world.healthName);
      await world.advance(500);
    }
    expect((await world.health.view()).state).toBe('down');
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    world.chain.thaw();
    await playedOut(story);
  });

  it('and has lost its alarm is woken by the cron', async () => {
    const story = await created();
    const { world } = story;
    const home = world.home(world.healthName);
    const { tables } = home.bookmark();
    home.restore({ tables, alarmAt: null });
    await world.advance(30_000);
    const asleep = (await world.health.view()).asOf;
    expect(asleep).toBeLessThan(world.now - 20_000);
    await world.cron();
    await world.advance(500);
    expect((await world.health.view()).asOf).toBeGreaterThan(world.now - 1_000);
    await playedOut(story);
  });

  it('and cannot be reached costs the matches nothing while the chain is well', async () => {
    const story = await created();
    const { world } = story;
    world.peerWeather = ({ to }) => (to === world.healthName ? 'lost' : 'fine');
    await playedOut(story);
  });

  it('and cannot tell a shard tells it later: its matches learn of the outage and of its end', async () => {
    const story = await created();
    const { world, id, view } = story;
    const shard = directoryName(shardOf(world.matchName(id)));
    const cut = ({ from, to }: { from: string; to: string }) =>
      from === world.healthName && to === shard ? ('lost' as const) : ('fine' as const);
    world.peerWeather = cut;
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    world.peerWeather = () => 'fine';
    await world.until(async () => (await view()).link === 'queued', 'the match knows', 10_000);
    world.chain.thaw();
    await playedOut(story);
  });
});
