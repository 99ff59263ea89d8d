/**
 * The mirror's side of the books: the ledger of every user and the pot of every match that it has ever seen, read from
 * the objects' own files. Nobody has to list them, so that none can be forgotten.
 */
import { globSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { refundBreakdown } from '../../../core/index.ts';
import type { LinkState } from '../../../durable-objects/wire/views.ts';
import { type DepositContext, expectedOnChain } from '../../../machines/deposit/context.ts';
import {
  type MatchContext,
  mirroredState,
  seatedOnChain,
  totalEntry,
} from '../../../machines/match/context.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { sum } from './chain-books.ts';
import { BUSY_MS } from './storage.ts';

export interface UserBook {
  readonly userId: string;
  readonly authority: string;
  /** available + held + withdrawing - suspense. */
  readonly ledger: bigint;
  /** The same, folded again from the postings (I3). */
  readonly folded: bigint;
  /** All postings together, the account `chain` included: 0 in double entry (I1). */
  readonly total: bigint;
  /** Paid to the treasury for withdrawals, by what was posted. */
  readonly withdrawalFees: bigint;
}

export interface MatchBook {
  readonly matchId: string;
  readonly matchPda: string;
  /** Stakes of final seats that are neither distributed nor refunded. */
  readonly pot: bigint;
  readonly isSettled: boolean;
  /** Paid to the treasury at its end, by the core's figures for what the mirror decided. */
  readonly fee: bigint;
}

export interface MirrorBooks {
  readonly users: readonly UserBook[];
  readonly matches: readonly MatchBook[];
  /** What is on its way: while there is any, one side may know of it before the other does. */
  readonly unsettled: readonly string[];
}

const IN_FLIGHT: readonly string[] = ['leased', 'signed', 'sent', 'landed'];

export function mirrorBooks(stack: Stack, cancellationFeeBps: number): MirrorBooks {
  const users = filesOf(stack, 'UserDepositDO', userBook);
  const matches = filesOf(stack, 'MoneyMatchStateDO', (stored) => matchBook(stored, cancellationFeeBps));
  return {
    users: users.map(({ book }) => book),
    matches: matches.map(({ book }) => book),
    unsettled: [...users, ...matches].flatMap(({ unsettled }) => unsettled),
  };
}

interface Read<T> {
  readonly book: T;
  readonly unsettled: readonly string[];
}

interface Stored {
  readonly context: unknown;
  readonly database: DatabaseSync;
}

/** In one transaction each, so that snapshot and rows are of one moment. An object that was only asked has no tables. */
function filesOf<T>(
  { folder }: Stack,
  className: string,
  read: (stored: Stored) => T | null,
): readonly Read<T>[] {
  const found: Read<T>[] = [];
  for (const file of globSync(`${folder}/state/v3/do/*-${className}/*.sqlite`)) {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    try {
      database.exec('BEGIN');
      if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'snapshot'").get() === undefined)
        continue;
      const row = database.prepare('SELECT value, context FROM snapshot').get();
      if (row === undefined) continue;
      const context: unknown = JSON.parse(String(row.context));
      const book = read({ context, database });
      if (book !== null) found.push({ book, unsettled: unsettledIn(String(row.value), context) });
    } finally {
      database.close();
    }
  }
  return found;
}

/** A link that is on its way back still tells what it has learnt; a paused one waits for a person. */
function unsettledIn(value: string, context: unknown): readonly string[] {
  // SAFETY: both machines have a link region, and open actions in their context.
  const { link } = JSON.parse(value) as { link: LinkState };
  const { actions } = context as Pick<DepositContext, 'actions'>;
  const moving = actions.filter(({ state }) => IN_FLIGHT.includes(state));
  return [
    ...(link === 'online' || link === 'paused' ? [] : [`link ${link}`]),
    ...moving.map(({ kind, state, hash }) => `${kind} ${state} ${hash.slice(0, 8)}`),
  ];
}

function userBook({ context, database }: Stored): UserBook | null {
  // SAFETY: the snapshot of a deposit.
  const deposit = context as DepositContext;
  if (deposit.binding === null) return null;
  const postings = rows(database, 'SELECT account, delta FROM posting');
  const own = postings.filter(({ account }) => account !== 'chain').map(({ delta }) => BigInt(delta ?? '0'));
  const { userId, authority } = deposit.binding;
  return {
    userId,
    authority,
    ledger: expectedOnChain(deposit),
    folded: sum(own) + BigInt(deposit.beyond),
    total: sum(postings.map(({ delta }) => BigInt(delta ?? '0'))),
    withdrawalFees: withdrawalFees(database),
  };
}

/** What the chain took for a withdrawal beyond what was asked for; the posting names the transaction. */
function withdrawalFees(database: DatabaseSync): bigint {
  const withdrawals = rows(
    database,
    `SELECT json_extract(action.body, '$.args.lamports') AS lamports, posting.delta AS taken FROM action
       JOIN attempt ON attempt.action = action.hash
       JOIN posting ON posting.account = 'chain' AND posting.token LIKE 'chain:' || attempt.signature || ':%'
     WHERE action.kind = 'withdraw'`,
  );
  return sum(withdrawals.map(({ lamports, taken }) => BigInt(taken ?? '0') - BigInt(lamports ?? '0')));
}

function rows(database: DatabaseSync, query: string): readonly { readonly [column: string]: string }[] {
  return database
    .prepare(query)
    .all()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));
}

function matchBook({ context }: Stored, cancellationFeeBps: number): MatchBook | null {
  // SAFETY: the snapshot of a match.
  const match = context as MatchContext;
  const { terms, facts } = match;
  if (terms === null) return null;
  return {
    matchId: terms.matchId,
    matchPda: terms.matchPda,
    pot: mirroredState(match)?.escrow?.totalEntry ?? 0n,
    isSettled: facts.distributed || facts.refunded !== null,
    fee: feeOf(match, cancellationFeeBps),
  };
}

function feeOf(match: MatchContext, cancellationFeeBps: number): bigint {
  const { terms, facts, result } = match;
  if (terms === null) return 0n;
  const seats = seatedOnChain(match);
  const total = totalEntry(terms, seats.length);
  if (facts.distributed) return total - sum((result?.prizes ?? []).map(BigInt));
  if (facts.refunded === null) return 0n;
  const { reason, abandonedIndex: abandoned } = facts.refunded;
  const stakes = seats.map(() => BigInt(terms.entryFee));
  const listed = seats.map((_, index) => index);
  return refundBreakdown({ totalEntry: total, stakes, listed, reason, cancellationFeeBps, abandoned })
    .treasury;
}
