/** What became of a transaction, and how far the chain is: by one word it is not final (F34). */
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { type Answer, type Asked, scripted, settings, withSlot } from './fixtures.ts';

const SIGNATURE = base58Encode(new Uint8Array(64).fill(5));
const down = (): Answer => new Response('', { status: 503 });

function bench(says: (call: Asked) => Answer, names: readonly string[] = ['a', 'b']) {
  const state = { now: 1_000_000, says };
  const { fetch, asked } = scripted((call) => state.says(call));
  const providers = names.map((name) => ({ name, url: `https://${name}.test/` }));
  const alone = names.length === 1 ? { absenceProviders: 1, development: true } : {};
  const chain = createChain(settings({ providers, ...alone }), { fetch, now: () => state.now });
  return { state, chain, asked };
}

const FINAL = { slot: 9, confirmations: null, err: null, confirmationStatus: 'finalized' };
const FAILED = { ...FINAL, err: 'AccountInUse' };
const CONFIRMED = { ...FINAL, confirmations: 3, confirmationStatus: 'confirmed' };

/** The status as each provider tells it, at the slot that it is at; undefined: no answer. */
function statuses(told: Readonly<Record<string, object | null | undefined>>, slot = 50) {
  return ({ host }: Asked): Answer => {
    const status = told[host];
    return status === undefined ? down() : withSlot(slot, [status]);
  };
}

const statusBy = (told: Readonly<Record<string, object | null | undefined>>) =>
  bench(statuses(told), Object.keys(told)).chain.status(SIGNATURE);

describe('a final status', () => {
  it.each([
    ['both say so', { a: FINAL, b: FINAL }, { commitment: 'finalized', failed: false }],
    ['both say that it failed', { a: FAILED, b: FAILED }, { commitment: 'finalized', failed: true }],
    ['the other has no answer', { a: FINAL, b: undefined }, { commitment: 'finalized', failed: false }],
    ['there is no other', { a: FAILED }, { commitment: 'finalized', failed: true }],
    ['a third says so', { a: FINAL, b: null, c: FINAL }, { commitment: 'finalized', failed: false }],
  ])('is one where %s', async (_, told, expected) => {
    expect(await statusBy(told)).toEqual({ kind: 'seen', slot: 9, ...expected });
  });

  it.each([
    ['has not seen it', { a: FINAL, b: null }],
    ['has it as confirmed', { a: FINAL, b: CONFIRMED }],
    ['has no answer, and it is a failure', { a: FAILED, b: undefined }],
  ])('is no more than confirmed where the other %s', async (_, told) => {
    expect(await statusBy(told)).toMatchObject({ kind: 'seen', commitment: 'confirmed' });
  });

  it('is none where one says that it failed, and one that it did not', async () => {
    await expect(statusBy({ a: FINAL, b: FAILED })).rejects.toMatchObject({ code: 'disagreement' });
  });

  it('is one, for all that a provider says which stands still; but not a failure', async () => {
    const { state, chain } = bench(({ host }) =>
      withSlot(host === 'a' ? 60 : 50, [host === 'a' ? FINAL : null]),
    );
    expect(await chain.status(SIGNATURE)).toMatchObject({ commitment: 'confirmed' });
    state.now += 6_000;
    state.says = ({ host }) => withSlot(host === 'a' ? 80 : 50, [host === 'a' ? FINAL : null]);
    expect(await chain.status(SIGNATURE)).toMatchObject({ commitment: 'finalized' });
    state.says = ({ host }) => withSlot(host === 'a' ? 90 : 50, [host === 'a' ? FAILED : null]);
    expect(await chain.status(SIGNATURE)).toMatchObject({ commitment: 'confirmed', failed: true });
  });

  it('is found by the other, where the one that was asked first stays behind', async () => {
    const { state, chain } = bench(statuses({ a: CONFIRMED, b: FINAL }));
    const told: unknown[] = [];
    for (let second = 0; second < 8; second += 1) {
      state.says = ({ host }) => (host === 'a' ? withSlot(50, [CONFIRMED]) : withSlot(50 + second, [FINAL]));
      const status = await chain.status(SIGNATURE);
      told.push(status.kind === 'seen' && status.commitment);
      state.now += 1_000;
    }
    expect(told.slice(0, 4)).toEqual(Array(4).fill('confirmed'));
    expect(told.slice(-2)).toContain('finalized');
  });
});

describe('the finalized height', () => {
  const at = (slot: number, blockHeight: number): Answer => ({ result: { absoluteSlot: slot, blockHeight } });

  it('is the lower of two', async () => {
    const { chain } = bench(({ host }) => (host === 'a' ? at(100, 5_000) : at(90, 80)));
    expect(await chain.finalizedHeight()).toEqual({ height: 80, slot: 90 });
  });

  it('is the higher one, where the lower stands still', async () => {
    const { state, chain } = bench(({ host }) => (host === 'a' ? at(100, 90) : at(90, 80)));
    expect(await chain.finalizedHeight()).toEqual({ height: 80, slot: 90 });
    state.now += 6_000;
    state.says = ({ host }) => (host === 'a' ? at(115, 105) : at(90, 80));
    expect(await chain.finalizedHeight()).toEqual({ height: 105, slot: 115 });
  });

  it('is one provider’s where the other has no answer', async () => {
    const { chain } = bench(({ host }) => (host === 'a' ? down() : at(90, 80)));
    expect(await chain.finalizedHeight()).toEqual({ height: 80, slot: 90 });
  });
});
