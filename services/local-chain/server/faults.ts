/**
 * Faults on demand: what a provider does wrong, for each endpoint by itself. They sit before the chain, so the chain
 * stays right: an endpoint that errs says nothing about what is on the chain. What befalls the chain itself stands in
 * `chain-commands.ts`.
 */

import * as z from 'zod';
import { MAX_FOLLOWERS } from '../follower.ts';
import type { MetFault } from './fault-in-force.ts';
import { FaultInForce, lagsOf } from './fault-in-force.ts';
import type { ActiveFault, FaultInput } from './fault-kinds.ts';
import { faultSchema } from './fault-kinds.ts';

/** An endpoint is a path: `/` is `default`, `/rpc-b` is `rpc-b`. */
export const ENDPOINT_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const DEFAULT_ENDPOINT = 'default';

/** Endpoints with a fault at once; one more is refused. */
const MAX_FAULTY_ENDPOINTS = 64;

/** One body of `POST /faults`; the other is a `ChainCommand`. */
export const endpointFault = z.strictObject({
  endpoint: z.string().regex(ENDPOINT_NAME).default(DEFAULT_ENDPOINT),
  fault: faultSchema,
});

export class FaultBoard {
  readonly #faults = new Map<string, FaultInForce>();
  readonly #watchers = new Set<(endpoint: string) => void>();

  /**
   * Replaces the endpoint's fault; `none` clears it. Throws `RangeError` for a bad name, too many endpoints, or more
   * different lags than there can be followers; `ZodError` for what is no fault.
   */
  set(endpoint: string, input: FaultInput): void {
    if (!ENDPOINT_NAME.test(endpoint)) throw new RangeError(`not an endpoint name: ${endpoint.slice(0, 40)}`);
    const fault = faultSchema.parse(input);
    if (fault.kind === 'none') this.#faults.delete(endpoint);
    else {
      this.#requireRoom(endpoint, fault);
      this.#faults.set(endpoint, new FaultInForce(fault));
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
  take(endpoint: string, methods: readonly string[]): MetFault | undefined {
    const fault = this.#faults.get(endpoint);
    if (fault?.concerns(methods) !== true) return undefined;
    const met = fault.meet(methods);
    if (fault.spent) this.#faults.delete(endpoint);
    return met;
  }

  /** Current faults, with how often a counted one still applies and what is left of a quota. */
  list(): Record<string, ActiveFault> {
    return Object.fromEntries([...this.#faults].map(([endpoint, fault]) => [endpoint, fault.state]));
  }

  /** Calls the watcher with the endpoint after each `set`. */
  watch(watcher: (endpoint: string) => void): void {
    this.#watchers.add(watcher);
  }

  #requireRoom(endpoint: string, fault: ActiveFault): void {
    const others = [...this.#faults].filter(([name]) => name !== endpoint).map(([, one]) => one.fault);
    if (others.length >= MAX_FAULTY_ENDPOINTS) {
      throw new RangeError(`at most ${MAX_FAULTY_ENDPOINTS} endpoints can have a fault`);
    }
    const lags = new Set([...others, fault].flatMap(lagsOf));
    if (lags.size > MAX_FOLLOWERS) {
      throw new RangeError(`at most ${MAX_FOLLOWERS} different lags at once`);
    }
  }
}
