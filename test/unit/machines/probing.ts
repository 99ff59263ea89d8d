/** A monitor in virtual time: providers that answer as a test says, probed at the pace of the object, judged each time. */
import { transition } from 'xstate';
import { mirrorSettings } from '../../../durable-objects/settings.ts';
import { type Dispute, disputesAfter } from '../../../machines/health/agreement.ts';
import { assess } from '../../../machines/health/assessment.ts';
import { type HealthState, healthMachine } from '../../../machines/health/machine.ts';
import type { ProbeSample } from '../../../machines/health/samples.ts';

export const LIMITS = mirrorSettings().health;
export const SECOND = 1_000;
const { probeBusyMs, probeIdleMs } = mirrorSettings().health;
/** Samples kept for each provider (durable-objects/health/probe-ring). */
const RING = 64;
const SLOT_MS = 400;
const START = 1_800_000_000_000;
/** Tip when the monitor starts. */
export const FIRST_SLOT = 400_000_000;

export type Answer = Omit<ProbeSample, 'provider' | 'at'>;

/** `slot` is the tip of a cluster that has never stood still. */
export type Provider = (now: number, slot: number) => Answer;

export const well: Provider = (_, slot) => ({
  ok: true,
  ms: 80,
  slot,
  finalizedSlot: slot - 32,
  fingerprint: 'same',
  limited: false,
});

const nothing = { ok: false, slot: null, finalizedSlot: null, fingerprint: null };
export const silent: Provider = () => ({ ...nothing, ms: 2_000, limited: false });
export const limited: Provider = () => ({ ...nothing, ms: 20, limited: true });

export function slow(ms: number): Provider {
  return (now, slot) => ({ ...well(now, slot), ms });
}

/** Answers at once and in good order, and its tip stands where it stood: what `getHealth` calls ok. */
export function frozenAt(seconds: number, ahead = 0): Provider {
  return (now, slot) => well(now, Math.min(slot, FIRST_SLOT + (seconds * SECOND) / SLOT_MS) + ahead);
}

export function behind(slots: number): Provider {
  return (now, slot) => well(now, slot - slots);
}

/** From `seconds` on another provider answers. */
export function until(seconds: number, first: Provider, then: Provider): Provider {
  return (now, slot) => (now < seconds * SECOND ? first : then)(now, slot);
}

export interface Change {
  /** Seconds since the start. */
  readonly at: number;
  readonly to: HealthState;
  readonly because: string;
}

export class Monitor {
  readonly changes: Change[] = [];
  readonly #providers: readonly Provider[];
  #samples: ProbeSample[] = [];
  #disputes: readonly Dispute[] = [];
  #now = 0;
  #snapshot = healthMachine.resolveState({
    value: 'recovering',
    context: { counter: 0, since: 0, because: 'no probe yet' },
  });

  constructor(...providers: Provider[]) {
    this.#providers = providers;
  }

  get state(): HealthState {
    return this.#snapshot.value;
  }

  /** Probes up to `seconds`; `pace` is the object's: 2 s with a doubt or somebody waiting, else 15 s. */
  runTo(seconds: number, isBusy = true): this {
    while (this.#now <= seconds * SECOND) {
      this.#probe();
      this.#now += isBusy || this.state !== 'healthy' || this.#lastFailed() ? probeBusyMs : probeIdleMs;
    }
    return this;
  }

  #probe(): void {
    const at = START + this.#now;
    const round = this.#providers.map((provider, index) => {
      const answer = provider(this.#now, FIRST_SLOT + Math.floor(this.#now / SLOT_MS));
      return { provider: `rpc-${index + 1}`, at, ...answer };
    });
    this.#samples = [...this.#samples, ...round].slice(-RING * this.#providers.length);
    const names = round.map(({ provider }) => provider);
    this.#disputes = disputesAfter(this.#disputes, this.#samples, round, names);
    const { since } = this.#snapshot.context;
    const assessment = assess(this.#samples, this.#disputes, since, at, LIMITS);
    const before = this.#snapshot;
    const [after] = transition(healthMachine, before, { type: 'probes.judged', at, assessment });
    this.#snapshot = after;
    if (after === before) return;
    const { because } = after.context;
    this.changes.push({ at: this.#now / SECOND, to: after.value, because });
  }

  #lastFailed(): boolean {
    return this.#samples.at(-1)?.ok === false;
  }
}
