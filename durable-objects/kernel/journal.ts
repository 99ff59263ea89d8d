/**
 * The journal: gap-free, append-only, hash-chained by the core over the stored text itself (formats: Journal). Any
 * changed byte shows at the first entry that it touches.
 */
import { journalGenesis, journalHash } from '../../core/index.ts';
import type { SqlPort } from '../ports.ts';
import type { JournalPage } from '../wire/objects.ts';

/** A page of the journal is bounded whatever the caller asks for. */
const PAGE_LIMIT = 500;
/** Entries that are checked when an object wakes. */
const TAIL = 64;

interface Row {
  readonly seq: number;
  readonly entry: string;
  readonly hash: string;
}

export class Journal {
  readonly #sql: SqlPort;
  readonly genesis: string;

  constructor(sql: SqlPort, objectName: string) {
    this.#sql = sql;
    this.genesis = journalGenesis(objectName);
  }

  /** Appends inside the caller's transaction; answers the new head. */
  append(seq: number, previousHead: string, entry: string): string {
    const hash = journalHash(previousHead, entry);
    this.#sql.run('INSERT INTO journal (seq, entry, hash) VALUES (?, ?, ?)', seq, entry, hash);
    return hash;
  }

  page(from: number, limit: number): JournalPage {
    const bounded = Math.max(1, Math.min(limit, PAGE_LIMIT));
    const entries = this.#rows(Math.max(1, from), bounded);
    return { genesis: this.genesis, entries, head: entries.at(-1)?.hash ?? this.genesis };
  }

  /** The first entry at which chain or numbering breaks, or null. Reads the whole journal in pages. */
  firstBreak(): number | null {
    let head = this.genesis;
    let seq = 0;
    for (;;) {
      const rows = this.#rows(seq + 1, PAGE_LIMIT);
      if (rows.length === 0) return null;
      for (const row of rows) {
        if (row.seq !== seq + 1 || journalHash(head, row.entry) !== row.hash) return seq + 1;
        head = row.hash;
        seq = row.seq;
      }
    }
  }

  /**
   * The same over the newest entries only, up to where the snapshot stands: cheap enough for every wake, and it shows a
   * journal that was cut at its end, which its own chain cannot.
   */
  tailBreak(seq: number, head: string): number | null {
    const from = Math.max(0, seq - TAIL);
    const rows = this.#rows(Math.max(1, from), TAIL + 1);
    const known = from === 0 ? [{ seq: 0, hash: this.genesis }] : rows.splice(0, 1);
    let last = known[0];
    for (const row of rows) {
      if (last === undefined || row.seq !== last.seq + 1 || journalHash(last.hash, row.entry) !== row.hash)
        return row.seq;
      last = row;
    }
    return last?.seq === seq && last.hash === head ? null : (last?.seq ?? from) + 1;
  }

  #rows(from: number, limit: number): Row[] {
    return this.#sql.all<{ seq: number; entry: string; hash: string }>(
      'SELECT seq, entry, hash FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?',
      from,
      limit,
    );
  }
}
