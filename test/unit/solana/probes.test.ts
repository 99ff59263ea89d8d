import { describe, expect, it } from 'vitest';
import { createProbes } from '../../../services/solana-health-monitor.ts';
import { type Answer, type Asked, scripted, settings, withSlot } from './fixtures.ts';

const healthy = ({ method }: Asked): Answer =>
  method === 'getEpochInfo' ? { result: { absoluteSlot: 100, blockHeight: 90 } } : withSlot(68, [null]);

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

  it('fail as a whole when only the finalized read fails', async () => {
    const { probes } = probe((asked) =>
      asked.method === 'getEpochInfo' ? healthy(asked) : new Response('', { status: 503 }),
    );
    expect((await probes.probe()).map(({ ok }) => ok)).toEqual([false, false]);
  });
});
