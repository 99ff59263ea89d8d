/** What a faulty endpoint does to requests, without sockets: the plan that HTTP and simulations share. */
import { describe, expect, it } from 'vitest';
import { Endpoints, FaultBoard } from '../../../services/local-chain/index.ts';
import { fate, played, providers } from './providers.ts';
import { keypair, onTip, produce, SLOT_MS, SOL, START, transfer } from './support.ts';

const CONFIRMED = { commitment: 'confirmed' };

describe('requests that are not carried out', () => {
  it('hang: never executed, never answered', async () => {
    const { chain, fault, call, wire, config } = played();
    fault({ kind: 'hang', count: 1 });
    expect(await fate(call('sendTransaction', [wire('x'), config]))).toBe('TimeoutError');
    expect(chain.pendingCount).toBe(0);
    expect(await fate(call('sendTransaction', [wire('x'), config]))).toBe('answered 200');
  });

  it('replyLost hangs and breaks off after the execution, off before it', async () => {
    const { chain, fault, call, wire, config } = played();
    fault({ kind: 'replyLost', how: 'hang' });
    expect(await fate(call('sendTransaction', [wire('a'), config]))).toBe('TimeoutError');
    fault({ kind: 'replyLost' });
    expect(await fate(call('sendTransaction', [wire('b'), config]))).toBe('TypeError');
    expect(chain.pendingCount).toBe(2);
    fault({ kind: 'off' });
    expect(await fate(call('sendTransaction', [wire('c'), config]))).toBe('TypeError');
    expect(chain.pendingCount).toBe(2);
  });

  it('slow: taken up after the delay, not before', async () => {
    const { chain, faults } = played();
    const { slot } = chain;
    faults.set('default', { kind: 'slow', delayMs: 700 });
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getSlot', params: [CONFIRMED] });
    const reception = new Endpoints(chain, faults).receive('default', request);
    expect(reception.delayMs).toBe(700);
    produce(chain, 3);
    expect(reception.respond()).toMatchObject({
      kind: 'answer',
      executed: true,
      body: `{"jsonrpc":"2.0","id":1,"result":${slot + 3}}`,
    });
  });

  it('erring: a 403, and a preflight refusal though the chain would take it', async () => {
    const { chain, fault, call, send } = played();
    fault({ kind: 'erring', as: 'http', status: 403, count: 1 });
    expect((await call('getSlot')).status).toBe(403);
    const data = { err: 'BlockhashNotFound', logs: [] };
    const message = 'Transaction simulation failed: Blockhash not found';
    fault({ kind: 'erring', as: 'rpc', code: -32_002, message, data, methods: ['sendTransaction'] });
    expect(await send('taken by nobody')).toEqual({ code: -32_002, message, data });
    expect(chain.pendingCount).toBe(0);
  });

  it('rateLimited: Retry-After as seconds, as a date, or not at all', async () => {
    const { fault, call } = providers(() => 1_800_000_000_400);
    const limit = async (input: object) => {
      fault({ kind: 'rateLimited', ...input });
      const { status, headers } = await call('getSlot');
      return [status, headers.get('retry-after')];
    };
    expect(await limit({})).toEqual([429, null]);
    expect(await limit({ retryAfterSeconds: 90 })).toEqual([429, '90']);
    expect(await limit({ retryAfterSeconds: 90, retryAfterAs: 'date' })).toEqual([
      429,
      'Fri, 15 Jan 2027 08:01:31 GMT',
    ]);
  });

  it('rateLimited: a quota lets so many requests pass', async () => {
    const { fault, faults, call } = providers();
    fault({ kind: 'rateLimited', quota: 3, count: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      statuses.push((await call('getSlot')).status);
      if (i === 0) expect(faults.list()).toMatchObject({ default: { quota: 2, count: 2 } });
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429, 200]);
  });
});

