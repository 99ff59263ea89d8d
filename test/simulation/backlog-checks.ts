/** What must be true once a backlog has drained: all of it, in order, once, and to the lamport. */
import { expect } from 'vitest';
import { base58Encode, fromHex } from '../../core/index.ts';
import type { Balances } from '../../durable-objects/wire/views.ts';
import { type Backlog, FUNDS } from './backlog.ts';
import { STAKE, type Table, WITHDRAWN, winnerOf } from './backlog-requests.ts';
import { actionsIn, alertsIn, journalHolds, purse } from './checks.ts';
import type { World } from './world.ts';

/** Of the program as it is initialised. */
const WITHDRAWAL_FEE = 5_000n;
const PLATFORM_FEE_BPS = 500n;

export async function drainedExactly(backlog: Backlog): Promise<void> {
  everyActionIsFinal(backlog);
  everyEffectIsThereOnce(backlog);
  ownersKeptTheirOrder(backlog);
  await moneyIsExact(backlog);
  await bothSidesAgree(backlog);
  await wordsAreKept(backlog);
}

/** In exactly one end state, which is the good one: nothing failed, expired, or went to a person. */
function everyActionIsFinal({ world, accepted }: Backlog): void {
  const states = new Map<string, string>();
  for (const owner of new Set(accepted.map((each) => each.owner)))
    for (const { hash, state } of actionsIn(world, owner)) states.set(hash, state);
  expect(accepted.filter(({ hash }) => states.get(hash) !== 'final')).toEqual([]);
}

/** By the chain's own word: of each action's memo one successful transaction, and of nothing else any. */
function everyEffectIsThereOnce({ world, accepted, tables }: Backlog): void {
  const expected = new Map<string, number>();
  for (const { hash } of accepted) expected.set(base58Encode(fromHex(hash)), 1);
  for (const { hash } of createsOf(world, tables)) expected.set(base58Encode(fromHex(hash)), 1);
  expect(expected.size).toBe(accepted.length + tables.length);
  expect(effectsOf(world)).toEqual(expected);
}

function createsOf(world: World, tables: readonly Table[]) {
  return tables.flatMap(({ id }) =>
    actionsIn(world, world.matchName(id)).filter(({ kind }) => kind === 'create'),
  );
}

/** Successful transactions of the program that carry a memo, by memo. */
function effectsOf(world: World): ReadonlyMap<string, number> {
  const effects = new Map<string, number>();
  for (let before: string | undefined; ; ) {
    const query = { commitment: 'finalized' as const, ...(before === undefined ? {} : { before }) };
    const page = world.chain.getSignaturesForAddress(world.port.programId, query);
    for (const { err, memo } of page) {
      const hash = err === null && memo !== null ? memo.split(' ')[1] : undefined;
      if (hash !== undefined) effects.set(hash, (effects.get(hash) ?? 0) + 1);
    }
    before = page.at(-1)?.signature;
    if (before === undefined) return effects;
  }
}

/** First in, first out within an owner: what is signed first was accepted first (I17). */
function ownersKeptTheirOrder({ world, accepted }: Backlog): void {
  for (const [owner, own] of Map.groupBy(accepted, (each) => each.owner)) {
    const ours = new Set(own.map(({ hash }) => hash));
    const signed = firstSignatures(world, owner).filter((hash) => ours.has(hash));
    expect(signed, owner).toEqual(own.map(({ hash }) => hash));
  }
}

/** Hashes of the owner's actions, in the order in which they were first signed. */
function firstSignatures(world: World, owner: string): string[] {
  const rows = world.home(owner).rows('SELECT action FROM attempt GROUP BY action ORDER BY min(seq)');
  return rows.map(({ action }) => String(action));
}

/** Every lamport is where the requests say, by the chain and by the ledgers; none appeared, none was lost (I13). */
async function moneyIsExact({ world, users, tables, accepted, treasuryBefore }: Backlog): Promise<void> {
  const due = new Map(users.map((user) => [user, FUNDS]));
  const book = (user: string, delta: bigint) => due.set(user, (due.get(user) ?? 0n) + delta);
  let treasuryDue = 0n;
  for (const { kind, user } of accepted) {
    if (kind === 'join') book(user, -STAKE);
    if (kind !== 'withdraw') continue;
    book(user, -WITHDRAWN - WITHDRAWAL_FEE);
    treasuryDue += WITHDRAWAL_FEE;
  }
  for (const table of tables) {
    const { escrows } = await purse(world, [], [table.id]);
    expect(escrows, table.id).toBe(table.isEnded ? 0n : potOf(table));
    if (!table.isEnded) continue;
    book(winnerOf(table), potOf(table) - feeOf(table));
    treasuryDue += feeOf(table);
  }
  for (const user of users) {
    const { deposits } = await purse(world, [user], []);
    expect(deposits, user).toBe(due.get(user));
    const deposit = await world.deposit(user);
    const balances: Balances = { available: `${due.get(user)}`, held: '0', withdrawing: '0', suspense: '0' };
    expect((await deposit.view())?.balances, user).toEqual(balances);
    expect(deposit.recomputed(), user).toEqual(balances);
  }
  const { treasury } = await purse(world, [], []);
  expect(treasury - treasuryBefore).toBe(treasuryDue);
}

function potOf({ players }: Table): bigint {
  return STAKE * BigInt(players.length);
}

function feeOf(table: Table): bigint {
  return (potOf(table) * PLATFORM_FEE_BPS) / 10_000n;
}

async function bothSidesAgree({ world, tables, users }: Backlog): Promise<void> {
  const matches = tables.map(({ id }) => world.match(id));
  const deposits = await Promise.all(users.map((user) => world.deposit(user)));
  const compared = [
    ...matches.map((match) => () => match.reconcile('end')),
    ...deposits.map((deposit) => () => deposit.reconcile(null, 'end')),
  ];
  for (const [index, compare] of compared.entries()) {
    expect(await compare()).toMatchObject({ kind: 'clean' });
    // A provider has a budget of requests a second, and no time passes while they are compared.
    if (index % 50 === 0) await world.advance(1_000);
  }
  for (const object of [...matches, ...deposits, world.health]) {
    expect(await journalHolds(object)).toBe(true);
    expect((await alertsIn(object)).filter((alert) => alert.startsWith('critical'))).toEqual([]);
  }
}

/** A client that asks again gets the very bytes that it was told in the halt, and nothing more happens. */
async function wordsAreKept({ world, accepted }: Backlog): Promise<void> {
  const before = world.chain.transactionCount;
  for (const { ask, answer } of accepted) expect(await ask()).toEqual(answer);
  await world.advance(5_000);
  expect(world.chain.transactionCount).toBe(before);
}
