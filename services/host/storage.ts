/** The object's SQLite and its alarm, behind the ports that the kernel knows. */
import type { AlarmPort, SqlPort, SqlValue } from '../../durable-objects/ports.ts';

export class AsyncTransactionError extends Error {
  readonly code = 'async_transaction';
  constructor() {
    super('async_transaction: the body of a transaction must not be async');
    this.name = 'AsyncTransactionError';
  }
}

export class DurableSql implements SqlPort {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  run(sql: string, ...params: SqlValue[]): number {
    const cursor = this.#storage.sql.exec(sql, ...params);
    // A cursor that is not read to its end may not have counted every row yet.
    cursor.toArray();
    return cursor.rowsWritten;
  }

  all<Row extends Record<string, SqlValue>>(sql: string, ...params: SqlValue[]): Row[] {
    const rows = this.#storage.sql.exec(sql, ...params).toArray();
    // SAFETY: the caller names the columns of its own query; blobs are made the port's type here.
    return rows.map((row) => withByteViews(row) as Row);
  }

  transaction<T>(body: () => T): T {
    return this.#storage.transactionSync(() => {
      const result = body();
      // The platform would commit what ran before the first await and report success (platform facts: C, trap 2);
      // a throw in here rolls back.
      if (result instanceof Promise) throw new AsyncTransactionError();
      return result;
    });
  }
}

function withByteViews(row: Record<string, SqlStorageValue>): Record<string, SqlValue> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof ArrayBuffer ? new Uint8Array(value) : value,
    ]),
  );
}

export class DurableAlarm implements AlarmPort {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /**
   * Not awaited, so that it can be part of a synchronous transaction, which rolls it back. A write that fails breaks
   * the output gate: no answer leaves the object, and it restarts from what was stored.
   */
  set(at: number | null): void {
    if (at === null) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(at);
  }
}
