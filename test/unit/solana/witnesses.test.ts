/** Accounts as two providers show them (F34): what they do not agree on decides nothing. */
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { type Answer, type Asked, address, methods, scripted, settings, withSlot } from './fixtures.ts';

const OWNER = address(31);
/** An account that holds so much. */
const holding = (lamports: number) => [{ lamports, owner: OWNER, data: ['AQID', 'base64'] }];
const behind: Answer = { error: { code: -32016, message: 'not reached' } };
const down = (): Answer => new Response('', { status: 503 });

interface Node {
  /** The finalized slot, and what the account holds there. */
  slot: number;
  lamports: number;
}

/** What a provider answers: as its node is, honest about `minContextSlot`; or as a test says. */
type Says = Node | (() => Answer);

function minSlotOf({ params }: Asked): number {
  const [, options] = params as [unknown, { minContextSlot?: number }];
  return options.minContextSlot ?? 0;
}

function answerOf(says: Says | undefined, call: Asked): Answer {
  if (says === undefined) return down();
  if (typeof says === 'function') return says();
  if (call.method === 'getEpochInfo') return { result: { absoluteSlot: says.slot, blockHeight: says.slot } };
  if (minSlotOf(call) > says.slot) return behind;
  return withSlot(says.slot, holding(says.lamports));
}

function bench(nodes: Readonly<Record<string, Says>>, changes: object = {}) {
  const names = Object.keys(nodes);
  const providers = names.map((name) => ({ name, url: `https://${name}.test/` }));
  let now = 1_000_000;
  const state = { before: (_: Asked, __: number): void => {} };
  const { fetch, asked } = scripted((call) => {
    state.before(call, asked.length);
    return answerOf(nodes[call.host], call);
  });
  const chain = createChain(settings({ providers, ...changes }), { fetch, now: () => now });
  return {
    state,
    nodes,
    asked,
    chain,
    read: (minSlot?: number) => chain.accounts([address(30)], minSlot),
    later: (ms: number): void => {
      now += ms;
    },
  };
}

describe('accounts at two providers', () => {
  it('are asked for at the same time, and what both show is answered with the lower slot', async () => {
    const { read, asked } = bench({ a: { slot: 70, lamports: 5 }, b: { slot: 68, lamports: 5 } });
    expect(await read()).toMatchObject({ slot: 68, provider: 'b', accounts: [{ lamports: 5n }] });
    expect(methods(asked)).toEqual(['a:getMultipleAccounts', 'b:getMultipleAccounts']);
  });

  it('that differ are looked at once more, from the later slot on', async () => {
    const a = { slot: 70, lamports: 5 };
    const b = { slot: 68, lamports: 4 };
    const { read, state, asked } = bench({ a, b });
    state.before = (call) => {
      if (minSlotOf(call) === 70) Object.assign(b, { slot: 71, lamports: 5 });
    };
    expect(await read()).toMatchObject({ slot: 70, accounts: [{ lamports: 5n }] });
    const again = asked.filter((call) => call.method === 'getMultipleAccounts').map(minSlotOf);
    expect(again).toEqual([0, 0, 70, 70]);
  });

  it.each([
    ['lamports', () => withSlot(70, holding(6))],
    ['the owner', () => withSlot(70, [{ ...holding(5)[0], owner: address(32) }])],
    ['a byte of data', () => withSlot(70, [{ ...holding(5)[0], data: ['AQIE', 'base64'] }])],
    ['the length of data', () => withSlot(70, [{ ...holding(5)[0], data: ['AQIDBA==', 'base64'] }])],
    ['whether there is an account', () => withSlot(70, [null])],
  ])('are a disagreement where two show %s of one slot differently', async (_, says) => {
    for (const nodes of [
      { a: { slot: 70, lamports: 5 }, b: says },
      { a: says, b: { slot: 70, lamports: 5 } },
    ]) {
      await expect(bench(nodes).read()).rejects.toMatchObject({
        code: 'disagreement',
        provider: expect.stringMatching(/^[ab] and [ab]$/),
      });
    }
  });

  it('are unknown where two differ and never show the same slot', async () => {
    const a = { slot: 70, lamports: 5 };
    const b = { slot: 71, lamports: 4 };
    const { read, state } = bench({ a, b });
    state.before = (call) => {
      if (call.host === 'a' && minSlotOf(call) === 71) Object.assign(a, { slot: 72, lamports: 6 });
      if (call.host === 'b' && minSlotOf(call) === 71) Object.assign(b, { slot: 73, lamports: 7 });
    };
    await expect(read()).rejects.toMatchObject({ code: 'stale' });
  });

  it('are unknown where one that differs has not come as far as the other, and nobody is set aside for it', async () => {
    const { read, asked, later } = bench({ a: { slot: 90, lamports: 5 }, b: { slot: 70, lamports: 4 } });
    for (let count = 0; count < 3; count += 1) {
      await expect(read()).rejects.toMatchObject({ code: 'stale' });
      later(1_000);
    }
    // The one that is ahead does not win by saying so.
    expect(methods(asked).filter((each) => each.startsWith('b')).length).toBe(6);
  });

  it('are the other`s where one has stood still for five seconds and the other has not', async () => {
    const a = { slot: 70, lamports: 5 };
    const b = { slot: 70, lamports: 5 };
    const { read, later } = bench({ a, b });
    await read();
    later(4_999);
    Object.assign(a, { slot: 82, lamports: 6 });
    await expect(read()).rejects.toMatchObject({ code: 'stale' });
    later(1);
    Object.assign(a, { slot: 83 });
    expect(await read()).toMatchObject({ provider: 'a', slot: 83, accounts: [{ lamports: 6n }] });
    // Once it moves again its word counts again.
    Object.assign(b, { slot: 84 });
    await expect(read()).rejects.toMatchObject({ code: 'stale' });
  });
});

