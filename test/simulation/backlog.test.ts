/** A small backlog, of an hour's halt; the large one is test/outage/backlog.test.ts. */
import { expect, it } from 'vitest';
import { Backlog } from './backlog.ts';
import { drainedExactly } from './backlog-checks.ts';

/** Some seven seconds on a machine that does nothing else. */
const TIMEOUT_MS = 120_000;

it(
  '100 joins of 25 users, with starts, ends and withdrawals, drain in order and once',
  async () => {
    const backlog = new Backlog({ users: 25, rounds: 4, seats: 5, haltMs: 3_600_000 });
    await backlog.open();
    await backlog.halt();
    // Of 20 matches half have ended; five users withdraw twice.
    expect(await backlog.drain()).toMatchObject({ actions: 100 + 20 + 10 + 10 });
    await drainedExactly(backlog);
  },
  TIMEOUT_MS,
);
