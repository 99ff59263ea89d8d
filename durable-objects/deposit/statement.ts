/**
 * The statement of account: what each journal entry moved, and the balances after it. Read from the postings, which are
 * never changed; the balances before a page are their sum, made by the database.
 */
import type { Balances } from '../../machines/deposit/context.ts';
import { folded } from '../../machines/deposit/postings.ts';
import type { LedgerAccount } from '../../machines/effects.ts';
import type { SqlPort } from '../ports.ts';
import type { StatementEntry, StatementPage } from '../wire/views.ts';

/** Entries of one page, whatever the caller asks for. */
const PAGE_LIMIT = 200;
export const NO_BALANCES: Balances = { available: '0', held: '0', withdrawing: '0', suspense: '0' };

interface PostingRow {
  readonly [column: string]: string | number;
  readonly seq: number;
  readonly token: string;
  readonly account: LedgerAccount;
  readonly delta: string;
}

export class Statement {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  page(from: number, limit: number): StatementPage {
    const size = Math.max(1, Math.min(Math.floor(limit) || 1, PAGE_LIMIT));
    const seqs = this.#movedFrom(from, size + 1);
    const next = seqs.length > size ? seqs.pop() : undefined;
    const [first] = seqs;
    const last = seqs.at(-1);
    if (first === undefined || last === undefined) return { entries: [], next: null };
    let balances = this.balancesAfter(first - 1);
    const postings = Map.groupBy(this.#postings(first, last), ({ seq }) => seq);
    const entries = this.#journal(first, last).flatMap(({ seq, entry, hash }): StatementEntry[] => {
      const moved = postings.get(seq);
      if (moved === undefined) return [];
      balances = moved.reduce((now, { account, delta }) => folded(now, account, BigInt(delta)), balances);
      return [{ seq, ...told(entry), token: moved[0]?.token ?? '', moved: sums(moved), balances, hash }];
    });
    return { entries, next: next ?? null };
  }

  /**
   * The sum of all postings up to `seq`. A lamport figure does not fit into SQLite's integer, nor its sum into ours: the
   * nine lowest digits and the others are summed apart, which stays exact for as many postings as an object can have.
   */
  balancesAfter(seq: number): Balances {
    const rows = this.#sql.all<{ account: LedgerAccount; high: number; low: number }>(
      `SELECT account, sum(sign * CAST(substr(digits, 1, length(digits) - 9) AS INTEGER)) AS high,
         sum(sign * CAST(substr(digits, -9) AS INTEGER)) AS low
       FROM (SELECT account, CASE WHEN delta LIKE '-%' THEN -1 ELSE 1 END AS sign, '000000000' || ltrim(delta, '-') AS digits
         FROM posting WHERE seq <= ?) GROUP BY account`,
      seq,
    );
    return rows.reduce<Balances>(
      (balances, { account, high, low }) =>
        folded(balances, account, BigInt(high) * 1_000_000_000n + BigInt(low)),
      NO_BALANCES,
    );
  }

  /** Folded one posting at a time from the first: what is stored must equal it (I3). */
  recomputed(): Balances {
    return this.#postings(0, Number.MAX_SAFE_INTEGER).reduce<Balances>(
      (balances, { account, delta }) => folded(balances, account, BigInt(delta)),
      NO_BALANCES,
    );
  }

  #movedFrom(from: number, limit: number): number[] {
    return this.#sql
      .all<{ seq: number }>(
        'SELECT DISTINCT seq FROM posting WHERE seq >= ? ORDER BY seq LIMIT ?',
        Math.max(1, Math.floor(from) || 1),
        limit,
      )
      .map(({ seq }) => seq);
  }

  #postings(first: number, last: number): PostingRow[] {
    return this.#sql.all<PostingRow>(
      'SELECT seq, token, account, delta FROM posting WHERE seq BETWEEN ? AND ? ORDER BY seq, line',
      first,
      last,
    );
  }

  /** Only the entries that have postings: between two of them may lie any number that moved nothing. */
  #journal(first: number, last: number): { seq: number; entry: string; hash: string }[] {
    return this.#sql.all(
      'SELECT seq, entry, hash FROM journal WHERE seq BETWEEN ? AND ? AND seq IN (SELECT seq FROM posting WHERE seq BETWEEN ? AND ?) ORDER BY seq',
      first,
      last,
      first,
      last,
    );
  }
}

/** One figure for an account, where an entry posts to it more than once. */
function sums(moved: readonly PostingRow[]): { readonly [account: string]: string } {
  const totals = new Map<string, bigint>();
  for (const { account, delta } of moved) totals.set(account, (totals.get(account) ?? 0n) + BigInt(delta));
  return Object.fromEntries([...totals].map(([account, total]) => [account, total.toString()]));
}

const KINDS: { readonly [event: string]: string } = {
  'hold.request': 'hold',
  'hold.release': 'release',
  'hold.expire': 'expiry',
  'debit.request': 'debit',
  'withdraw.request': 'withdrawal',
  'withdraw.fee': 'withdrawal fee',
  'operator.unfreeze': 'unfreeze',
};

/** What ends a withdrawal gives its money back; a fact says which way it went; an operator's figure corrects. */
function told(entry: string): { readonly at: number; readonly kind: string } {
  // SAFETY: an entry is the kernel's own text, and its event one of the machine's.
  const { at, event } = JSON.parse(entry) as {
    readonly at: number;
    readonly event: { readonly type: string; readonly direction?: string; readonly adopted?: object };
  };
  if (event.adopted !== undefined) return { at, kind: 'correction' };
  return { at, kind: event.direction ?? KINDS[event.type] ?? 'return' };
}
