/** The real match on the kernel: it stays within its budget of rows, and no eviction or crash changes its course. */
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { ALL_ROWS, type Cost, costOf, isTable, KERNEL_ROWS } from './cost.ts';
import { MatchStory } from './match-story.ts';
import { Crashed, rowsIn, tablesOf, type WithStorage } from './storage.ts';

/** How a match of two may end, and how many events of how many kinds that takes. */
const ENDINGS = [
  {
    name: 'is played',
    money: 'settled',
    // Five of an action's life, requests, holds.
    events: 5 * 5 + 5 + 2,
    kinds: 10,
    play: (story: MatchStory) => story.play(),
  },
  {
    name: 'is called off',
    money: 'refunded',
    // Joined once more, by whoever had taken it back.
    events: 4 * 5 + 4 + 2 + 3,
    kinds: 10,
    play: (story: MatchStory) => story.callOff(),
  },
  {
    name: 'is paid by wallets',
    money: 'settled',
    // A wallet's join is offered and signed where another is leased.
    events: 3 * 5 + 2 * 6 + 5 + 2,
    kinds: 12,
    play: (story: MatchStory) => story.playByWallets(),
  },
  {
    name: 'is paid by own deposits, and settled in two transactions',
    money: 'settled',
    events: 4 * 5 + 2 * 6 + 5 + 2,
    kinds: 12,
    play: (story: MatchStory) => story.playByOwnDeposits(),
  },
  {
    name: 'is voided by a person',
    money: 'refunded',
    // Of the start only that it was asked for, and that a person was called.
    events: 4 * 5 + 3 + 2 + 1 + 1 + 1 + 1,
    kinds: 12,
    play: (story: MatchStory) => story.beVoided(),
  },
] as const;

type Ending = (typeof ENDINGS)[number];

export function matchCases(withStorage: WithStorage): void {
  for (const ending of ENDINGS)
    describe(`a match that ${ending.name}`, () => {
      costCases(withStorage, ending);
      evictionCases(withStorage, ending);
      crashCases(withStorage, ending);
      everyCrashCases(withStorage, ending);
    });
}

function costCases(withStorage: WithStorage, { money, events, play }: Ending): void {
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
      play(story);
      expect(story.kernel.standing.value).toEqual({ money, link: 'online' });
      // Every event measured, none skipped.
      expect(costs).toHaveLength(events);
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
      play(story);
      expect(made.filter((rows) => rows > 2)).toEqual([]);
      expect(made).toHaveLength(tablesOf(storage.sql).length);
    }));
}

function evictionCases(withStorage: WithStorage, { play }: Ending): void {
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
        play(story);
        expect(story.kernel.journal.firstBreak()).toBeNull();
        dumps.push(await bench.dump());
      });
    }
    expect(dumps[1]).toEqual(dumps[0]);
  });
}

function crashCases(withStorage: WithStorage, { kinds, play }: Ending): void {
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
        play(story);
        dumps.push(await bench.dump());
      });
    }
    expect(new Set(crashed).size).toBe(kinds);
    expect(dumps[1]).toEqual(dumps[0]);
  });
}

function everyCrashCases(withStorage: WithStorage, { events, play }: Ending): void {
  it('A match that crashes at every statement of every commit is each time as before, to the byte, and ends as one that never did.', async () => {
    const dumps: unknown[] = [];
    let crashes = 0;
    for (const isCrashing of [false, true]) {
      await withStorage(async (storage) => {
        const bench = new Bench(storage);
        const story = new MatchStory(bench, (_, act) => (isCrashing ? crashingAtEach(act) : act()));
        /** Before each of its statements in turn, until there is none left. */
        const crashingAtEach = <T>(act: () => T): T => {
          const { standing } = story.kernel;
          const rows = rowsIn(storage.sql);
          for (let step = 1; ; step += 1) {
            bench.stepped.restart();
            bench.stepped.crash = { step };
            try {
              const outcome = act();
              bench.stepped.crash = null;
              return outcome;
            } catch (error) {
              expect(error).toBeInstanceOf(Crashed);
              bench.stepped.crash = null;
              crashes += 1;
              expect(rowsIn(storage.sql)).toEqual(rows);
              story.evict();
              expect(story.kernel.standing).toEqual(standing);
            }
          }
        };
        play(story);
        dumps.push(await bench.dump());
      });
    }
    expect(crashes).toBeGreaterThan(8 * events);
    expect(dumps[1]).toEqual(dumps[0]);
  });
}
