/**
 * What this isolate remembers of one provider: its budget, when it asked to be left alone, what it does not offer, and
 * whether it is set aside. Memory only, so it is bounded in time: the breaker that outlives an isolate is a row of the
 * health monitor, which hears from here (`takeReport`) and is heeded here (`heed`).
 */
import type { ProviderReport, ProviderStanding } from '../../durable-objects/wire/objects.ts';
import { ProviderFault } from './errors.ts';
import type { Fault } from './rpc-error-codes.ts';
import { type Budget, TokenBucket } from './token-bucket.ts';

/** One silence is a lost packet; this many in a row are the provider's. */
const FAILURES_IN_A_ROW = 3;
/** First and longest time for which it is set aside; doubled in between. Short: the monitor's breaker is for the rest. */
const ASIDE_MS = 1_000;
const MAX_ASIDE_MS = 16_000;
/** For how long a method that a provider does not know is not asked of it. Gateways do learn some. */
const NO_METHOD_MS = 600_000;
/** What moves money may use the budget up. Everything else leaves this share of the burst to it. */
const URGENT = new Set(['sendTransaction', 'getLatestBlockhash']);
const RESERVED = 0.2;

/** In which order providers are asked: the ready ones, those set aside, those that must not be asked now. */
export type Readiness = 'ready' | 'aside' | 'waiting' | 'open';

export interface GuardOptions {
  readonly name: string;
  readonly budget: Budget;
  /** Unix ms. */
  now(): number;
}

export class ProviderGuard {
  readonly #options: GuardOptions;
  readonly #bucket: TokenBucket;
  readonly #notOffered = new Map<string, number>();
  #standing: ProviderStanding | null = null;
  #retryAt = 0;
  #asideUntil = 0;
  #timesAside = 0;
  #failures = 0;
  #report: ProviderReport | null = null;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.budget, options.now());
  }

  get readiness(): Readiness {
    const now = this.#options.now();
    // Past its time an open breaker is half open: one that is tried, last.
    if (this.#standing?.breaker === 'open' && now < this.#standing.until) return 'open';
    if (now < this.#retryAt) return 'waiting';
    const isTried = this.#standing !== null && this.#standing.breaker !== 'closed';
    return isTried || now < this.#asideUntil ? 'aside' : 'ready';
  }

  /** Before each request. Throws where it must not be made: that says nothing new about the provider. */
  admit(method: string): void {
    const { name, budget, now } = this.#options;
    if (now() < (this.#notOffered.get(method) ?? 0))
      throw new ProviderFault('no_method', name, `does not offer ${method}`);
    if (now() < this.#retryAt)
      throw new ProviderFault('limited', name, 'it asked to be left alone', { retryAt: this.#retryAt });
    const reserve = URGENT.has(method) ? 0 : budget.burst * RESERVED;
    if (!this.#bucket.take(now(), reserve))
      throw new ProviderFault('limited', name, 'its budget of requests is used up');
  }

  /** It answered, if only with a refusal. */
  answered(): void {
    this.#failures = 0;
    if (this.#options.now() >= this.#asideUntil) this.#timesAside = 0;
  }

  met(fault: Fault, method: string, retryAt: number | null): void {
    if (retryAt !== null) this.#retryAt = Math.max(this.#retryAt, retryAt);
    if (fault === 'limited') {
      if (retryAt === null) this.setAside();
      this.#note('rate_limited', retryAt);
    } else if (fault === 'unhealthy') {
      this.setAside();
      this.#note('failed', retryAt);
    } else if (fault === 'failed') {
      this.#failures += 1;
      if (this.#failures < FAILURES_IN_A_ROW) return;
      this.setAside();
      this.#note('failed', retryAt);
    } else {
      if (fault === 'no_method') this.#notOffered.set(method, this.#options.now() + NO_METHOD_MS);
      this.answered();
    }
  }

  /** Asked only after the others, for longer each time in a row. */
  setAside(): void {
    const now = this.#options.now();
    if (now < this.#asideUntil) return;
    this.#asideUntil = now + Math.min(MAX_ASIDE_MS, ASIDE_MS * 2 ** this.#timesAside);
    this.#timesAside += 1;
  }

  heed(standing: ProviderStanding | null): void {
    this.#standing = standing;
  }

  /** What the monitor should know; told once. */
  takeReport(): ProviderReport | null {
    const report = this.#report;
    this.#report = null;
    return report;
  }

  #note(outcome: ProviderReport['outcome'], retryAt: number | null): void {
    const { name, now } = this.#options;
    this.#report = { provider: name, at: now(), outcome, retryAt };
  }
}
