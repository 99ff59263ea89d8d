/**
 * Every way by which money can move, on real parts: wallets that sign by themselves, matches that are called off, a
 * player who leaves, deposits and withdrawals; online, and through an outage. Each story checks a fact at each step, and
 * at its end all balances on the chain to the lamport; the stack is not stopped before its books are balanced (I13).
 *
 * Several at a time, each on a chain and a runtime of its own: they mostly wait, for slots and for a grace to pass.
 */
import { describe, it } from 'vitest';
import type { MoneyStoryOptions } from '../../services/dev/money-story.ts';
import { moneyStories } from '../../services/dev/stories.ts';
import { startMirror } from './support/mirror.ts';

interface Variant extends MoneyStoryOptions {
  readonly title: string;
  readonly story: keyof typeof moneyStories;
  /** What the story counts at its end: a chapter that was skipped would go unnoticed otherwise. */
  readonly facts: number;
}

/** The longest stories wait for a grace of a minute; a machine that is busy may take twice what they need. */
const STORY_MS = 240_000;

/** Each in its order, and of about the same length. */
const lanes: readonly (readonly Variant[])[] = [
  [{ title: 'who leaves forfeits, and the treasury gets it', story: 'abandonment', fault: null, facts: 38 }],
  [
    {
      title: 'who leaves in an outage forfeits when it is over',
      story: 'abandonment',
      fault: 'frozen',
      facts: 38,
    },
  ],
  [
    { title: 'matches that are called off pay every stake back', story: 'refund', fault: null, facts: 72 },
    {
      title: 'a deposit is spendable when final; a withdrawal outlives an outage, and the runtime',
      story: 'deposit',
      fault: 'frozen',
      killRuntimeMidOutage: true,
      facts: 73,
    },
    { title: 'wallets pay, and the winner’s is paid', story: 'wallet', fault: null, facts: 45 },
  ],
  [
    {
      title: 'matches that are called off in an outage pay every stake back, too',
      story: 'refund',
      fault: 'frozen',
      facts: 93,
    },
    {
      title: 'wallets agree in an outage, and sign when it is over, though the runtime was killed',
      story: 'wallet',
      fault: 'frozen',
      killRuntimeMidOutage: true,
      facts: 51,
    },
    {
      title: 'a withdrawal whose reply is lost is paid once',
      story: 'deposit',
      fault: 'reply-lost',
      facts: 73,
    },
  ],
];

describe.concurrent.for(lanes)('money', (variants) => {
  it.for(variants)(
    '$title',
    { concurrent: false, timeout: STORY_MS },
    async ({ title, story, facts, ...options }, { expect }) => {
      const lines: string[] = [];
      const stack = await startMirror();
      try {
        const print = (line: string): unknown => lines.push(line);
        const report = await moneyStories[story](stack, { ...options, print });
        expect(report.facts).toBe(facts);
      } catch (error) {
        // What had happened until then is what explains it.
        process.stderr.write(`${title}:\n${lines.join('\n')}\n${stack.worker.output}\n`);
        throw error;
      } finally {
        await stack.stop();
      }
    },
  );
});
