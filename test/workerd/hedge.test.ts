/** A hedged read on the platform's own signals, timers and responses. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../services/solana/deadline.ts';
import { type Fetch, RpcProvider } from '../../services/solana/json-rpc.ts';
import { ProviderGuard } from '../../services/solana/provider-guard.ts';
import { RpcPool } from '../../services/solana/rpc-pool.ts';

const CLUSTER = 'cluster';

/** `slow` answers only when its signal aborts, as a request that hangs does. */
function poolOf(aborted: string[]): RpcPool {
  const fetch: Fetch = async (url, { body, signal }) => {
    const { id, method } = z.object({ id: z.int(), method: z.string() }).parse(JSON.parse(body));
    if (url.includes('slow') && method !== 'getGenesisHash') {
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push(url);
          reject(new DOMException('aborted', 'AbortError'));
        });
      });
    }
    if (url.includes('limited')) return new Response('', { status: 429, headers: { 'retry-after': '30' } });
    return Response.json({ jsonrpc: '2.0', id, result: method === 'getGenesisHash' ? CLUSTER : 7 });
  };
  const budget = { perSecond: 1_000, burst: 1_000 };
  const providers = ['limited', 'slow', 'quick'].map((name) => {
    const guard = new ProviderGuard({ name, budget, now: Date.now });
    const url = `https://${name}.test/`;
    return new RpcProvider({ name, url, timeoutMs: 10_000, cluster: CLUSTER, fetch, guard, now: Date.now });
  });
  return new RpcPool(providers, { hedgeMs: 30, wait: waitFor });
}

describe('a hedged read in workerd', () => {
  it('is answered by the quick one, and the request to the slow one is aborted', async () => {
    const aborted: string[] = [];
    const pool = poolOf(aborted);
    const asked: string[] = [];
    const slot = await pool.read((provider) => {
      asked.push(provider.name);
      return provider.call('getSlot', [], z.int());
    });
    expect([slot, asked]).toEqual([7, ['limited', 'slow', 'quick']]);
    expect(aborted).toEqual(['https://slow.test/']);
    expect(pool.takeReports()).toMatchObject([{ provider: 'limited', outcome: 'rate_limited' }]);
    expect(pool.ordered().map(({ name }) => name)).toEqual(['slow', 'quick', 'limited']);
  });
});
