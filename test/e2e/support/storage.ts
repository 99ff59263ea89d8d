/** Everything that matches and deposits have stored, read from their files past the mirror. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Stack } from '../../../services/dev/stack.ts';

/** The runtime may be writing this very moment. */
export const BUSY_MS = 5_000;
const CLASSES = '{MoneyMatchStateDO,UserDepositDO}';

/**
 * Rows by object and table. An object that was only asked has a file, since the platform notes its name there, but no
 * table of ours: it is left out, because it has not come into being.
 */
export function storedRows({ folder }: Stack): ReadonlyMap<string, readonly unknown[]> {
  const rows = new Map<string, readonly unknown[]>();
  for (const file of globSync(`${folder}/state/v3/do/*-${CLASSES}/*.sqlite`).toSorted()) {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    try {
      for (const table of tablesOf(database)) {
        rows.set(`${basename(file)} ${table}`, database.prepare(`SELECT * FROM "${table}"`).all());
      }
    } finally {
      database.close();
    }
  }
  return rows;
}

/** Ours; `_cf_…` and `__…` are the platform's. */
function tablesOf(database: DatabaseSync): readonly string[] {
  const all = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return all.map(({ name }) => String(name)).filter((name) => !name.startsWith('_'));
}
