/** Providers in front of a chain without sockets: calls, and what came of them. */

import type { FaultInput, InProcessFetch, LocalChain } from '../../../services/local-chain/index.ts';
import { Endpoints, FaultBoard, fetchInProcess } from '../../../services/local-chain/index.ts';
import { funded, memo, newChain, onTip } from './support.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Providers {
  readonly chain: LocalChain;
  readonly faults: FaultBoard;
  readonly fetch: InProcessFetch;
  /** The only fault of the endpoint `default` from now on. */
  fault(input: FaultInput): void;
  /** Rejects where no answer comes. */
  call(method: string, params?: readonly unknown[], endpoint?: string): Promise<Answer>;
  /** `result` of a good answer, `error` of a refusal. */
  ask(method: string, params?: readonly unknown[], endpoint?: string): Promise<unknown>;
}

export function providers(now: () => number = () => 1_800_000_000_000, chain = newChain()): Providers {
  const faults = new FaultBoard();
  const fetch = fetchInProcess(new Endpoints(chain, faults, now));
  const call = async (method: string, params: readonly unknown[] = [], endpoint = ''): Promise<Answer> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
    const response = await fetch(`http://chain/${endpoint}`, { body });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    chain,
    faults,
    fetch,
    call,
    fault: (input) => faults.set('default', input),
    ask: async (method, params, endpoint) => {
      const { result, error } = JSON.parse((await call(method, params, endpoint)).text);
      return error ?? result;
    },
  };
}

/** The name of what a call rejects with; `answered` where it does not. */
export async function fate(call: Promise<Answer>): Promise<string> {
  try {
    return `answered ${(await call).status}`;
  } catch (error) {
    return error instanceof Error || error instanceof DOMException ? error.name : 'unknown';
  }
}

/** The same with a player on the chain, and what sends a memo of theirs. */
export function played() {
  const world = providers();
  const { chain, ask } = world;
  const owner = funded(chain, 1);
  const wire = (text: string) => Buffer.from(onTip(chain, owner, memo(text))).toString('base64');
  const config = { encoding: 'base64', preflightCommitment: 'confirmed' };
  const send = (text: string) => ask('sendTransaction', [wire(text), config]);
  return { ...world, owner, wire, config, send };
}
