/**
 * One death in the life of each kind of action, at a call to the chain, to the keys or to another object, or right after
 * a transaction (F17-F20). Wherever it is: the effect is on the chain once, the ledger and the purses are exact, every
 * action has one end.
 *
 * The named steps of each kind are played here; `npm run test:outage` cuts at every step (test/outage/crash-points.ts).
 */
import { describe, expect, it } from 'vitest';
import { moneyStories } from './crash-money-stories.ts';
import { Cut } from './crash-play.ts';
import { matchStories } from './crash-stories.ts';

/** The first step of that name; of the last one, what was stored last before the client heard of it. */
const faults: readonly (readonly [string, (cut: Cut) => number])[] = [
  ['F17, signed and not stored', (cut) => first(cut, /^after (prepare|offer)$/)],
  ['F18, stored and not sent', (cut) => first(cut, /^before send$/)],
  ['F19, sent and not recorded', (cut) => first(cut, /^after send$/)],
  ['F20, recorded and not answered', ({ steps, heard }) => lastStored(steps, heard[0] ?? 0)],
];

function first({ steps }: Cut, what: RegExp): number {
  return 1 + steps.findIndex((step) => what.test(step.what));
}

function lastStored(steps: Cut['steps'], before: number): number {
  return 1 + steps.slice(0, before).findLastIndex(({ what }) => what === 'stored');
}

describe.each([...matchStories, ...moneyStories])('a death in the life of a $kind', ({ prepare }) => {
  it('costs nobody anything: cut off alone, and with all others, at each named step', async () => {
    const clean = new Cut(await prepare());
    await clean.play();
    for (const [index, [fault, pointIn]] of faults.entries()) {
      const at = pointIn(clean);
      expect(at, fault).toBeGreaterThan(0);
      const cut = new Cut(await prepare(), at, index % 2 === 0 ? 'alone' : 'with every other object');
      await cut.play();
      expect(cut.deaths, fault).toBe(1);
    }
  });
});
