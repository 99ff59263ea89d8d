/**
 * The real deposit object against an independent book, under random operations, repeats, conflicting tokens, evictions,
 * late timers and freezes: every answer, every balance, every byte that is stored (I1-I12).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalHash } from '../../../core/index.ts';
import type { Balances, StatementPage } from '../../../durable-objects/wire/views.ts';
import type { DepositHome } from './ledger-object.ts';
import { type Operation, operations, Run } from './ledger-run.ts';

const SEED = 20_261_127;
const RUNS = 400;

/** The operations one after another, in a new life of a new deposit each time. */
async function played(
  list: readonly Operation[],
  each: (run: Run, operation: Operation) => Promise<unknown>,
): Promise<Run> {
  const run = new Run();
  await run.home.begin();
  for (const operation of list) await each(run, operation);
  return run;
}

const asText = (operation: Operation): string =>
  JSON.stringify(operation, (_, value) => (typeof value === 'bigint' ? value.toString() : value));

describe('the deposit object', () => {
  it('answers what an independent book answers, and has its balances after every operation', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const run = await played(list, async (now, each) => {
          const answers = await now.ask(each);
          if (answers !== null) expect(answers[0], asText(each)).toBe(answers[1]);
          if (answers !== null) seen.add(answers[0]);
          expect(await now.balances()).toEqual(now.expected());
        });
        run.home.close();
      }),
      { numRuns: RUNS, seed: SEED },
    );
    const told = [
      'ok',
      'insufficient_funds',
      'user_limit_reached',
      'velocity_exceeded',
      'idempotency_conflict',
    ];
    const ended = ['hold_captured', 'hold_released', 'hold_expired', 'hold_unknown', 'amount_exceeds_hold'];
    const frozen = ['deposit_frozen', 'suspense_not_covered', 'not_after_out_of_range', 'invalid_request'];
    expect([...told, ...ended, ...frozen].filter((code) => !seen.has(code))).toEqual([]);
  });

  it('keeps its books: five accounts sum to nothing, balances are the fold, the journal hashes on', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const run = await played(list, (now, each) => now.ask(each));
        const { object, sql } = run.home;
        const postings = sql.all<{ account: string; delta: string }>('SELECT account, delta FROM posting');
        expect(postings.reduce((sum, { delta }) => sum + BigInt(delta), 0n)).toBe(0n);
        const { credited, debited } = run.oracle.onChain;
        const chain = postings.filter(({ account }) => account === 'chain');
        expect(chain.reduce((sum, { delta }) => sum + BigInt(delta), 0n)).toBe(debited - credited);
        expect(object.recomputed()).toEqual(await run.balances());
        const { genesis, entries } = await object.journal(1, 500);
        let head = genesis;
        for (const [index, { seq, entry, hash }] of entries.entries()) {
          head = journalHash(head, entry);
          expect([seq, hash]).toEqual([index + 1, head]);
        }
        expect(await lastOfStatement(run.home)).toEqual(await run.balances());
        run.home.close();
      }),
      { numRuns: RUNS, seed: SEED + 1 },
    );
  });

  it('told everything twice, and losing its memory in between, stores the same bytes (I8, I23)', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        // A person's word has a new key each time here, and time does not pass twice.
        const asked = list.filter((each) => each.do !== 'unfreeze');
        const once = await played(asked, (run, each) => run.ask(each));
        const twice = await played(asked, async (run, each) => {
          const first = await run.ask(each);
          run.home.evict();
          if (each.do !== 'wait') expect((await run.ask(each))?.[0]).toBe(first?.[0]);
        });
        expect(await twice.home.dump()).toEqual(await once.home.dump());
        for (const { home } of [once, twice]) home.close();
      }),
      { numRuns: RUNS / 2, seed: SEED + 2 },
    );
  });

  it('changes no byte but the answer`s own row by what it refuses (I7)', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const run = await played(list, async (now, each) => {
          const before = await now.home.dump();
          const answer = (await now.ask(each))?.[0];
          if (answer === undefined || answer === 'ok' || answer === 'user_limit_reached') return;
          refused += 1;
          const after = await now.home.dump();
          expect({ ...after.tables, answer: [] }).toEqual({ ...before.tables, answer: [] });
        });
        run.home.close();
      }),
      { numRuns: RUNS / 2, seed: SEED + 3 },
    );
    expect(refused).toBeGreaterThan(200);
  });
});

/** Page by page: each entry's balances are those before it and what it moved. Answers the last ones. */
async function lastOfStatement({ object }: DepositHome): Promise<Balances> {
  let before: Balances = { available: '0', held: '0', withdrawing: '0', suspense: '0' };
  for (let from: number | null = 1; from !== null; ) {
    const page: StatementPage = await object.statement(from, 3);
    for (const entry of page.entries) {
      for (const account of ['available', 'held', 'withdrawing'] as const)
        expect(BigInt(before[account]) + BigInt(entry.moved[account] ?? '0')).toBe(
          BigInt(entry.balances[account]),
        );
      expect(await object.balanceAt(entry.seq)).toEqual(entry.balances);
      before = entry.balances;
    }
    expect(page.entries.length).toBeLessThanOrEqual(3);
    from = page.next;
  }
  return before;
}
