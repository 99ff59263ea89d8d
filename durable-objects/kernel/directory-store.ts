/** Tables of a directory shard: who is there, where each journal stood, and the newest word of the monitor. */
import type { SqlPort } from '../ports.ts';
import type { DirectoryEntry } from '../wire/objects.ts';
import type { HealthEpoch } from '../wire/views.ts';

const TABLES = [
  `CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  // seq and head are the anchor: an object that wakes behind it was restored to an earlier point.
  `CREATE TABLE IF NOT EXISTS entry (name TEXT PRIMARY KEY, kind TEXT NOT NULL, active INTEGER NOT NULL, generation INTEGER NOT NULL,
     seq INTEGER NOT NULL, head TEXT NOT NULL, told TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID`,
];

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

  /** Active objects that have not heard of this verdict yet. */
  untold(epoch: HealthEpoch, limit: number): DirectoryEntry[] {
    return this.#sql
      .all<{ name: string; kind: DirectoryEntry['kind'] }>(
        'SELECT name, kind FROM entry WHERE active = 1 AND told <> ? ORDER BY name LIMIT ?',
        epochText(epoch),
        limit,
      )
      .map((row) => ({ ...row, active: true }));
  }

  told(name: string, epoch: HealthEpoch): void {
    this.#sql.run('UPDATE entry SET told = ? WHERE name = ?', epochText(epoch), name);
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
