/**
 * The storage fails, or nobody knows whether it took a commit (F22): what was not stored did not happen, what was stored
 * did, and either way it is done once. At every statement of every commit: test/kernel/crash-cases.ts, match-cases.ts.
 */
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, attemptsIn, effectsByMemo, journalHolds } from './checks.ts';
import { createdFinally } from './seated.ts';
import { end, join, opened, settledExactly, start } from './story.ts';
import { exact, FEE, fillWallet, livesOf, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { clientKey, World } from './world.ts';

/** One in `sides` commits is durable, and whoever made it is told that it failed. */
function unknownOutcomes(world: World, sides: number): () => number {
  let state = 7;
  let failures = 0;
  world.watcher = ({ what }) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (what !== 'stored' || (state >>> 16) % sides !== 0) return;
    failures += 1;
    throw new Error('the storage does not say whether it took that');
  };
  return () => {
    world.watcher = null;
    return failures;
  };
}

describe('a storage whose every tenth commit has an unknown outcome', () => {
  it('lets a match be played, each effect once', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    const stop = unknownOutcomes(world, 10);
    const insist = async (request: () => Promise<{ status: number }>): Promise<void> =>
      world.until(async () => (await request().catch(() => null))?.status === 200, 'answered');
    for (const user of ['alice', 'bob']) {
      const key = clientKey();
      await insist(() => join(story, user, key));
    }
    await insist(() =>
      start(story).then(async (answer) => ({
        status: (await story.view()).money === 'playing' ? 200 : answer.status,
      })),
    );
    await insist(() =>
      end(story).then(async (answer) => ({
        status: (await story.view()).result === null ? answer.status : 200,
      })),
    );
    await world.advance(5_000);
    expect(stop()).toBeGreaterThan(10);
    await settledExactly(story);
    expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
    expect(actionsIn(world, world.matchName(id)).every(({ state }) => state === 'final')).toBe(true);
    expect(attemptsIn(world, world.matchName(id)).filter(({ state }) => state === 'final')).toHaveLength(5);
    expect(await journalHolds(world.match(id))).toBe(true);
    expect((await alertsIn(world.match(id))).filter((alert) => alert.startsWith('critical'))).toEqual([]);
  });

  it('pays a withdrawal once', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    const stop = unknownOutcomes(world, 10);
    const key = clientKey();
    await world.until(async () => {
      const answer = await withdraw(world, 'alice', 200_000_000n, { clientKey: key }).catch(() => null);
      return answer?.status === 200;
    }, 'answered');
    await world.until(async () => (await viewOf(world, 'alice')).openActions.length === 0, 'done');
    stop();
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    await exact(world, 'alice', SOL - 200_000_000n - FEE);
  });
});
