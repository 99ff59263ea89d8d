/** A blockhash is signed over only if another provider knows it, where there is one that can tell (F14). */
import { describe, expect, it } from 'vitest';
import { latestBlockhash } from '../../../services/solana/blockhash.ts';
import { connect } from '../../../services/solana/connect.ts';
import { type Answer, address, methods, scripted, settings, withSlot } from './fixtures.ts';

const GOOD = address(50);
const EXPIRED = address(51);
const SLOT = 77;

/** What a provider gives for the newest, and of which it says that it is valid. */
interface Node {
  readonly newest: string | null;
  readonly knows?: (blockhash: string) => Answer;
  readonly lastValidBlockHeight?: number;
  readonly position?: Answer;
}

const AT_50 = { result: { absoluteSlot: SLOT, blockHeight: 50 } };
const known = (blockhash: string): Answer => withSlot(SLOT, blockhash === GOOD);
const down = (): Answer => new Response('', { status: 503 });

function bench(nodes: Readonly<Record<string, Node>>) {
  const providers = Object.keys(nodes).map((name) => ({ name, url: `https://${name}.test/` }));
  const { fetch, asked } = scripted(({ host, method, params }) => {
    const { newest = null, knows = known, lastValidBlockHeight = 200, position = AT_50 } = nodes[host] ?? {};
    if (method === 'getEpochInfo') return position;
    if (method === 'isBlockhashValid') return knows(String(params[0]));
    return newest === null ? down() : withSlot(SLOT, { blockhash: newest, lastValidBlockHeight });
  });
  const alone = { providers, absenceProviders: 1, development: true };
  const { pool } = connect(settings(alone), { fetch, now: () => 1_000_000 });
  return { latest: () => latestBlockhash(pool), asked };
}

const good: Node = { newest: GOOD };
const expired: Node = { newest: EXPIRED };

describe('the newest blockhash', () => {
  it('is the one of the first provider, if the second knows it', async () => {
    const { latest, asked } = bench({ a: good, b: good });
    expect(await latest()).toEqual({ blockhash: GOOD, lastValidBlockHeight: 200, slot: SLOT, provider: 'a' });
    expect(methods(asked)).toEqual(['a:getLatestBlockhash', 'b:isBlockhashValid', 'b:getEpochInfo']);
    const since = { commitment: 'confirmed', minContextSlot: SLOT };
    const questions = asked.filter(({ host, method }) => host === 'b' && method !== 'getGenesisHash');
    expect(questions.map(({ params }) => params)).toEqual([[GOOD, since], [since]]);
  });

  it('is the one of the second, where that does not know the first one’s', async () => {
    const { latest } = bench({ a: expired, b: good });
    expect(await latest()).toMatchObject({ blockhash: GOOD, provider: 'b' });
  });

  it('is asked for at the better one from then on', async () => {
    const { latest, asked } = bench({ a: expired, b: good });
    await latest();
    const before = asked.length;
    expect(await latest()).toMatchObject({ provider: 'b' });
    expect(methods(asked.slice(before))[0]).toBe('b:getLatestBlockhash');
  });

  it('is none where nobody knows any of them: nothing is signed that could never land', async () => {
    await expect(bench({ a: expired, b: expired }).latest()).rejects.toMatchObject({ code: 'disagreement' });
  });

  it.each([
    ['is silent', down],
    ['does not offer the question', (): Answer => ({ error: { code: -32601, message: 'not found' } })],
    ['has not reached its slot', (): Answer => ({ error: { code: -32016, message: 'not reached' } })],
    ['answers of an earlier slot all the same', (): Answer => withSlot(SLOT - 1, false)],
  ])('is believed where the other provider %s', async (_, knows) => {
    expect(await bench({ a: good, b: { ...good, knows } }).latest()).toMatchObject({ provider: 'a' });
  });

  it.each([350, 200])('lives for as long as %i says, by a second provider at height 50', async (end) => {
    expect(await bench({ a: { ...good, lastValidBlockHeight: end }, b: good }).latest()).toMatchObject({
      provider: 'a',
      lastValidBlockHeight: end,
    });
  });

  it('that is said to live longer than any does is not signed over: it could never be proved dead', async () => {
    const endless = { ...good, lastValidBlockHeight: 351 };
    expect(await bench({ a: endless, b: good }).latest()).toMatchObject({ provider: 'b' });
    const behind = { ...good, position: { result: { absoluteSlot: SLOT - 1, blockHeight: 1 } } };
    expect(await bench({ a: endless, b: behind }).latest()).toMatchObject({ provider: 'a' });
  });

  it('is believed where there is no other provider', async () => {
    const { latest, asked } = bench({ a: expired });
    expect(await latest()).toMatchObject({ blockhash: EXPIRED });
    expect(methods(asked)).toEqual(['a:getLatestBlockhash']);
  });

  it('is one provider’s where the first one is down', async () => {
    expect(await bench({ a: { newest: null }, b: good }).latest()).toMatchObject({ provider: 'b' });
  });
});