describe('answers that are not true', () => {
  it('dropped: the signature is answered after the preflight, and the chain never hears of it', async () => {
    const { chain, fault, send, ask, owner } = played();
    fault({ kind: 'dropped' });
    expect(await send('lost')).toMatch(/^[1-9A-HJ-NP-Za-km-z]{80,90}$/);
    expect(chain.pendingCount).toBe(0);
    const poor = Buffer.from(onTip(chain, owner, transfer(owner, keypair(2), 100n * SOL))).toString('base64');
    expect(await ask('sendTransaction', [poor, { encoding: 'base64', ...CONFIRMED }])).toMatchObject({
      code: -32_002,
    });
    fault({ kind: 'none' });
    expect(await send('sent')).toMatch(/^[1-9A-HJ-NP-Za-km-z]{80,90}$/);
    expect(chain.pendingCount).toBe(1);
  });

  it('stale: behind at every commitment, and back and forth with a list', async () => {
    const { chain, fault, ask } = providers();
    produce(chain, 100);
    const { slot } = chain;
    fault({ kind: 'stale', slots: 20 });
    const seen = (commitment: string) => ask('getSlot', [{ commitment }]);
    expect([await seen('processed'), await seen('finalized')]).toEqual([slot - 20, slot - 52]);
    expect(await ask('getSlot', [{ minContextSlot: slot - 51 }])).toMatchObject({ code: -32_016 });
    expect(await ask('getSlot', [{ commitment: 'processed' }], 'b')).toBe(slot);
    fault({ kind: 'stale', slots: [0, 50, 3] });
    const turns: unknown[] = [];
    for (let i = 0; i < 5; i += 1) turns.push(await seen('processed'));
    expect(turns).toEqual([slot, slot - 50, slot - 3, slot, slot - 50]);
  });

  it('oldBlockhash: an older one with its own last height, at the commitment asked for', async () => {
    const { chain, fault, ask, call } = providers();
    produce(chain, 200);
    const latest = (commitment: string) => ask('getLatestBlockhash', [{ commitment }]);
    for (const commitment of ['processed', 'finalized'] as const) {
      const { slot, height } = chain.header(commitment);
      fault({ kind: 'oldBlockhash', blocks: 10 });
      expect(await latest(commitment)).toMatchObject({
        context: { slot },
        value: { blockhash: chain.headerAt(slot - 10)?.hash, lastValidBlockHeight: height - 10 + 150 },
      });
    }
    fault({ kind: 'oldBlockhash' });
    const { blockhash, lastValidBlockHeight } = JSON.parse(
      (await call('getLatestBlockhash', [CONFIRMED])).text,
    ).result.value;
    expect(lastValidBlockHeight).toBe(chain.blockHeight - 1);
    expect(chain.isBlockhashValid(blockhash)).toBe(false);
    fault({ kind: 'oldBlockhash', blocks: 1_000 });
    expect(await latest('processed')).toMatchObject({ value: { lastValidBlockHeight: 150 } });
  });

  it('oldBlockhash: one of another cluster, with a height that looks right', async () => {
    const { chain, fault, call, ask } = providers();
    produce(chain, 5);
    const real = chain.getLatestBlockhash('processed');
    fault({ kind: 'oldBlockhash', foreign: true, count: 1 });
    const answer = await call('getLatestBlockhash', [{ commitment: 'processed' }]);
    const { blockhash, lastValidBlockHeight } = JSON.parse(answer.text).result.value;
    expect(lastValidBlockHeight).toBe(real.lastValidBlockHeight);
    expect(blockhash).not.toBe(real.blockhash);
    expect(chain.isBlockhashValid(blockhash)).toBe(false);
    expect(await ask('getLatestBlockhash', [{ commitment: 'processed' }])).toMatchObject({ value: real });
  });
});

