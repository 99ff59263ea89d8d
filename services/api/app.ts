/** The HTTP interface: routes by table, every failure as a coded problem. */
import { type Context, Hono } from 'hono';
import { refusal } from '../../machines/refusals.ts';
import { logLine } from '../host/log.ts';
import { failureOf } from '../host/platform-failure.ts';
import type { Route } from './call.ts';
import { depositRoutes } from './deposits.ts';
import type { ApiDeps } from './deps.ts';
import { developmentRoutes } from './development.ts';
import { healthRoutes } from './health.ts';
import { liveRoutes } from './live.ts';
import { matchRoutes } from './matches.ts';
import { operatorRoutes } from './operator.ts';
import { problem, Refused } from './problem.ts';

/** The page needs its own files and its own Worker, and nothing else in the world. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function createApi(deps: ApiDeps): Hono {
  const app = new Hono();
  const routes: readonly Route[] = [
    ...matchRoutes,
    ...liveRoutes,
    ...operatorRoutes,
    ...depositRoutes,
    ...healthRoutes,
    ...(deps.development === null ? [] : developmentRoutes),
  ];
  for (const route of routes) {
    app.on(route.method, route.path, (context) =>
      route.handle({ deps, request: context.req.raw, id: context.req.param('id') ?? '' }),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = routes.filter((route) => route.path === path).map((route) => route.method);
    app.all(path, () => problem(refusal('method_not_allowed'), { allow: allow.join(', ') }));
  }
  app.all('/api/*', () => problem(refusal('route_not_found')));
  app.all('/dev/*', () => problem(refusal('route_not_found')));
  app.get('*', (context) => page(deps, context.req.raw));
  app.notFound(() => problem(refusal('route_not_found')));
  app.onError(failed);
  return app;
}

async function page(deps: ApiDeps, request: Request): Promise<Response> {
  const asset = await deps.assets(request);
  if (asset.status === 404) return problem(refusal('route_not_found'));
  const headers = new Headers(asset.headers);
  headers.set('content-security-policy', PAGE_POLICY);
  headers.set('x-content-type-options', 'nosniff');
  return new Response(asset.body, { status: asset.status, headers });
}

/** What nobody foresaw answers `internal` and nothing else: an error's text may hold a key, an address or a name. */
function failed(error: Error, context: Context): Response {
  if (error instanceof Refused) return problem(error.refusal);
  const { overloaded, retryable } = failureOf(error);
  logLine('error', 'request_failed', {
    method: context.req.method,
    path: context.req.path,
    error: error.name,
    message: error.message.slice(0, 500),
    overloaded,
    retryable,
  });
  // A read of the chain that got no answer, in an object or here: the class is lost on the way, its name is not.
  if (error.name === 'ChainUnavailable') return problem(refusal('chain_unreadable'));
  // Nothing was signed, and nothing of the request is lost: it may come again.
  if (error.name === 'SignerUnavailable') return problem(refusal('signer_unavailable'));
  if (overloaded) return problem(refusal('slow_down'), { 'retry-after': '1' });
  return problem(refusal(retryable ? 'not_ready' : 'internal'));
}
