/** One stack that lives through many outages, one after the other: every kind of action under each. */
import { afterAll, beforeAll, it } from 'vitest';
import type { Stack } from '../../../services/dev/stack.ts';
import { startMirror } from '../../e2e/support/mirror.ts';
import { Batch } from './batch.ts';
import type { Trouble } from './faults.ts';
import { People } from './people.ts';
import { lineOf, play } from './round.ts';

const ROUND_MS = 240_000;
const TAIL_LINES = 200;

export function matrix(troubles: readonly Trouble[]): void {
  const log: string[] = [];
  let stack: Stack;
  let people: People;
  /** Prepared while the round before comes to its end. */
  let prepared: Batch | null = null;

  beforeAll(async () => {
    stack = await startMirror((line) => log.push(line), { providers: 2 });
    people = await People.gather(stack);
  }, ROUND_MS);

  // Also balances the books of all of it, to the lamport (I13).
  afterAll(() => stack.stop(), ROUND_MS);

  const prepare = async (): Promise<void> => {
    const batch = new Batch(people);
    await batch.prepare();
    prepared = batch;
  };

  it.each(troubles)('$name: nothing is lost, nothing is doubled', { timeout: ROUND_MS }, async (trouble) => {
    try {
      if (prepared === null) await prepare();
      const batch = prepared;
      prepared = null;
      if (batch === null) throw new TypeError('nothing prepared');
      const isLast = trouble === troubles.at(-1);
      const told = await play(people, [{ trouble, batch }], isLast ? async () => {} : prepare);
      process.stdout.write(`  ${lineOf(told)}\n`);
    } catch (error) {
      process.stderr.write(`${trouble.name}:\n${log.slice(-TAIL_LINES).join('\n')}\n`);
      throw error;
    } finally {
      log.length = 0;
    }
  });
}
