/**
 * How far each provider's finalized chain was when this isolate last saw it. Nothing else bounds the slot that one
 * provider names: an object takes the highest it has applied for the least that a later answer must have, so that a
 * single absurd figure would leave it without an acceptable answer for ever.
 */
import { ChainUnavailable } from '../../durable-objects/ports.ts';

interface Sighting {
  readonly slot: number;
  /** When it was first seen there: a chain that moves never stays long. */
  readonly since: number;
}

/** Far below any slot time (150 ms is the aim of Alpenglow; local chains go down to 50), so that no clock is too slow. */
const LEAST_SLOT_MS = 20;
/** A node may be behind by this many, and nobody ahead of it is called absurd: some half an hour. */
const SLACK = 5_000;
/** As long as a tip may stand before the monitor has a doubt (design: section 8). */
const STILL_MS = 5_000;

export class SlotSightings {
  readonly #seen = new Map<string, Sighting>();
  readonly #now: () => number;
  readonly #isWitness: (provider: string) => boolean;

  /** `isWitness`: false for those whose word is not heard now, however far they are. */
  constructor(now: () => number, isWitness: (provider: string) => boolean) {
    this.#now = now;
    this.#isWitness = isWitness;
  }

  note(provider: string, slot: number): void {
    const known = this.#seen.get(provider);
    const isMove = known === undefined || slot > known.slot;
    this.#seen.set(provider, { slot, since: isMove ? this.#now() : known.since });
  }

  /**
   * Throws where no other provider's chain can have come so far since it last moved; where no other is heard, its own.
   * Where none was seen: nothing.
   */
  check(provider: string, slot: number): void {
    if (this.#isAbsurd(provider, slot))
      throw new ChainUnavailable('malformed', provider, `slot ${slot} is impossibly far ahead`);
  }

  /** True where `provider` shows no new slot any more and `other` has gone on for a while: it is as good as down. */
  standsStill(provider: string, other: string): boolean {
    const [own, beside] = [this.#seen.get(provider), this.#seen.get(other)];
    return own !== undefined && beside !== undefined && beside.since - own.since >= STILL_MS;
  }

  #isAbsurd(provider: string, slot: number): boolean {
    const now = this.#now();
    const others = [...this.#seen.keys()].filter((name) => name !== provider && this.#isWitness(name));
    const bounds = (others.length > 0 ? others : [provider])
      .flatMap((name) => this.#seen.get(name) ?? [])
      .map((seen) => seen.slot + Math.max(0, now - seen.since) / LEAST_SLOT_MS + SLACK);
    return bounds.length > 0 && slot > Math.max(...bounds);
  }
}