describe('accounts where a witness is missing', () => {
  it.each([
    ['silent', down],
    ['limited', () => new Response('', { status: 429 })],
    ['behind what was asked for', () => behind],
  ])('are taken from the other while one is %s: one provider down is not Solana down', async (_, says) => {
    const { read } = bench({ a: says, b: { slot: 70, lamports: 5 } });
    for (let count = 0; count < 5; count += 1) {
      expect(await read(60)).toMatchObject({ provider: 'b', slot: 70 });
    }
  });

  it('are asked of a third in its place', async () => {
    const { read } = bench({ a: down, b: { slot: 70, lamports: 5 }, c: { slot: 70, lamports: 6 } });
    await expect(read()).rejects.toMatchObject({ code: 'disagreement' });
  });

  it('are unavailable where nobody answers, each asked once', async () => {
    const { read, asked } = bench({ a: down, b: down });
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
    expect(methods(asked)).toEqual(['a:getMultipleAccounts', 'b:getMultipleAccounts']);
  });

  it('are asked of one where the setting says one, or there is one', async () => {
    const one = bench({ a: { slot: 70, lamports: 5 }, b: { slot: 70, lamports: 6 } }, { readWitnesses: 1 });
    expect(await one.read()).toMatchObject({ provider: 'a' });
    const alone = bench({ a: { slot: 70, lamports: 5 } }, { absenceProviders: 1, development: true });
    expect(await alone.read()).toMatchObject({ provider: 'a' });
  });
});

