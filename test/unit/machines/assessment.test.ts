/** What probes say, and what the monitor makes of it: tip progress counts, one provider is not Solana. */
import { describe, expect, it } from 'vitest';
import { bestProvider, percentile95 } from '../../../machines/health/assessment.ts';
import type { ProbeSample } from '../../../machines/health/samples.ts';
import {
  behind,
  FIRST_SLOT,
  frozenAt,
  LIMITS,
  limited,
  Monitor,
  type Provider,
  silent,
  slow,
  until,
  well,
} from './probing.ts';

const statesOf = (monitor: Monitor) => monitor.changes.map((change) => change.to);
const firstTo = (monitor: Monitor, state: string) =>
  monitor.changes.find((change) => change.to === state)?.at;

function behindFinality(slots: number): Provider {
  return (now, slot) => ({ ...well(now, slot), finalizedSlot: slot - slots });
}

describe('a monitor', () => {
  it('says healthy after three steady windows, and no more while nothing happens', () => {
    const monitor = new Monitor(well, well).runTo(3_600);
    expect(statesOf(monitor)).toEqual(['healthy']);
    expect(firstTo(monitor, 'healthy')).toBeLessThanOrEqual(32);
  });

  it('is not fooled by a cluster that answers in good order and stands still', () => {
    const monitor = new Monitor(frozenAt(60), frozenAt(60)).runTo(100);
    expect(statesOf(monitor)).toEqual(['healthy', 'suspect', 'down']);
    expect(firstTo(monitor, 'down')).toBeGreaterThanOrEqual(75);
    expect(firstTo(monitor, 'down')).toBeLessThanOrEqual(79);
  });

  it('says down when no provider answers, and comes back through recovering', () => {
    const provider = until(60, well, until(120, silent, well));
    const monitor = new Monitor(provider, provider).runTo(400);
    expect(statesOf(monitor).filter((state) => state !== 'suspect')).toEqual([
      'healthy',
      'degraded',
      'down',
      'recovering',
      'degraded',
      'recovering',
      'healthy',
    ]);
  });

  it.each([
    ['silent', silent],
    ['standing still', frozenAt(60)],
    ['slow', slow(10_000)],
  ])('does not take one provider that is %s for Solana', (_, bad) => {
    for (const providers of [
      [until(60, well, bad), well],
      [well, until(60, well, bad)],
    ]) {
      const monitor = new Monitor(...providers).runTo(600);
      expect(statesOf(monitor)).toEqual(['healthy']);
    }
  });

  it('sees progress at a provider that lags behind one that stands still', () => {
    // 200 slots are 80 s: for that long the highest tip of all does not rise.
    const monitor = new Monitor(frozenAt(60), behind(200)).runTo(300);
    expect(statesOf(monitor)).not.toContain('down');
  });

  it('is not blinded by one provider with a slot from another world', () => {
    const liar: Provider = (now, slot) => ({ ...well(now, slot), slot: now === 60_000 ? 2 ** 50 : slot });
    const monitor = new Monitor(liar, well).runTo(300);
    expect(statesOf(monitor)).not.toContain('down');
  });

  it('is not moved by the finality of one provider', () => {
    const stuck: Provider = (now, slot) => ({
      ...well(now, slot),
      finalizedSlot: now < 60_000 ? slot - 32 : FIRST_SLOT,
    });
    for (const providers of [
      [stuck, well],
      [well, stuck],
    ])
      expect(statesOf(new Monitor(...providers).runTo(300))).toEqual(['healthy']);
  });

  it('says degraded where finality lags at every provider', () => {
    const lagging: Provider = (now, slot) => ({ ...well(now, slot), finalizedSlot: slot - 200 });
    const provider = until(60, well, lagging);
    expect(statesOf(new Monitor(provider, provider).runTo(90))).toEqual(['healthy', 'degraded']);
  });

  it('says suspect, then degraded, as the answers get slower', () => {
    expect(statesOf(new Monitor(until(60, well, slow(2_000))).runTo(200))).toEqual(['healthy', 'suspect']);
    expect(statesOf(new Monitor(until(60, well, slow(4_000))).runTo(200))).toEqual(['healthy', 'degraded']);
  });
});

