/**
 * Stored answers: a repeated request is answered with the same bytes, a different request under the same key is a
 * conflict that names the first field which differs (design: section 6). Kept for ever.
 */
import type { Json } from '../../machines/effects.ts';
import { refusal, refusalStatus } from '../../machines/refusals.ts';
import type { SqlPort } from '../ports.ts';
import type { Answer } from '../wire/objects.ts';

type Request = { readonly [field: string]: Json };

/** Told to a sender whose answer is still being made; not a stored answer (design: section 6, A PLATFORM join). */
export const PENDING = 202;

export type Known =
  | { readonly kind: 'repeated'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly refusal: ReturnType<typeof refusal>; readonly answer: Answer };

export class Answers {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  /** null: the id is new. */
  known(id: string, request: Request): Known | null {
    const row = this.#sql.all<{ request: string; status: number; body: string }>(
      'SELECT request, status, body FROM answer WHERE id = ?',
      id,
    )[0];
    if (row === undefined) return null;
    const field = firstDifference(row.request, request);
    if (field === null) return { kind: 'repeated', answer: { status: row.status, text: row.body } };
    const conflict = refusal('idempotency_conflict', field);
    return {
      kind: 'refused',
      refusal: conflict,
      answer: { status: refusalStatus(conflict.code), text: JSON.stringify(conflict) },
    };
  }

  read(id: string): Answer | null {
    const row = this.#sql.all<{ status: number; body: string }>(
      'SELECT status, body FROM answer WHERE id = ?',
      id,
    )[0];
    return row === undefined ? null : { status: row.status, text: row.body };
  }

  store(id: string, request: Request, status: number, body: Json): Answer {
    const text = JSON.stringify(body);
    this.#sql.run(
      'INSERT INTO answer (id, request, status, body) VALUES (?, ?, ?, ?)',
      id,
      JSON.stringify(request),
      status,
      text,
    );
    return { status, text };
  }
}

function firstDifference(stored: string, request: Request): string | null {
  // SAFETY: written by `store` from a Request.
  const before = JSON.parse(stored) as Request;
  const fields = new Set([...Object.keys(before), ...Object.keys(request)]);
  return (
    [...fields].find((field) => JSON.stringify(before[field]) !== JSON.stringify(request[field])) ?? null
  );
}
