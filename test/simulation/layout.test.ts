/**
 * The program is upgraded, and its accounts look otherwise, while actions wait (F36). What cannot be read decides nothing:
 * nothing is signed on it, a person is told, and with a release that reads it (here: the old layout again) it goes on.
 */
import { describe, expect, it } from 'vitest';
import type { ChainAccount } from '../../services/local-chain/index.ts';
import { alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { join, opened, playedOut, type Story } from './story.ts';
import { FEE, fillWallet, nothingOpen, purses, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { World } from './world.ts';

const changes: readonly [string, (account: ChainAccount) => Uint8Array][] = [
  ['eight bytes more', ({ data }) => new Uint8Array([...data, ...new Uint8Array(8)])],
  [
    'another discriminator',
    ({ data }) => new Uint8Array([...data].map((byte, at) => (at < 8 ? byte ^ 1 : byte))),
  ],
];

/** Answers how to put it back. */
function relaid(world: World, address: string, change: (account: ChainAccount) => Uint8Array): () => void {
  const account = world.chain.getAccount(address);
  if (account === null) throw new Error(`${address} is not there`);
  const copy = { ...account, data: Uint8Array.from(account.data) };
  world.chain.setAccount(address, { ...copy, data: change(copy) });
  return () => world.chain.setAccount(address, copy);
}

async function queued(): Promise<Story> {
  const story = await opened();
  await createdFinally(story);
  await cutOff(story);
  for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
  return story;
}

describe('a match account with', () => {
  it.each(changes)(
    '%s during the backlog stops the match, with an alert; it goes on when it is readable',
    async (_, change) => {
      const story = await queued();
      const { world, id, view } = story;
      const name = world.matchName(id);
      const back = relaid(world, world.port.pda('match', id).address, change);
      world.chain.thaw();
      await world.advance(30_000);
      await world.cron();
      expect((await view()).link).toBe('paused');
      await world.advance(10_000);
      expect(findingsIn(world, name, 'break')).toContain('undecodable');
      expect((await alertsIn(world.match(id))).some((alert) => alert.includes('undecodable'))).toBe(true);
      expect(attemptsIn(world, name)).toHaveLength(1);
      // Their tries were not used up: nobody has to decide about them.
      expect((await view()).money).toBe('funded');
      back();
      await world.match(id).resume('olga', 'the release that reads it is out');
      await playedOut(story, []);
    },
  );
});

describe('a deposit account with', () => {
  it.each(changes)('%s during the backlog stops its withdrawal, and nothing is lost', async (_, change) => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    await world.until(async () => (await withdraw(world, 'alice', 200_000_000n)).status === 200, 'accepted');
    const [, ...more] = (await viewOf(world, 'alice')).openActions;
    expect(more).toEqual([]);
    const back = relaid(
      world,
      world.port.pda('deposit', await world.port.custodyAuthority('alice')).address,
      change,
    );
    world.chain.thaw();
    await world.advance(30_000);
    await world.cron();
    expect(attemptsIn(world, await world.depositName('alice'))).toEqual([]);
    expect((await viewOf(world, 'alice')).balances.withdrawing).toBe((200_000_000n + FEE).toString());
    expect((await alertsIn(await world.deposit('alice'))).length).toBeGreaterThan(0);
    back();
    const object = await world.deposit('alice');
    const olga = { userId: 'olga', wallet: 'w', role: 'operator' } as const;
    const unfreeze = {
      clientKey: '0192f0c0-0000-7000-8000-0000000000f1',
      as: 'unfreeze',
      reason: 'seen',
    } as const;
    await object.resolve(olga, unfreeze);
    await nothingOpen(world, 'alice');
    expect((await purses(world, 'alice')).deposit).toBe(SOL - 200_000_000n - FEE);
    expect((await viewOf(world, 'alice')).balances).toEqual({
      available: (SOL - 200_000_000n - FEE).toString(),
      held: '0',
      withdrawing: '0',
      suspense: '0',
    });
    expect(await object.reconcile(null, 'after')).toMatchObject({ kind: 'clean' });
  });
});

describe('a config account that cannot be read', () => {
  it('has the queue wait: nothing is signed, nobody`s money is decided', async () => {
    const story = await queued();
    const { world, id } = story;
    const back = relaid(world, world.port.pda('config').address, ({ data }) => data.slice(0, 40));
    world.chain.thaw();
    await world.advance(10_000);
    expect(attemptsIn(world, world.matchName(id))).toHaveLength(1);
    back();
    await playedOut(story, []);
  });
});
