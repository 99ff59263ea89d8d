/** The breakers of all providers: rows, so that an eviction forgets nothing (platform facts: trap E5). */
import {
  type Breaker,
  type BreakerLimits,
  breakerAfter,
  breakerAt,
  CLOSED,
  type Met,
  reasonOf,
} from '../../machines/health/breaker.ts';
import type { Probe, SqlPort } from '../ports.ts';
import type { ProviderReport, ProviderStanding } from '../wire/objects.ts';

/** What one call may report: an isolate that was refused everything says so once for each provider, and often. */
const MOST_REPORTS = 64;

/** What was met changed what others have to know, or tells that we ask too much. */
export interface Noticed {
  /** A breaker opened, closed, or went on trial. */
  readonly isChanged: boolean;
  /** A provider that served us refused to, because of how much we ask. */
  readonly isTooMuch: boolean;
}

export class Breakers {
  readonly #sql: SqlPort;
  readonly #limits: BreakerLimits;

  constructor(sql: SqlPort, limits: BreakerLimits) {
    this.#sql = sql;
    this.#limits = limits;
    sql.run(
      `CREATE TABLE IF NOT EXISTS breaker (provider TEXT PRIMARY KEY, state TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
         cause TEXT, failures INTEGER NOT NULL, successes INTEGER NOT NULL, failed_at INTEGER NOT NULL, openings INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    );
  }

  standing(providers: readonly string[], now: number): readonly ProviderStanding[] {
    return providers.map((name) => {
      const breaker = breakerAt(this.#read(name), now);
      return { name, breaker: breaker.state, until: breaker.until, reason: reasonOf(breaker) };
    });
  }

  /**
   * A provider that would not serve us is left alone until then: each further call counts against us. One that fails is
   * looked at all the same: the verdict is made of what its tip does.
   */
  leftAlone(provider: string, now: number): boolean {
    const { state, cause } = breakerAt(this.#read(provider), now);
    return state === 'open' && cause === 'rate_limited';
  }

  probed(probes: readonly Probe[]): Noticed {
    return this.#met(
      probes.map((probe) => {
        const isLimited = probe.error === 'rate_limited';
        const answered: Met = { kind: probe.ok ? 'ok' : 'failed' };
        const met: Met = isLimited ? { kind: 'rate_limited', retryAt: probe.retryAt } : answered;
        return { provider: probe.provider, at: probe.at, met };
      }),
    );
  }

  /** Of providers that are configured; what another isolate's clock calls the future is now. */
  reported(reports: readonly ProviderReport[], providers: readonly string[], now: number): Noticed {
    return this.#met(
      reports
        .slice(0, MOST_REPORTS)
        .filter(({ provider }) => providers.includes(provider))
        .map(({ provider, at, outcome, retryAt }) => ({
          provider,
          at: Math.min(at, now),
          met: outcome === 'failed' ? { kind: 'failed' } : { kind: 'rate_limited', retryAt },
        })),
    );
  }

  #met(all: readonly { readonly provider: string; readonly at: number; readonly met: Met }[]): Noticed {
    let isChanged = false;
    let isTooMuch = false;
    for (const { provider, at, met } of all) {
      const before = this.#read(provider);
      const after = breakerAfter(before, met, at, this.#limits);
      if (after === before) continue;
      this.#write(provider, after);
      isChanged ||= after.state !== before.state || after.until !== before.until;
      isTooMuch ||= met.kind === 'rate_limited' && before.state === 'closed';
    }
    return { isChanged, isTooMuch };
  }

  #read(provider: string): Breaker {
    const row = this.#sql.all<{
      state: string;
      since: number;
      until: number;
      cause: string | null;
      failures: number;
      successes: number;
      failed_at: number;
      openings: number;
    }>('SELECT * FROM breaker WHERE provider = ?', provider)[0];
    if (row === undefined) return CLOSED;
    const { failed_at: failedAt, since, until, failures, successes, openings } = row;
    // SAFETY: both were written by `#write` from a breaker.
    const { state, cause } = row as Pick<Breaker, 'state' | 'cause'>;
    return { state, since, until, cause, failures, successes, failedAt, openings };
  }

  #write(provider: string, breaker: Breaker): void {
    const { state, since, until, cause, failures, successes, failedAt, openings } = breaker;
    this.#sql.run(
      'INSERT OR REPLACE INTO breaker (provider, state, since, until, cause, failures, successes, failed_at, openings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      provider,
      state,
      since,
      until,
      cause,
      failures,
      successes,
      failedAt,
      openings,
    );
  }
}
