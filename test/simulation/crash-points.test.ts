/**
 * The story with one death in it: of one object, at the n-th call that anybody makes to a provider or to another object
 * (F17-F21). Whoever dies, and wherever: nothing is lost, nothing is doubled, the winner is paid to the lamport.
 *
 * Every call of the story is a crash point; a sample of them is played, and EVERY=1 plays them all.
 */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import { alertsIn, unfinished } from './checks.ts';
import { opened, type Story, settledExactly } from './story.ts';
import { clientKey } from './world.ts';

const PAID = { entryFee: '100000000', paymentMethod: 1 } as const;
/** Calls from the creation of the match to its end. */
const CALLS = 400;
const every = Number(process.env.EVERY ?? 67);

const victims = ['the match', "the winner's deposit", 'every object'] as const;

/** As a client does that never gives up: asked again, under the same key, until it is answered for good. */
async function insist({ world }: Story, request: () => Promise<Answer>): Promise<void> {
  await world.until(async () => {
    const answer = await request().catch(() => null);
    return answer !== null && answer.status >= 200 && answer.status < 300 && answer.status !== 202;
  }, 'the request is answered');
}

/** Answers how many calls there were. */
async function playWith(story: Story, at: number, kill: () => void): Promise<number> {
  const { world, id } = story;
  let calls = 0;
  const count = (): 'fine' => {
    calls += 1;
    if (calls === at) kill();
    return 'fine';
  };
  world.weather = count;
  world.peerWeather = count;
  const match = () => world.match(id);
  const [alice, bob] = [world.caller('alice'), world.caller('bob')];
  const keys = [clientKey(), clientKey(), clientKey(), clientKey(), clientKey()] as const;
  const terms = { matchId: id, gameType: 0, seed: '1', ...PAID };
  await insist(story, () => match().create(alice, { clientKey: keys[4], ...terms }));
  await insist(story, () => match().join(alice, { clientKey: keys[0], ...PAID }));
  await insist(story, () => match().join(bob, { clientKey: keys[1], ...PAID }));
  await insist(story, () => match().start(alice, { clientKey: keys[2] }));
  const result = [{ userId: 'bob', shareBps: 10_000 }];
  await insist(story, () => match().end(alice, { clientKey: keys[3], result }));
  await settledExactly(story);
  return calls;
}

describe('a death', () => {
  const points = Array.from({ length: Math.ceil(CALLS / every) }, (_, index) => 1 + index * every);
  it.each(points.flatMap((at) => victims.map((victim) => [at, victim] as const)))(
    'at call %i, of %s, costs nobody anything',
    async (at, victim) => {
      const story = await opened();
      const { world, id } = story;
      const deposit = await world.depositName('bob');
      const kill = (): void => {
        if (victim === 'the match') world.evict(world.matchName(id));
        else if (victim === 'every object') world.evictAll();
        else world.evict(deposit);
      };
      await playWith(story, at, kill);
      expect(unfinished(world, world.matchName(id))).toEqual([]);
      expect(await alertsIn(world.match(id))).toEqual([]);
    },
  );
});