describe('what the monitor says', () => {
  it.each([
    ['a halt', frozenAt(60), 'down', /^down: no tip progress for 1[56] s at 2 of 2 providers$/],
    ['slow answers', until(60, well, slow(3_240)), 'degraded', /^degraded: p95 3\.2 s$/],
    ['fast answers no more', until(60, well, slow(1_600)), 'suspect', /^suspect: p95 1\.6 s$/],
    [
      'silence',
      until(60, well, silent),
      'suspect',
      /^suspect: 2 probes in a row failed at the best provider$/,
    ],
    ['a lag', until(60, well, behindFinality(70)), 'degraded', /^degraded: finality lags 70 slots$/],
    [
      'limits',
      until(60, well, limited),
      'degraded',
      /^degraded: no tip progress for 1[56] s at 0 of 2 providers, and the tip is unknown at 2, which do not serve us$/,
    ],
  ] as const)('of %s is what people understand', (_, provider, state, words) => {
    const { changes } = new Monitor(provider, provider).runTo(200);
    expect(changes.find(({ to }) => to === state)?.because).toMatch(words);
  });

  it('names the share of failures at the best provider', () => {
    const third: Provider = (now, slot) => (Math.floor(now / 2_000) % 3 === 0 ? silent : well)(now, slot);
    const { changes } = new Monitor(until(60, well, third), until(60, well, silent)).runTo(200);
    expect(changes.find(({ to }) => to === 'degraded')?.because).toMatch(
      /^degraded: (25|30|35) % of the last 20 probes failed at the best provider$/,
    );
  });
});

describe('a provider that does not serve us', () => {
  it('is not the best one, however well it once served', () => {
    // It was the faster one, and had failed nothing.
    const monitor = new Monitor(until(60, slow(20), limited), until(100, slow(90), slow(5_000))).runTo(300);
    expect(statesOf(monitor)).toEqual(['healthy', 'degraded']);
  });

  it('does not hide that nobody else sees a tip move, nor lets anybody call that down', () => {
    const monitor = new Monitor(frozenAt(60), until(60, well, limited)).runTo(300);
    expect(statesOf(monitor)).toEqual(['healthy', 'suspect', 'degraded']);
    expect(monitor.changes.at(-1)?.because).toMatch(
      /at 1 of 2 providers, and the tip is unknown at 1, which do not serve us$/,
    );
  });

  it('shows the tip in what it does answer', () => {
    const half: Provider = (now, slot) => ({ ...limited(now, slot), slot });
    expect(statesOf(new Monitor(until(60, well, half), until(60, well, half)).runTo(300))).toEqual([
      'healthy',
    ]);
  });
});

describe('a state', () => {
  const badOnce = (second: number, bad: Provider) => until(second, well, until(second + 1, bad, well));

  it.each([
    ['fails', silent],
    ['is slow', slow(10_000)],
    ['shows an old tip', frozenAt(30)],
    ['shows old finality', ((now, slot) => ({ ...well(now, slot), finalizedSlot: 0 })) as Provider],
  ])('is not left because one probe %s', (_, bad) => {
    expect(statesOf(new Monitor(badOnce(60, bad)).runTo(200))).toEqual(['healthy']);
    // Also where the window has an older failure in it already.
    const twice = until(40, well, until(50, badOnce(44, silent), badOnce(60, bad)));
    expect(statesOf(new Monitor(twice).runTo(200))).toEqual(['healthy']);
  });

  it.each([
    ['fails', silent],
    ['shows an old tip', frozenAt(30)],
  ])('is not called down because one idle probe %s', (_, bad) => {
    for (const second of [75, 77, 90, 91, 105])
      expect(
        statesOf(new Monitor(until(second, well, until(second + 1, bad, well))).runTo(300, false)),
      ).not.toContain('down');
    // Every idle probe of a quarter of a minute: whichever it hits.
    const monitor = new Monitor(until(100, well, until(115, bad, well))).runTo(300, false);
    expect(statesOf(monitor)).not.toContain('down');
  });

  it('is not left because of one failure among the first probes', () => {
    for (const second of [0, 2, 4, 6])
      expect(statesOf(new Monitor(badOnce(second, silent)).runTo(100))).toEqual(['healthy']);
  });

  it('of down is not left on the first sign of life after a long halt', () => {
    // One new block, and then nothing again.
    const halted = until(500, frozenAt(60), frozenAt(60, 1));
    const monitor = new Monitor(halted).runTo(700);
    expect(statesOf(monitor)).toEqual(['healthy', 'suspect', 'down']);
  });
});

