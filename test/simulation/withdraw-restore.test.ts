/**
 * A deposit whose rows are those of an earlier moment (F38) has forgotten what it signed. It wakes paused; what the
 * chain's history shows of a withdrawal stops a second one, and a person ends it.
 */
import { describe, expect, it } from 'vitest';
import { alertsIn, attemptsIn } from './checks.ts';
import {
  exact,
  FEE,
  fillWallet,
  livesOf,
  nothingOpen,
  purses,
  SOL,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { clientKey, type Weather, World } from './world.ts';

const AMOUNT = 200_000_000n;
const olga = { userId: 'olga', wallet: 'w', role: 'operator' } as const;
const unsigned: Weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');

async function rich(): Promise<World> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  return world;
}

async function resolve(world: World, as: 'unfreeze' | 'retry' | 'drop') {
  const request = { clientKey: clientKey(), as, reason: 'looked at the history' };
  return (await world.deposit('alice')).resolve(olga, request);
}

describe('a withdrawal that the object has forgotten to have signed', () => {
  it.each([
    ['read by the cron before a person comes', true],
    ['not read before a person comes', false],
  ])('is not paid twice: %s', async (_, cron) => {
    const world = await rich();
    const before = await purses(world, 'alice');
    const home = world.home(await world.depositName('alice'));
    world.weather = unsigned;
    await withdraw(world, 'alice', AMOUNT);
    const earlier = home.bookmark();
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    await world.advance(3_000);
    home.restore(earlier);
    // It learns from the directory that it is behind; while it waits it signs nothing.
    if (cron) await world.cron();
    else
      await (await world.deposit('alice')).hold(await world.binding('alice'), {
        token: 'any',
        amount: '1',
        matchId: 'm',
      });
    await world.advance(10_000);
    expect((await viewOf(world, 'alice')).link).toBe('paused');
    expect(attemptsIn(world, home.name)).toEqual([]);
    expect((await withdraw(world, 'alice', 1_000_000n)).text).toContain('deposit_paused');
    expect(await resolve(world, 'unfreeze')).toMatchObject({ status: 200 });
    await world.until(async () => (await viewOf(world, 'alice')).money === 'review', 'a person is asked');
    expect(attemptsIn(world, home.name)).toEqual([]);
    expect(await resolve(world, 'retry')).toMatchObject({ status: 200 });
    await world.until(async () => (await viewOf(world, 'alice')).money === 'review', 'asked again');
    expect(await resolve(world, 'drop')).toMatchObject({ status: 200 });
    await world.until(async () => (await viewOf(world, 'alice')).link === 'online', 'online');
    // Its owner is told that it was paid, not that it was called off: they would ask for it again.
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: [] }]);
    expect(await purses(world, 'alice')).toMatchObject({
      deposit: SOL - AMOUNT - FEE,
      wallet: before.wallet + AMOUNT,
    });
    expect((await viewOf(world, 'alice')).balances).toEqual({
      available: (SOL - AMOUNT - FEE).toString(),
      held: '0',
      withdrawing: '0',
      suspense: '0',
    });
    expect(await alertsIn(await world.deposit('alice'))).toContain('critical action_review');
  });
});

describe('a hold with a deadline', () => {
  it('expires by the object`s own alarm, evicted or not, and the directory is told that nobody waits', async () => {
    const world = await rich();
    const object = await world.deposit('alice');
    const name = await world.depositName('alice');
    const expiresAt = world.now + 4_000;
    const request = { token: 'a hold', amount: '1000', matchId: 'm', expiresAt };
    expect(await object.hold(await world.binding('alice'), request)).toMatchObject({ ok: true });
    world.evict(name);
    await world.advance(3_950);
    expect((await viewOf(world, 'alice')).holds).toHaveLength(1);
    world.evict(name);
    await world.advance(100);
    expect(await viewOf(world, 'alice')).toMatchObject({
      holds: [],
      balances: { available: SOL.toString() },
    });
    expect(await (await world.deposit('alice')).hold(await world.binding('alice'), request)).toMatchObject({
      ok: true,
    });
    await exact(world, 'alice', SOL);
  });
});
