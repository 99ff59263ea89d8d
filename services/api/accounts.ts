/** Routes that are not about one match: the caller's deposit, and the health of chain and mirror. */
import { depositName } from '../../durable-objects/names.ts';
import { type Call, callerOf, type Route } from './call.ts';
import { jsonAnswer, Refused } from './problem.ts';

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/deposits/me', handle: myDeposit },
  { method: 'GET', path: '/api/v1/health', handle: health },
];

/** Code: `deposit_unknown` until a deposit of this player is final on the chain. */
async function myDeposit(call: Call): Promise<Response> {
  const { userId } = await callerOf(call);
  const { chain, signer, peers } = call.deps;
  const authority = await signer.custodyAuthority(userId);
  const view = await peers.deposit(depositName(chain, authority)).view();
  if (view === null) throw new Refused('deposit_unknown');
  return jsonAnswer(view);
}

/** Needs no identity: it is what a load balancer and a status page ask. */
async function health({ deps }: Call): Promise<Response> {
  const { cluster, programId } = deps.chain;
  return jsonAnswer({ build: deps.build, cluster, programId, chain: await deps.peers.health().view() });
}
