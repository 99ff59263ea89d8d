/** The real match on the kernel: it stays within its budget of rows, and no eviction or crash changes its course. */
import { expect, it } from 'vitest';
import type { MatchEvent } from '../../machines/match/events.ts';
import { Bench } from './bench.ts';
import { MatchStory } from './match-story.ts';
import { Crashed, tablesOf, type WithStorage, type Written } from './storage.ts';

/** Design section 13. */
const KERNEL_ROWS = 7;
const ALL_ROWS = 12;

/** What the kernel itself writes for any event; the others are the records that the machine asks for. */
const KERNEL_TABLES = ['journal', 'snapshot', 'answer', 'outbox', 'timer'];

interface Cost {
  readonly event: string;
  readonly kernel: number;
  readonly all: number;
}

export function matchCases(withStorage: WithStorage): void {
  it('No event of a match writes more rows than its budget, the alarm counted as one.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const costs: Cost[] = [];
      const story = new MatchStory(bench, (event, act) => {
        bench.stepped.restart();
        const outcome = act();
        costs.push(costOf(event, bench.stepped.written, bench.stepped.alarmSets));
        return outcome;
      });
      story.play();
      expect(story.kernel.standing.value).toEqual({ money: 'settled', link: 'online' });
      // Every event measured, none skipped: five steps of five actions, five requests, two holds.
      expect(costs).toHaveLength(5 * 5 + 5 + 2);
      expect(costs.filter(({ kernel, all }) => kernel > KERNEL_ROWS || all > ALL_ROWS)).toEqual([]);
      // A measure that counted nothing would be within any budget.
      expect(Math.min(...costs.map(({ kernel }) => kernel))).toBeGreaterThanOrEqual(2);
    }));

  it('Making the tables is paid once for an object: at most two rows a table.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const made: number[] = [];
      const story = new MatchStory(bench, (_, act) => {
        bench.stepped.restart();
        const outcome = act();
        made.push(...bench.stepped.written.filter(isTable).map(({ rows }) => rows));
        return outcome;
      });
      story.play();
      expect(made.filter((rows) => rows > 2)).toEqual([]);
      expect(made).toHaveLength(tablesOf(storage.sql).length);
    }));

  it('A match that is evicted after every event and a match that never is end as one.', async () => {
    const dumps: unknown[] = [];
    for (const isEvicted of [false, true]) {
      await withStorage(async (storage) => {
        const bench = new Bench(storage);
        const story = new MatchStory(bench, (_, act) => {
          const outcome = act();
          const { standing } = story.kernel;
          if (isEvicted) story.evict();
          expect(story.kernel.standing).toEqual(standing);
          return outcome;
        });
        bench.random.reset();
        story.play();
        expect(story.kernel.journal.firstBreak()).toBeNull();
        dumps.push(await bench.dump());
      });
    }
    expect(dumps[1]).toEqual(dumps[0]);
  });

  it('A match whose every commit crashes once, each at another statement, ends as one that never did.', async () => {
    const dumps: unknown[] = [];
    const crashed: string[] = [];
    for (const isCrashing of [false, true]) {
      await withStorage(async (storage) => {
        const bench = new Bench(storage);
        let nth = 0;
        const story = new MatchStory(bench, (event, act) => {
          nth += 1;
          if (isCrashing) {
            bench.stepped.restart();
            // The shortest commit has eight statements.
            bench.stepped.crash = { step: 1 + (nth % 8) };
            expect(act).toThrow(Crashed);
            bench.stepped.crash = null;
            crashed.push(event.type);
          }
          return act();
        });
        story.play();
        dumps.push(await bench.dump());
      });
    }
    expect(new Set(crashed).size).toBe(10);
    expect(dumps[1]).toEqual(dumps[0]);
  });
}

function costOf(event: MatchEvent, written: readonly Written[], alarmSets: number): Cost {
  const rows = written.filter((each) => !isTable(each));
  const sum = (of: readonly Written[]) => of.reduce((total, each) => total + each.rows, alarmSets);
  const kernel = rows.filter(({ statement }) => KERNEL_TABLES.includes(tableOf(statement)));
  return { event: event.type, kernel: sum(kernel), all: sum(rows) };
}

function isTable({ statement }: Written): boolean {
  return statement.startsWith('CREATE TABLE');
}

function tableOf(statement: string): string {
  const table = /^(?:INSERT (?:OR REPLACE )?INTO|UPDATE|DELETE FROM) (\w+)/.exec(statement)?.[1];
  if (table === undefined) throw new Error(`which table does this write? ${statement}`);
  return table;
}
