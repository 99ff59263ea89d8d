/**
 * Permits: leases to have an action under way while the link is not online. Rows, so that a restart of the monitor keeps
 * them; how many there may be at once is the window's (`machines/health/window.ts`).
 */
import {
  allowed,
  grown,
  halved,
  openingWindow,
  type ReplayWindow,
  rateLimited,
  worsened,
} from '../../machines/health/window.ts';
import type { RandomPort, SqlPort } from '../ports.ts';
import type { PermitAnswer, PermitRequest } from '../wire/objects.ts';
import type { ChainLevel, ReplayView } from '../wire/views.ts';
import type { PermitSettings } from './settings.ts';

/** Askers that are remembered: more are told to wait longest anyway. */
const MOST_WAITING = 10_000;
/** Turns of the whole window in which an asker is expected back: it comes twice as often as its turn does. */
const ASKS_A_TURN = 2;

interface Progress extends ReplayWindow {
  readonly returned: number;
}

export class Permits {
  readonly #sql: SqlPort;
  readonly #random: RandomPort;
  readonly #settings: PermitSettings;
  /** By object and hash: when it is expected back. In memory only: it spreads askers and is shown, and decides nothing. */
  readonly #waiting = new Map<string, number>();

  constructor(sql: SqlPort, random: RandomPort, settings: PermitSettings) {
    this.#sql = sql;
    this.#random = random;
    this.#settings = settings;
    sql.run(
      'CREATE TABLE IF NOT EXISTS permit (object TEXT NOT NULL, hash TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (object, hash)) STRICT, WITHOUT ROWID',
    );
    sql.run(
      `CREATE TABLE IF NOT EXISTS replay (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, ceiling INTEGER NOT NULL, round INTEGER NOT NULL,
         halved_at INTEGER NOT NULL, returned INTEGER NOT NULL) STRICT`,
    );
  }

  /** `turnMs`: about how long an action is under way, from which an asker learns when its turn may come. */
  ask(request: PermitRequest, level: ChainLevel, now: number, turnMs: number): PermitAnswer {
    return this.#sql.transaction(() => {
      this.#sql.run('DELETE FROM permit WHERE until <= ?', now);
      const room = allowed(this.#progress, level, this.#settings);
      const isFree = this.#holds(request) || this.#underWay(now) < room;
      if (room === 0 || !isFree) return this.#wait(request, room, now, turnMs);
      const until = now + this.#settings.leaseMs;
      const { object, hash } = request;
      this.#sql.run(
        'INSERT OR REPLACE INTO permit (object, hash, until) VALUES (?, ?, ?)',
        object,
        hash,
        until,
      );
      this.#waiting.delete(keyOf(request));
      return { granted: true, until };
    });
  }

  /** Idempotent: what holds no lease (any more) gives nothing back, and trouble is counted once in a while only. */
  giveBack(request: PermitRequest, outcome: 'done' | 'trouble', level: ChainLevel, now: number): void {
    this.#sql.transaction(() => {
      const held = this.#holds(request);
      const { object, hash } = request;
      if (held) this.#sql.run('DELETE FROM permit WHERE object = ? AND hash = ?', object, hash);
      const progress = this.#progress;
      if (outcome === 'trouble') return this.#keep({ ...progress, ...halved(progress, now, this.#settings) });
      if (!held) return;
      const most = level === 'degraded' ? this.#settings.degradedMax : this.#settings.max;
      this.#keep({ ...progress, ...grown(progress, most), returned: progress.returned + 1 });
    });
  }

  /** A provider says that this was too much. */
  rateLimited(now: number): void {
    const progress = this.#progress;
    this.#keep({ ...progress, ...rateLimited(progress, now, this.#settings) });
  }

  levelChanged(from: ChainLevel, to: ChainLevel, now: number): void {
    if (from === to) return;
    const progress = this.#progress;
    // What came back is counted from where the trouble began.
    const returned = from === 'online' ? 0 : progress.returned;
    if (to === 'degraded' || to === 'down')
      this.#keep({ ...worsened(progress, to, now, this.#settings), returned });
    else this.#keep({ ...progress, returned });
  }

  view(level: ChainLevel, now: number): ReplayView {
    this.#forget(now);
    const progress = this.#progress;
    return {
      window: allowed(progress, level, this.#settings),
      underWay: this.#underWay(now),
      waiting: this.#waiting.size,
      returned: progress.returned,
    };
  }

  /**
   * Spread at random over the time in which about as many turns come up as there are askers, so that 2,000 of them do
   * not come back together; never longer than `retryMaxMs`, so that nobody sleeps through a chain that is back.
   */
  #wait(request: PermitRequest, room: number, now: number, turnMs: number): PermitAnswer {
    this.#forget(now);
    const { retryMaxMs } = this.#settings;
    const turns = (this.#waiting.size + 1) / (Math.max(1, room) * ASKS_A_TURN);
    const soonest = Math.min(turnMs, retryMaxMs) / 2;
    const spread = Math.min(retryMaxMs - soonest, turnMs * Math.max(1, turns));
    const retryInMs = Math.ceil(soonest + this.#fraction() * spread);
    const key = keyOf(request);
    // A turn late is not gone: an object asks when its alarm fires.
    if (this.#waiting.size < MOST_WAITING || this.#waiting.has(key))
      this.#waiting.set(key, now + retryInMs + turnMs);
    return { granted: false, retryInMs };
  }

  #forget(now: number): void {
    for (const [key, expected] of this.#waiting) if (expected <= now) this.#waiting.delete(key);
  }

  #holds({ object, hash }: PermitRequest): boolean {
    return (
      this.#sql.all('SELECT 1 AS found FROM permit WHERE object = ? AND hash = ?', object, hash).length > 0
    );
  }

  #underWay(now: number): number {
    return (
      this.#sql.all<{ count: number }>('SELECT count(*) AS count FROM permit WHERE until > ?', now)[0]
        ?.count ?? 0
    );
  }

  get #progress(): Progress {
    const row = this.#sql.all<{
      size: number;
      ceiling: number;
      round: number;
      halved_at: number;
      returned: number;
    }>('SELECT size, ceiling, round, halved_at, returned FROM replay')[0];
    if (row === undefined) return { ...openingWindow(this.#settings), returned: 0 };
    const { halved_at: halvedAt, ...same } = row;
    return { ...same, halvedAt };
  }

  #keep({ size, ceiling, round, halvedAt, returned }: Progress): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO replay (id, size, ceiling, round, halved_at, returned) VALUES (1, ?, ?, ?, ?, ?)',
      size,
      ceiling,
      round,
      halvedAt,
      returned,
    );
  }

  /** In [0, 1). */
  #fraction(): number {
    const [high = 0, low = 0] = this.#random.bytes(2);
    return (high * 256 + low) / 65_536;
  }
}

function keyOf({ object, hash }: PermitRequest): string {
  return `${object} ${hash}`;
}
