/** What the monitor says of a chain that halts, limps, or is shown in two ways, and how it explains it. */
import { describe, expect, it } from 'vitest';
import type { HealthView } from '../../durable-objects/wire/views.ts';
import { Passing } from './passing.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

async function stateIs(passing: Passing, state: HealthView['state']): Promise<HealthView> {
  for (let second = 0; second < 300; second += 1) {
    const view = await passing.world.health.view();
    if (view.state === state) return view;
    await passing.world.advance(SECOND);
  }
  throw new Error(`not ${state} within 5 minutes`);
}

describe('a chain that stands still', () => {
  it('is down within 15 s of the doubt, whatever getHealth and the answers say, and the way back is explained', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    passing.slotMs = Number.POSITIVE_INFINITY;
    const { because } = await stateIs(passing, 'down');
    expect(because).toMatch(/^down: no tip progress for 1[56](\.\d)? s at 2 of 2 providers$/);
    passing.slotMs = 400;
    const { changes } = await stateIs(passing, 'healthy');
    expect(changes.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'recovering > healthy',
      'down > recovering',
      'suspect > down',
      'healthy > suspect',
      'recovering > healthy',
    ]);
    expect(changes.map(({ because: why }) => why).slice(0, 4)).toEqual([
      'healthy: nothing speaks against the chain',
      'recovering: the tip moves again',
      because,
      expect.stringMatching(/^suspect: no tip progress for [56](\.\d)? s$/),
    ]);
    // The same stands in the journal, and so does when.
    const { entries } = await world.health.journal(1, 100);
    expect(entries.map(({ entry }) => JSON.parse(entry).at)).toEqual(
      changes.map(({ at }) => at).toReversed(),
    );
  });

  it('is not down while one provider sees it move, however far behind that one is', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    passing.look = (provider) => ({ behind: provider === 'a' ? 0 : 900 });
    await world.advance(10 * MINUTE);
    const frozen = passing.slot;
    passing.look = (provider) => (provider === 'a' ? { behind: passing.slot - frozen } : { behind: 900 });
    expect(await passing.changesIn(() => world.advance(10 * MINUTE))).toEqual([]);
  });
});

describe('a chain that goes on from an earlier slot', () => {
  it('is seen to move long before it is back where it stood', async () => {
    const passing = await Passing.open('a', 'b');
    passing.slotMs = Number.POSITIVE_INFINITY;
    await stateIs(passing, 'down');
    await passing.world.advance(5 * MINUTE);
    passing.restart(400, 5_000);
    const restartedAt = passing.world.now;
    await stateIs(passing, 'recovering');
    expect(passing.world.now - restartedAt).toBeLessThan(90 * SECOND);
    await stateIs(passing, 'healthy');
  });
});

describe('providers that do not serve us', () => {
  it('are not a chain that is down: what they do not show is unknown, and the mirror slows down', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    passing.weather = () => ({ retryAfter: 20 });
    const changes = await passing.changesIn(() => world.advance(10 * MINUTE));
    expect(changes).toEqual(['suspect', 'degraded']);
    expect((await world.health.view()).because).toMatch(
      /^degraded: no tip progress for 1[56](\.\d)? s at 0 of 2 providers, and the tip is unknown at 2, which do not serve us$/,
    );
    passing.weather = () => 'fine';
    await stateIs(passing, 'healthy');
  });

  it('count neither as failures nor as successes: one limited beside a good one changes nothing', async () => {
    for (const limited of ['a', 'b']) {
      const passing = await Passing.open('a', 'b');
      passing.weather = (_method, _params, provider) =>
        provider === limited ? { retryAfter: null } : 'fine';
      expect(await passing.changesIn(() => passing.world.advance(10 * MINUTE))).toEqual([]);
    }
  });
});

describe('providers that disagree', () => {
  it('decide nothing until they agree again, and one difference is none', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    // One round only: the lie of a moment.
    const until = world.now + 16 * SECOND;
    passing.look = (provider) => ({ differs: provider === 'b' && world.now < until });
    expect(await passing.changesIn(() => world.advance(MINUTE))).toEqual([]);

    passing.look = (provider) => ({ differs: provider === 'b' });
    const { because } = await stateIs(passing, 'degraded');
    expect(because).toMatch(/^degraded: providers a and b disagree at finalized slot \d+$/);
    // Slots at which only one of them is seen prove nothing.
    passing.look = (provider) => ({ behind: provider === 'b' ? 7 : 0 });
    expect(await passing.changesIn(() => world.advance(10 * MINUTE))).toEqual([]);
    world.evict(world.healthName);
    expect(await passing.changesIn(() => world.advance(5 * MINUTE))).toEqual([]);
    passing.look = () => ({});
    expect(await passing.changesIn(() => world.advance(2 * MINUTE))).toEqual(['recovering', 'healthy']);
  });
});

describe('a chain that limps', () => {
  it('is degraded where finality lags at every provider, and not at one, and does not flap at the threshold', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    passing.look = (provider) => ({ lag: provider === 'a' ? 500 : 32 });
    expect(await passing.changesIn(() => world.advance(5 * MINUTE))).toEqual([]);
    passing.look = () => ({ lag: 100 });
    const { because, finality, slotMs } = await stateIs(passing, 'degraded');
    expect(because).toBe('degraded: finality lags 100 slots');
    expect(finality).toEqual({ slots: 100, ms: 100 * (slotMs ?? 0) });
    // Around the threshold of 64: it has to be well below before it counts as cured.
    passing.look = () => ({ lag: 60 + (Math.floor(world.now / 10_000) % 9) });
    expect(await passing.changesIn(() => world.advance(20 * MINUTE))).toEqual([]);
    passing.look = () => ({ lag: 32 });
    expect(await passing.changesIn(() => world.advance(2 * MINUTE))).toEqual(['recovering', 'healthy']);
  });

  it('stays healthy where its slots take longer or less long, and the monitor learns how long', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    const learned = async () => (await world.health.view()).slotMs ?? 0;
    const changes = await passing.changesIn(async () => {
      for (const slotMs of [400, 200, 1_500, 250]) {
        passing.slotMs = slotMs;
        await world.advance(10 * MINUTE);
        expect(Math.abs((await learned()) - slotMs)).toBeLessThanOrEqual(slotMs * 0.05);
      }
    });
    expect(changes).toEqual([]);
    // A halt is no slow slot, and an eviction forgets nothing.
    passing.slotMs = Number.POSITIVE_INFINITY;
    await world.advance(10 * MINUTE);
    world.evict(world.healthName);
    expect(Math.abs((await learned()) - 250)).toBeLessThanOrEqual(13);
  });

  it('is explained by the share of probes that failed at the best provider', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    await passing.somebodyWaits();
    passing.weather = () => (Math.floor(world.now / 2_000) % 3 === 0 ? 'http-500' : 'fine');
    const { because } = await stateIs(passing, 'degraded');
    expect(because).toMatch(/^degraded: \d\d % of the last 20 probes failed at the best provider$/);
  });
});
