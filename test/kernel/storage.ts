/**
 * The storage that the kernel's tests run on, and what they do to it: every statement and every setting of the alarm is
 * a step that is counted and can be the last one before a crash.
 */
import type { AlarmPort, SqlPort, SqlValue } from '../../durable-objects/ports.ts';

/** One object's storage, as its platform gives it. */
export interface KernelStorage {
  readonly sql: SqlPort;
  readonly alarm: AlarmPort;
  /** Unix ms of the alarm that is set; null when none is. */
  alarmAt(): Promise<number | null>;
}

/** Runs a test's body on a storage of its own, which is empty and is gone afterwards. */
export type WithStorage = (body: (storage: KernelStorage) => void | Promise<void>) => Promise<void>;

export type Crash =
  /** Before the step of that number, which is after the one before it. */
  | { readonly step: number }
  /** Everything was said, and the storage does not take it. */
  | 'at the end of the transaction'
  /** The commit is durable, and nobody learns of it. */
  | 'after the transaction';

export class Crashed extends Error {
  readonly code = 'crashed';
  constructor(where: string) {
    super(`crashed: ${where}`);
    this.name = 'Crashed';
  }
}

export interface Written {
  readonly statement: string;
  readonly rows: number;
}

/** The storage with its steps counted. */
export class SteppedStorage {
  readonly sql: SqlPort;
  readonly alarm: AlarmPort;
  readonly written: Written[] = [];
  /** Alarms set, also those that were rolled back. */
  alarmSets = 0;
  steps = 0;
  crash: Crash | null = null;

  constructor(storage: KernelStorage) {
    const inner = storage.sql;
    this.sql = {
      run: (sql: string, ...params: SqlValue[]) =>
        this.#step(sql, () => {
          const rows = inner.run(sql, ...params);
          this.written.push({ statement: sql, rows });
          return rows;
        }),
      all: <Row extends Record<string, SqlValue>>(sql: string, ...params: SqlValue[]) =>
        this.#step(sql, () => inner.all<Row>(sql, ...params)),
      transaction: (body) => {
        const result = inner.transaction(() => {
          const inside = body();
          if (this.crash === 'at the end of the transaction') throw new Crashed(this.crash);
          return inside;
        });
        if (this.crash === 'after the transaction') throw new Crashed(this.crash);
        return result;
      },
    };
    this.alarm = {
      set: (at) =>
        this.#step(`alarm ${at}`, () => {
          storage.alarm.set(at);
          this.alarmSets += 1;
        }),
    };
  }

  /** Counts anew from here. */
  restart(): void {
    this.steps = 0;
    this.alarmSets = 0;
    this.written.length = 0;
  }

  #step<T>(what: string, take: () => T): T {
    this.steps += 1;
    const crash = this.crash;
    const isHere = crash !== null && typeof crash === 'object' && crash.step === this.steps;
    if (isHere) throw new Crashed(`before ${what}`);
    return take();
  }
}

/** Every row of every table, and the alarm: two dumps are equal exactly where nothing was written in between. */
export interface Dump {
  readonly tables: { readonly [table: string]: readonly string[] };
  readonly alarm: number | null;
}

export async function dumpOf(storage: KernelStorage): Promise<Dump> {
  return { tables: rowsIn(storage.sql), alarm: await storage.alarmAt() };
}

/** The rows alone, within one turn. */
export function rowsIn(sql: SqlPort): Dump['tables'] {
  const tables = tablesOf(sql).map((table) => {
    const rows = sql.all(`SELECT * FROM ${table}`).map((row) => JSON.stringify(row));
    return [table, rows.toSorted()];
  });
  return Object.fromEntries(tables);
}

/** The dump in everything but one table. */
export function besides(dump: Dump, table: string): Dump {
  return { ...dump, tables: { ...dump.tables, [table]: [] } };
}

/** The object's own tables: what SQLite and the platform keep there for themselves is not ours. */
export function tablesOf(sql: SqlPort): string[] {
  return sql
    .all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('sqlite_') && !name.startsWith('_cf_'));
}
