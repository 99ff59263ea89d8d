/**
 * The story of the first slice on real parts, in every way that it can go. `tellStory` checks a fact at each step and
 * ends at the first that does not hold: last of all balances on the chain to the lamport, one join of each player, and
 * the journal's hash chain.
 *
 * Two at a time, each on a chain and a runtime of its own: they mostly wait for slots, so two take hardly longer than
 * one on two cores.
 */
import { describe, it } from 'vitest';
import { type StoryOptions, tellStory } from '../../services/dev/story.ts';
import { startMirror } from './support/mirror.ts';

interface Variant extends StoryOptions {
  readonly title: string;
  /** What the story counts at its end: a chapter that was skipped would go unnoticed otherwise. */
  readonly facts: number;
}

/** A budget belongs into a demo on a quiet machine; here others compete, so it only tells slow from stuck. */
const JOIN_MS = 5_000;

/** Each in its order, and of about the same length: a chain that errs is believed again only after a minute of probes. */
const lanes: readonly (readonly Variant[])[] = [
  [
    { title: 'survives a chain that errs', fault: 'erring', facts: 42 },
    {
      title: 'is created while the chain is away, and replayed whole',
      fault: 'frozen',
      createDuringOutage: true,
      facts: 40,
    },
  ],
  [
    { title: 'survives a chain that stands still', fault: 'frozen', facts: 42 },
    { title: 'lands each join once whose reply is lost', fault: 'reply-lost', facts: 42 },
    {
      title: 'survives its whole runtime killed while the chain is away',
      fault: 'frozen',
      killRuntimeMidOutage: true,
      facts: 42,
    },
  ],
];

describe.concurrent.for(lanes)('a paid match', (variants) => {
  it.for(variants)('$title', { concurrent: false }, async ({ title, facts, ...options }, { expect }) => {
    const lines: string[] = [];
    const stack = await startMirror();
    try {
      const print = (line: string): unknown => lines.push(line);
      const report = await tellStory(stack, { ...options, joinMs: JOIN_MS, print });
      expect(report.facts).toBe(facts);
    } catch (error) {
      // What had happened until then is what explains it.
      process.stderr.write(`${title}:\n${lines.join('\n')}\n${stack.worker.output}\n`);
      throw error;
    } finally {
      // Also balances the books of the run, to the lamport (I13).
      await stack.stop();
    }
  });
});
