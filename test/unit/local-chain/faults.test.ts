import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RunningChain } from '../../../services/local-chain/index.ts';
import { FaultBoard, startLocalChain } from '../../../services/local-chain/index.ts';
import { funded, keypair, onTip, SOL, transfer } from './support.ts';

const running: RunningChain[] = [];

async function start(): Promise<RunningChain> {
  const server = await startLocalChain({ slotMs: 20 });
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

function call(url: string, method: string, params: unknown[] = [], timeoutMs = 5_000): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }),
    signal: AbortSignal.timeout(timeoutMs),
  });
}

function post(url: string, body: unknown, contentType = 'application/json'): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body: text });
}

/** Waits until the condition holds; fails after five seconds. */
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the condition did not come true');
}

describe('faults of an endpoint', () => {
  it('off: closes connections without an answer, and only those of that endpoint', async () => {
    const { rpcUrl } = await start();
    expect((await post(`${rpcUrl}/faults`, { endpoint: 'b', fault: { kind: 'off' } })).status).toBe(200);
    await expect(call(`${rpcUrl}/b`, 'getSlot')).rejects.toThrow();
    expect((await call(rpcUrl, 'getSlot')).status).toBe(200);
    await post(`${rpcUrl}/faults`, { endpoint: 'b', fault: { kind: 'none' } });
    expect((await call(`${rpcUrl}/b`, 'getSlot')).status).toBe(200);
  });

  it('off: cuts open WebSockets and takes no new ones', async () => {
    const { rpcUrl, wsUrl, faults } = await start();
    const socket = new WebSocket(wsUrl);
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    faults.set('default', { kind: 'off' });
    await closed;
    const refused = new WebSocket(wsUrl);
    await new Promise((resolve) => refused.once('error', resolve));
    faults.clear('default');
    expect((await call(rpcUrl, 'getHealth')).status).toBe(200);
  });

  it('erring: refuses new WebSockets with the status, and counts them; slow leaves them alone', async () => {
    const { wsUrl, faults } = await start();
    const open = (): Promise<string> => {
      const socket = new WebSocket(wsUrl);
      return new Promise((resolve) => {
        socket.once('open', () => resolve('open'));
        socket.once('error', (error) => resolve(error.message));
      });
    };
    faults.set('default', { kind: 'erring', as: 'http', count: 1 });
    expect(await open()).toContain('503');
    expect(await open()).toBe('open');
    faults.set('default', { kind: 'rateLimited' });
    expect(await open()).toContain('429');
    faults.set('default', { kind: 'slow', delayMs: 10, count: 1 });
    expect(await open()).toBe('open');
    expect(faults.get('default')?.kind).toBe('slow');
  });

  it('slow: answers, late', async () => {
    const { rpcUrl, faults } = await start();
    faults.set('default', { kind: 'slow', delayMs: 150, count: 1 });
    const begun = performance.now();
    expect((await call(rpcUrl, 'getSlot')).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(140);
    expect(faults.list()).toEqual({});
  });

  it('erring: an HTTP status, a page of HTML, or a JSON-RPC error', async () => {
    const { rpcUrl, faults } = await start();
    faults.set('default', { kind: 'erring', as: 'http', status: 502 });
    expect((await call(rpcUrl, 'getSlot')).status).toBe(502);
    faults.set('default', { kind: 'erring', as: 'html' });
    const page = await call(rpcUrl, 'getSlot');
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html']);
    expect(await page.text()).toContain('<html>');
    faults.set('default', { kind: 'erring', as: 'rpc', code: -32_005, message: 'Node is unhealthy' });
    expect(await (await call(rpcUrl, 'getSlot')).json()).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: { code: -32_005, message: 'Node is unhealthy' },
    });
  });

  it('erring: executes nothing', async () => {
    const { rpcUrl, chain, faults } = await start();
    faults.set('default', { kind: 'erring', as: 'http' });
    await call(rpcUrl, 'requestAirdrop', [keypair(3).publicKey.toBase58(), 5]);
    chain.produceBlock();
    expect(chain.transactionCount).toBe(0);
  });

  it('rateLimited: 429, with the time to wait', async () => {
    const { rpcUrl, faults } = await start();
    faults.set('default', { kind: 'rateLimited', retryAfterSeconds: 3, count: 1 });
    const limited = await call(rpcUrl, 'getSlot');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await call(rpcUrl, 'getSlot')).status).toBe(200);
  });

  it('replyLost: the transaction lands, the sender never hears of it', async () => {
    const { rpcUrl, chain, faults } = await start();
    const [from, to] = [funded(chain, 1), keypair(2)];
    faults.set('default', { kind: 'replyLost', count: 2 });
    const send = (amount: bigint, timeoutMs?: number) => {
      const bytes = Buffer.from(onTip(chain, from, transfer(from, to, amount))).toString('base64');
      const config = { encoding: 'base64', preflightCommitment: 'confirmed' };
      return call(rpcUrl, 'sendTransaction', [bytes, config], timeoutMs);
    };
    expect((await call(rpcUrl, 'getSlot')).status).toBe(200);
    await expect(send(SOL)).rejects.toThrow();
    await until(() => chain.getBalance(to.publicKey.toBase58()) === SOL);
    faults.set('default', { kind: 'replyLost', how: 'hang', count: 1 });
    await expect(send(2n * SOL, 200)).rejects.toThrow();
    await until(() => chain.getBalance(to.publicKey.toBase58()) === 3n * SOL);
    expect((await send(3n * SOL)).status).toBe(200);
  });

  it('methods: a fault can be limited to some calls', async () => {
    const { rpcUrl, faults } = await start();
    faults.set('default', { kind: 'erring', as: 'http', methods: ['getSlot'] });
    expect((await call(rpcUrl, 'getSlot')).status).toBe(503);
    expect((await call(rpcUrl, 'getHealth')).status).toBe(200);
  });
});