/** Deterministic noise (mulberry32). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('probes that are lost at random', () => {
  function lossy(rate: number, seed: number): Provider {
    const random = noise(seed);
    return (now, slot) => (random() < rate ? silent : well)(now, slot);
  }

  /** In an hour, with both of two providers losing as many; each change is told to every actor that waits. */
  it.each([
    [0.02, 4],
    [0.05, 8],
    [0.1, 20],
    [0.2, 6],
    [0.3, 1],
  ])('at a rate of %d change the state at most %d times in an hour', (rate, bound) => {
    const counts = [1, 2, 3].map(
      (seed) => new Monitor(lossy(rate, seed), lossy(rate, seed + 100)).runTo(3_600).changes.length,
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(bound);
  });
});

describe('probes of two requests that are lost at random', () => {
  /** A tip that was read is kept where the finalized read was lost. */
  function lossy(rate: number, seed: number): Provider {
    const random = noise(seed);
    return (now, slot) => {
      const whole = well(now, slot);
      const [tip, read] = [random() >= rate, random() >= rate];
      const { slot: shown, finalizedSlot } = whole;
      return {
        ...whole,
        ok: tip && read,
        slot: tip ? shown : null,
        finalizedSlot: read ? finalizedSlot : null,
      };
    };
  }

  it.each([
    [0.09, 8],
    [0.11, 8],
    [0.18, 2],
    [0.2, 2],
    [0.22, 2],
    [0.3, 2],
  ])('at a rate of %d for each change the state at most %d times in an hour', (rate, bound) => {
    const counts = [1, 2, 3].map(
      (seed) => new Monitor(lossy(rate, seed), lossy(rate, seed + 100)).runTo(3_600).changes.length - 1,
    );
    // Less one: the monitor was healthy before.
    expect(Math.max(...counts)).toBeLessThanOrEqual(bound);
  });
});

describe('the figures', () => {
  const sample = (provider: string, ok: boolean, ms: number): ProbeSample => ({
    provider,
    at: 0,
    ms,
    ok,
    slot: 1,
    finalizedSlot: 1,
    fingerprint: null,
    limited: false,
  });

  it('take the 95th percentile as the value that one in twenty exceeds', () => {
    expect(percentile95([])).toBe(0);
    expect(percentile95(Array.from({ length: 20 }, (_, index) => index + 1))).toBe(19);
    expect(percentile95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95);
  });

  it('do not call that one the best which answers each time, and so late that it is of no use', () => {
    const late = Array.from({ length: 20 }, () => sample('a', true, 4_900));
    const quick = Array.from({ length: 20 }, (_, index) => sample('b', index > 0, 80));
    expect(bestProvider([...late, ...quick], LIMITS)).toBe('b');
    expect(bestProvider([...late, sample('b', false, 80)], LIMITS)).toBe('a');
  });

  it('call that provider the best that fails least, and then the fastest', () => {
    expect(bestProvider([], LIMITS)).toBeNull();
    expect(bestProvider([sample('a', true, 10), sample('b', false, 1)], LIMITS)).toBe('a');
    expect(bestProvider([sample('a', true, 10), sample('b', true, 5)], LIMITS)).toBe('b');
    const old = Array.from({ length: 20 }, () => sample('a', true, 1));
    expect(bestProvider([sample('a', false, 1), ...old, sample('b', true, 5)], LIMITS)).toBe('a');
  });
});
