/**
 * The ring of probes: enough samples for the longest window at every provider, the oldest overwritten. Beside it what is
 * learned from them and has to outlive them: the slot time, and which providers contradict each other.
 */
import { type Dispute, disputesAfter } from '../../machines/health/agreement.ts';
import { type ProbeSample, slotTime } from '../../machines/health/samples.ts';
import type { Probe, SqlPort } from '../ports.ts';
import type { HealthSettings } from './settings.ts';

/** Rows kept a provider: the long window of 60, and what three healthy windows of 2 s probes need. */
const RING = 64;
/** Per cent by which the learned slot time has to move before it is stored anew: a row costs more than it tells. */
const SLOT_TIME_STEP = 5;

export class ProbeRing {
  readonly #sql: SqlPort;
  readonly #next = new Map<string, number>();
  /** What the rows hold, oldest first; read once a life. */
  #samples: readonly ProbeSample[] | null = null;

  constructor(sql: SqlPort) {
    this.#sql = sql;
    // The ring of a release that kept less of a probe: measurements only, made again within minutes.
    sql.run('DROP TABLE IF EXISTS probe');
    sql.run(
      `CREATE TABLE IF NOT EXISTS sample (provider TEXT NOT NULL, slot_in_ring INTEGER NOT NULL, at INTEGER NOT NULL, ms INTEGER NOT NULL,
         ok INTEGER NOT NULL, slot INTEGER, finalized INTEGER, fingerprint TEXT, error TEXT, PRIMARY KEY (provider, slot_in_ring)) STRICT, WITHOUT ROWID`,
    );
    sql.run(
      'CREATE TABLE IF NOT EXISTS learned (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
    );
  }

  /** One probe of each provider that was asked; `providers`: those that are configured now. */
  add(round: readonly Probe[], providers: readonly string[], limits: HealthSettings): void {
    const older = this.#samples ?? this.#read();
    for (const probe of round) this.#write(probe);
    const fresh = round.map(sampleOf);
    this.#samples = lastOfEach([...older, ...fresh]);
    const samples = this.samples(providers);
    const before = this.disputes;
    const after = disputesAfter(before, samples, fresh, providers);
    if (JSON.stringify(after) !== JSON.stringify(before)) this.#learn('disputes', JSON.stringify(after));
    this.#learnSlotTime(slotTime(samples, limits));
  }

  /** Oldest first, of the providers that are configured now: what one that was removed once said decides nothing. */
  samples(providers: readonly string[]): readonly ProbeSample[] {
    this.#samples ??= this.#read();
    return this.#samples.filter(({ provider }) => providers.includes(provider));
  }

  get disputes(): readonly Dispute[] {
    // SAFETY: written by `add` from values of this type.
    return JSON.parse(this.#learned('disputes') ?? '[]') as Dispute[];
  }

  /** Ms a slot; null until enough of the tip's progress was seen once. */
  get slotMs(): number | null {
    const stored = this.#learned('slot_ms');
    return stored === null ? null : Number(stored);
  }

  /** Unix ms when `recovering` was last entered: what is older is the outage's. */
  get freshSince(): number {
    return Number(this.#learned('fresh_since') ?? 0);
  }

  startAfresh(at: number): void {
    this.#learn('fresh_since', String(at));
  }

  #learnSlotTime(ms: number | null): void {
    if (ms === null) return;
    const known = this.slotMs;
    if (known === null || Math.abs(ms - known) * 100 >= known * SLOT_TIME_STEP)
      this.#learn('slot_ms', String(ms));
  }

  #learned(name: string): string | null {
    return (
      this.#sql.all<{ value: string }>('SELECT value FROM learned WHERE name = ?', name)[0]?.value ?? null
    );
  }

  #learn(name: string, value: string): void {
    this.#sql.run('INSERT OR REPLACE INTO learned (name, value) VALUES (?, ?)', name, value);
  }

  #write(probe: Probe): void {
    const index = this.#nextIndex(probe.provider);
    this.#sql.run(
      'INSERT OR REPLACE INTO sample (provider, slot_in_ring, at, ms, ok, slot, finalized, fingerprint, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      probe.provider,
      index,
      probe.at,
      Math.round(probe.ms),
      probe.ok ? 1 : 0,
      probe.slot,
      probe.finalizedSlot,
      probe.fingerprint,
      probe.error,
    );
    this.#next.set(probe.provider, (index + 1) % RING);
  }

  #read(): ProbeSample[] {
    return this.#sql
      .all<{
        provider: string;
        at: number;
        ms: number;
        ok: number;
        slot: number | null;
        finalized: number | null;
        fingerprint: string | null;
        error: string | null;
      }>('SELECT provider, at, ms, ok, slot, finalized, fingerprint, error FROM sample ORDER BY at, provider')
      .map((row) => sampleOf({ ...row, ok: row.ok === 1, finalizedSlot: row.finalized }));
  }

  /** After a wake the ring goes on behind its newest row. */
  #nextIndex(provider: string): number {
    const known = this.#next.get(provider);
    if (known !== undefined) return known;
    const newest = this.#sql.all<{ slot_in_ring: number }>(
      'SELECT slot_in_ring FROM sample WHERE provider = ? ORDER BY at DESC LIMIT 1',
      provider,
    )[0];
    return newest === undefined ? 0 : (newest.slot_in_ring + 1) % RING;
  }
}

function sampleOf(probe: Omit<Probe, 'blockHeight' | 'retryAt'>): ProbeSample {
  const { provider, at, ok, slot, finalizedSlot, fingerprint, error } = probe;
  const limited = error === 'rate_limited';
  return { provider, at, ms: Math.round(probe.ms), ok, slot, finalizedSlot, fingerprint, limited };
}

/** As many of each provider as the ring has rows. */
function lastOfEach(samples: readonly ProbeSample[]): readonly ProbeSample[] {
  const left = new Map<string, number>();
  return samples
    .toReversed()
    .filter(({ provider }) => {
      const more = left.get(provider) ?? RING;
      left.set(provider, more - 1);
      return more > 0;
    })
    .toReversed();
}
