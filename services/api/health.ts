/** What a load balancer and a status page ask: no identity is needed. */
import type { Call, Route } from './call.ts';
import { jsonAnswer } from './problem.ts';

export const healthRoutes: readonly Route[] = [{ method: 'GET', path: '/api/v1/health', handle: health }];

async function health({ deps }: Call): Promise<Response> {
  const { cluster, programId } = deps.chain;
  return jsonAnswer({ build: deps.build, cluster, programId, chain: await deps.peers.health().view() });
}
