import { describe, expect, it } from 'vitest';
import { PdaTable } from '../../../services/solana/pda.ts';
import { createProbes } from '../../../services/solana-health-monitor.ts';
import { type Answer, type Asked, address, PROGRAM_ID, scripted, settings, withSlot } from './fixtures.ts';

const ACCOUNT = { lamports: 5, owner: PROGRAM_ID, data: ['AQID', 'base64'] };
const shown = (slot: number, last: unknown = ACCOUNT): Answer => withSlot(slot, [ACCOUNT, null, last]);

const healthy = ({ method }: Asked): Answer =>
  method === 'getEpochInfo' ? { result: { absoluteSlot: 100, blockHeight: 90 } } : shown(68);

function probe(script: (asked: Asked) => Answer) {
  const { fetch, asked } = scripted(script);
  let time = 1_000;
  const probes = createProbes(settings(), { fetch, now: () => (time += 10) });
  return { probes, asked };
}

describe('probes', () => {
  it('measure tip, height and a finalized read at every provider', async () => {
    const { probes, asked } = probe(healthy);
    const results = await probes.probe();
    expect(probes.providers).toEqual(['a', 'b']);
    expect(results.map(({ provider }) => provider)).toEqual(['a', 'b']);
    expect(results[0]).toMatchObject({
      ok: true,
      slot: 100,
      finalizedSlot: 68,
      blockHeight: 90,
      error: null,
      retryAt: null,
    });
    expect(results[0]?.ms).toBeGreaterThan(0);
    const reads = asked.filter(({ method }) => method === 'getMultipleAccounts');
    expect(reads.map(({ params }) => params[1])).toEqual(
      Array(2).fill({ commitment: 'finalized', encoding: 'base64' }),
    );
  });

  it('never ask getHealth, which says ok on a halted chain', async () => {
    const { probes, asked } = probe(healthy);
    await probes.probe();
    expect(asked.map(({ method }) => method)).not.toContain('getHealth');
  });

  it.each([
    [new Response('', { status: 429 }), 'rate_limited'],
    [new Response('', { status: 500 }), 'unavailable'],
    [new Response('<html>'), 'malformed'],
    [new Promise<Response>(() => {}), 'timeout'],
    [{ error: { code: -32016, message: 'behind' } }, 'stale'],
    [{ error: { code: -32602, message: 'what?' } }, 'unavailable'],
  ] as const)('report one provider as failed and leave the other alone (%#: %s)', async (answer, error) => {
    const { probes } = probe((asked) => {
      if (asked.host === 'b') return healthy(asked);
      return answer instanceof Response ? answer.clone() : answer;
    });
    const [a, b] = await probes.probe();
    expect(a).toMatchObject({ ok: false, error, slot: null, finalizedSlot: null, blockHeight: null });
    expect(b?.ok).toBe(true);
  });

  it('keep the tip where only the finalized read fails: it is a sign of life', async () => {
    const { probes } = probe((asked) =>
      asked.method === 'getEpochInfo' ? healthy(asked) : new Response('', { status: 503 }),
    );
    expect((await probes.probe())[0]).toMatchObject({
      ok: false,
      error: 'unavailable',
      slot: 100,
      blockHeight: 90,
      finalizedSlot: null,
      fingerprint: null,
    });
  });

  it('keep the finalized read where only the tip fails', async () => {
    const { probes } = probe((asked) =>
      asked.method === 'getEpochInfo' ? new Response('', { status: 503 }) : healthy(asked),
    );
    const [first] = await probes.probe();
    expect(first).toMatchObject({ ok: false, slot: null, blockHeight: null, finalizedSlot: 68 });
    expect(first?.fingerprint).not.toBeNull();
  });

  it('read the program`s settings, its games and the clock', async () => {
    const { probes, asked } = probe(healthy);
    await probes.probe();
    const read = asked.find(({ method }) => method === 'getMultipleAccounts')?.params[0];
    const pdas = new PdaTable(PROGRAM_ID);
    expect(read).toEqual([
      pdas.derive('config').address,
      pdas.derive('registry').address,
      'SysvarC1ock11111111111111111111111111111111',
    ]);
  });

  it('leave out who is better left alone', async () => {
    const { probes, asked } = probe(healthy);
    expect((await probes.probe(['a'])).map(({ provider }) => provider)).toEqual(['b']);
    expect(new Set(asked.map(({ host }) => host))).toEqual(new Set(['b']));
  });
});

describe('the fingerprint of a probe', () => {
  const fingerprints = async (other: Answer) => {
    const { probes } = probe((asked) => {
      if (asked.method === 'getEpochInfo') return healthy(asked);
      return asked.host === 'a' ? shown(68) : other;
    });
    return (await probes.probe()).map(({ fingerprint }) => fingerprint);
  };

  it('is the same where two show one slot alike, whatever each adds to it', async () => {
    const [a, b] = await fingerprints(withSlot(68, [ACCOUNT, null, { ...ACCOUNT, rentEpoch: 7, space: 3 }]));
    expect(a).toMatch(/^[0-9a-f]{32}$/);
    expect(b).toBe(a);
  });

  it.each([
    ['another slot', shown(69)],
    ['an account that is gone', shown(68, null)],
    ['a lamport', shown(68, { ...ACCOUNT, lamports: 6 })],
    ['an owner', shown(68, { ...ACCOUNT, owner: address(31) })],
    ['a byte', shown(68, { ...ACCOUNT, data: ['AQIE', 'base64'] })],
    ['a byte that is missing', shown(68, { ...ACCOUNT, data: ['AQI=', 'base64'] })],
    ['another order', withSlot(68, [null, ACCOUNT, ACCOUNT])],
  ])('is another for %s', async (_, answer) => {
    const [a, b] = await fingerprints(answer);
    expect(b).not.toBe(a);
  });
});

describe('a probe that is limited', () => {
  it('says so before anything else that went wrong, and until when it is to be left alone', async () => {
    const { probes } = probe((asked) => {
      if (asked.host === 'b') return healthy(asked);
      if (asked.method === 'getEpochInfo') return new Response('', { status: 500 });
      return new Response('', { status: 429, headers: { 'retry-after': '30' } });
    });
    const [a, b] = await probes.probe();
    expect(a).toMatchObject({ ok: false, error: 'rate_limited' });
    expect(a?.retryAt).toBeGreaterThan(30_000);
    expect(b).toMatchObject({ ok: true, retryAt: null });
  });

  it('asks nothing before that time, and says the same', async () => {
    const { probes, asked } = probe(({ host, method }) => {
      if (host === 'b') return healthy({ host, method, params: [] });
      return new Response('', { status: 403, headers: { 'retry-after': '30' } });
    });
    const [first] = await probes.probe();
    asked.length = 0;
    const [second] = await probes.probe();
    expect(second).toMatchObject({ ok: false, error: 'rate_limited', retryAt: first?.retryAt });
    expect(asked.map(({ host }) => host)).toEqual(['b', 'b']);
  });
});
