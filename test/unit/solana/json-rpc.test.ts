import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ChainUnavailable } from '../../../durable-objects/ports.ts';
import { RpcError } from '../../../services/solana/errors.ts';
import { type Fetch, MAX_RESPONSE_BYTES, RpcProvider } from '../../../services/solana/json-rpc.ts';
import { ProviderGuard } from '../../../services/solana/provider-guard.ts';
import { type Answer, CLUSTER, scripted } from './fixtures.ts';

function provider(fetch: Fetch, timeoutMs = 50): RpcProvider {
  const budget = { perSecond: 1_000, burst: 1_000 };
  const guard = new ProviderGuard({ name: 'a', budget, now: Date.now });
  const url = 'https://a.test/';
  return new RpcProvider({ name: 'a', url, timeoutMs, cluster: CLUSTER, fetch, guard, now: Date.now });
}

async function failureOf(fetch: Fetch): Promise<string> {
  const error: unknown = await provider(fetch)
    .call('getSlot', [], z.int())
    .catch((thrown: unknown) => thrown);
  if (error instanceof ChainUnavailable) return error.code;
  if (error instanceof RpcError) return `rpc ${error.code}`;
  return `no failure: ${String(error)}`;
}

const answering = (answer: () => Answer) => failureOf(scripted(answer).fetch);
const text = (body: string, status = 200) => answering(() => new Response(body, { status }));

describe('one call to one provider', () => {
  it('answers with what the schema read', async () => {
    const { fetch } = scripted(() => ({ result: 42 }));
    expect(await provider(fetch).call('getSlot', [], z.int())).toBe(42);
  });

  it.each([
    [429, 'rate_limited'],
    [403, 'rate_limited'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [404, 'unavailable'],
    [302, 'unavailable'],
  ])('takes HTTP %i for %s', async (status, code) => {
    expect(await text('{"jsonrpc":"2.0","id":1,"result":1}', status)).toBe(code);
  });

  it.each([
    ['is refused', 503, '{'],
    ['is not UTF-8', 200, String.fromCharCode(0xff)],
    ['is too large', 200, 'x'.repeat(MAX_RESPONSE_BYTES + 1)],
  ])(
    'lets go of the connection where the answer %s: what drips in for ever would keep it',
    async (_, status, part) => {
      let isLetGo = false;
      const body = () =>
        new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(Uint8Array.from(part, (letter) => letter.charCodeAt(0))),
          cancel: () => {
            isLetGo = true;
          },
        });
      await answering(() => new Response(body(), { status }));
      expect(isLetGo).toBe(true);
    },
  );

  it.each([
    ['a page of HTML', '<html><body>Bad gateway</body></html>'],
    ['truncated JSON', '{"jsonrpc":"2.0","id":2,"resu'],
    ['an empty body', ''],
    ['JSON that is not an object', '[]'],
    ['another version', '{"jsonrpc":"1.0","id":2,"result":1}'],
    ['the answer to another request', '{"jsonrpc":"2.0","id":99,"result":1}'],
    ['the answer to no request', '{"jsonrpc":"2.0","id":null,"result":1}'],
    ['neither result nor error', '{"jsonrpc":"2.0","id":2}'],
    ['an error without a code', '{"jsonrpc":"2.0","id":2,"error":{"message":"?"}}'],
    ['a result of another shape', '{"jsonrpc":"2.0","id":2,"result":"soon"}'],
    ['a rounded slot', '{"jsonrpc":"2.0","id":2,"result":1e30}'],
  ])('takes %s for malformed', async (_, body) => {
    expect(await text(body)).toBe('malformed');
  });

  it('takes bytes that are not UTF-8 for malformed', async () => {
    expect(await answering(() => new Response(new Uint8Array([0xff, 0xfe])))).toBe('malformed');
  });

  it.each([
    [-32016, 'stale'],
    [-32005, 'unavailable'],
    [-32004, 'unavailable'],
    [-32011, 'unavailable'],
    [-32019, 'unavailable'],
    [-32601, 'unavailable'],
    [-32603, 'unavailable'],
    [-32429, 'rate_limited'],
    [-32099, 'unavailable'],
    [-32002, 'rpc -32002'],
    [-32003, 'rpc -32003'],
    [-32602, 'rpc -32602'],
  ])('takes the JSON-RPC error %i for %s', async (code, expected) => {
    expect(await answering(() => ({ error: { code, message: 'no' } }))).toBe(expected);
  });

  it('gives up after its time limit, also when the transport ignores the signal', async () => {
    expect(await answering(() => new Promise<Response>(() => {}))).toBe('timeout');
  });

  it('gives up after its time limit when the body never ends', async () => {
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
    expect(await answering(() => new Response(endless))).toBe('timeout');
  });

  it('stops reading at the size limit', async () => {
    let pulled = 0;
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    const flood = new ReadableStream({
      pull(controller) {
        pulled += chunk.length;
        controller.enqueue(chunk);
      },
    });
    expect(await answering(() => new Response(flood))).toBe('malformed');
    expect(pulled).toBeLessThan(MAX_RESPONSE_BYTES + 4 * chunk.length);
  });

  it('takes a connection that breaks for unavailable, and hides the address', async () => {
    const fetch: Fetch = async () => {
      throw new TypeError('fetch failed: https://a.test/?api-key=secret');
    };
    expect(await failureOf(fetch)).toBe('unavailable');
    await expect(provider(fetch).call('getSlot', [], z.int())).rejects.not.toThrow(/secret/);
  });

  it('takes the deadline of an injected transport for a timeout', async () => {
    const fetch: Fetch = async () => {
      throw Object.assign(new Error('late'), { name: 'TimeoutError' });
    };
    expect(await failureOf(fetch)).toBe('timeout');
  });

  it('believes nothing from a provider of another cluster, and asks again next time', async () => {
    const genesis = ['another', CLUSTER];
    const asked: string[] = [];
    const fetch: Fetch = async (_, { body }) => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      asked.push(method);
      const result = method === 'getGenesisHash' ? genesis.shift() : 7;
      return new Response(JSON.stringify({ jsonrpc: '2.0', id, result }));
    };
    const one = provider(fetch);
    await expect(one.call('getSlot', [], z.int())).rejects.toMatchObject({ code: 'malformed' });
    expect(await one.call('getSlot', [], z.int())).toBe(7);
    expect(await one.call('getSlot', [], z.int())).toBe(7);
    expect(asked).toEqual(['getGenesisHash', 'getGenesisHash', 'getSlot', 'getSlot']);
  });
});
