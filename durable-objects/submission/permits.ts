/**
 * Permits: while the chain is not `online`, nothing of an action is signed or offered without one of the monitor's leases
 * (design: section 8), so that a return is no stampede. Kept in memory only: after an eviction it is asked for again, and
 * the monitor renews what the same action holds. A lease is the right to begin; what was signed is looked after without.
 */
import { ChainUnavailable, type ObjectWorld } from '../ports.ts';
import type { PermitRequest } from '../wire/objects.ts';

interface Word {
  readonly granted: boolean;
  /** Unix ms: until then the monitor's word stands, a yes or a no. */
  readonly until: number;
  /** Unix ms: from then on what is under way asks again. */
  readonly renewAt: number;
}

/** Failures that say something of the chain or its providers, and nothing of the action. */
const TROUBLE: readonly ChainUnavailable['code'][] = [
  'timeout',
  'rate_limited',
  'unavailable',
  'disagreement',
];

export function isTrouble(error: unknown): boolean {
  return error instanceof ChainUnavailable && TROUBLE.includes(error.code);
}

export class Permits {
  readonly #world: ObjectWorld;
  readonly #words = new Map<string, Word>();
  /** Unix ms: since then the monitor has not answered; null while it does. */
  #silentSince: number | null = null;

  constructor(world: ObjectWorld) {
    this.#world = world;
  }

  /**
   * Null: go on. Otherwise to be asked again after so many ms. A monitor that does not answer grants nothing, for as long
   * as a verdict may be old; after that each object has one action under way at a time, so that a dead monitor slows
   * every settlement and stops none. `isAlone`: nothing else of this object is under way.
   */
  async take(hash: string, isAlone: () => boolean): Promise<number | null> {
    for (const [other, { until }] of this.#words) if (until <= this.#now) this.#words.delete(other);
    const known = this.#words.get(hash);
    if (known !== undefined) return known.granted ? null : known.until - this.#now;
    const word = await this.#ask(hash);
    if (word !== null) return word.granted ? null : word.until - this.#now;
    const { staleVerdictMs } = this.#world.settings.health;
    const isDead = this.#now - (this.#silentSince ?? this.#now) >= staleVerdictMs;
    return isDead && isAlone() ? null : this.#world.settings.pollMs;
  }

  /** For what is under way. A lease that cannot be had again is no reason to let go of what was signed. */
  async renew(hash: string): Promise<void> {
    const known = this.#words.get(hash);
    if (known === undefined || known.renewAt <= this.#now) await this.#ask(hash);
  }

  /** Once what it was for is on the chain, has ended, or waits for somebody. What gets lost on the way expires. */
  async giveBack(hash: string, outcome: 'done' | 'trouble'): Promise<void> {
    const known = this.#words.get(hash);
    this.#words.delete(hash);
    if (known?.granted !== true) return;
    await this.#world.peers
      .health()
      .permitReturned(this.#request(hash), outcome)
      .catch(() => {});
  }

  /** Null: the monitor does not answer. */
  async #ask(hash: string): Promise<Word | null> {
    const answer = await this.#world.peers
      .health()
      .permit(this.#request(hash))
      .catch(() => null);
    const now = this.#now;
    if (answer === null) {
      this.#silentSince ??= now;
      return null;
    }
    this.#silentSince = null;
    const word: Word = answer.granted
      ? { granted: true, until: answer.until, renewAt: now + (answer.until - now) / 2 }
      : { granted: false, until: now + answer.retryInMs, renewAt: now + answer.retryInMs };
    this.#words.set(hash, word);
    return word;
  }

  #request(hash: string): PermitRequest {
    return { object: this.#world.name, hash };
  }

  get #now(): number {
    return this.#world.clock.now();
  }
}
