/** What may happen on the way: between the mirror and a provider, and between two objects. */
import { base58Encode } from '../../core/index.ts';
import { type ChainNode, handleRpcText } from '../../services/local-chain/index.ts';
import type { Home, Life, Living } from './homes.ts';

/**
 * What becomes of one call to a provider. `lost`: it never arrives. `reply-lost`: it is executed, and nobody hears of
 * it. `swallowed`: a provider that takes a transaction and never forwards it. An error or a result is the provider's
 * own word, whatever the chain would have said.
 */
export type Sky =
  | 'fine'
  | 'lost'
  | 'reply-lost'
  | 'http-500'
  | 'html'
  | 'swallowed'
  /** 429, with Retry-After in seconds where it says so. */
  | { readonly retryAfter: number | null }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } }
  | { readonly result: unknown };

/** Of one call to one provider, by its name. */
export type Weather = (method: string, params: readonly unknown[], provider: string) => Sky;

export interface Route {
  /** Names of the objects. */
  readonly from: string;
  readonly to: string;
  readonly method: string;
}

/** What becomes of one call from object to object. */
export type PeerWeather = (route: Route) => 'fine' | 'lost' | 'reply-lost';

/** `chainOf`: what a provider, by its name, knows of the chain; it may be behind the others. */
export function providerFetch(chainOf: (provider: string) => ChainNode, weather: () => Weather) {
  return async (url: unknown, init?: { body?: unknown }): Promise<Response> => {
    const provider = providerAt(url);
    const text = String(init?.body ?? '');
    // SAFETY: the Solana side sends one JSON-RPC request object a call.
    const request = JSON.parse(text) as { id: number; method: string; params?: readonly unknown[] };
    const { id, method, params = [] } = request;
    const sky = weather()(method, params, provider);
    if (sky === 'lost') throw new TypeError('fetch failed');
    if (sky === 'http-500') return new Response('{"error":"overloaded"}', { status: 500 });
    if (sky === 'html') return new Response('<html>Bad gateway</html>', { status: 200 });
    if (sky === 'swallowed') return answer({ jsonrpc: '2.0', id, result: signatureIn(params) });
    if (typeof sky === 'object' && 'retryAfter' in sky) return tooMany(sky.retryAfter);
    if (typeof sky === 'object') return answer({ jsonrpc: '2.0', id, ...sky });
    const reply = handleRpcText(chainOf(provider), text);
    if (sky === 'reply-lost') throw new TypeError('fetch failed');
    return new Response(reply, { status: 200, headers: { 'content-type': 'application/json' } });
  };
}

export function providerUrl(name: string): string {
  return `http://127.0.0.1:8899/${name}`;
}

function providerAt(url: unknown): string {
  return new URL(String(url)).pathname.slice(1);
}

function tooMany(retryAfter: number | null): Response {
  const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return new Response('{"error":"too many requests"}', { status: 429, headers });
}

function answer(body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status: 200,
    headers: { 'content-type': 'application/json' },
  });
}

/** The first signature stands behind the one byte that counts them. */
export function signatureIn([wire]: readonly unknown[]): string {
  return base58Encode(new Uint8Array(Buffer.from(String(wire), 'base64').subarray(1, 65)));
}

/**
 * Another object as one object sees it: arguments and answers are copied, as between isolates, and every call goes
 * through the weather. What an object says that dies while it says it is not heard.
 */
export function stub<Object extends Living>(
  caller: { readonly name: string; readonly life: Life },
  home: () => Home<Object>,
  weather: () => PeerWeather,
): Object {
  const call = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    caller.life.check();
    const { name, object, life } = home();
    const sky = weather()({ from: caller.name, to: name, method });
    if (sky === 'lost') throw new Error(`${name} cannot be reached`);
    const work: unknown = Reflect.get(object, method);
    if (typeof work !== 'function') throw new TypeError(`${name} has no ${method}`);
    const result: unknown = await Reflect.apply(work, object, structuredClone(args));
    life.check();
    if (sky === 'reply-lost') throw new Error(`the answer of ${name} was lost`);
    return structuredClone(result);
  };
  const handler: ProxyHandler<Living> = {
    get: (_, method) =>
      typeof method === 'string' ? (...args: readonly unknown[]) => call(method, args) : undefined,
  };
  // SAFETY: every method of Object is answered by the same method of the object itself.
  return new Proxy({} as Living, handler) as Object;
}
