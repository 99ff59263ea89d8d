/** Timers are rows; firing is an ordinary journalled event, so that a restart loses none (platform facts, P4). */
import type { TimerEffect } from '../../machines/effects.ts';
import type { SqlPort } from '../ports.ts';

export interface DueTimer {
  readonly name: string;
  readonly due: number;
  readonly event: string;
}

export class Timers {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  put(effect: TimerEffect): void {
    if (effect.at === null) {
      this.remove(effect.name);
      return;
    }
    this.#sql.run(
      'INSERT INTO timer (name, due, event) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET due = excluded.due, event = excluded.event',
      effect.name,
      effect.at,
      JSON.stringify(effect.event),
    );
  }

  remove(name: string): void {
    this.#sql.run('DELETE FROM timer WHERE name = ?', name);
  }

  /** True while the timer stands as it was read: neither fired, nor moved, nor cancelled. */
  isSet(timer: DueTimer): boolean {
    return (
      this.#sql.all('SELECT 1 AS found FROM timer WHERE name = ? AND due = ?', timer.name, timer.due).length >
      0
    );
  }

  postpone(timer: DueTimer, until: number): void {
    this.#sql.run('UPDATE timer SET due = ? WHERE name = ? AND due = ?', until, timer.name, timer.due);
  }

  due(now: number, limit: number): DueTimer[] {
    return this.#sql.all<{ name: string; due: number; event: string }>(
      'SELECT name, due, event FROM timer WHERE due <= ? ORDER BY due, name LIMIT ?',
      now,
      limit,
    );
  }

  nextDue(): number | null {
    return this.#sql.all<{ due: number | null }>('SELECT min(due) AS due FROM timer')[0]?.due ?? null;
  }
}
