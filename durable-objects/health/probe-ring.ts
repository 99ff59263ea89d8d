/** The ring of probes: enough samples for the longest window at every provider, the oldest overwritten. */
import type { ProbeSample } from '../../machines/health/assessment.ts';
import type { Probe, SqlPort } from '../ports.ts';

/** Rows kept a provider: the long window of 60, and what three healthy windows of 2 s probes need. */
const RING = 64;

export class ProbeRing {
  readonly #sql: SqlPort;
  readonly #next = new Map<string, number>();

  constructor(sql: SqlPort) {
    this.#sql = sql;
    sql.run(
      `CREATE TABLE IF NOT EXISTS probe (provider TEXT NOT NULL, slot_in_ring INTEGER NOT NULL, at INTEGER NOT NULL, ms INTEGER NOT NULL,
         ok INTEGER NOT NULL, slot INTEGER, finalized INTEGER, error TEXT, PRIMARY KEY (provider, slot_in_ring)) STRICT, WITHOUT ROWID`,
    );
  }

  add(probe: Probe): void {
    const index = this.#nextIndex(probe.provider);
    this.#sql.run(
      'INSERT OR REPLACE INTO probe (provider, slot_in_ring, at, ms, ok, slot, finalized, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      probe.provider,
      index,
      probe.at,
      Math.round(probe.ms),
      probe.ok ? 1 : 0,
      probe.slot,
      probe.finalizedSlot,
      probe.error,
    );
    this.#next.set(probe.provider, (index + 1) % RING);
  }

  /** Oldest first, of the providers that are configured now: what one that was removed once said decides nothing. */
  samples(providers: readonly string[]): ProbeSample[] {
    return this.#sql
      .all<{
        provider: string;
        at: number;
        ms: number;
        ok: number;
        slot: number | null;
        finalized: number | null;
      }>('SELECT provider, at, ms, ok, slot, finalized FROM probe ORDER BY at, provider')
      .filter((row) => providers.includes(row.provider))
      .map((row) => ({ ...row, ok: row.ok === 1, finalizedSlot: row.finalized }));
  }

  /** After a wake the ring goes on behind its newest row. */
  #nextIndex(provider: string): number {
    const known = this.#next.get(provider);
    if (known !== undefined) return known;
    const newest = this.#sql.all<{ slot_in_ring: number }>(
      'SELECT slot_in_ring FROM probe WHERE provider = ? ORDER BY at DESC LIMIT 1',
      provider,
    )[0];
    return newest === undefined ? 0 : (newest.slot_in_ring + 1) % RING;
  }
}
