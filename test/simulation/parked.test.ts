/**
 * The end of a row's tries: a person is called once, whatever dies meanwhile, and what the row is for is neither lost nor
 * given up for a fault that came after a long outage.
 */
import { describe, expect, it } from 'vitest';
import { actionsIn, attemptsIn } from './checks.ts';
import { createdFinally, cutOff } from './seated.ts';
import { join, opened, type Story } from './story.ts';
import { nothingOpen, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { clientKey, World } from './world.ts';

const FEE = 100_000_000n;

async function created(settings: object): Promise<Story> {
  const story = await opened();
  await createdFinally(story);
  Object.assign(story.world.settings, settings);
  return story;
}

describe('an action whose tries are used up', () => {
  it.each([0, 1, 2])('comes to a person also where the process dies %i commits later', async (later) => {
    const story = await created({ maxTries: 3 });
    const { world, id, view } = story;
    world.weather = (method) => {
      if (method === 'sendTransaction') return 'swallowed';
      return method === 'getFirstAvailableBlock' ? 'http-500' : 'fine';
    };
    await join(story, 'bob');
    const home = world.home(world.matchName(id));
    const isGivenUp = (): boolean =>
      home.rows('SELECT 1 FROM outbox WHERE parked = 1').length > 0 ||
      actionsIn(world, home.name).some(({ state }) => state === 'review');
    let commits = 0;
    world.watcher = ({ by, what }) => {
      if (by !== home.name || what !== 'stored' || !isGivenUp()) return;
      if (commits === later) world.evict(home.name);
      commits += 1;
    };
    await world.until(() => commits > later, 'cut', 240_000);
    world.watcher = null;
    expect((await view()).money).toBe('review');
    // And what was signed is followed to its end.
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    await world.until(() => attemptsIn(world, home.name).at(-1)?.state === 'dead', 'provably dead', 240_000);
  });

  it('is not given up for the first fault after an outage of the providers', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    world.chain.airdrop(world.caller('alice').wallet, SOL);
    world.weather = (method) => (method === 'getSignaturesForAddress' ? 'http-500' : 'fine');
    await withdraw(world, 'alice', FEE);
    await world.advance(120_000);
    world.weather = () => 'fine';
    const name = await world.depositName('alice');
    let lost = 0;
    world.peerWeather = ({ from, method }) => {
      if (from !== name || method !== 'standing' || lost > 0) return 'fine';
      lost += 1;
      return 'lost';
    };
    await nothingOpen(world, 'alice');
    expect(lost).toBe(1);
    expect(actionsIn(world, name).map(({ state }) => state)).toEqual(['final']);
    expect((await viewOf(world, 'alice')).money).toBe('active');
  });
});

describe('a message whose tries are used up', () => {
  it('calls a person once, however often the player asks', async () => {
    const story = await created({ maxTries: 3 });
    const { world } = story;
    world.peerWeather = ({ method }) => (method === 'hold' ? 'lost' : 'fine');
    const key = clientKey();
    const calls = (): number => world.delivered.filter(({ class: cls }) => cls === 'outbox_parked').length;
    expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
    await world.until(() => calls() > 0, 'a person is called');
    for (let times = 0; times < 5; times += 1) {
      expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
      await world.advance(1_000);
    }
    expect(calls()).toBe(1);
    world.peerWeather = () => 'fine';
    expect(await join(story, 'bob', key)).toMatchObject({ status: 200 });
  });

  it('gives a hold back once its deposit can be reached again, though nobody does anything', async () => {
    const story = await created({ maxTries: 3 });
    const { world } = story;
    await cutOff(story);
    await join(story, 'bob');
    world.peerWeather = ({ method }) => (method === 'release' ? 'lost' : 'fine');
    const request = { clientKey: clientKey() };
    expect(await world.match(story.id).takeBack(world.caller('bob'), request)).toMatchObject({ status: 200 });
    await world.advance(60_000);
    expect((await viewOf(world, 'bob')).balances.held).toBe(FEE.toString());
    world.peerWeather = () => 'fine';
    await world.advance(11 * world.settings.backoffMaxMs);
    expect((await viewOf(world, 'bob')).balances).toMatchObject({ available: SOL.toString(), held: '0' });
  });
});