describe('a slot that cannot be', () => {
  const ABSURD = 9_000_000_000_000_000;

  it('leaves no trace where both show the same: the lower one is answered', async () => {
    const { read } = bench({ a: { slot: ABSURD, lamports: 5 }, b: { slot: 70, lamports: 5 } });
    expect(await read()).toMatchObject({ slot: 70 });
  });

  it('is unknown where they differ', async () => {
    const { read } = bench({ a: { slot: ABSURD, lamports: 5 }, b: { slot: 70, lamports: 4 } });
    await expect(read()).rejects.toMatchObject({ code: 'stale' });
  });

  it('of a single witness is bounded by where the other last was, and by the time since', async () => {
    const nodes: { a: Says; b: Says } = { a: { slot: 70, lamports: 5 }, b: { slot: 70, lamports: 5 } };
    const { read, chain, later } = bench(nodes);
    await read();
    nodes.b = down;
    nodes.a = { slot: ABSURD, lamports: 5 };
    await expect(read()).rejects.toMatchObject({ code: 'malformed', provider: 'a' });
    await expect(chain.finalizedHeight()).rejects.toBeDefined();
    nodes.a = { slot: 70 + 5_000 + 3_600 * 50, lamports: 5 };
    later(3_599_000);
    await expect(read()).rejects.toMatchObject({ code: 'malformed' });
    later(1_000);
    expect(await read()).toMatchObject({ provider: 'a' });
  });

  it('is bounded by where it was itself, where the other is not heard', async () => {
    const nodes: { a: Says; b: Says } = { a: { slot: 70, lamports: 5 }, b: { slot: 70, lamports: 5 } };
    const { read, chain, later } = bench(nodes);
    chain.heed([{ name: 'b', breaker: 'open', until: 9_000_000, reason: '5 failures' }]);
    expect(await read()).toMatchObject({ slot: 70 });
    nodes.a = { slot: ABSURD, lamports: 5 };
    later(60_000);
    await expect(read()).rejects.toMatchObject({ code: 'malformed' });
    nodes.a = { slot: 220, lamports: 5 };
    expect(await read()).toMatchObject({ slot: 220 });
  });

  it('of a transaction or a history is not believed either', async () => {
    const signature = base58Encode(new Uint8Array(64).fill(5));
    const nodes: { a: Says; b: Says } = { a: { slot: 70, lamports: 5 }, b: { slot: 70, lamports: 5 } };
    const { read, chain } = bench(nodes);
    await read();
    nodes.a = () => ({ result: [{ signature, slot: ABSURD, err: null }] });
    nodes.b = () => ({ result: [{ signature, slot: 71, err: null }] });
    expect(await chain.history(address(30), null)).toMatchObject([{ slot: 71 }]);
  });
});

describe('a breaker that the monitor has opened', () => {
  const open = (name: string, until: number) =>
    ({ name, breaker: 'open', until, reason: 'failures' }) as const;
  const both = () => bench({ a: { slot: 70, lamports: 5 }, b: { slot: 70, lamports: 6 } });

  it('has the provider passed over until its time is up', async () => {
    const { chain, read, later } = both();
    chain.heed([open('b', 1_010_000)]);
    expect(await read()).toMatchObject({ provider: 'a' });
    later(9_999);
    expect(await read()).toMatchObject({ provider: 'a' });
    chain.heed([]);
    await expect(read()).rejects.toMatchObject({ code: 'disagreement' });
  });

  it('keeps the provider from being asked even where the others have just failed', async () => {
    const { chain, asked } = bench({ a: down, b: { slot: 70, lamports: 5 } });
    chain.heed([open('b', 1_010_000)]);
    await expect(chain.finalizedHeight()).rejects.toMatchObject({ code: 'unavailable', provider: 'a' });
    expect(methods(asked)).toEqual(['a:getEpochInfo']);
  });

  it('past its time has it tried after the others', async () => {
    const { chain, asked, later } = both();
    chain.heed([open('a', 1_010_000)]);
    later(10_000);
    await chain.finalizedHeight();
    expect(methods(asked)).toEqual(['b:getEpochInfo']);
  });

  it('is asked all the same where every other is open too', async () => {
    const { chain, asked } = both();
    chain.heed([open('a', 1_010_000), open('b', 1_010_000)]);
    await chain.finalizedHeight();
    expect(methods(asked)).toEqual(['a:getEpochInfo']);
  });

  it('does not keep a witness from a proof of absence', async () => {
    const { chain, asked } = both();
    chain.heed([open('b', 1_010_000)]);
    const signature = base58Encode(new Uint8Array(64).fill(5));
    await chain.absence({ signature, blockhash: address(50), blockhashSlot: 1 });
    expect(methods(asked)).toContain('b:getEpochInfo');
  });
});
