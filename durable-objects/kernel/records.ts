/** The rows that `record` effects ask for, and the look-ups that drivers and rules need of them. */
import type {
  AttemptRecord,
  AttemptState,
  HoldState,
  LedgerAccount,
  OfferRecord,
  RecordEffect,
} from '../../machines/effects.ts';
import type { ActionKind, PendingAction } from '../../machines/pending-action.ts';
import type { SqlPort } from '../ports.ts';
import type { AlertRow } from '../wire/objects.ts';
import type { ActionOutcome, ReviewPage } from '../wire/views.ts';

export interface Attempt extends AttemptRecord {
  readonly state: AttemptState;
  readonly detail: string | null;
}

/** A message that waits for a wallet, or for the coordinator once `signature` is there. */
export interface Offer extends OfferRecord {
  readonly signature: string | null;
}

/** Reviews of one page, whatever the caller asks for. */
const REVIEW_PAGE = 200;

/** One open alert a class and entity: told again it only counts. */
export function alertId(cls: string, entity: string): string {
  return `${cls}|${entity}`;
}

export class Records {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  /** Writes one row inside the caller's transaction. `line` tells apart the rows of one event. */
  write(effect: RecordEffect, seq: number, line: number, at: number): void {
    const sql = this.#sql;
    switch (effect.row) {
      case 'action': {
        const { hash, kind } = effect.action;
        sql.run(
          'INSERT INTO action (hash, kind, body, state) VALUES (?, ?, ?, ?)',
          hash,
          kind,
          JSON.stringify(effect.action),
          effect.state,
        );
        return;
      }
      case 'actionState':
        sql.run(
          'UPDATE action SET state = ?, detail = ? WHERE hash = ?',
          effect.state,
          effect.detail,
          effect.hash,
        );
        return;
      case 'intent':
        sql.run(
          'UPDATE action SET signer = ?, signature = ? WHERE hash = ?',
          effect.signer,
          effect.signature,
          effect.hash,
        );
        return;
      case 'offer': {
        const { id, hash } = effect.offer;
        sql.run(
          "INSERT INTO offer (id, action, seq, state, body) VALUES (?, ?, ?, 'open', ?)",
          id,
          hash,
          seq,
          JSON.stringify(effect.offer),
        );
        return;
      }
      case 'offerState':
        sql.run(
          'UPDATE offer SET state = ?, signature = coalesce(?, signature) WHERE id = ?',
          effect.state,
          effect.signature,
          effect.id,
        );
        return;
      case 'attempt': {
        const { signature, hash } = effect.attempt;
        sql.run(
          "INSERT INTO attempt (signature, action, seq, state, body) VALUES (?, ?, ?, 'signed', ?)",
          signature,
          hash,
          seq,
          JSON.stringify(effect.attempt),
        );
        return;
      }
      case 'attemptState':
        sql.run(
          'UPDATE attempt SET state = ?, detail = ? WHERE signature = ?',
          effect.state,
          effect.detail,
          effect.signature,
        );
        return;
      case 'hold':
        sql.run(
          'INSERT INTO hold (token, state, amount, match_id) VALUES (?, ?, ?, ?) ON CONFLICT (token) DO UPDATE SET state = excluded.state, amount = excluded.amount',
          effect.token,
          effect.state,
          effect.amount,
          effect.matchId,
        );
        return;
      case 'posting':
        sql.run(
          'INSERT INTO posting (seq, line, token, account, delta) VALUES (?, ?, ?, ?, ?)',
          seq,
          line,
          effect.token,
          effect.account,
          effect.delta,
        );
        return;
      case 'break':
        this.#finding(seq, line, 'break', effect.class, effect.entity, effect.detail, at);
        return;
      case 'review':
        this.#finding(seq, line, 'review', 'manual', effect.entity, effect.reason, at);
        return;
      case 'alert':
        sql.run(
          'INSERT INTO alert (id, class, entity, severity, message, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET times = times + 1, message = excluded.message',
          alertId(effect.class, effect.entity),
          effect.class,
          effect.entity,
          effect.severity,
          effect.message,
          at,
        );
        return;
      case 'answer':
        sql.run(
          'UPDATE answer SET status = ?, body = ? WHERE id = ?',
          effect.status,
          JSON.stringify(effect.body),
          effect.id,
        );
        return;
    }
  }

  action(hash: string): PendingAction | null {
    const row = this.#sql.all<{ body: string }>('SELECT body FROM action WHERE hash = ?', hash)[0];
    // SAFETY: the row was written from a PendingAction by this class, and its hash is compared when it is driven.
    return row === undefined ? null : (JSON.parse(row.body) as PendingAction);
  }

