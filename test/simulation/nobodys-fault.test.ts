/**
 * What is not the player's doing costs the player nothing: the action stays queued, a person is told, and it lands when
 * the cause is gone (design: section 3, rule 5).
 */
import { describe, expect, it } from 'vitest';
import { alertsIn, attemptsIn } from './checks.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import { COORDINATOR, type Weather } from './world.ts';

async function created(): Promise<Story> {
  const story = await opened();
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function playedOut(story: Story): Promise<void> {
  await seatsFinal(story, 2);
  await start(story);
  await end(story);
  await settledExactly(story);
}

describe('a fee payer without money', () => {
  it.each([0n, 1_000n])(
    '(%i lamports) keeps the actions queued, with an alert, until it is filled',
    async (lamports) => {
      const story = await created();
      const { world, id, view } = story;
      const address = COORDINATOR.publicKey.toBase58();
      const purse = world.chain.getAccount(address);
      if (purse === null) throw new Error('no fee payer');
      world.chain.setAccount(address, { ...purse, lamports });
      for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
      await world.advance(120_000);
      expect(await view()).toMatchObject({
        money: 'funded',
        seats: [{ state: 'reserved' }, { state: 'reserved' }],
      });
      expect(await alertsIn(world.match(id))).toContain('warning action_blocked');
      expect(attemptsIn(world, world.matchName(id))).toHaveLength(1);
      world.chain.setAccount(address, purse);
      await playedOut(story);
    },
  );
});

const outages: readonly [string, Weather][] = [
  ['errs', () => 'http-500'],
  ['answers with a web page', () => 'html'],
  ['cannot be reached', () => 'lost'],
];

describe('a long outage in which every provider', () => {
  it.each(outages)(
    "%s uses up nobody's tries: what was sent, and what was not, lands after it",
    async (_, weather) => {
      const story = await created();
      const { world, view } = story;
      world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
      expect(await join(story, 'alice')).toMatchObject({ status: 200 });
      await world.advance(500);
      expect((await view()).seats[0]?.state).toBe('submitted');
      world.weather = weather;
      await world.advance(1_000);
      expect(await join(story, 'bob')).toMatchObject({ status: 200 });
      expect(await start(story)).toMatchObject({ status: 200 });
      // At a tenth of all times this is 40 minutes; twenty tries would be over after seven.
      await world.advance(240_000);
      expect(await view()).toMatchObject({ money: 'playing', link: 'queued', decidedBy: 'mirror' });
      world.weather = () => 'fine';
      await end(story);
      await settledExactly(story);
      expect((await alertsIn(world.match(story.id))).filter((alert) => alert.startsWith('critical'))).toEqual(
        [],
      );
    },
  );
});
