/** The one alarm of an object outside workerd: it remembers what it was set to, and goes back with a transaction. */
import type { AlarmPort } from '../../durable-objects/ports.ts';
import type { NodeSql } from './node-sql.ts';

export class NodeAlarm implements AlarmPort {
  #at: number | null = null;
  #sets = 0;

  constructor(sql: NodeSql) {
    sql.enlist({
      mark: () => {
        const [at, sets] = [this.#at, this.#sets];
        return () => {
          this.#at = at;
          this.#sets = sets;
        };
      },
    });
  }

  /** Unix ms of the next alarm; null when none is set. */
  get at(): number | null {
    return this.#at;
  }

  /** How often it was set and not rolled back: each set is a row written (platform facts: A2). */
  get sets(): number {
    return this.#sets;
  }

  set(at: number | null): void {
    this.#at = at;
    this.#sets += 1;
  }

  /** Takes the alarm when it is due, as the platform does before it calls the object. */
  take(now: number): boolean {
    if (this.#at === null || this.#at > now) return false;
    this.#at = null;
    return true;
  }
}
