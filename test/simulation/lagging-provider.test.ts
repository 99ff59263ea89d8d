/**
 * Two providers, one of them behind: what it refuses, does not know or cannot prove decides nothing (design: section 6;
 * F5, F7). With two in use, two have to miss a signature before it counts as dead.
 */
import { describe, expect, it } from 'vitest';
import { ChainError } from '../../services/local-chain/index.ts';
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
  it.each([60, 100, 200])('proves nothing: %i slots behind, the joins land once', async (slots) => {
    const story = await opened(TWO);
    const { world } = story;
    await createdFinally(story);
    let refused = 0;
    const slow = world.chain.behind(slots);
    world.nodes.set('slow', slow);
    // Only the slow node is given transactions, behind a gateway that does not pass on how far it has to be.
    world.weather = (method, [wire], provider) => {
      if (method !== 'sendTransaction') return 'fine';
      if (provider === 'quick') return 'http-500';
      try {
        slow.pretendToSend(Buffer.from(String(wire), 'base64'), { preflightCommitment: 'confirmed' });
      } catch (error) {
        if (!(error instanceof ChainError)) throw error;
        refused += 1;
        // As of a match that it does not know, or whose escrow it knows otherwise: not even the blockhash is blamed.
        const { code, message } = error;
        return {
          error: { code, message, data: { err: { InstructionError: [0, { Custom: 6013 }] }, logs: [] } },
        };
      }
      return 'fine';
    };
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.until(() => refused > 0, 'refused');
    await world.advance(1_000);
    expect(joinAttempts(story).filter((state) => state === 'dead')).toEqual([]);
    world.weather = () => 'fine';
    world.nodes.delete('slow');
    await playedOut(story, []);
    expect(joinAttempts(story)).toEqual(['final', 'final']);
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
