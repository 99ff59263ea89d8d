/**
 * Solana's side, made once for an isolate and shared by its objects: keys and addresses are worth keeping, and it holds
 * no promise that one object's request could await for another's (services/solana/json-rpc.ts).
 */
import type { ChainPort, ProbePort, SignerPort } from '../../durable-objects/ports.ts';
import { connect, SolanaChain, type SolanaParts, waitFor } from '../solana/index.ts';
import { createProbes } from '../solana-health-monitor.ts';
import { type Env, solanaSettingsOf } from './env.ts';

export interface SolanaServices {
  readonly parts: SolanaParts;
  readonly chain: ChainPort & SignerPort;
  readonly probes: ProbePort;
}

const made = new WeakMap<Env, SolanaServices>();

/** Codes: `settings_invalid`, `too_few_providers`, `secret_invalid`. */
export function solanaServices(env: Env): SolanaServices {
  const known = made.get(env);
  if (known !== undefined) return known;
  const settings = solanaSettingsOf(env);
  const outside = {
    // Not `fetch` itself: called as a method of this record the platform refuses it.
    fetch: (url: string, request: RequestInit) => fetch(url, request),
    now: () => Date.now(),
    wait: waitFor,
  };
  const parts = connect(settings, outside);
  const services = { parts, chain: new SolanaChain(parts), probes: createProbes(settings, outside) };
  made.set(env, services);
  return services;
}
