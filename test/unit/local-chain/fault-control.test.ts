/** Faults set by `POST /faults` and met through real sockets. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningChain } from '../../../services/local-chain/index.ts';
import { startLocalChain } from '../../../services/local-chain/index.ts';
import { funded, memo, onTip, produce } from './support.ts';

const running: RunningChain[] = [];

async function start() {
  const server = await startLocalChain({ slotMs: 20 });
  running.push(server);
  const post = (path: string, body: unknown, timeoutMs = 5_000) =>
    fetch(`${server.rpcUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  return {
    ...server,
    control: (body: unknown) => post('/faults', body),
    call: (path: string, method: string, params: unknown[] = [], timeoutMs?: number) =>
      post(path, { jsonrpc: '2.0', id: 7, method, params }, timeoutMs),
  };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

const PROCESSED = { commitment: 'processed' };

describe('faults over HTTP', () => {
  it('hang: the client gives up, the other endpoint answers', async () => {
    const { control, call } = await start();
    await control({ endpoint: 'b', fault: { kind: 'hang' } });
    await expect(call('/b', 'getSlot', [], 200)).rejects.toThrow('timeout');
    expect((await call('/', 'getSlot')).status).toBe(200);
  });

  it('truncated: a whole HTTP answer with half of the JSON', async () => {
    const { control, call } = await start();
    await control({ fault: { kind: 'corrupt', how: 'truncated' } });
    const answer = await call('/', 'getSlot');
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  it('rateLimited: with the date of now', async () => {
    const { control, call } = await start();
    await control({ fault: { kind: 'rateLimited', retryAfterSeconds: 60, retryAfterAs: 'date' } });
    const answer = await call('/', 'getSlot');
    const wait = Date.parse(answer.headers.get('retry-after') ?? '') - Date.now();
    expect(answer.status).toBe(429);
    expect(wait).toBeGreaterThan(58_000);
    expect(wait).toBeLessThanOrEqual(61_000);
  });

  it('stale: one of two endpoints is behind the other', async () => {
    const { chain, control, call } = await start();
    chain.freeze();
    const { slot } = chain;
    await control({ endpoint: 'a', fault: { kind: 'stale', slots: 1_000 } });
    const at = async (path: string) => (await call(path, 'getSlot', [PROCESSED])).json();
    expect(await at('/b')).toMatchObject({ result: slot });
    chain.thaw();
    produce(chain, 1_200);
    chain.freeze();
    expect(await at('/b')).toMatchObject({ result: chain.slot });
    expect(await at('/a')).toMatchObject({ result: chain.slot - 1_000 });
  });
});

describe('the chain’s own faults over HTTP', () => {
  it('fork, restart, skip, blocks and clock', async () => {
    const { chain, control, call } = await start();
    const owner = funded(chain, 1);
    produce(chain, 40);
    const signature = chain.sendTransaction(onTip(chain, owner, memo('undone')));
    produce(chain, 2);
    const status = async () =>
      (await call('/', 'getSignatureStatuses', [[signature], { searchTransactionHistory: true }])).json();
    chain.freeze();
    expect(await status()).toMatchObject({ result: { value: [{ confirmationStatus: 'confirmed' }] } });
    expect(await (await control({ chain: 'fork', depth: 2, repool: true })).json()).toEqual({
      chain: 'frozen',
      endpoints: {},
    });
    expect(await status()).toMatchObject({ result: { value: [null] } });
    expect(chain.pendingCount).toBe(1);
    expect(await (await control({ chain: 'restart', depth: 1 })).json()).toMatchObject({ chain: 'running' });
    expect(chain.pendingCount).toBe(0);
    const { height } = chain.header('processed');
    await control({ chain: 'blocks', count: 160 });
    expect(chain.blockHeight).toBeGreaterThanOrEqual(height + 160);
    await control({ chain: 'clock', lagSeconds: -900 });
    await control({ chain: 'skip', slots: 1_000 });
    // Counted from a moment ago: the server's own clock drives the chain meanwhile.
    expect(chain.nextBlockAt).toBeGreaterThan(Date.now() + 19_000);
    chain.produceBlock();
    expect(chain.header('processed').blockTime).toBeGreaterThan(Date.now() / 1_000 + 900);
  });

  it('says what is wrong with a body, and changes nothing', async () => {
    const { chain, control, faults } = await start();
    chain.freeze();
    const before = [chain.slot, chain.pendingCount];
    const bad: [unknown, string][] = [
      [{ chain: 'fork' }, 'depth: '],
      [{ chain: 'fork', depth: 0 }, 'depth: '],
      [{ chain: 'fork', depth: 500 }, 'blocks are not finalized'],
      [{ chain: 'restart', depth: 5_000 }, 'is finalized'],
      [{ chain: 'blocks', count: 1 }, 'frozen'],
      [{ chain: 'blocks', count: 1e9 }, 'count: '],
      [{ chain: 'skip', slots: -1 }, 'slots: '],
      [{ chain: 'clock', lagSeconds: 1.5 }, 'lagSeconds: '],
      [{ chain: 'running', depth: 1 }, 'depth'],
      [{ chain: 'melted' }, 'chain: '],
      [{ fault: { kind: 'stale' } }, 'fault.slots: expected 1 to 1000 slots, or a list'],
      [{ fault: { kind: 'stale', slots: 1_001 } }, 'fault.slots: '],
      [{ fault: { kind: 'stale', slots: [1] } }, 'fault.slots: '],
      [{ fault: { kind: 'stale', slots: [1, 2, 3, 4, 5, 6, 7, 8] } }, 'at most 8 different lags'],
      [{ fault: { kind: 'archiveGap', code: -32_000 } }, 'fault.code: expected -32011, -32019 or -32007'],
      [{ fault: { kind: 'archiveGap', keepsBlocks: -1 } }, 'fault.keepsBlocks: '],
      [{ fault: { kind: 'oldBlockhash', blocks: 0 } }, 'fault.blocks: '],
      [{ fault: { kind: 'corrupt', how: 'slightly' } }, 'fault.how: '],
      [{ fault: { kind: 'hang', how: 'long' } }, 'how'],
      [{ fault: { kind: 'rateLimited', quota: -1 } }, 'fault.quota: '],
      [{ fault: { kind: 'rateLimited', retryAfterAs: 'moon' } }, 'fault.retryAfterAs: '],
      [{ fault: { kind: 'random', seed: 1, percent: 101, faults: [{ kind: 'off' }] } }, 'fault.percent: '],
      [{ fault: { kind: 'random', seed: 1, percent: 5, faults: [] } }, 'fault.faults: '],
      [
        { fault: { kind: 'random', seed: 1, percent: 5, faults: [{ kind: 'slow' }] } },
        'fault.faults.0.delayMs: ',
      ],
      [
        { fault: { kind: 'random', seed: 1, percent: 5, faults: [{ kind: 'random' }] } },
        'fault.faults.0.kind: ',
      ],
      [{ fault: { kind: 'explode' } }, 'fault.kind: '],
    ];
    faults.set('other', { kind: 'stale', slots: 900 });
    for (const [body, complaint] of bad) {
      const response = await control(body);
      const { code, detail } = JSON.parse(await response.text());
      expect([response.status, code], JSON.stringify(body)).toEqual([400, 'invalid_fault']);
      expect(detail.join('\n'), JSON.stringify(body)).toContain(complaint);
    }
    expect([chain.slot, chain.pendingCount]).toEqual(before);
    expect(Object.keys(faults.list())).toEqual(['other']);
  });
});
