/** A fault that has been set, and what is left of it: how often it still applies, whose turn it is, what is drawn next. */

import type { ActiveFault, SimpleFault } from './fault-kinds.ts';
import { generator } from './random.ts';

/** What a request meets: nothing about it is left to be drawn, counted or taken in turn. */
export type MetFault =
  | Exclude<SimpleFault, { kind: 'stale' }>
  | { readonly kind: 'stale'; readonly slots: number };

export class FaultInForce {
  readonly #fault: ActiveFault;
  #left: number;
  /** Requests that a quota still lets pass. */
  #passes: number;
  #turn = 0;
  /** Those that `random` chooses from, each with its own count. */
  #drawn: FaultInForce[];
  readonly #draw: () => number;

  constructor(fault: ActiveFault) {
    this.#fault = fault;
    this.#left = fault.count ?? Infinity;
    this.#passes = fault.kind === 'rateLimited' ? (fault.quota ?? 0) : 0;
    this.#drawn = fault.kind === 'random' ? fault.faults.map((one) => new FaultInForce(one)) : [];
    this.#draw = generator(fault.kind === 'random' ? fault.seed : 0);
  }

  /** Has applied as often as it was to. */
  get spent(): boolean {
    return this.#left <= 0;
  }

  /** As it would have to be set to go on like this, but for turns and draws. */
  get state(): ActiveFault {
    const count = Number.isFinite(this.#left) ? { count: this.#left } : {};
    const fault = { ...this.#fault, ...count };
    if (fault.kind === 'rateLimited' && fault.quota !== undefined) return { ...fault, quota: this.#passes };
    return fault;
  }

  /** The fault as it was set. */
  get fault(): ActiveFault {
    return this.#fault;
  }

  concerns(methods: readonly string[]): boolean {
    const { methods: only } = this.#fault;
    return only === undefined || only.some((name) => methods.includes(name));
  }

  /** What a request that it concerns meets, if anything; counts it down. */
  meet(methods: readonly string[]): MetFault | undefined {
    if (this.#passes > 0) {
      this.#passes -= 1;
      return undefined;
    }
    this.#left -= 1;
    const fault = this.#fault;
    if (fault.kind === 'random') return this.#chance(fault.percent, methods);
    if (fault.kind !== 'stale') return fault;
    const slots = this.#lag(fault.slots);
    return slots === 0 ? undefined : { kind: 'stale', slots };
  }

  #lag(slots: number | readonly number[]): number {
    if (typeof slots === 'number') return slots;
    const lag = slots[this.#turn % slots.length] ?? 0;
    this.#turn += 1;
    return lag;
  }

  /** Draws twice whatever comes of it: what a request meets then depends on its number only, and on what it calls. */
  #chance(percent: number, methods: readonly string[]): MetFault | undefined {
    const [whether, which] = [this.#draw(), this.#draw()];
    this.#drawn = this.#drawn.filter((one) => !one.spent);
    const fitting = this.#drawn.filter((one) => one.concerns(methods));
    if (whether * 100 >= percent) return undefined;
    return fitting[Math.floor(which * fitting.length)]?.meet(methods);
  }
}

/** Every lag that a fault may come to need a follower for. */
export function lagsOf(fault: ActiveFault): readonly number[] {
  if (fault.kind === 'random') return fault.faults.flatMap(lagsOf);
  return fault.kind === 'stale' ? [fault.slots].flat().filter((lag) => lag > 0) : [];
}
