/**
 * Faults on demand: what a provider does wrong, for each endpoint by itself. They sit in the skin, so the chain stays
 * right: an endpoint that errs says nothing about what is on the chain. Only `frozen` is the chain's own state, and
 * hence set for the chain, not for an endpoint.
 */

import * as z from 'zod';
import { chainCommand } from './chain-commands.ts';
import type { ActiveFault, FaultInput } from './fault-kinds.ts';
import { faultSchema } from './fault-kinds.ts';

/** An endpoint is a path: `/` is `default`, `/rpc-b` is `rpc-b`. */
export const ENDPOINT_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const DEFAULT_ENDPOINT = 'default';

/** Endpoints with a fault at once; one more is refused. */
const MAX_FAULTY_ENDPOINTS = 64;

/** The body of `POST /faults`: a fault for an endpoint, or the state of the whole chain. */
export const faultsBody = z.union([
  z.strictObject({
    endpoint: z.string().regex(ENDPOINT_NAME).default(DEFAULT_ENDPOINT),
    fault: faultSchema,
  }),
  chainCommand,
]);

export class FaultBoard {
  readonly #faults = new Map<string, { fault: ActiveFault; left: number }>();
  readonly #watchers = new Set<(endpoint: string) => void>();

  /** Replaces the endpoint's fault; `none` clears it. Throws `RangeError` for a bad name or too many endpoints. */
  set(endpoint: string, input: FaultInput): void {
    if (!ENDPOINT_NAME.test(endpoint)) throw new RangeError(`not an endpoint name: ${endpoint.slice(0, 40)}`);
    const fault = faultSchema.parse(input);
    if (fault.kind === 'none') this.#faults.delete(endpoint);
    else {
      if (!this.#faults.has(endpoint) && this.#faults.size >= MAX_FAULTY_ENDPOINTS) {
        throw new RangeError(`at most ${MAX_FAULTY_ENDPOINTS} endpoints can have a fault`);
      }
      this.#faults.set(endpoint, { fault, left: fault.count ?? Infinity });
    }
    for (const watcher of this.#watchers) watcher(endpoint);
  }

  clear(endpoint: string): void {
    this.set(endpoint, { kind: 'none' });
  }

  get(endpoint: string): ActiveFault | undefined {
    return this.#faults.get(endpoint)?.fault;
  }

  /** The fault that a request with these methods meets, if any; counts it down. */
  take(endpoint: string, methods: readonly string[]): ActiveFault | undefined {
    const entry = this.#faults.get(endpoint);
    if (entry === undefined) return undefined;
    const { fault } = entry;
    if (fault.methods !== undefined && !fault.methods.some((name) => methods.includes(name)))
      return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#faults.delete(endpoint);
    return fault;
  }

  /** Current faults, with how often a counted one still applies. */
  list(): Record<string, ActiveFault> {
    const current = [...this.#faults].map(([endpoint, { fault, left }]) => [
      endpoint,
      Number.isFinite(left) ? { ...fault, count: left } : fault,
    ]);
    return Object.fromEntries(current);
  }

  /** Calls the watcher with the endpoint after each `set`. */
  watch(watcher: (endpoint: string) => void): void {
    this.#watchers.add(watcher);
  }
}
