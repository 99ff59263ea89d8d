/** Every row of the table of JSON-RPC errors (platform facts: D1), by what the objects get to see of it. */
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { type Answer, type Asked, address, methods, scripted, settings, withSlot } from './fixtures.ts';

const SIGNATURE = base58Encode(new Uint8Array(64).fill(5));
const ATTEMPT = {
  signature: SIGNATURE,
  bytes: 'AQID',
  blockhash: address(50),
  lastValidBlockHeight: 150,
  blockhashSlot: 77,
  provider: 'a',
};
/** One witness, so that the order in which they are asked can be seen. */
const ALONE = { readWitnesses: 1 };

interface Bench {
  now: number;
  waits: number[];
}

function bench(script: (asked: Asked, bench: Bench) => Answer, changes: object = ALONE) {
  const state: Bench = { now: 1_000, waits: [] };
  const { fetch, asked } = scripted((call) => script(call, state));
  const wait = async (ms: number): Promise<void> => {
    state.waits.push(ms);
    state.now += ms;
  };
  const chain = createChain(settings({ hedgeMs: 0, ...changes }), { fetch, now: () => state.now, wait });
  const read = () => chain.accounts([address(30)], 60);
  return {
    state,
    chain,
    read,
    asked,
    hosts: () =>
      methods(asked)
        .map((each) => each[0])
        .join(''),
  };
}

const error = (code: number, data?: unknown): Answer => ({ error: { code, message: 'no', data } });
const fine = withSlot(60, [null]);
/** `a` says so, `b` answers. */
const atFirst = (answer: Answer) => (call: Asked) => (call.host === 'a' ? answer : fine);