describe('corrupt', () => {
  it('carries the request out and spoils the answer', async () => {
    const { chain, fault, send } = played();
    fault({ kind: 'corrupt', how: 'wrongShape' });
    expect(await send('sent all the same')).toEqual([expect.any(String)]);
    expect(chain.pendingCount).toBe(1);
  });

  it('truncated, not JSON, or a page of HTML: all with status 200', async () => {
    const { fault, call } = providers();
    const whole = (await call('getSlot')).text;
    fault({ kind: 'corrupt', how: 'truncated' });
    const cut = await call('getSlot');
    expect([cut.status, cut.text]).toEqual([200, whole.slice(0, whole.length / 2)]);
    expect(() => JSON.parse(cut.text)).toThrow(SyntaxError);
    fault({ kind: 'corrupt', how: 'notJson' });
    const text = await call('getSlot');
    expect([text.status, text.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(() => JSON.parse(text.text)).toThrow(SyntaxError);
    fault({ kind: 'corrupt', how: 'html' });
    const page = await call('getSlot');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(page.text).toContain('<html>');
  });

  it('wrongId: the answer to another question, of a batch as well', async () => {
    const { fault, fetch } = providers();
    fault({ kind: 'corrupt', how: 'wrongId' });
    const ids = async (...asked: unknown[]) => {
      const body = JSON.stringify(asked.map((id) => ({ jsonrpc: '2.0', id, method: 'getHealth' })));
      const replies: { id: unknown; result: string }[] = JSON.parse(
        await (await fetch('http://x/', { body })).text(),
      );
      return replies.map(({ id, result }) => [id, result]);
    };
    expect(await ids(7, 'seven', null)).toEqual([
      [8, 'ok'],
      ['seven-other', 'ok'],
      [1, 'ok'],
    ]);
  });

  it('wrongShape: never what was asked for, the envelope aside', async () => {
    const { chain, fault, ask } = played();
    const address = keypair(1).publicKey.toBase58();
    fault({ kind: 'corrupt', how: 'wrongShape' });
    expect(await ask('getSlot')).toEqual([chain.finalizedSlot]);
    expect(await ask('getSignaturesForAddress', [address, CONFIRMED])).toEqual({ list: 0 });
    expect(await ask('getNothing')).toMatchObject({ code: -32_601 });
    const context = { slot: chain.finalizedSlot };
    expect(await ask('getBalance', [address])).toMatchObject({ context, value: [0] });
    expect(await ask('getAccountInfo', [address])).toMatchObject({ context, value: 'null' });
    expect(await ask('getAccountInfo', [address, { ...CONFIRMED, encoding: 'base64' }])).toMatchObject({
      value: [],
    });
  });

  it('floats: integers as other JSON libraries write them', async () => {
    const { chain, fault, call } = played();
    const address = keypair(1).publicKey.toBase58();
    fault({ kind: 'corrupt', how: 'floats' });
    const { text } = await call('getAccountInfo', [address, { ...CONFIRMED, encoding: 'base64' }]);
    expect(text).toContain(`"slot":${chain.slot}.0`);
    expect(text).toContain('"lamports":10000000000.0');
    expect(text).toContain('"rentEpoch":1.8446744073709552e+19');
    expect(text).toContain('"id":7,');
    expect(JSON.parse(text).result.value.lamports).toBe(10_000_000_000);
    expect((await call('getNothing')).text).toContain('"code":-32601');
  });
});

describe('random', () => {
  async function run(seed: number, percent: number, requests: number) {
    const { fault, call } = providers();
    fault({
      kind: 'random',
      seed,
      percent,
      faults: [{ kind: 'off' }, { kind: 'hang' }, { kind: 'erring', as: 'http', status: 502 }],
    });
    const fates: string[] = [];
    for (let i = 0; i < requests; i += 1) fates.push(await fate(call('getSlot')));
    return fates;
  }

  it('draws whether and which from the seed: the same again, and another of another', async () => {
    const first = await run(1, 30, 200);
    expect(await run(1, 30, 200)).toEqual(first);
    expect(await run(2, 30, 200)).not.toEqual(first);
    const faulty = first.filter((one) => one !== 'answered 200');
    expect(faulty.length).toBeGreaterThan(40);
    expect(faulty.length).toBeLessThan(80);
    expect(new Set(faulty)).toEqual(new Set(['TypeError', 'TimeoutError', 'answered 502']));
    expect(new Set(await run(3, 0, 50))).toEqual(new Set(['answered 200']));
    expect(await run(3, 100, 50)).not.toContain('answered 200');
  });

  it('draws only what concerns the request, and each fault as often as it counts', async () => {
    const { fault, faults, call } = providers();
    fault({
      kind: 'random',
      seed: 5,
      percent: 100,
      count: 6,
      faults: [
        { kind: 'off', count: 2 },
        { kind: 'hang', methods: ['getHealth'] },
      ],
    });
    const fates: string[] = [];
    for (const method of ['getSlot', 'getSlot', 'getSlot', 'getHealth', 'getSlot'])
      fates.push(await fate(call(method)));
    expect(fates).toEqual(['TypeError', 'TypeError', 'answered 200', 'TimeoutError', 'answered 200']);
    expect(faults.list()).toMatchObject({ default: { count: 1 } });
    await fate(call('getSlot'));
    expect(faults.list()).toEqual({});
  });
});

describe('the board', () => {
  it('allows as many different lags as there can be followers, those drawn included', () => {
    const board = new FaultBoard();
    board.set('a', { kind: 'stale', slots: [0, 1, 2, 3] });
    board.set('b', { kind: 'random', seed: 1, percent: 5, faults: [{ kind: 'stale', slots: [3, 4, 5, 6] }] });
    board.set('c', { kind: 'stale', slots: [6, 7, 8] });
    expect(() => board.set('d', { kind: 'stale', slots: 9 })).toThrow('at most 8 different lags');
    board.set('d', { kind: 'stale', slots: 8 });
    board.set('c', { kind: 'stale', slots: 9 });
  });

  it('serves a virtual clock: two endpoints of one chain, each with its own fault', async () => {
    const { chain, faults, ask } = providers();
    faults.set('a', { kind: 'stale', slots: 5 });
    chain.advanceTo(START + 20 * SLOT_MS);
    const at = { commitment: 'processed' };
    expect([await ask('getSlot', [at], 'a'), await ask('getSlot', [at], 'b')]).toEqual([
      chain.slot - 5,
      chain.slot,
    ]);
  });
});
