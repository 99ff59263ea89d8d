/** One stack that lives through many outages, one after the other: every kind of action under each. */
import { afterAll, beforeAll, it } from 'vitest';
import type { Stack } from '../../../services/dev/stack.ts';
import { startMirror } from '../../e2e/support/mirror.ts';
import { Batch } from './batch.ts';
import { triedIn } from './effects.ts';
import type { Trouble } from './faults.ts';
import { People } from './people.ts';
import { lineOf, play } from './round.ts';

const ROUND_MS = 300_000;
const TAIL_LINES = 200;
/** Made at once: matches are made final in three steps, each of which waits for 32 slots, however many there are. */
const STOCK = 3;

/** The same people play all rounds, and a user may do 60 operations in an hour: they met that in round 28. */
const MOST_ROUNDS = 26;

export function matrix(troubles: readonly Trouble[]): void {
  if (troubles.length > MOST_ROUNDS)
    throw new RangeError(`no player may take part in ${troubles.length} rounds`);
  const log: string[] = [];
  const stock: Batch[] = [];
  let stack: Stack;
  let people: People;

  const prepare = async (count: number): Promise<void> => {
    const batches = Array.from({ length: count }, () => new Batch(people));
    await Promise.all(batches.map((batch) => batch.prepare()));
    stock.push(...batches);
  };

  beforeAll(async () => {
    stack = await startMirror((line) => void log.push(line), { providers: 2 });
    people = await People.gather(stack);
  }, ROUND_MS);

  // Also balances the books of all of it, to the lamport (I13).
  afterAll(() => stack.stop(), ROUND_MS);

  it.each(troubles)('$name: nothing is lost, nothing is doubled', { timeout: ROUND_MS }, async (trouble) => {
    try {
      if (stock.length === 0) await prepare(1);
      const batch = stock.shift();
      if (batch === undefined) throw new TypeError('nothing is prepared');
      const left = troubles.length - 1 - troubles.indexOf(trouble);
      const next = stock.length === 0 ? Math.min(STOCK, left) : 0;
      const told = await play(people, [{ trouble, batch }], () => prepare(next));
      process.stdout.write(`  ${lineOf(told)}\n`);
    } catch (error) {
      // What it had logged until then, what was thought of the chain, and what is still tried is what explains it.
      const view = await people.operator.chain().catch(String);
      const told = [trouble.name, ...log.slice(-TAIL_LINES), JSON.stringify(view), ...triedIn(stack)];
      process.stderr.write(`${told.join('\n')}\n`);
      throw error;
    } finally {
      log.length = 0;
    }
  });
}