describe('a provider that has no answer', () => {
  it.each([-32001, -32004, -32007, -32009])(
    'for a gap in its archive (%i) is passed over for another, and keeps its place',
    async (code) => {
      const { read, hosts } = bench(atFirst(error(code)));
      for (let count = 0; count < 4; count += 1) expect((await read()).provider).toBe('b');
      expect(hosts()).toBe('abababab');
    },
  );

  it.each([-32011, -32014, -32019, -32021, -32004, -32007, -32009, -32001, -32015])(
    'does not know (%i), and that is never "absent" or an empty history',
    async (code) => {
      const { chain } = bench(({ method }) =>
        method === 'getEpochInfo' ? { result: { absoluteSlot: 90, blockHeight: 80 } } : error(code),
      );
      const kinds = (await chain.absence({ ...ATTEMPT, signature: SIGNATURE })).map(({ kind }) => kind);
      expect(kinds).toEqual(['unknown', 'unknown']);
      await expect(chain.history(address(30), null)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(chain.transaction(SIGNATURE, 'finalized')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(chain.status(SIGNATURE)).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

  it('since it is unhealthy (-32005) is asked last, for longer each time, and the monitor hears of it', async () => {
    const { state, chain, read, asked, hosts } = bench(atFirst(error(-32005, { numSlotsBehind: 42 })));
    await read();
    await read();
    expect(hosts()).toBe('abb');
    expect(chain.takeReports()).toEqual([{ provider: 'a', at: 1_000, outcome: 'failed', retryAt: null }]);
    state.now += 1_000;
    asked.length = 0;
    await read();
    state.now += 1_999;
    await read();
    state.now += 1;
    await read();
    expect(hosts()).toBe('abbab');
  });

  it('since it is behind (-32016) is asked again within two slots, then another is', async () => {
    const catchesUp = bench(({ host }, { waits }) =>
      host === 'a' && waits.length === 0 ? error(-32016, { contextSlot: 59 }) : fine,
    );
    expect((await catchesUp.read()).provider).toBe('a');
    expect([catchesUp.hosts(), catchesUp.state.waits]).toEqual(['aa', [400]]);
    const stays = bench(atFirst(error(-32016)));
    expect((await stays.read()).provider).toBe('b');
    expect((await stays.read()).provider).toBe('b');
    // Behind what was asked for twice: it comes after the others for a while.
    expect(stays.hosts()).toBe('aabb');
  });

  it('for a method that it does not offer (-32601) is not asked for that one again for ten minutes', async () => {
    const { state, chain, read, asked } = bench(({ host, method }) => {
      if (method === 'getEpochInfo') return { result: { absoluteSlot: 90, blockHeight: 80 } };
      return host === 'a' ? error(-32601) : fine;
    });
    const reads = () => methods(asked).filter((each) => each === 'a:getMultipleAccounts').length;
    await read();
    await read();
    expect(reads()).toBe(1);
    // All else is still asked of it first.
    await chain.finalizedHeight();
    expect(methods(asked).at(-1)).toBe('a:getEpochInfo');
    state.now += 600_000;
    await read();
    expect(reads()).toBe(2);
  });

  it.each([
    ['an internal error', error(-32603)],
    ['a code that nobody knows', error(-32099)],
    ['a gateway that fails', new Response('', { status: 502 })],
    ['a page of HTML', new Response('<html>')],
  ])('with %s is passed over; three in a row are the provider`s', async (_, answer) => {
    const { chain, read, hosts } = bench(({ host }) => {
      if (host === 'b') return fine;
      return answer instanceof Response ? answer.clone() : answer;
    });
    await read();
    await read();
    expect([hosts(), chain.takeReports()]).toEqual(['abab', []]);
    await read();
    await read();
    expect(hosts()).toBe('abababb');
    expect(chain.takeReports()).toMatchObject([{ provider: 'a', outcome: 'failed' }]);
    expect(chain.takeReports()).toEqual([]);
  });
});

describe('a provider`s own limit', () => {
  const limited = (status: number, retryAfter?: string) =>
    new Response('', { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } });
  const limitedAt = (make: () => Response) => (call: Asked) => (call.host === 'a' ? make() : fine);

  it.each([
    ['429 and seconds', 429, '7', 7_000],
    ['403 and seconds', 403, '7', 7_000],
    ['429 and a date', 429, 'Thu, 01 Jan 1970 00:00:09 GMT', 8_000],
    ['503 and seconds', 503, '2', 2_000],
    ['429 and a day', 429, '86400', 60_000],
  ])('of %s is honoured to the millisecond, within bounds', async (_, status, header, forMs) => {
    const { state, read, hosts, chain } = bench(limitedAt(() => limited(status, header)));
    await read();
    const report = { provider: 'a', at: 1_000, outcome: 'rate_limited', retryAt: 1_000 + forMs };
    expect(chain.takeReports()).toEqual(status === 503 ? [] : [report]);
    state.now += forMs - 1;
    await read();
    expect(hosts()).toBe('abb');
    state.now += 1;
    await read();
    expect(hosts()).toBe('abbab');
  });

  it.each([
    ['none', undefined],
    ['nonsense', 'soon'],
    ['the past', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['a negative number', '-5'],
  ])('with %s as Retry-After has it asked last for a second', async (_, header) => {
    const { state, read, hosts, chain } = bench(limitedAt(() => limited(429, header)));
    await read();
    await read();
    expect(hosts()).toBe('abb');
    expect(chain.takeReports()).toEqual([
      { provider: 'a', at: 1_000, outcome: 'rate_limited', retryAt: null },
    ]);
    state.now += 1_000;
    await read();
    expect(hosts()).toBe('abbab');
  });

  it('is honoured where it is the only one: nobody is asked, for a send neither', async () => {
    const { state, chain, read, asked } = bench(() => limited(429, '30'), {
      providers: [{ name: 'a', url: 'https://a.test/' }],
      absenceProviders: 1,
      development: true,
    });
    await expect(read()).rejects.toMatchObject({ code: 'rate_limited', provider: 'a' });
    const before = asked.length;
    state.now += 29_999;
    await expect(read()).rejects.toMatchObject({ code: 'rate_limited', provider: 'a' });
    await expect(chain.send(ATTEMPT)).rejects.toMatchObject({ code: 'rate_limited', provider: 'a' });
    expect(asked.length).toBe(before);
    state.now += 1;
    await expect(read()).rejects.toMatchObject({ code: 'rate_limited' });
    expect(asked.length).toBe(before + 1);
  });

  it('is understood as a JSON-RPC error too', async () => {
    for (const code of [429, -32429]) {
      const { chain, read } = bench(atFirst(error(code)));
      expect((await read()).provider).toBe('b');
      expect(chain.takeReports()).toMatchObject([{ provider: 'a', outcome: 'rate_limited' }]);
    }
  });
});
