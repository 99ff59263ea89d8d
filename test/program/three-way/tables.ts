/** The accounts as columns (interface, section 2). A table's rows, if it has any, come after a count. */

import type { Column, Fault } from './columns.ts';
import { amount, faults, flag, hex, key, slot, spell, text, time, upTo, whole, width } from './columns.ts';

export interface Table {
  readonly head: readonly Column[];
  /** A list of records: its name, the name of its count if there is one, its columns. */
  readonly rows?: {
    readonly name: string;
    readonly limit: number;
    readonly columns: readonly Column[];
  };
  readonly tail: readonly Column[];
}

/** A list of plain values is one of records with this field. */
const VALUE = 'value';

export const TABLES = {
  match: {
    head: [
      text('matchId', 36),
      text('version', 10),
      text('gameName', 20),
      whole('gameType', 1),
      whole('seed', 4),
      upTo('phase', 2),
      whole('currentPlayer', 1),
      upTo('playerCount', 10),
    ],
    rows: { name: 'playerIds', limit: 10, columns: [text(VALUE, 64)] },
    tail: [
      whole('moveCount', 2),
      time('createdAt'),
      time('endedAt'),
      hex('matchHash', 32),
      text('hotUrl', 200),
      key('authority'),
      whole('flags', 1),
      amount('entryFee'),
      amount('prizePool'),
      whole('matchType', 1),
      whole('paymentMethod', 1),
      hex('tournamentId', 16),
    ],
  },
  escrow: {
    head: [
      key('matchPda'),
      whole('bump', 1),
      amount('totalEntry'),
      amount('platformFee'),
      amount('treasuryDue'),
      {
        name: 'playerStakes',
        size: 80,
        spell: (stakes: bigint[]) => Buffer.concat(stakes.map((stake) => amount('').spell(stake as never))),
      },
    ],
    tail: [
      flag('funded'),
      flag('distributed'),
      flag('cancelled'),
      whole('cancellationReason', 1),
      slot('abandonedIndex'),
    ],
  },
  userDeposit: {
    head: [
      key('authority'),
      whole('bump', 1),
      amount('totalDeposited'),
      amount('available'),
      amount('inPlay'),
      amount('withdrawn'),
      time('lockedUntil'),
    ],
    tail: [flag('frozen'), flag('enhancedReview')],
  },
  config: {
    head: [
      key('authority'),
      key('treasuryMultisig'),
      whole('platformFeeBps', 2),
      amount('withdrawalFee'),
      amount('minEntryFee'),
      amount('maxEntryFee'),
      whole('cancellationFeeBps', 2),
      flag('isPaused'),
      whole('supportedPaymentMethods', 1),
    ],
    tail: [whole('kycTierWallet', 1), whole('kycTierPlatform', 1), time('createdAt'), time('lastUpdated')],
  },
  registry: {
    // The count is the list's own length in the decoded account.
    head: [key('authority'), time('lastUpdated'), { ...upTo('games', 20), spell: countOf }],
    rows: {
      name: 'games',
      limit: 20,
      columns: [
        whole('gameId', 1),
        text('name', 20),
        whole('minPlayers', 1),
        whole('maxPlayers', 1),
        text('ruleEngineUrl', 200),
        whole('version', 1),
        flag('enabled'),
      ],
    },
    tail: [],
  },
} as const satisfies Record<string, Table>;

function countOf(games: readonly unknown[]): Uint8Array {
  return Uint8Array.of(games.length);
}

/** The bytes of a decoded account, in the probe's order. */
export function spellAccount(account: object, table: Table): Uint8Array {
  const { rows } = table;
  const list: readonly unknown[] = rows === undefined ? [] : Reflect.get(account, rows.name);
  const records = list.map((row) => (typeof row === 'object' && row !== null ? row : { [VALUE]: row }));
  return Buffer.concat([
    spell(account, table.head),
    ...records.map((record) => spell(record, rows?.columns ?? [])),
    spell(account, table.tail),
  ]);
}

/** What the mirror must refuse in an account that the probe has written out. */
export function accountFaults(bytes: Uint8Array, table: Table): Set<Fault> {
  const { head, rows, tail } = table;
  const found = faults(bytes, 0, head);
  let at = width(head);
  if (rows !== undefined) {
    const count = Math.min(bytes[at - 1] ?? 0, rows.limit);
    for (let row = 0; row < count; row += 1, at += width(rows.columns)) {
      for (const fault of faults(bytes, at, rows.columns)) found.add(fault);
    }
  }
  for (const fault of faults(bytes, at, tail)) found.add(fault);
  return found;
}
