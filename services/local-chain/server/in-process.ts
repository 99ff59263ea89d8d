/** `fetch` to the endpoints without a socket, for tests and simulations on a clock of their own. */

import { endpointOf } from './endpoint-path.ts';
import type { Endpoints } from './endpoints.ts';

/** The part of `fetch` that is served: a POST of JSON to `http://anything/<endpoint>`. */
export type InProcessFetch = (url: unknown, init?: { readonly body?: unknown }) => Promise<Response>;

/**
 * `wait` passes a `slow` endpoint's time; on a virtual clock it can be left out. A request that would hang rejects with
 * `TimeoutError` at once, as the client's own deadline would make it, and a closed connection as `fetch` does.
 */
export function fetchInProcess(
  endpoints: Endpoints,
  wait: (ms: number) => Promise<void> = async () => {},
): InProcessFetch {
  return async (url, init) => {
    const endpoint = endpointOf(new URL(String(url)).pathname);
    if (endpoint === undefined) return new Response('no such endpoint', { status: 404 });
    const reception = endpoints.receive(endpoint, String(init?.body ?? ''));
    if (reception.delayMs > 0) await wait(reception.delayMs);
    const plan = reception.respond();
    if (plan.kind === 'destroy') throw new TypeError('fetch failed');
    if (plan.kind === 'hang') throw new DOMException('no answer came', 'TimeoutError');
    return new Response(plan.body, { status: plan.status, headers: plan.headers });
  };
}