  /** The newest attempt of an action that has not ended; at most one is live at a time. */
  liveAttempt(hash: string): Attempt | null {
    const row = this.#sql.all<{ state: string; detail: string | null; body: string }>(
      "SELECT state, detail, body FROM attempt WHERE action = ? AND state NOT IN ('dead', 'failed', 'final') ORDER BY seq DESC LIMIT 1",
      hash,
    )[0];
    if (row === undefined) return null;
    // SAFETY: the row was written from an AttemptRecord by this class.
    return {
      ...(JSON.parse(row.body) as AttemptRecord),
      state: row.state as AttemptState,
      detail: row.detail,
    };
  }

  /** What became of an action; null where there never was one. */
  outcome(hash: string): ActionOutcome | null {
    const row = this.#sql.all<{ kind: string; state: string; detail: string | null }>(
      'SELECT kind, state, detail FROM action WHERE hash = ?',
      hash,
    )[0];
    return row === undefined ? null : { hash, ...row };
  }

  /** Did we sign it? */
  isAttempt(signature: string): boolean {
    return this.#sql.all('SELECT 1 AS found FROM attempt WHERE signature = ?', signature).length > 0;
  }

  /** The one offer of an action that can still become an attempt. */
  liveOffer(hash: string): Offer | null {
    const row = this.#sql.all<{ signature: string | null; body: string }>(
      "SELECT signature, body FROM offer WHERE action = ? AND state IN ('open', 'signed') ORDER BY seq DESC LIMIT 1",
      hash,
    )[0];
    if (row === undefined) return null;
    // SAFETY: the row was written from an OfferRecord by this class.
    return { ...(JSON.parse(row.body) as OfferRecord), signature: row.signature };
  }

  holdState(token: string): HoldState | null {
    const row = this.#sql.all<{ state: string }>('SELECT state FROM hold WHERE token = ?', token)[0];
    // SAFETY: written from a HoldState by this class.
    return row === undefined ? null : (row.state as HoldState);
  }

  /** Lamports held under the token, now or once; null where nothing was (a release can come without its hold). */
  holdAmount(token: string): bigint | null {
    const row = this.#sql.all<{ amount: string }>('SELECT amount FROM hold WHERE token = ?', token)[0];
    return row === undefined || row.amount === '0' ? null : BigInt(row.amount);
  }

  postings(): { account: LedgerAccount; delta: string }[] {
    return this.#sql.all<{ account: LedgerAccount; delta: string }>(
      'SELECT account, delta FROM posting ORDER BY seq, line',
    );
  }

  /** The oldest first; bounded for a page, since an object may raise any number of them. */
  alerts(): AlertRow[] {
    return this.#alerts('ORDER BY at, id LIMIT 200');
  }

  /** What was recorded for a person, from the `from`th on, the oldest first. */
  reviews(from: number, limit: number): ReviewPage {
    const first = Math.max(1, Math.floor(from) || 1);
    const size = Math.max(1, Math.min(Math.floor(limit) || 1, REVIEW_PAGE));
    const found = this.#sql.all<{ seq: number; entity: string; reason: string; at: number }>(
      "SELECT seq, entity, detail AS reason, at FROM finding WHERE kind = 'review' ORDER BY seq, line LIMIT ? OFFSET ?",
      size + 1,
      first - 1,
    );
    return { reviews: found.slice(0, size), next: found.length > size ? first + size : null };
  }

  /** Actions of a kind that this user has ever asked for here. */
  countOf(kind: ActionKind, userId: string): number {
    const row = this.#sql.all<{ count: number }>(
      "SELECT count(*) AS count FROM action WHERE kind = ? AND json_extract(body, '$.user.id') = ?",
      kind,
      userId,
    )[0];
    return row?.count ?? 0;
  }

  alert(id: string): AlertRow | null {
    return this.#alerts('WHERE id = ?', id)[0] ?? null;
  }

  isAlerted(cls: string, entity: string): boolean {
    return this.alert(alertId(cls, entity)) !== null;
  }

  #alerts(which: string, ...params: string[]): AlertRow[] {
    return this.#sql.all<{
      id: string;
      class: string;
      entity: string;
      severity: string;
      message: string;
      at: number;
    }>(`SELECT id, class, entity, severity, message, at FROM alert ${which}`, ...params);
  }

  #finding(
    seq: number,
    line: number,
    kind: string,
    cls: string,
    entity: string,
    detail: string,
    at: number,
  ): void {
    this.#sql.run(
      'INSERT INTO finding (seq, line, kind, class, entity, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      seq,
      line,
      kind,
      cls,
      entity,
      detail,
      at,
    );
  }
}
