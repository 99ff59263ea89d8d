/** The tools behind the development routes, on the real objects and the local chain. */
import { depositName } from '../../durable-objects/names.ts';
import type { Caller } from '../../durable-objects/wire/objects.ts';
import type { DevelopmentTools } from '../api/deps.ts';
import { Refused } from '../api/problem.ts';
import { ensureProgram, fundPlayer } from '../solana/index.ts';
import type { Env } from './env.ts';
import { ObjectPeers } from './peers.ts';
import { solanaServices } from './solana-services.ts';

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

const clock = {
  now: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

export function developmentTools(env: Env): DevelopmentTools {
  return {
    evict: (objectName) => evict(env, objectName),
    fund: (user, lamports) => fund(env, user, lamports),
    genesis: () => ensureProgram(solanaServices(env).parts, clock),
    faults: (body) => postFaults(env, body),
  };
}

async function evict(env: Env, objectName: string): Promise<boolean> {
  const namespaces = {
    match: env.MATCHES,
    deposit: env.DEPOSITS,
    health: env.HEALTH,
    directory: env.DIRECTORY,
  };
  const kind = objectName.slice(0, objectName.indexOf('/'));
  if (!isKind(kind, namespaces)) return false;
  try {
    await namespaces[kind].getByName(objectName).evict();
  } catch {
    // The abort breaks the very call that asked for it: that is what success looks like.
  }
  return true;
}

function isKind<T extends object>(kind: string, namespaces: T): kind is keyof T & string {
  return Object.hasOwn(namespaces, kind);
}

async function fund(env: Env, { userId, wallet }: Caller, lamports: bigint) {
  const { parts, chain } = solanaServices(env);
  const { authority, signature } = await fundPlayer(parts, clock, userId, lamports);
  const deposit = new ObjectPeers(env, chain).deposit(depositName(chain, authority));
  await deposit.reconcile({ userId, wallet, authority }, `dev-fund:${signature}`);
  return { signature, balances: (await deposit.view())?.balances ?? null };
}

async function postFaults({ LOCAL_CHAIN }: Env, body: string): Promise<Response> {
  if (LOCAL_CHAIN === undefined || !LOOPBACK.test(LOCAL_CHAIN))
    throw new Refused('route_not_found', 'LOCAL_CHAIN');
  const headers = { 'content-type': 'application/json' };
  return await fetch(`${LOCAL_CHAIN}/faults`, { method: 'POST', headers, body, redirect: 'manual' });
}
