/**
 * Two providers, one of them behind: what it refuses, does not know or cannot prove decides nothing (design: section 6;
 * F5, F7). With two in use, two have to miss a signature before it counts as dead.
 */
import { describe, expect, it } from 'vitest';
import { actionsIn, attemptsIn } from './checks.ts';
import { createdFinally } from './seated.ts';
import { join, opened, playedOut, type Story, seatsFinal } from './story.ts';
import type { Weather } from './world.ts';

const TWO = { providers: ['slow', 'quick'] };

function joinAttempts({ world, id }: Story): string[] {
  const name = world.matchName(id);
  const joins = actionsIn(world, name).filter(({ kind }) => kind === 'join');
  return attemptsIn(world, name)
    .filter(({ action }) => joins.some(({ hash }) => hash === action))
    .map(({ state }) => state);
}

describe('a lagging provider`s preflight error', () => {
  it.each([20, 60, 200])('proves nothing: %i slots behind, the joins land once', async (slots) => {
    const story = await opened(TWO);
    const { world } = story;
    await createdFinally(story);
    let refused = 0;
    world.nodes.set('slow', world.chain.behind(slots));
    // Whoever made the blockhash is asked first: the slow node is given every transaction, and judges by what it knows.
    world.weather = (method, _, provider) => {
      if (method === 'sendTransaction' && provider === 'slow') refused += 1;
      return method === 'sendTransaction' && provider === 'quick' ? 'http-500' : 'fine';
    };
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(2_000);
    expect(refused).toBeGreaterThan(0);
    world.weather = () => 'fine';
    world.nodes.delete('slow');
    await playedOut(story, []);
    // Where the slow node's own blockhash was too old for the chain, that was proved before another was signed.
    expect(joinAttempts(story).filter((state) => state === 'final')).toHaveLength(2);
    expect(joinAttempts(story).every((state) => state === 'final' || state === 'dead')).toBe(true);
  });
});

describe('a provider that never saw what landed', () => {
  const unseen: Weather = (method, _, provider) => {
    if (provider !== 'slow') return 'fine';
    if (method === 'getSignatureStatuses') return { result: { context: { slot: 1 }, value: [null] } };
    return method === 'getTransaction' ? { result: null } : 'fine';
  };

  it('does not have it signed again: the other one knows it', async () => {
    const story = await opened(TWO);
    const { world } = story;
    await createdFinally(story);
    world.weather = unseen;
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(60_000);
    world.weather = () => 'fine';
    await playedOut(story, []);
    expect(joinAttempts(story)).toEqual(['final', 'final']);
  });

  it('does not have it signed again while the other one cannot be asked', async () => {
    const story = await opened(TWO);
    const { world, view } = story;
    await createdFinally(story);
    // It lands, and then only the provider that never saw it answers for signatures.
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).seats[0]?.state === 'submitted', 'sent');
    world.weather = (method, params, provider) => {
      const asksOfIt = method === 'getSignatureStatuses' || method === 'getTransaction';
      return provider === 'quick' && asksOfIt ? 'http-500' : unseen(method, params, provider);
    };
    await world.advance(30_000);
    expect(joinAttempts(story)).toHaveLength(1);
    expect(joinAttempts(story)).not.toContain('dead');
    world.weather = () => 'fine';
    await seatsFinal(story, 1);
    await playedOut(story, ['alice']);
    expect(joinAttempts(story)).toEqual(['final', 'final']);
  });
});
