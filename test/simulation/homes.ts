/**
 * Where one object lives. Its rows and its alarm outlive it; its memory goes when it is killed, and what the dead one
 * still had in hand comes to nothing: it writes no row, sets no alarm, reaches no other object (F17-F21).
 */
import type { AlarmPort, SqlPort, SqlValue } from '../../durable-objects/ports.ts';
import { NodeAlarm } from '../support/node-alarm.ts';
import { NodeSql } from '../support/node-sql.ts';

export interface Living {
  alarm(): Promise<void>;
}

/** One life of an object between two evictions. */
export class Life {
  #over = false;

  end(): void {
    this.#over = true;
  }

  /** Throws, as the platform does to whoever waits for an object that was reset. */
  check(): void {
    if (this.#over) throw new Error('the object was reset');
  }
}

export interface Storage {
  readonly name: string;
  readonly sql: SqlPort;
  readonly alarm: AlarmPort;
  readonly life: Life;
}

/** An earlier state of an object's storage: what a point-in-time restore goes back to (F38). */
export interface Bookmark {
  readonly alarmAt: number | null;
  readonly tables: readonly { readonly sql: string; readonly name: string; readonly rows: readonly Row[] }[];
}

type Row = Record<string, SqlValue>;

export class Home<Object extends Living> {
  readonly name: string;
  readonly #construct: (storage: Storage) => Object;
  readonly #sql = new NodeSql();
  readonly #alarm = new NodeAlarm(this.#sql);
  readonly #stored: () => void;
  #depth = 0;
  #life = new Life();
  #object: Object;

  /** `stored` is told of every transaction that the storage has taken. */
  constructor(name: string, construct: (storage: Storage) => Object, stored: () => void = () => {}) {
    this.name = name;
    this.#construct = construct;
    this.#stored = stored;
    this.#object = this.#born();
  }

  get object(): Object {
    return this.#object;
  }

  get life(): Life {
    return this.#life;
  }

  get alarmAt(): number | null {
    return this.#alarm.at;
  }

  kill(): void {
    this.#life.end();
    this.#life = new Life();
    this.#object = this.#born();
  }

  /** A second isolate of the same object, as they overlap at a deployment or a move (F21). It outlives every kill. */
  twin(): Object {
    return this.#born(new Life());
  }

  /** The platform has forgotten the alarm (F23), or comes at another time. */
  setAlarm(at: number | null): void {
    this.#alarm.set(at);
  }

  /** The platform's alarm: one that fails comes again after two seconds (platform facts: A2). */
  async fire(now: number): Promise<void> {
    if (!this.#alarm.take(now)) return;
    const life = this.#life;
    try {
      await this.#object.alarm();
    } catch {
      const retryAt = now + 2_000;
      if (life === this.#life) this.#alarm.set(Math.min(this.#alarm.at ?? retryAt, retryAt));
    }
  }

  /** The object's own rows, for a test that looks behind its answers. */
  rows(query: string, ...params: SqlValue[]): Row[] {
    return this.#sql.all(query, ...params);
  }

  /** A timer of hours fires so much earlier: for a test that need not live through each slot of them. */
  hurry(timer: string, ms: number): void {
    this.#sql.run('UPDATE timer SET due = due - ? WHERE name = ?', ms, timer);
    const row = this.#sql.all<{ due: number }>('SELECT due FROM timer WHERE name = ?', timer)[0];
    if (row === undefined) throw new Error(`no timer ${timer} is set`);
    this.#alarm.set(Math.min(row.due, this.#alarm.at ?? row.due));
  }

  bookmark(): Bookmark {
    const tables = this.#sql
      .all<{ name: string; sql: string }>("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
      .map(({ name, sql }) => ({ name, sql, rows: this.#sql.all<Row>(`SELECT * FROM "${name}"`) }));
    return { alarmAt: this.#alarm.at, tables };
  }

  restore({ tables, alarmAt }: Bookmark): void {
    this.#life.end();
    this.#sql.transaction(() => {
      for (const { name } of this.#sql.all<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table'",
      ))
        this.#sql.run(`DROP TABLE "${name}"`);
      for (const table of tables) {
        this.#sql.run(table.sql);
        for (const row of table.rows) this.#insert(table.name, row);
      }
      this.#alarm.set(alarmAt);
    });
    this.#life = new Life();
    this.#object = this.#born();
  }

  /** Who dies right after it was stored does nothing more with what came of it. */
  #transaction<Result>(body: () => Result, life: Life): Result {
    this.#depth += 1;
    let result: Result;
    try {
      result = this.#sql.transaction(body);
    } finally {
      this.#depth -= 1;
    }
    if (this.#depth > 0) return result;
    this.#stored();
    life.check();
    return result;
  }

  #insert(table: string, row: Row): void {
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    const names = columns.map((column) => `"${column}"`).join(', ');
    this.#sql.run(`INSERT INTO "${table}" (${names}) VALUES (${places})`, ...Object.values(row));
  }

  #born(life = this.#life): Object {
    const mortal = <Result>(work: () => Result): Result => {
      life.check();
      return work();
    };
    const sql: SqlPort = {
      run: (text, ...params) => mortal(() => this.#sql.run(text, ...params)),
      all: (text, ...params) => mortal(() => this.#sql.all(text, ...params)),
      transaction: (body) => mortal(() => this.#transaction(body, life)),
    };
    const alarm: AlarmPort = { set: (at) => mortal(() => this.#alarm.set(at)) };
    return this.#construct({ name: this.name, sql, alarm, life });
  }
}
