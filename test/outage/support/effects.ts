/** Every action of the mirror from the objects' own files, and every effect on the chain by the memo that names it. */
import { globSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { base58Encode, fromHex } from '../../../core/index.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { MATCH_PROGRAM_ID, type TransactionRecord } from '../../../services/local-chain/index.ts';
import { BUSY_MS } from '../../e2e/support/storage.ts';

const PAGE = 1_000;

export interface StoredAction {
  readonly hash: string;
  readonly kind: string;
  readonly state: string;
  readonly detail: string | null;
  readonly attempts: number;
}

export interface Stored {
  readonly actions: readonly StoredAction[];
  /** `severity class entity: message`. */
  readonly alerts: readonly string[];
}

/** Nobody has to list the objects, so that none can be forgotten. */
export function storedIn({ folder }: Stack): Stored {
  const actions: StoredAction[] = [];
  const alerts: string[] = [];
  for (const file of globSync(`${folder}/state/v3/do/*-{MoneyMatchStateDO,UserDepositDO}/*.sqlite`)) {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    try {
      if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'action'").get() === undefined) continue;
      actions.push(...actionsOf(database));
      alerts.push(...alertsOf(database));
    } finally {
      database.close();
    }
  }
  return { actions, alerts };
}

function actionsOf(database: DatabaseSync): readonly StoredAction[] {
  const rows = database
    .prepare(
      `SELECT hash, kind, state, detail,
         (SELECT count(*) FROM attempt WHERE attempt.action = action.hash) AS attempts FROM action`,
    )
    .all();
  return rows.map(({ hash, kind, state, detail, attempts }) => ({
    hash: String(hash),
    kind: String(kind),
    state: String(state),
    detail: detail === null ? null : String(detail),
    attempts: Number(attempts),
  }));
}

function alertsOf(database: DatabaseSync): readonly string[] {
  return database
    .prepare('SELECT severity, class, entity, message FROM alert')
    .all()
    .map((row) => `${row.severity} ${row.class} ${row.entity}: ${row.message}`);
}

/** How many successful transactions carry each memo, of all that ever went to the program. */
export function effectsOn({ chain: { chain } }: Stack): ReadonlyMap<string, number> {
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
export function memoOf(hash: string): string {
  const text = base58Encode(fromHex(hash));
  return `[${text.length}] ${text}`;
}

/**
 * Nothing lost: whatever was acknowledged, and whatever followed from it, has ended well. Nothing doubled: each is one
 * successful transaction on the chain, and the chain has none that the mirror does not know.
 */
export function wrongs(stack: Stack, acknowledged: readonly string[]): readonly string[] {
  const { actions, alerts } = storedIn(stack);
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
    ...alerts.map((alert) => `alert: ${alert}`),
  ];
}
