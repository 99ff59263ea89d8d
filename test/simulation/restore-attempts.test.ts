/**
 * A restore (F38) to a moment in the middle of a submission: signed and not sent, sent and not recorded, recorded and not
 * final. What the object still knows of its attempt is enough, and where it has forgotten it, the chain's history is. Before
 * anything was signed: restore.test.ts, withdraw-restore.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { actionsIn, attemptsIn, effectsByMemo } from './checks.ts';
import type { Bookmark } from './homes.ts';
import { createdFinally } from './seated.ts';
import { end, join, onChain, opened, played, playedOut, type Story, seatsFinal } from './story.ts';
import {
  askedToSign,
  carolWith,
  deposit,
  FEE,
  fillWallet,
  livesOf,
  nothingOpen,
  purses,
  RENT,
  SIGNATURES,
  SOL,
  signs,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { clientKey, World } from './world.ts';

const AMOUNT = 200_000_000n;
const OLGA = { userId: 'olga', wallet: 'w', role: 'operator' } as const;

/** The rows as they are when the object of that name passes that step for the first time. */
function bookmarkAt(world: World, name: string, what: string): () => Bookmark {
  let taken: Bookmark | null = null;
  world.watcher = (step) => {
    if (taken === null && step.by === name && step.what === what) taken = world.home(name).bookmark();
  };
  return () => {
    world.watcher = null;
    if (taken === null) throw new Error(`never came to ${what}`);
    return taken;
  };
}

const moments = [
  ['signed and not sent', 'before send'],
  ['sent and not recorded', 'after send'],
  ['recorded and not seen', 'before status'],
  ['seen and not final', 'before transaction'],
] as const;

describe('a match that is restored to where its join was', () => {
  it.each(moments)('%s makes no second one: the stored attempt is looked up', async (_, step) => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    const home = world.home(world.matchName(id));
    const bookmark = bookmarkAt(world, home.name, step);
    await join(story, 'bob');
    await seatsFinal(story, 1);
    const earlier = bookmark();
    await world.cron();
    home.restore(earlier);
    await world.advance(2_000);
    await world.cron();
    expect((await view()).link).toBe('paused');
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    await seatsFinal(story, 1);
    expect(attemptsIn(world, home.name).map(({ state }) => state)).toEqual(['final', 'final']);
    await playedOut(story, ['alice']);
  });
});

describe('a match that is restored to before its result was accepted', () => {
  it('pays nobody a second time: a person is called where the chain shows more than it knows', async () => {
    const story: Story = await opened();
    const { world, id, view } = story;
    await played(story);
    const home = world.home(world.matchName(id));
    const earlier = home.bookmark();
    await end(story);
    await world.until(async () => (await view()).money === 'settled', 'settled');
    await world.advance(5_000);
    await world.cron();
    const paid = await onChain(world, 'bob');
    home.restore(earlier);
    // Nothing was open then, so nothing wakes it: the first request does.
    expect(await end(story)).toMatchObject({ status: 503, text: expect.stringContaining('match_paused') });
    await world.match(id).resume('olga', 'seen');
    await world.advance(20_000);
    await world.cron();
    expect([(await view()).money, (await view()).link]).not.toEqual(['playing', 'online']);
    expect((await end(story)).status).toBeGreaterThanOrEqual(400);
    expect(await onChain(world, 'bob')).toBe(paid);
    expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
  });
});

async function resolve(world: World, user: string, as: 'unfreeze' | 'retry' | 'drop') {
  const request = { clientKey: clientKey(), as, reason: 'looked at the history' };
  return (await world.deposit(user)).resolve(OLGA, request);
}

/** Behind its anchor it wakes paused; a person says that it may go on. */
async function restoredAndResumed(world: World, user: string, earlier: Bookmark): Promise<void> {
  const name = await world.depositName(user);
  await world.cron();
  world.home(name).restore(earlier);
  // Its alarm is as it was then.
  await world.advance(5_000);
  expect((await viewOf(world, user)).link).toBe('paused');
  expect(await resolve(world, user, 'unfreeze')).toMatchObject({ status: 200 });
}

describe('a deposit that is restored to where its withdrawal was', () => {
  it.each(moments)('%s pays no second one: the stored attempt is looked up', async (_, step) => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    const before = await purses(world, 'alice');
    const name = await world.depositName('alice');
    const bookmark = bookmarkAt(world, name, step);
    await withdraw(world, 'alice', AMOUNT);
    await nothingOpen(world, 'alice');
    await world.advance(3_000);
    await restoredAndResumed(world, 'alice', bookmark());
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    expect((await purses(world, 'alice')).wallet).toBe(before.wallet + AMOUNT);
    expect((await viewOf(world, 'alice')).balances).toMatchObject({
      available: (SOL - AMOUNT - FEE).toString(),
      withdrawing: '0',
    });
  });
});

describe('a deposit that is restored to where a deposit by request was', () => {
  it.each([['offered and not signed by the wallet', 'before finalizedHeight'], ...moments] as const)(
    '%s is credited once, whatever the wallet is asked again',
    async (_, step) => {
      const world = await carolWith();
      const name = await world.depositName('carol');
      const object = await world.deposit('carol');
      expect(object).toBeDefined();
      const bookmark = bookmarkAt(world, name, step);
      await deposit(world, 'carol', AMOUNT);
      await signs(world, 'carol');
      await nothingOpen(world, 'carol');
      await world.advance(3_000);
      await restoredAndResumed(world, 'carol', bookmark());
      await world.advance(30_000);
      await world.cron();
      // Of what it has forgotten to have had signed, nothing new is signed before somebody has looked.
      if ((await viewOf(world, 'carol')).money === 'review') await resolve(world, 'carol', 'drop');
      await nothingOpen(world, 'carol');
      const seen = await viewOf(world, 'carol');
      expect(seen.balances).toEqual({
        available: AMOUNT.toString(),
        held: '0',
        withdrawing: '0',
        suspense: '0',
      });
      expect(await purses(world, 'carol')).toMatchObject({
        deposit: AMOUNT,
        wallet: SOL - AMOUNT - RENT - SIGNATURES,
      });
      expect(actionsIn(world, name)).toHaveLength(1);
    },
  );

  it('before it was offered asks the wallet for nothing that it has paid already', async () => {
    const world = await carolWith();
    const name = await world.depositName('carol');
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    await deposit(world, 'carol', AMOUNT);
    const earlier = world.home(name).bookmark();
    world.weather = () => 'fine';
    await askedToSign(world, 'carol');
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await world.advance(3_000);
    await restoredAndResumed(world, 'carol', earlier);
    await world.advance(30_000);
    expect((await viewOf(world, 'carol')).signRequests).toEqual([]);
    expect((await viewOf(world, 'carol')).balances.available).toBe(AMOUNT.toString());
    expect((await purses(world, 'carol')).deposit).toBe(AMOUNT);
  });
});
