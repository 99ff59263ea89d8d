/** Two providers of one chain (design: sections 8 and 9; F34): one that is down, one that lies, one that asks to wait. */
import { describe, expect, it } from 'vitest';
import { handleRpcText } from '../../services/local-chain/index.ts';
import { actionsIn, alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { create, end, join, opened, played, type Story, seatsFinal, settledExactly, start } from './story.ts';
import type { Weather, World } from './world.ts';

const TWO = { providers: ['a', 'b'] };

/** Every verdict on the chain that the match has journalled after its first. */
async function verdictsOf({ world, id }: Story): Promise<string[]> {
  const { entries } = await world.match(id).journal(1, 500);
  return entries.flatMap(({ entry }) => entry.match(/"chain\.(?:degraded|down|recovering)"/) ?? []);
}

/** What the chain says at this moment, with so many lamports more in one account. */
function withMore(world: World, address: string): Weather {
  return (method, params, provider) => {
    const [addresses] = params as readonly [readonly string[]];
    if (provider !== 'b' || method !== 'getMultipleAccounts' || !addresses.includes(address)) return 'fine';
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    // SAFETY: good parameters of a known method are answered with a result, or with the chain's own error.
    const reply = JSON.parse(handleRpcText(world.chain, request)) as {
      result?: { value: ({ lamports: number } | null)[] };
    };
    const account = reply.result?.value[addresses.indexOf(address)];
    if (account === null || account === undefined) return 'fine';
    account.lamports += 1;
    return { result: reply.result };
  };
}

describe('one provider that is down', () => {
  it.each([
    ['the first', 'a', 'lost'],
    ['the second', 'b', 'lost'],
    ['the first, with a web page', 'a', 'html'],
    ['the second, with errors', 'b', 'http-500'],
  ] as const)(
    '(%s) is not Solana down: a match is settled, and its link never changes',
    async (_, name, sky) => {
      const story = await opened(TWO);
      const { world } = story;
      world.weather = (_method, _params, provider) => (provider === name ? sky : 'fine');
      await played(story);
      await end(story);
      await settledExactly(story);
      expect(await verdictsOf(story)).toEqual([]);
      const { providers } = await world.health.view();
      expect(providers.map((each) => [each.name, each.breaker === 'closed'])).toEqual([
        ['a', name !== 'a'],
        ['b', name !== 'b'],
      ]);
    },
  );

  it('from one moment on stops neither what is under way nor what comes', async () => {
    const story = await opened(TWO);
    const { world, view } = story;
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    await world.until(
      async () => (await view()).seats.some(({ state }) => state !== 'reserved'),
      'under way',
    );
    world.weather = (_method, _params, provider) => (provider === 'a' ? 'lost' : 'fine');
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
    expect(await verdictsOf(story)).toEqual([]);
  });
});

/** Accounts as `b` first saw them, for ever; whatever else it is asked, it answers as it should. */
function standing(world: World): Weather {
  const seen = new Map<string, unknown>();
  return (method, params, provider) => {
    if (provider !== 'b' || method !== 'getMultipleAccounts') return 'fine';
    const key = JSON.stringify(params[0]);
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    // SAFETY: as above.
    const { result } = JSON.parse(handleRpcText(world.chain, request)) as { result: unknown };
    if (!seen.has(key)) seen.set(key, result);
    return { result: seen.get(key) };
  };
}

describe('a provider that stands still', () => {
  it('holds a match up for no longer than it takes to see that', async () => {
    const story = await opened(TWO);
    const { world, id } = story;
    await played(story);
    world.weather = standing(world);
    expect(await world.match(id).reconcile('before')).toMatchObject({ kind: 'clean' });
    // What all matches read changes without this one: now the two differ, and the later one alone is right.
    world.chain.airdrop(world.port.coordinator, 1_000_000n);
    await world.advance(3_000);
    await expect(world.match(id).reconcile('first')).rejects.toThrow('stale');
    await end(story);
    await settledExactly(story);
  });
});

describe('two providers that show one escrow differently', () => {
  it('decide nothing: nothing is signed or paused, and the match goes on once they agree', async () => {
    const story = await opened(TWO);
    const { world, id, view } = story;
    await played(story);
    const name = world.matchName(id);
    const before = attemptsIn(world, name).length;
    const match = world.port.pda('match', id).address;
    world.weather = withMore(world, world.port.pda('escrow', match).address);
    expect(await end(story)).toMatchObject({ status: 200 });
    await world.advance(10_000);
    expect(attemptsIn(world, name).length).toBe(before);
    await expect(world.match(id).reconcile('pass')).rejects.toThrow('disagreement');
    expect(await view()).toMatchObject({ money: 'playing', link: 'online' });
    expect(findingsIn(world, name, 'break')).toEqual([]);
    expect(await alertsIn(world.match(id))).toEqual([]);
    expect(actionsIn(world, name).filter(({ state }) => state === 'review')).toEqual([]);
    world.weather = () => 'fine';
    await settledExactly(story);
  });
});

describe('a provider that asks to be left alone', () => {
  it('is, for as long as it asked, while the other serves; and is asked again after that', async () => {
    const story = await opened(TWO);
    const { world } = story;
    const asked: number[] = [];
    const from = world.now;
    world.weather = (_method, _params, provider) => {
      if (provider !== 'a') return 'fine';
      asked.push(world.now - from);
      return world.now - from < 5_000 ? { retryAfter: 3 } : 'fine';
    };
    await played(story);
    await end(story);
    await settledExactly(story);
    // One of the objects and the two questions of a probe meet the limit each for themselves, and then nobody asks.
    const first = asked[0] ?? 0;
    expect(asked.filter((at) => at < first + 3_000).length).toBeLessThanOrEqual(3);
    expect(asked.some((at) => at > 5_000)).toBe(true);
    expect(await verdictsOf(story)).toEqual([]);
    const [a] = (await world.health.view()).providers;
    expect(a).toMatchObject({ name: 'a', breaker: 'closed' });
  });
});
