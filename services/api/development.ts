/** Routes that exist in development only: play money, faults on demand, an eviction at will (design: section 12). */
import * as z from 'zod';
import { matchName } from '../../durable-objects/names.ts';
import { lamportsText, matchIdText, userIdText } from '../../durable-objects/wire/requests.ts';
import { isStrictKey } from '../solana/ed25519.ts';
import { readJson } from './body.ts';
import { type Call, callerOf, type Route } from './call.ts';
import type { DevelopmentTools } from './deps.ts';
import { developmentWallet } from './identity.ts';
import { jsonAnswer, Refused } from './problem.ts';

export const developmentRoutes: readonly Route[] = [
  { method: 'POST', path: '/dev/evict', handle: evict },
  { method: 'POST', path: '/dev/fund', handle: fund },
  { method: 'POST', path: '/dev/genesis', handle: genesis },
  { method: 'POST', path: '/dev/faults', handle: faults },
];

const evictRequest = z.union([
  z.strictObject({ object: z.string().min(1).max(512) }),
  z.strictObject({ matchId: matchIdText }),
]);
/** `wallet`: of a player whose identity brings one of its own; the deposit is bound to it. */
const fundRequest = z.strictObject({
  userId: userIdText,
  lamports: lamportsText,
  wallet: z.string().refine(isStrictKey, 'an Ed25519 key of prime order, in base58').optional(),
});
/** Which faults there are is the local chain's business; it refuses what it does not know. */
const faultsRequest = z.record(z.string().max(64), z.unknown());

async function toolsOf(call: Call): Promise<DevelopmentTools> {
  await callerOf(call);
  // Without tools the route is as unknown as any other.
  if (call.deps.development === null) throw new Refused('route_not_found');
  return call.deps.development;
}

async function evict(call: Call): Promise<Response> {
  const tools = await toolsOf(call);
  const request = await readJson(call.request, evictRequest);
  const { chain } = call.deps;
  const name =
    'object' in request ? request.object : matchName(chain, chain.pda('match', request.matchId).address);
  if (!(await tools.evict(name))) throw new Refused('invalid_request', 'object: no such class of objects');
  return jsonAnswer({ evicted: name });
}

async function fund(call: Call): Promise<Response> {
  const tools = await toolsOf(call);
  const { userId, lamports, wallet } = await readJson(call.request, fundRequest);
  const user = { userId, wallet: wallet ?? developmentWallet(userId), role: 'player' } as const;
  return jsonAnswer(await tools.fund(user, BigInt(lamports)));
}

async function genesis(call: Call): Promise<Response> {
  await (await toolsOf(call)).genesis();
  return jsonAnswer({ ready: true });
}

async function faults(call: Call): Promise<Response> {
  const tools = await toolsOf(call);
  const request = await readJson(call.request, faultsRequest);
  return await tools.faults(JSON.stringify(request));
}
