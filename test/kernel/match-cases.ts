/** The real match on the kernel: it stays within its budget of rows, and no eviction or crash changes its course. */
import { expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { ALL_ROWS, type Cost, costOf, isTable, KERNEL_ROWS } from './cost.ts';
import { MatchStory } from './match-story.ts';
import { Crashed, tablesOf, type WithStorage } from './storage.ts';

export function matchCases(withStorage: WithStorage): void {
  it('No event of a match writes more rows than its budget, the alarm counted as one.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const costs: Cost[] = [];
      const story = new MatchStory(bench, (event, act) => {
        bench.stepped.restart();
        const outcome = act();
        costs.push(costOf(event.type, bench.stepped));
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
