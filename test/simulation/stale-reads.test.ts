/**
 * Nodes behind one address that are not equally far (F5): a read below what the object has applied is unknown, not a
 * difference (design: section 9; I30).
 */
import { describe, expect, it } from 'vitest';
import { handleRpcText } from '../../services/local-chain/index.ts';
import { alertsIn } from './checks.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import { Stranger } from './stranger.ts';
import type { Weather, World } from './world.ts';

/**
 * A node that stood still at this moment, for the methods named. With `honest` it knows that it is behind what
 * `minContextSlot` asks for; a gateway may not even say that, and then the slot of its answer does.
 */
function laggingNode(world: World, methods: readonly string[], requests: readonly unknown[][]): Weather {
  const slot = world.chain.finalizedSlot;
  const answers = new Map(
    requests.map(([method, params]) => {
      const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      // SAFETY: a known method with good parameters is answered with a result.
      const reply = JSON.parse(handleRpcText(world.chain, request)) as { result: unknown };
      return [String(method), reply.result];
    }),
  );
  return (method, params) => {
    if (!methods.includes(method)) return 'fine';
    const asked = minContextSlot(params);
    if (method !== 'getMultipleAccounts' && asked > slot)
      return { error: { code: -32016, message: 'Minimum context slot has not been reached' } };
    return { result: answers.get(method) };
  };
}

function minContextSlot(params: readonly unknown[]): number {
  for (const param of params)
    if (typeof param === 'object' && param !== null && 'minContextSlot' in param)
      return Number(param.minContextSlot);
  return 0;
}

async function depositPda({ world }: Story, user: string): Promise<string> {
  return world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
}

const FINALIZED = { commitment: 'finalized' };

describe('a node that lags', () => {
  it.each([
    ['the account', ['getMultipleAccounts']],
    ['the history', ['getSignaturesForAddress']],
    ['both', ['getMultipleAccounts', 'getSignaturesForAddress']],
  ])('with %s of a deposit freezes nobody', async (_, methods) => {
    const story = await opened();
    const { world } = story;
    await create(story);
    const pda = await depositPda(story, 'bob');
    const before = world.port.history(pda, null);
    const lagging = laggingNode(world, methods, [
      ['getMultipleAccounts', [[pda], { ...FINALIZED, encoding: 'base64' }]],
      ['getSignaturesForAddress', [pda, { ...FINALIZED, until: (await before)[0]?.signature }]],
    ]);
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    await world.advance(1_000);
    const bob = await world.deposit('bob');
    expect((await bob.view())?.balances).toMatchObject({ available: '900000000', held: '0' });
    world.weather = lagging;
    const outcome = await bob.reconcile(null, 'pass').catch(() => ({ kind: 'unreadable' }));
    expect(outcome.kind).not.toBe('paused');
    expect(await bob.view()).toMatchObject({ money: 'active', balances: { available: '900000000' } });
    expect(await alertsIn(bob)).toEqual([]);
    world.weather = () => 'fine';
    expect(await bob.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    await start(story);
    await end(story);
    await settledExactly(story);
  });

  it('with the history of a deposit that somebody has paid into freezes nobody', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    const prize = await stranger.prizeFor('bob', 1);
    const pda = world.port.pda('deposit', await world.port.custodyAuthority('bob')).address;
    const [newest] = await world.port.history(pda, null);
    const lagging = laggingNode(
      world,
      ['getSignaturesForAddress'],
      [['getSignaturesForAddress', [pda, { ...FINALIZED, until: newest?.signature }]]],
    );
    await stranger.lands([prize]);
    await world.advance(3_000);
    world.weather = lagging;
    const bob = await world.deposit('bob');
    const outcome = await bob.reconcile(null, 'pass').catch(() => ({ kind: 'unreadable' }));
    expect(outcome.kind).not.toBe('paused');
    world.weather = () => 'fine';
    expect(await bob.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect((await bob.view())?.balances.available).toBe('1001900000');
  });

  it('with the accounts of a match pauses nothing', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    const match = world.port.pda('match', id).address;
    const escrow = world.port.pda('escrow', match).address;
    // As the match reads them: its own accounts, the program's settings, the fee payer.
    const pdas = [match, escrow, world.port.pda('config').address, world.port.coordinator];
    const lagging = laggingNode(
      world,
      ['getMultipleAccounts'],
      [['getMultipleAccounts', [pdas, { ...FINALIZED, encoding: 'base64' }]]],
    );
    await seatsFinal(story, 2);
    world.weather = lagging;
    await expect(world.match(id).reconcile('pass')).rejects.toThrow('stale');
    expect(await view()).toMatchObject({ link: 'online' });
    world.weather = () => 'fine';
    await start(story);
    await end(story);
    await settledExactly(story);
  });
});
