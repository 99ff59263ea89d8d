/** Permits: leases that expire and outlive the monitor, a window that finds its size, and no stampede of those who wait. */
import { describe, expect, it } from 'vitest';
import type { PermitAnswer, PermitRequest } from '../../durable-objects/wire/objects.ts';
import { Passing } from './passing.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function asker(number: number): PermitRequest {
  return { object: `match/${number}`, hash: `hash ${number}` };
}

function untilOf(answer: PermitAnswer): number {
  if (!answer.granted) throw new Error('refused');
  return answer.until;
}

async function grants({ world }: Passing, from: number, count: number): Promise<number> {
  let granted = 0;
  for (let number = from; number < from + count; number += 1)
    if ((await world.health.permit(asker(number))).granted) granted += 1;
  return granted;
}

async function windowOf({ world }: Passing): Promise<number> {
  return (await world.health.view()).replay.window;
}

/** Grows the window by actions that come back, up to a size. */
async function grow(passing: Passing, to: number): Promise<void> {
  for (let number = 0; (await windowOf(passing)) < to; number += 1) {
    expect(await passing.world.health.permit(asker(number))).toMatchObject({ granted: true });
    await passing.world.health.permitReturned(asker(number), 'done');
  }
}

describe('a permit', () => {
  it('is a lease: renewed by its own, given back, or over in time, and never more of them than the window', async () => {
    const passing = await Passing.open('a');
    const { world } = passing;
    const { start, leaseMs } = world.settings.permits;
    expect(await grants(passing, 0, 10)).toBe(start);
    const first = await world.health.permit(asker(0));
    await world.advance(10 * SECOND);
    const renewed = await world.health.permit(asker(0));
    expect(untilOf(renewed) - untilOf(first)).toBe(10 * SECOND);
    expect((await world.health.view()).replay).toMatchObject({ window: start, underWay: start });
    await world.health.permitReturned(asker(1), 'done');
    // One place is free again, and there is one more.
    expect(await grants(passing, 20, 10)).toBe(2);
    await world.advance(leaseMs);
    expect((await world.health.view()).replay.underWay).toBe(0);
    expect(await grants(passing, 40, 10)).toBe(start + 1);
  });

  it('outlives the monitor, and so does what the window has learned', async () => {
    const passing = await Passing.open('a');
    const { world } = passing;
    await grow(passing, 9);
    expect(await grants(passing, 100, 20)).toBe(9);
    const { replay } = await world.health.view();
    world.evict(world.healthName);
    expect((await world.health.view()).replay).toEqual({ ...replay, waiting: 0 });
    expect(await grants(passing, 200, 20)).toBe(0);
    expect(await world.health.permit(asker(100))).toMatchObject({ granted: true });
  });

  it('that comes back twice counts once, and one that nobody held counts never', async () => {
    const passing = await Passing.open('a');
    const { world } = passing;
    await world.health.permit(asker(1));
    for (let time = 0; time < 3; time += 1) await world.health.permitReturned(asker(1), 'done');
    await world.health.permitReturned(asker(2), 'done');
    expect((await world.health.view()).replay).toMatchObject({ window: 5, returned: 1 });
  });

  it('that met trouble halves the window once in a while, and a rate limit lowers what it may come to', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    await grow(passing, 40);
    for (const number of [1, 2, 3]) await world.health.permit(asker(number));
    for (const number of [1, 2, 3]) await world.health.permitReturned(asker(number), 'trouble');
    expect(await windowOf(passing)).toBe(20);
    await grow(passing, 40);
    await world.advance(11 * SECOND);
    const report = { provider: 'a', at: world.now, outcome: 'rate_limited', retryAt: null } as const;
    await world.health.report([report]);
    expect(await windowOf(passing)).toBe(20);
    await grow(passing, 30);
    // From three quarters of what was too much it grows by one a round.
    for (let number = 0; number < 29; number += 1) {
      await world.health.permit(asker(number));
      await world.health.permitReturned(asker(number), 'done');
    }
    expect(await windowOf(passing)).toBe(30);
    // The same provider, still limited, says nothing new of how much we ask.
    await world.advance(11 * SECOND);
    await world.health.report([{ ...report, at: world.now }]);
    expect(await windowOf(passing)).toBe(30);
  });
});

describe('permits by the verdict', () => {
  it('are none while the chain is down, few again when it is back, and counted from where the trouble began', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    await grow(passing, 40);
    passing.slotMs = Number.POSITIVE_INFINITY;
    await world.advance(MINUTE);
    expect((await world.health.view()).replay).toMatchObject({ window: 0, returned: 0 });
    const refused = await world.health.permit(asker(1));
    expect(refused.granted).toBe(false);
    passing.slotMs = 400;
    await world.advance(20 * SECOND);
    expect((await world.health.view()).state).toBe('recovering');
    expect(await windowOf(passing)).toBe(world.settings.permits.start);
    await world.health.permit(asker(1));
    await world.health.permitReturned(asker(1), 'done');
    // Back to healthy the drain goes on: what has come back stays counted.
    await world.advance(MINUTE);
    expect((await world.health.view()).replay).toMatchObject({ window: 5, returned: 1 });
  });

  it('are few while the chain is slow, and half of what they were after it', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    await grow(passing, 40);
    passing.look = () => ({ lag: 200 });
    await world.advance(MINUTE);
    expect((await world.health.view()).state).toBe('degraded');
    expect(await grants(passing, 100, 50)).toBe(world.settings.permits.degradedMax);
    passing.look = () => ({});
    await world.advance(MINUTE);
    expect(await windowOf(passing)).toBe(20);
  });
});

describe('2,000 who wait', () => {
  it('do not come back together, and all get their turn', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    /** By asker: when it asks again, or brings its permit back. */
    const due = new Map<number, { at: number; holds: boolean }>();
    for (let number = 0; number < 2_000; number += 1) due.set(number, { at: world.now, holds: false });
    const asksBySecond = new Map<number, number>();
    const startedAt = world.now;
    let mostUnderWay = 0;
    while (due.size > 0 && world.now - startedAt < 30 * MINUTE) {
      for (const [number, { at, holds }] of due) {
        if (at > world.now) continue;
        if (holds) {
          await world.health.permitReturned(asker(number), 'done');
          due.delete(number);
          continue;
        }
        const second = Math.floor((world.now - startedAt) / SECOND);
        asksBySecond.set(second, (asksBySecond.get(second) ?? 0) + 1);
        const answer = await world.health.permit(asker(number));
        // An action is under way for two seconds.
        due.set(number, {
          at: world.now + (answer.granted ? 2 * SECOND : answer.retryInMs),
          holds: answer.granted,
        });
      }
      const { replay } = await world.health.view();
      expect(replay.underWay).toBeLessThanOrEqual(replay.window);
      mostUnderWay = Math.max(mostUnderWay, replay.underWay);
      await world.advance(SECOND / 4);
    }
    expect(due.size).toBe(0);
    const seconds = (world.now - startedAt) / SECOND;
    const after = [...asksBySecond].filter(([second]) => second > 1).map(([, asks]) => asks);
    console.log(
      `2,000 permits in ${seconds} s; at most ${mostUnderWay} under way, at most ${Math.max(...after)} asked in one second`,
    );
    expect((await world.health.view()).replay).toMatchObject({ returned: 2_000, waiting: 0, underWay: 0 });
    // At first all ask at once; from then on they are spread over a minute.
    expect(Math.max(...after)).toBeLessThan(100);
    expect(mostUnderWay).toBeGreaterThan(32);
    expect(seconds).toBeLessThan(240);
  });
});