describe('a frozen chain', () => {
  it('is the chain’s own state: every endpoint answers, the tip stands still, sends wait', async () => {
    const { rpcUrl, chain } = await start();
    const from = funded(chain, 1);
    const state = await (await post(`${rpcUrl}/faults`, { chain: 'frozen' })).json();
    expect(state).toEqual({ chain: 'frozen', endpoints: {} });
    const { slot } = chain;
    const bytes = Buffer.from(onTip(chain, from, transfer(from, keypair(2), SOL))).toString('base64');
    const config = { encoding: 'base64', preflightCommitment: 'confirmed' };
    // SAFETY: a refusal would have no result, and the status would never come.
    const sent = (await (await call(`${rpcUrl}/b`, 'sendTransaction', [bytes, config])).json()) as {
      result: string;
    };
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([chain.slot, chain.pendingCount]).toEqual([slot, 1]);
    await post(`${rpcUrl}/faults`, { chain: 'running' });
    await until(() => chain.getSignatureStatuses([sent.result])[0]?.confirmationStatus === 'confirmed');
  });
});

describe('the control of faults', () => {
  it('refuses what it does not understand, and changes nothing', async () => {
    const { rpcUrl, faults } = await start();
    const bad = [
      {},
      { fault: { kind: 'explode' } },
      { fault: { kind: 'slow' } },
      { fault: { kind: 'slow', delayMs: 1e9 } },
      { fault: { kind: 'off', count: 0 } },
      { fault: { kind: 'off', extra: true } },
      { fault: { kind: 'erring', as: 'http', status: 200 } },
      { endpoint: '../x', fault: { kind: 'off' } },
      { chain: 'melted' },
      'no json',
    ];
    for (const body of bad) {
      const response = await post(`${rpcUrl}/faults`, body);
      expect(response.status, JSON.stringify(body)).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_fault' });
    }
    expect((await post(`${rpcUrl}/faults`, { fault: { kind: 'off' } }, 'text/plain')).status).toBe(415);
    expect((await fetch(`${rpcUrl}/faults`, { method: 'DELETE' })).status).toBe(405);
    expect(faults.list()).toEqual({});
    faults.set('b', { kind: 'off', count: 3 });
    expect(await (await fetch(`${rpcUrl}/faults`)).json()).toEqual({
      chain: 'running',
      endpoints: { b: { kind: 'off', count: 3 } },
    });
  });

  it('bounds the endpoints that can have a fault', () => {
    const board = new FaultBoard();
    for (let number = 0; number < 64; number += 1) board.set(`e${number}`, { kind: 'off' });
    expect(() => board.set('one-more', { kind: 'off' })).toThrow(RangeError);
    board.set('e0', { kind: 'slow', delayMs: 5 });
    expect(() => board.set('Not A Name', { kind: 'off' })).toThrow(RangeError);
  });
});

describe('the HTTP skin', () => {
  it('refuses bodies that are too large or not JSON, other methods and unknown paths', async () => {
    const { rpcUrl } = await start();
    expect((await post(rpcUrl, `[${'1'.repeat(51_200)}]`)).status).toBe(413);
    expect((await post(rpcUrl, '{}', 'text/plain')).status).toBe(415);
    expect((await fetch(rpcUrl)).status).toBe(405);
    expect((await fetch(`${rpcUrl}/a/b`)).status).toBe(404);
    expect(await (await fetch(`${rpcUrl}/health`)).text()).toBe('ok');
    expect(await (await post(rpcUrl, '{oops')).json()).toMatchObject({ error: { code: -32700 } });
  });

  it('lets pages of other origins use the RPC, not the faults', async () => {
    const { rpcUrl } = await start();
    const preflight = await fetch(rpcUrl, { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect((await fetch(`${rpcUrl}/faults`)).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('rejects a port that is taken', async () => {
    const { rpcUrl } = await start();
    await expect(startLocalChain({ port: Number(new URL(rpcUrl).port) })).rejects.toThrow('EADDRINUSE');
  });
});
