import { describe, expect, it } from 'vitest';
import { mirrorSettings } from '../../../durable-objects/settings.ts';
import {
  type Breaker,
  breakerAfter,
  breakerAt,
  CLOSED,
  type Met,
  reasonOf,
} from '../../../machines/health/breaker.ts';

const LIMITS = mirrorSettings().health.breaker;
const START = 1_800_000_000_000;
const SECOND = 1_000;

const ok: Met = { kind: 'ok' };
const failed: Met = { kind: 'failed' };
const limited = (retryAt: number | null = null): Met => ({ kind: 'rate_limited', retryAt });

/** Meets each at its second. */
function run(events: readonly (readonly [number, Met])[], from: Breaker = CLOSED): Breaker {
  return events.reduce(
    (breaker, [second, met]) => breakerAfter(breaker, met, START + second * SECOND, LIMITS),
    from,
  );
}

const failures = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => [from + 2 * index, failed] as const);

describe('a closed breaker', () => {
  it('opens on failures in a row, and one success between them begins the row anew', () => {
    expect(run(failures(4)).state).toBe('closed');
    expect(run(failures(5))).toMatchObject({ state: 'open', until: START + 8_000 + LIMITS.openMs });
    expect(reasonOf(run(failures(5)))).toBe('5 failures');
    expect(run([...failures(4), [8, ok], ...failures(4, 10)]).state).toBe('closed');
  });

  it('takes failures of the same moment for one', () => {
    const same = Array.from({ length: 50 }, () => [3, failed] as const);
    expect(run(same)).toMatchObject({ state: 'closed', failures: 1 });
  });

  it('opens on one rate limit, until Retry-After, within bounds', () => {
    expect(run([[0, limited(START + 30_000)]])).toMatchObject({ state: 'open', until: START + 30_000 });
    expect(run([[0, limited(START - 9_000)]]).until).toBe(START);
    expect(run([[0, limited(START + 1e9)]]).until).toBe(START + LIMITS.maxRetryAfterMs);
    expect(run([[0, limited()]]).until).toBe(START + LIMITS.openMs);
  });

  it('is the very same where nothing changes', () => {
    expect(run([[0, ok]])).toBe(CLOSED);
  });
});

describe('an open breaker', () => {
  const open = run(failures(5));

  it('takes a success for luck, and a failure for granted, until its time is up', () => {
    expect(breakerAfter(open, ok, open.until - 1, LIMITS)).toBe(open);
    expect(breakerAfter(open, failed, open.until - 1, LIMITS)).toBe(open);
    expect(breakerAt(open, open.until - 1)).toBe(open);
    expect(breakerAt(open, open.until)).toMatchObject({ state: 'half_open', since: open.until });
  });

  it('waits for longer where the provider names a later time', () => {
    expect(breakerAfter(open, limited(open.until + 9_000), open.until - 1, LIMITS)).toMatchObject({
      until: open.until + 9_000,
      cause: 'rate_limited',
    });
    const told = run([[0, limited(START + 30_000)]]);
    expect(breakerAfter(told, limited(), START + 1_000, LIMITS)).toBe(told);
  });
});

describe('a breaker on trial', () => {
  const open = run(failures(5));
  const second = (open.until - START) / SECOND;

  it('closes after several successes in a row, not after one', () => {
    expect(run([[second, ok]], open).state).toBe('half_open');
    expect(
      run(
        [
          [second, ok],
          [second + 2, ok],
        ],
        open,
      ).state,
    ).toBe('half_open');
    const closed = run(
      [
        [second, ok],
        [second + 2, ok],
        [second + 4, ok],
      ],
      open,
    );
    expect(closed).toMatchObject({ state: 'closed', failures: 0, cause: null });
    expect(reasonOf(closed)).toBeNull();
  });

  it('opens again on one failure, for twice as long each time, up to a bound', () => {
    let breaker = open;
    const waits = [open.until - open.since];
    for (let opening = 0; opening < 8; opening += 1) {
      const at = breaker.until;
      breaker = breakerAfter(breaker, failed, at, LIMITS);
      expect(breaker.state).toBe('open');
      waits.push(breaker.until - at);
    }
    expect(waits.map((ms) => ms / SECOND)).toEqual([5, 10, 20, 40, 60, 60, 60, 60, 60]);
  });

  it('hears nothing of what was met before it began', () => {
    const onTrial = breakerAt(open, open.until);
    expect(breakerAfter(onTrial, failed, open.until - 1, LIMITS)).toBe(onTrial);
  });

  it('begins with the first back-off again after a calm spell, and not before', () => {
    const closeAt = (from: Breaker): Breaker => {
      const at = (from.until - START) / SECOND;
      return run(
        [
          [at, ok],
          [at + 2, ok],
          [at + 4, ok],
        ],
        from,
      );
    };
    const closed = closeAt(open);
    const soon = (closed.since - START) / SECOND + 1;
    const again = run(failures(5, soon), closed);
    expect(again.until - again.since).toBe(2 * LIMITS.openMs);
    const later = (closed.since - START + LIMITS.maxOpenMs) / SECOND + 1;
    const calm = run(failures(5, later), closed);
    expect(calm.until - calm.since).toBe(LIMITS.openMs);
  });
});
