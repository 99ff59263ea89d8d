/** The breakers of the providers: fed by probes and by reports, kept in rows, told at once, no change of verdict. */
import { describe, expect, it } from 'vitest';
import type { ProviderStanding } from '../../durable-objects/wire/objects.ts';
import { Passing } from './passing.ts';

const SECOND = 1_000;

async function breakerOf({ world }: Passing, name: string): Promise<ProviderStanding> {
  const { providers } = await world.health.standing();
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found;
}

/** What the shards have, and so what every object heeds. */
async function toldOf({ world }: Passing, name: string): Promise<string | undefined> {
  const { providers } = await world.directory(3).standing();
  return providers.find((provider) => provider.name === name)?.breaker;
}

/** Calls that reached a provider. */
function counting(passing: Passing, name: string): () => number {
  let calls = 0;
  const { weather } = passing;
  passing.weather = (method, params, provider) => {
    if (provider === name) calls += 1;
    return weather(method, params, provider);
  };
  return () => calls;
}

describe('a breaker', () => {
  it('opens on failures in a row, is told at once, and closes after several successes, and none of it is a verdict', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    await passing.somebodyWaits();
    await world.advance(20 * SECOND);
    const { epoch } = await world.health.view();
    passing.weather = (_method, _params, provider) => (provider === 'a' ? 'lost' : 'fine');
    const changes = await passing.changesIn(async () => {
      await world.until(async () => (await breakerOf(passing, 'a')).breaker === 'open', 'open', 90 * SECOND);
      expect(await breakerOf(passing, 'a')).toMatchObject({ reason: '5 failures' });
      // The shards heard in the same alarm, not with the next repetition.
      expect(await toldOf(passing, 'a')).toBe('open');
      expect(await toldOf(passing, 'b')).toBe('closed');
      passing.weather = () => 'fine';
      await world.until(async () => (await toldOf(passing, 'a')) === 'half_open', 'on trial', 90 * SECOND);
      const onTrialAt = world.now;
      await world.until(async () => (await toldOf(passing, 'a')) === 'closed', 'closed', 90 * SECOND);
      // Two more probes after the first that went well: never closed after one.
      expect(world.now - onTrialAt).toBeGreaterThanOrEqual(4 * SECOND);
    });
    expect(changes).toEqual([]);
    expect((await world.health.view()).epoch).toEqual(epoch);
  });

  it('leaves a provider alone until its Retry-After, and for longer each time where it names none', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    passing.weather = (_method, _params, provider) => (provider === 'a' ? { retryAfter: 45 } : 'fine');
    await world.until(async () => (await breakerOf(passing, 'a')).breaker === 'open', 'open', 30 * SECOND);
    const { until, reason } = await breakerOf(passing, 'a');
    expect(reason).toBe('rate limited');
    expect(Math.abs(until - world.now - 45 * SECOND)).toBeLessThanOrEqual(2 * SECOND);
    const calls = counting(passing, 'a');
    await world.advance(until - world.now - SECOND);
    expect(calls()).toBe(0);
    await world.advance(20 * SECOND);
    expect(calls()).toBeGreaterThan(0);

    passing.weather = (_method, _params, provider) => (provider === 'a' ? { retryAfter: null } : 'fine');
    const waits: number[] = [];
    const unnamed = counting(passing, 'a');
    for (let { until: last } = await breakerOf(passing, 'a'); waits.length < 5; ) {
      const before = unnamed();
      await world.advance(SECOND);
      const { until: next } = await breakerOf(passing, 'a');
      if (next !== last) waits.push(Math.round((next - world.now) / SECOND));
      // While it is open nobody asks it.
      else if (world.now < next) expect(unnamed()).toBe(before);
      last = next;
    }
    for (const [index, wait] of waits.entries()) {
      const longest = Math.min(60, 2 * (waits[index - 1] ?? 60));
      expect(wait).toBeGreaterThanOrEqual(index === 0 ? 1 : longest - 2);
    }
  });

  it('survives an eviction of the monitor', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    passing.weather = (_method, _params, provider) => (provider === 'a' ? { retryAfter: 45 } : 'fine');
    await world.until(async () => (await breakerOf(passing, 'a')).breaker === 'open', 'open', 30 * SECOND);
    const before = await breakerOf(passing, 'a');
    world.evict(world.healthName);
    expect(await breakerOf(passing, 'a')).toEqual(before);
    passing.weather = () => 'fine';
    await world.advance(30 * SECOND);
    expect(await breakerOf(passing, 'a')).toEqual(before);
  });

  it('opens on what other isolates report, however the idle probes find the provider', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    const limited = (at: number) => ({ provider: 'b', at, outcome: 'rate_limited', retryAt: null }) as const;
    await world.health.report([{ ...limited(world.now), provider: 'nobody' }]);
    await world.health.report([limited(world.now)]);
    await world.advance(50);
    expect(await toldOf(passing, 'b')).toBe('open');
    expect(await toldOf(passing, 'a')).toBe('closed');
    // What was met before it opened says nothing of how it is once it is tried again.
    await world.until(async () => (await breakerOf(passing, 'b')).breaker === 'half_open', 'on trial');
    await world.health.report([limited(world.now - 10 * SECOND)]);
    expect((await breakerOf(passing, 'b')).breaker).toBe('half_open');
  });

  it('does not take a few reported failures among many successes for a provider that fails', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    const failed = () => ({ provider: 'a', at: world.now, outcome: 'failed', retryAt: null }) as const;
    // Many isolates meet one hiccup: that is one failure.
    for (let isolate = 0; isolate < 50; isolate += 1) await world.health.report([failed()]);
    expect((await breakerOf(passing, 'a')).breaker).toBe('closed');
    for (let second = 0; second < 6; second += 1) {
      await world.health.report([failed()]);
      await world.advance(SECOND);
    }
    expect((await breakerOf(passing, 'a')).breaker).toBe('open');
  });
});
