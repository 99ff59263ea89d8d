/**
 * The outbox: what a transition asked for and the world has not done yet. Rows are written in the transaction of their
 * event, leased to be worked, retried with full jitter, and parked at the end of their tries: never deleted unpaid. A
 * parked row has called a person, and is tried only now and then: whom it could not reach may be back.
 */
import type { MessageEffect, WorkEffect } from '../../machines/effects.ts';
import type { RandomPort, SqlPort } from '../ports.ts';
import type { MirrorSettings } from '../settings.ts';

export interface Lease {
  readonly key: string;
  readonly token: string;
}

export interface OutboxRow {
  readonly key: string;
  readonly task: string;
  readonly body: string;
  readonly tries: number;
  readonly lease: Lease;
}

/** The pace of what is parked, in longest back-offs: some ten minutes. */
const PARKED_BACKOFFS = 10;

export class Outbox {
  readonly #sql: SqlPort;
  readonly #random: RandomPort;
  readonly #settings: MirrorSettings;

  constructor(sql: SqlPort, random: RandomPort, settings: MirrorSettings) {
    this.#sql = sql;
    this.#random = random;
    this.#settings = settings;
  }

  /**
   * The same key again replaces the row; a row that is being worked keeps its lease and is worked once more after it.
   * An expired lease goes: who still holds it must not end what was asked for since.
   */
  put(effect: WorkEffect | MessageEffect, at: number, position: number): void {
    const due = at + (effect.type === 'work' ? effect.inMs : 0);
    this.#sql.run(
      `INSERT INTO outbox (key, task, body, due, position) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET body = excluded.body, tries = 0, parked = 0, error = NULL,
         again = CASE WHEN lease_until > ? THEN excluded.due ELSE NULL END,
         lease = CASE WHEN lease_until > ? THEN lease ELSE NULL END,
         due = CASE WHEN lease_until > ? THEN due ELSE excluded.due END`,
      effect.key,
      effect.task,
      JSON.stringify(effect.body),
      due,
      position,
      at,
      at,
      at,
    );
  }

  /** Leases the rows that are due, first in first out. Whoever finishes after `lease_until` finds the lease gone. */
  lease(now: number, limit: number): OutboxRow[] {
    const due = this.#sql.all<{ key: string }>(
      'SELECT key FROM outbox WHERE due <= ? AND lease_until <= ? ORDER BY due, position, key LIMIT ?',
      now,
      now,
      limit,
    );
    return due.flatMap(({ key }) => this.leaseKey(key, now) ?? []);
  }

  /** Leases one row now, due, parked or not: its sender asks himself. Null when it is gone, or somebody else works it. */
  leaseKey(key: string, now: number): OutboxRow | null {
    const row = this.#sql.all<{ task: string; body: string; tries: number }>(
      'SELECT task, body, tries FROM outbox WHERE key = ? AND lease_until <= ?',
      key,
      now,
    )[0];
    if (row === undefined) return null;
    const token = [...this.#random.bytes(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const until = now + this.#settings.leaseMs;
    this.#sql.run(
      'UPDATE outbox SET lease = ?, lease_until = ?, again = NULL WHERE key = ?',
      token,
      until,
      key,
    );
    return { key, ...row, lease: { key, token } };
  }

  /** Failures in a row of a row that will be tried again; null where there is none. */
  triesOf(key: string): number | null {
    const row = this.#sql.all<{ tries: number }>(
      'SELECT tries FROM outbox WHERE key = ? AND parked = 0',
      key,
    )[0];
    return row?.tries ?? null;
  }

  /** What only waits for its time is due now; what is being worked, has failed, or is parked is left as it is. */
  hurry(key: string, now: number): boolean {
    return (
      this.#sql.run(
        'UPDATE outbox SET due = ? WHERE key = ? AND due > ? AND lease_until <= ? AND tries = 0 AND parked = 0',
        now,
        key,
        now,
        now,
      ) > 0
    );
  }

  holds(lease: Lease): boolean {
    return (
      this.#sql.all('SELECT 1 AS held FROM outbox WHERE key = ? AND lease = ?', lease.key, lease.token)
        .length > 0
    );
  }

  /** Done: the row goes, unless it was asked for again meanwhile. False: the lease was gone, nothing changed. */
  finish(lease: Lease): boolean {
    const kept = this.#sql.run(
      'UPDATE outbox SET due = again, again = NULL, lease = NULL, lease_until = 0 WHERE key = ? AND lease = ? AND again IS NOT NULL',
      lease.key,
      lease.token,
    );
    if (kept > 0) return true;
    return this.#sql.run('DELETE FROM outbox WHERE key = ? AND lease = ?', lease.key, lease.token) > 0;
  }

  /** Not done yet, nothing wrong: looked at again after `inMs`. What goes on at once keeps its place among what is due. */
  again(lease: Lease, now: number, inMs: number): void {
    this.#sql.run(
      'UPDATE outbox SET due = CASE WHEN ? = 0 THEN due ELSE min(?, coalesce(again, ?)) END, again = NULL, lease = NULL, lease_until = 0, tries = 0 WHERE key = ? AND lease = ?',
      inMs,
      now + inMs,
      now + inMs,
      lease.key,
      lease.token,
    );
  }

  /** Would a failure now use up the tries of this row? Once: what is parked already has called its person. */
  isLastTry({ lease, tries }: OutboxRow): boolean {
    return tries + 1 === this.#settings.maxTries && this.holds(lease) && !this.#isAskedAgain(lease);
  }

  /**
   * Failed: tried again with full jitter, or parked once its tries are used up. What was asked for again meanwhile is
   * new work and has all its tries. `parks` false spends no more than half of them: after a long outage the first other
   * fault is no reason to give up. Answers true when it is parked.
   */
  failed(row: OutboxRow, now: number, error: string, parks = true): boolean {
    const { key, token } = row.lease;
    const { maxTries, backoffMaxMs } = this.#settings;
    const most = parks ? maxTries : Math.max(row.tries, maxTries >> 1);
    const tries = this.#isAskedAgain(row.lease) ? 0 : Math.min(row.tries + 1, most);
    const parked = tries >= maxTries;
    const changed = this.#sql.run(
      'UPDATE outbox SET due = ?, tries = ?, parked = ?, error = ?, again = NULL, lease = NULL, lease_until = 0 WHERE key = ? AND lease = ?',
      now + (parked ? PARKED_BACKOFFS * backoffMaxMs : this.#backoff(tries)),
      tries,
      parked ? 1 : 0,
      error.slice(0, 500),
      key,
      token,
    );
    return parked && changed > 0;
  }

  nextDue(): number | null {
    const row = this.#sql.all<{ due: number | null }>(
      'SELECT min(max(due, lease_until)) AS due FROM outbox',
    )[0];
    return row?.due ?? null;
  }

  #isAskedAgain({ key, token }: Lease): boolean {
    return (
      this.#sql.all(
        'SELECT 1 AS found FROM outbox WHERE key = ? AND lease = ? AND again IS NOT NULL',
        key,
        token,
      ).length > 0
    );
  }

  /** Full jitter: anywhere between 0 and the doubled delay, so that a crowd does not come back together. */
  #backoff(tries: number): number {
    const { backoffMs, backoffMaxMs } = this.#settings;
    const ceiling = Math.min(backoffMaxMs, backoffMs * 2 ** Math.min(Math.max(0, tries - 1), 20));
    const [high = 0, low = 0] = this.#random.bytes(2);
    return Math.ceil((ceiling * (high * 256 + low + 1)) / 65_536);
  }
}
