import { describe, expect, it } from 'vitest';
import { type Dispute, disputesAfter, isBelieved } from '../../../machines/health/agreement.ts';
import type { ProbeSample } from '../../../machines/health/samples.ts';

const NAMES = ['a', 'b', 'c'];

function shows(provider: string, slot: number | null, fingerprint: string | null): ProbeSample {
  return { provider, at: 1, ms: 1, ok: true, slot, finalizedSlot: slot, fingerprint, limited: false };
}

class Watch {
  disputes: readonly Dispute[] = [];
  #samples: readonly ProbeSample[] = [];

  /** Each provider's slot and what it shows there. */
  round(seen: { readonly [provider: string]: readonly [number | null, string | null] }, names = NAMES): this {
    const round = Object.entries(seen).map(([name, [slot, fingerprint]]) => shows(name, slot, fingerprint));
    this.#samples = [...this.#samples, ...round];
    this.disputes = disputesAfter(this.disputes, this.#samples, round, names);
    return this;
  }

  get believed(): readonly string[] {
    return this.disputes.filter(isBelieved).map(({ between }) => between.join(' '));
  }
}

describe('two providers', () => {
  it('are in dispute after the second difference in a row, and not after one', () => {
    const watch = new Watch().round({ a: [5, 'x'], b: [5, 'y'] });
    expect(watch.believed).toEqual([]);
    expect(watch.round({ a: [6, 'x'], b: [6, 'x'] }).disputes).toEqual([]);
    watch.round({ a: [7, 'x'], b: [7, 'y'] }).round({ a: [8, 'x'], b: [8, 'y'] });
    expect(watch.disputes).toEqual([{ between: ['a', 'b'], slot: 8, differed: 2, agreed: 0 }]);
  });

  it('are compared at the same slot only, at whichever time each showed it', () => {
    expect(new Watch().round({ a: [5, 'x'], b: [6, 'y'] }).disputes).toEqual([]);
    const late = new Watch().round({ a: [5, 'x'], b: [3, 'w'] }).round({ a: [7, 'z'], b: [5, 'y'] });
    expect(late.disputes).toMatchObject([{ slot: 5, differed: 1 }]);
  });

  it('stay in dispute until they agree twice, however long no slot can be compared', () => {
    const watch = new Watch().round({ a: [5, 'x'], b: [5, 'y'] }).round({ a: [6, 'x'], b: [6, 'y'] });
    for (let slot = 10; slot < 100; slot += 2) watch.round({ a: [slot, 'x'], b: [slot + 1, 'x'] });
    watch.round({ a: [null, null], b: [200, 'x'] });
    expect(watch.believed).toEqual(['a b']);
    expect(watch.round({ a: [300, 'x'], b: [300, 'x'] }).believed).toEqual(['a b']);
    expect(watch.round({ a: [301, 'x'], b: [301, 'x'] }).disputes).toEqual([]);
  });

  it('do not end their dispute by agreeing with a third', () => {
    const watch = new Watch().round({ a: [5, 'x'], b: [5, 'y'] }).round({ a: [6, 'x'], b: [6, 'y'] });
    for (let slot = 10; slot < 20; slot += 1) watch.round({ a: [slot, 'x'], c: [slot, 'x'] });
    expect(watch.believed).toEqual(['a b']);
    // One that is no longer configured is in dispute with nobody.
    expect(watch.round({ a: [30, 'x'] }, ['a', 'c']).disputes).toEqual([]);
  });
});
