/** Every action of the mirror from the objects' own files, and every effect on the chain by the memo that names it. */
import { globSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { base58Encode, fromHex } from '../../../core/index.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { MATCH_PROGRAM_ID, type TransactionRecord } from '../../../services/local-chain/index.ts';
import { BUSY_MS } from '../../e2e/support/storage.ts';

const PAGE = 1_000;

interface StoredAction {
  readonly hash: string;
  readonly kind: string;
  readonly state: string;
  readonly detail: string | null;
}

/** Of every match and deposit. Nobody has to list the objects, so that none can be forgotten. */
function rowsOf({ folder }: Stack, table: string, query: string): readonly Record<string, SQLOutputValue>[] {
  const rows: Record<string, SQLOutputValue>[] = [];
  for (const file of globSync(`${folder}/state/v3/do/*-{MoneyMatchStateDO,UserDepositDO}/*.sqlite`)) {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    try {
      // An object that was only asked has a file, and none of our tables.
      const found = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table);
      if (found !== undefined) rows.push(...database.prepare(query).all());
    } finally {
      database.close();
    }
  }
  return rows;
}

function actionsIn(stack: Stack): readonly StoredAction[] {
  return rowsOf(stack, 'action', 'SELECT hash, kind, state, detail FROM action').map((row) => ({
    hash: String(row.hash),
    kind: String(row.kind),
    state: String(row.state),
    detail: row.detail === null ? null : String(row.detail),
  }));
}

function alertsIn(stack: Stack): readonly string[] {
  return rowsOf(stack, 'alert', 'SELECT severity, class, entity, message FROM alert').map(
    (row) => `${row.severity} ${row.class} ${row.entity}: ${row.message}`,
  );
}

/** What the objects still try, and why it failed the last time; to be told where something does not end. */
export function triedIn(stack: Stack): readonly string[] {
  return rowsOf(stack, 'outbox', 'SELECT task, key, tries, parked, error FROM outbox').map(
    ({ task, key, tries, parked, error }) =>
      `${task} ${key}: ${tries} tries${parked === 1 ? ', parked' : ''}: ${error ?? 'no error'}`,
  );
}

/** How many successful transactions carry each memo, of all that ever went to the program. */
function effectsOn({ chain: { chain } }: Stack): ReadonlyMap<string, number> {
  const effects = new Map<string, number>();
  let page: readonly TransactionRecord[];
  let before: string | undefined;
  do {
    page = chain.getSignaturesForAddress(MATCH_PROGRAM_ID, { before, limit: PAGE, commitment: 'processed' });
    before = page.at(-1)?.signature;
    for (const { err, memo } of page)
      if (err === null && memo !== null) effects.set(memo, (effects.get(memo) ?? 0) + 1);
  } while (page.length === PAGE);
  return effects;
}

/** As the chain shows the memo of an action: its length, and the hash in base58. */
function memoOf(hash: string): string {
  const text = base58Encode(fromHex(hash));
  return `[${text.length}] ${text}`;
}

/**
 * Nothing lost: whatever was acknowledged, and whatever followed from it, has ended well. Nothing doubled: each is one
 * successful transaction on the chain, and the chain has none that the mirror does not know.
 */
export function wrongs(stack: Stack, acknowledged: readonly string[]): readonly string[] {
  const actions = actionsIn(stack);
  const effects = effectsOn(stack);
  const known = new Set(actions.map(({ hash }) => memoOf(hash)));
  const hashes = new Set(actions.map(({ hash }) => hash));
  return [
    ...acknowledged.filter((hash) => !hashes.has(hash)).map((hash) => `${hash}: acknowledged, and lost`),
    ...actions.flatMap(({ hash, kind, state, detail }) => [
      ...(state === 'final' ? [] : [`${kind} ${hash}: ${state} (${detail})`]),
      ...(effects.get(memoOf(hash)) === 1
        ? []
        : [`${kind} ${hash}: ${effects.get(memoOf(hash)) ?? 0} effects`]),
    ]),
    ...(known.size === actions.length ? [] : ['an action that two objects own']),
    ...[...effects.keys()].filter((memo) => !known.has(memo)).map((memo) => `${memo}: nobody's effect`),
    ...alertsIn(stack).map((alert) => `alert: ${alert}`),
  ];
}
