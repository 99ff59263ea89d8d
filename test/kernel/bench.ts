/** A kernel on its bench: one object's storage, a clock that stands still until it is moved, and isolates at will. */
import { Kernel, type Standing } from '../../durable-objects/kernel/kernel.ts';
import type { ActorEvent, Behaviour } from '../../durable-objects/kernel/machine-port.ts';
import type { ObjectWorld, RandomPort } from '../../durable-objects/ports.ts';
import { type MirrorSettings, mirrorSettings } from '../../durable-objects/settings.ts';
import { type BenchContext, type BenchEvent, benchBehaviour } from './machine.ts';
import { type Dump, dumpOf, type KernelStorage, SteppedStorage } from './storage.ts';

/** 2100-01-01: a real alarm that a test sets is never due while the test runs. */
export const START = 4_102_444_800_000;
export const NAME = 'bench/one';

export class VirtualClock {
  #now = START;

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Randomness that is the same in every run (mulberry32), and can begin again. */
export class SeededRandom implements RandomPort {
  readonly #seed: number;
  #state: number;

  constructor(seed = 0) {
    this.#seed = seed;
    this.#state = seed;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next() >>> 24);
  }

  reset(): void {
    this.#state = this.#seed;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

/** One life of the object: what is lost at an eviction. */
export interface Isolate<Context, Event extends ActorEvent> {
  readonly kernel: Kernel<Context, Event>;
  readonly committed: { readonly before: Standing<Context>; readonly after: Standing<Context> }[];
}

export interface BenchOptions {
  readonly name?: string;
  readonly settings?: Partial<MirrorSettings>;
}

export class Bench {
  readonly clock = new VirtualClock();
  readonly random = new SeededRandom();
  readonly storage: KernelStorage;
  readonly stepped: SteppedStorage;
  readonly settings: MirrorSettings;
  readonly world: ObjectWorld;

  constructor(storage: KernelStorage, options: BenchOptions = {}) {
    this.storage = storage;
    this.stepped = new SteppedStorage(storage);
    this.settings = { ...mirrorSettings(), ...options.settings };
    this.world = {
      name: options.name ?? NAME,
      settings: this.settings,
      sql: this.stepped.sql,
      alarm: this.stepped.alarm,
      clock: this.clock,
      random: this.random,
      ...nothingElse(),
    };
  }

  /** Wakes the object once more over the same storage. Several at once are what a deployment's overlap is. */
  isolate(): Isolate<BenchContext, BenchEvent> {
    return this.isolateOf(benchBehaviour);
  }

  isolateOf<Context, Event extends ActorEvent>(
    behaviour: Behaviour<Context, Event>,
  ): Isolate<Context, Event> {
    const committed: Isolate<Context, Event>['committed'] = [];
    const kernel = new Kernel(this.world, behaviour, (before, after) => committed.push({ before, after }));
    return { kernel, committed };
  }

  dump(): Promise<Dump> {
    return dumpOf(this.storage);
  }
}

/** A port of which only `given` may be used: anything else is a fault of the code under test. */
export function portOf<Port extends object>(name: string, given: Partial<Port>): Port {
  // SAFETY: what is not given throws when it is asked for, so nobody can take it for something else.
  return new Proxy(given, {
    get: (target, member) => {
      if (!Object.hasOwn(target, member)) throw new Error(`the kernel uses ${name}.${String(member)}`);
      return Reflect.get(target, member);
    },
  }) as Port;
}

/** The kernel proper asks nothing of the world beyond storage, clock and randomness. */
function nothingElse(): Pick<ObjectWorld, 'sockets' | 'chain' | 'signer' | 'probes' | 'peers' | 'alerts'> {
  return {
    sockets: portOf('sockets', {}),
    chain: portOf('chain', {}),
    signer: portOf('signer', {}),
    probes: portOf('probes', {}),
    peers: portOf('peers', {}),
    alerts: portOf('alerts', {}),
  };
}
