/** Puts the real parts behind the Worker's two handlers. */
import type { Hono } from 'hono';
import { abiVersion } from '../../core/index.ts';
import { refusal } from '../../machines/refusals.ts';
import { createApi } from '../api/app.ts';
import { DevelopmentIdentity } from '../api/identity.ts';
import { problem } from '../api/problem.ts';
import { type StateSyncDeps, syncState } from '../state-sync.ts';
import { developmentTools } from './development-tools.ts';
import { type Env, isDevelopment, mirrorScaleOf } from './env.ts';
import { liveRequest } from './live-request.ts';
import { logLine } from './log.ts';
import { ObjectPeers } from './peers.ts';
import { solanaServices } from './solana-services.ts';

const apis = new WeakMap<Env, Hono>();

/**
 * Development is the only environment that has an identity so far. Any other is refused whole, the page included: a
 * mirror that took everyone for whom they say they are must not be reachable by anyone.
 */
export async function serve(request: Request, env: Env): Promise<Response> {
  if (!isDevelopment(env)) {
    logLine('error', 'environment_refused', { environment: env.ENVIRONMENT ?? null });
    return problem(refusal('not_ready', 'no session issuer is configured for this environment'));
  }
  const api = apis.get(env) ?? developmentApi(env);
  apis.set(env, api);
  return await api.fetch(request);
}

function developmentApi(env: Env): Hono {
  const { chain } = solanaServices(env);
  return createApi({
    identity: new DevelopmentIdentity(),
    peers: new ObjectPeers(env, chain),
    chain,
    signer: chain,
    build: {
      version: env.VERSION.id,
      abi: abiVersion(),
      environment: 'development',
      scale: mirrorScaleOf(env),
    },
    live: (objectName, viewer) => env.MATCHES.getByName(objectName).fetch(liveRequest(viewer)),
    assets: (request) => env.ASSETS.fetch(request),
    development: developmentTools(env),
  });
}

export async function tick(scheduledTime: number, env: Env): Promise<void> {
  if (!isDevelopment(env))
    return logLine('error', 'environment_refused', { environment: env.ENVIRONMENT ?? null });
  const { chain } = solanaServices(env);
  const deps: StateSyncDeps = {
    peers: new ObjectPeers(env, chain),
    chain,
    now: () => Date.now(),
  };
  const report = await syncState(deps, scheduledTime);
  logLine(report.failed > 0 || report.unreached ? 'warn' : 'info', 'state_sync', { ...report });
}
