/**
 * The tables of a journalled object. STRICT, amounts as decimal text, hashes as hex text; tables that are looked up by
 * their key only are WITHOUT ROWID, which saves an index row a write (rows written are what is billed).
 */
import type { SqlPort } from '../ports.ts';

const TABLES = [
  // One row: the actor as it stands. head is the hash of journal entry seq.
  `CREATE TABLE IF NOT EXISTS snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), machine TEXT NOT NULL, version INTEGER NOT NULL,
     seq INTEGER NOT NULL, head TEXT NOT NULL, value TEXT NOT NULL, context TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, hash TEXT NOT NULL) STRICT`,
  // What the sender of an event was told; kept for ever, since idempotency must outlive any outage.
  `CREATE TABLE IF NOT EXISTS answer (id TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  // again: asked for once more while leased; the row is then kept, due at that time.
  `CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, task TEXT NOT NULL, body TEXT NOT NULL, due INTEGER NOT NULL,
     position INTEGER NOT NULL, lease TEXT, lease_until INTEGER NOT NULL DEFAULT 0, again INTEGER, tries INTEGER NOT NULL DEFAULT 0,
     parked INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS timer (name TEXT PRIMARY KEY, due INTEGER NOT NULL, event TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS action (hash TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
     detail TEXT, signer TEXT, signature TEXT) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS attempt (signature TEXT PRIMARY KEY, action TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
     detail TEXT, body TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  // A message for a wallet to sign; at most one of an action is neither dead nor countersigned.
  `CREATE TABLE IF NOT EXISTS offer (id TEXT PRIMARY KEY, action TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
     signature TEXT, body TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS hold (token TEXT PRIMARY KEY, state TEXT NOT NULL, amount TEXT NOT NULL, match_id TEXT) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS posting (seq INTEGER NOT NULL, line INTEGER NOT NULL, token TEXT NOT NULL, account TEXT NOT NULL,
     delta TEXT NOT NULL, PRIMARY KEY (seq, line)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS finding (seq INTEGER NOT NULL, line INTEGER NOT NULL, kind TEXT NOT NULL, class TEXT NOT NULL,
     entity TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (seq, line)) STRICT, WITHOUT ROWID`,
  // De-duplicated by class and entity: one open alert each.
  `CREATE TABLE IF NOT EXISTS alert (id TEXT PRIMARY KEY, class TEXT NOT NULL, entity TEXT NOT NULL, severity TEXT NOT NULL,
     message TEXT NOT NULL, at INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1) STRICT, WITHOUT ROWID`,
];

/** Idempotent; cheap on an object that has them. */
export function createTables(sql: SqlPort): void {
  for (const statement of TABLES) sql.run(statement);
}
