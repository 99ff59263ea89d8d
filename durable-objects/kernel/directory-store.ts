/** Tables of a directory shard: who is there, where each journal stood, and the newest word of the monitor. */
import type { SqlPort } from '../ports.ts';
import type { DirectoryEntry } from '../wire/objects.ts';
import type { HealthEpoch } from '../wire/views.ts';

const TABLES = [
  `CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  // seq and head are the anchor: an object that wakes behind it was restored to an earlier point.
  `CREATE TABLE IF NOT EXISTS entry (name TEXT PRIMARY KEY, kind TEXT NOT NULL, active INTEGER NOT NULL, generation INTEGER NOT NULL,
     seq INTEGER NOT NULL, head TEXT NOT NULL, told TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID`,
  // Who did not answer when it was told the verdict of this epoch, and how often.
  `CREATE TABLE IF NOT EXISTS missed (name TEXT PRIMARY KEY, epoch TEXT NOT NULL, tries INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
];

/** Tellings of one verdict to one object. Whoever misses them all pulls it, as everybody does before acting. */
const MOST_TRIES = 6;

export interface Untold {
  readonly name: string;
  readonly kind: DirectoryEntry['kind'];
  /** Tellings of this verdict that it did not answer. */
  readonly tries: number;
}

export interface Anchor {
  readonly generation: number;
  readonly seq: number;
  readonly head: string;
}

export class DirectoryStore {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
    for (const statement of TABLES) sql.run(statement);
  }

  anchor(name: string): Anchor | null {
    return (
      this.#sql.all<{ generation: number; seq: number; head: string }>(
        'SELECT generation, seq, head FROM entry WHERE name = ?',
        name,
      )[0] ?? null
    );
  }

  put(entry: DirectoryEntry, anchor: Anchor): void {
    this.#sql.run(
      `INSERT INTO entry (name, kind, active, generation, seq, head) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET active = excluded.active, generation = excluded.generation, seq = excluded.seq, head = excluded.head`,
      entry.name,
      entry.kind,
      entry.active ? 1 : 0,
      anchor.generation,
      anchor.seq,
      anchor.head,
    );
  }

  list(after: string, limit: number, activeOnly: boolean): DirectoryEntry[] {
    return this.#sql
      .all<{ name: string; kind: DirectoryEntry['kind']; active: number }>(
        'SELECT name, kind, active FROM entry WHERE name > ? AND active >= ? ORDER BY name LIMIT ?',
        after,
        activeOnly ? 1 : 0,
        limit,
      )
      .map(({ name, kind, active }) => ({ name, kind, active: active === 1 }));
  }

  activeCount(): number {
    return (
      this.#sql.all<{ count: number }>('SELECT count(*) AS count FROM entry WHERE active = 1')[0]?.count ?? 0
    );
  }

  /** Active objects that have not heard of this verdict yet: those that did not answer come after all others. */
  untold(epoch: HealthEpoch, limit: number): Untold[] {
    return this.#sql.all<{ name: string; kind: DirectoryEntry['kind']; tries: number }>(
      `SELECT entry.name, kind, coalesce(tries, 0) AS tries FROM entry LEFT JOIN missed ON missed.name = entry.name AND epoch = ?
         WHERE active = 1 AND told <> ? AND coalesce(tries, 0) < ? ORDER BY 3, 1 LIMIT ?`,
      epochText(epoch),
      epochText(epoch),
      MOST_TRIES,
      limit,
    );
  }

  told(name: string, epoch: HealthEpoch): void {
    this.#sql.run('UPDATE entry SET told = ? WHERE name = ?', epochText(epoch), name);
  }

  missed({ name, tries }: Untold, epoch: HealthEpoch): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO missed (name, epoch, tries) VALUES (?, ?, ?)',
      name,
      epochText(epoch),
      tries + 1,
    );
  }

  /** A new verdict: what was missed of the old one is nobody's concern any more. */
  forgetMissed(epoch: HealthEpoch): void {
    this.#sql.run('DELETE FROM missed WHERE epoch <> ?', epochText(epoch));
  }

  read(name: string): string | null {
    return this.#sql.all<{ value: string }>('SELECT value FROM meta WHERE name = ?', name)[0]?.value ?? null;
  }

  write(name: string, value: string): void {
    this.#sql.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, value);
  }

  transaction<T>(body: () => T): T {
    return this.#sql.transaction(body);
  }
}

function epochText(epoch: HealthEpoch): string {
  return `${epoch.generation}.${epoch.counter}`;
}
