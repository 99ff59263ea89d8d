/**
 * The snapshot: one row, versioned. An older version is upgraded by pure functions when it is read and written back
 * with the next commit; a newer one is served as it is and never written (design: section 5).
 */
import type { SqlPort } from '../ports.ts';
import type { Standing } from './kernel.ts';
import type { ActorEvent, ActorState, Behaviour } from './machine-port.ts';

export class Snapshots<Context, Event extends ActorEvent> {
  readonly #sql: SqlPort;
  readonly #behaviour: Behaviour<Context, Event>;
  #storedVersion: number;

  constructor(sql: SqlPort, behaviour: Behaviour<Context, Event>) {
    this.#sql = sql;
    this.#behaviour = behaviour;
    this.#storedVersion = behaviour.version;
  }

  read(): Standing<Context> | null {
    const row = this.#sql.all<{
      machine: string;
      version: number;
      seq: number;
      head: string;
      value: string;
      context: string;
    }>('SELECT machine, version, seq, head, value, context FROM snapshot WHERE id = 1')[0];
    if (row === undefined) return null;
    if (row.machine !== this.#behaviour.id)
      throw new Error(`snapshot of machine ${row.machine}, not ${this.#behaviour.id}`);
    this.#storedVersion = row.version;
    // SAFETY: written by `write` from an ActorState of the version that the row names; `upgrade` brings it to ours.
    const stored = { value: JSON.parse(row.value), context: JSON.parse(row.context) } as ActorState<Context>;
    return { ...this.#upgrade(stored, row.version), seq: row.seq, head: row.head };
  }

  /** True until the object is written for the first time by this release. */
  get isOlder(): boolean {
    return this.#storedVersion < this.#behaviour.version;
  }

  readable(standing: Standing<Context>): boolean {
    return standing.seq === 0 || this.#storedVersion <= this.#behaviour.version;
  }

  write(standing: Standing<Context>): void {
    const { id, version } = this.#behaviour;
    const { seq, head } = standing;
    this.#sql.run(
      'INSERT OR REPLACE INTO snapshot (id, machine, version, seq, head, value, context) VALUES (1, ?, ?, ?, ?, ?, ?)',
      id,
      version,
      seq,
      head,
      JSON.stringify(standing.value),
      JSON.stringify(standing.context),
    );
    this.#storedVersion = version;
  }

  storedSeq(): number {
    return this.#sql.all<{ seq: number }>('SELECT seq FROM snapshot WHERE id = 1')[0]?.seq ?? 0;
  }

  #upgrade(stored: ActorState<Context>, version: number): ActorState<Context> {
    return this.#behaviour.upgrades.slice(version - 1).reduce((state, upgrade) => upgrade(state), stored);
  }
}
