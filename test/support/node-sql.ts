/**
 * The storage port over node:sqlite, for tests and simulation. It keeps the promises of an object's storage in workerd
 * (services/host/storage.ts): transactions nest, an async body is refused, and what was enlisted (the alarm) is rolled
 * back with the rows.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlPort, SqlValue } from '../../durable-objects/ports.ts';

export class AsyncTransactionError extends Error {
  readonly code = 'async_transaction';
  constructor() {
    super('async_transaction: the body of a transaction must not be async');
    this.name = 'AsyncTransactionError';
  }
}

/** Memory that belongs to the storage: `mark` answers how to go back to what it holds now. */
export interface Enlisted {
  mark(): () => void;
}

/** The objects use some sixty statements; a caller that makes up more only loses the benefit. */
const STATEMENTS_KEPT = 256;

export class NodeSql implements SqlPort {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #enlisted: Enlisted[] = [];
  #depth = 0;

  /** In memory, or a file that another NodeSql can open after this one was closed. */
  constructor(path = ':memory:') {
    this.#database = new DatabaseSync(path);
    // A test kills objects, never the machine: what SQLite handed to the system survives.
    this.#database.exec('PRAGMA synchronous = OFF');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  enlist(part: Enlisted): void {
    this.#enlisted.push(part);
  }

  /** Rows changed; the objects' tables have no index of their own, so this is what workerd counts as written. */
  run(sql: string, ...params: SqlValue[]): number {
    const before = this.#totalChanges();
    this.#prepare(sql).run(...params);
    // Not the statement's own `changes`: after one that changes no rows (DDL) SQLite repeats the figure before it.
    return this.#totalChanges() - before;
  }

  /** An integer beyond 2^53 throws here, where workerd rounds it: no test can come to rely on either. */
  all<Row extends Record<string, SqlValue>>(sql: string, ...params: SqlValue[]): Row[] {
    const rows = this.#prepare(sql).all(...params);
    // In place, which takes half the time of a copy of each: SQLite's rows have no prototype, ours do.
    for (const row of rows) Object.setPrototypeOf(row, Object.prototype);
    // SAFETY: the caller names the columns of its own query.
    return rows as Row[];
  }

  transaction<T>(body: () => T): T {
    const undo = this.#enlisted.map((part) => part.mark());
    const savepoint = `depth_${this.#depth}`;
    this.#database.exec(`SAVEPOINT ${savepoint}`);
    this.#depth += 1;
    try {
      const result = body();
      if (result instanceof Promise) {
        // Its fate is the caller's error already; a rejection of its own must not end the process.
        result.catch(() => {});
        throw new AsyncTransactionError();
      }
      this.#database.exec(`RELEASE ${savepoint}`);
      return result;
    } catch (error) {
      this.#database.exec(`ROLLBACK TO ${savepoint}`);
      this.#database.exec(`RELEASE ${savepoint}`);
      for (const back of undo) back();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  #totalChanges(): number {
    return Number(this.#prepare('SELECT total_changes() AS total').get()?.total ?? 0);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= STATEMENTS_KEPT) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
