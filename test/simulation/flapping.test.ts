/** An hour of weather that must not make the monitor flap: each change of state is told to every actor that waits. */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../kernel/bench.ts';
import type { Weather } from './network.ts';
import { Passing } from './passing.ts';

const HOUR = 3_600_000;
/** An hour is 1,800 probes of two providers, through all of the mirror's own parts. */
const SLOW = 120_000;

/** Each request to each provider is lost with this chance. */
function lossy(chance: number, seed: number): Weather {
  const random = new SeededRandom(seed);
  return () => ((random.bytes(1)[0] ?? 0) < chance * 256 ? 'lost' : 'fine');
}

describe('a monitor of a live chain', () => {
  it.each([1, 2, 3])(
    'changes its state at most twice in an hour in which 30 % of all requests to both providers are lost (seed %i)',
    async (seed) => {
      const passing = await Passing.open('a', 'b');
      passing.weather = lossy(0.3, seed);
      const changes = await passing.changesIn(() => passing.world.advance(HOUR));
      expect(changes.length).toBeLessThanOrEqual(2);
      // What is lost is noticed: the two are the way to `degraded`, and it stays there.
      expect(changes.at(-1)).toBe('degraded');
    },
    SLOW,
  );

  it(
    'changes nothing for a provider that dies and returns every 40 s beside a good one, in which order they may stand',
    async () => {
      for (const dying of ['a', 'b']) {
        const passing = await Passing.open('a', 'b');
        const { world } = passing;
        await passing.somebodyWaits();
        passing.weather = (_method, _params, provider) =>
          provider === dying && Math.floor(world.now / 40_000) % 2 === 1 ? 'http-500' : 'fine';
        expect(await passing.changesIn(() => world.advance(HOUR / 4))).toEqual([]);
        // It is told as what it is: those who ask for something ask the other one.
        const seen = new Set<string>();
        for (let turn = 0; turn < 60; turn += 1) {
          await world.advance(4_000);
          for (const { name, breaker } of (await world.health.view()).providers)
            seen.add(`${name} ${breaker}`);
        }
        const good = dying === 'a' ? 'b' : 'a';
        expect([...seen].toSorted()).toEqual(
          [`${dying} closed`, `${dying} half_open`, `${dying} open`, `${good} closed`].toSorted(),
        );
      }
    },
    SLOW,
  );
});
