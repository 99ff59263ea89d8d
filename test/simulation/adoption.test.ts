/**
 * Money that no transaction of a deposit's history explains: a stranger can bring it in, and freeze anybody's deposit so.
 * A person looks at the account, and adopts its figure: that one, exactly, and nothing that is promised is lost by it.
 */
import { describe, expect, it } from 'vitest';
import { alertsIn } from './checks.ts';
import { onChain, opened } from './story.ts';
import { gone, Stranger } from './stranger.ts';
import { FEE, fillWallet, nothingOpen, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { clientKey, matchId, type Weather, World, walletOf } from './world.ts';

const olga = { userId: 'olga', wallet: walletOf('olga'), role: 'operator' } as const;
const PRIZE = 1_900_000n;
const AVAILABLE = 56;
const unsigned: Weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');

async function adopt(world: World, user: string, available: bigint, key = clientKey()) {
  const request = { clientKey: key, as: 'adopt', reason: 'a gift', available: available.toString() } as const;
  return (await world.deposit(user)).resolve(olga, request);
}

/** The prize of a match whose terms cannot be found any more: noise lies over them, and the account is gone. */
async function unexplained(world: World): Promise<void> {
  const stranger = await Stranger.arrive(world);
  const id = matchId();
  const prize = await stranger.prizeFor('bob', 1, id);
  const match = world.port.pda('match', id).address;
  await stranger.noise(match, 70);
  await stranger.lands([prize]);
  gone(world, match);
  await world.advance(3_000);
}

/** What the account says, at every commitment: stands for a key that was stolen, or a program that was hit. */
async function shows(world: World, user: string, lamports: bigint): Promise<void> {
  const address = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  const account = world.chain.getAccount(address);
  if (account === null) throw new Error(`${address} is not there`);
  const data = account.data.slice();
  new DataView(data.buffer).setBigUint64(AVAILABLE, lamports, true);
  world.chain.setAccount(address, { ...account, data });
}

describe('a deposit that a stranger froze', () => {
  it('is thawed by the figure of its account, once, and the statement says why it grew', async () => {
    const { world } = await opened();
    await unexplained(world);
    const bob = await world.deposit('bob');
    expect(await bob.reconcile(null, 'pass')).toMatchObject({ kind: 'paused' });
    expect(await alertsIn(bob)).toEqual(['critical break:amount_mismatch']);
    // Thawed without the figure, it freezes again at the next pass.
    await bob.resolve(olga, { clientKey: clientKey(), as: 'unfreeze', reason: 'a try' });
    await world.until(async () => (await viewOf(world, 'bob')).money === 'frozen', 'frozen again');
    const wrong = await adopt(world, 'bob', SOL);
    expect(wrong).toMatchObject({ status: 409, text: expect.stringContaining('figure_mismatch') });
    expect(wrong.text).toContain((SOL + PRIZE).toString());
    const key = clientKey();
    const right = await adopt(world, 'bob', SOL + PRIZE, key);
    expect(right.status).toBe(200);
    expect(await adopt(world, 'bob', SOL + PRIZE, key)).toEqual(right);
    await world.until(async () => (await viewOf(world, 'bob')).link === 'online', 'online');
    expect(await viewOf(world, 'bob')).toMatchObject({
      money: 'active',
      balances: { available: (SOL + PRIZE).toString(), suspense: '0' },
    });
    expect(await onChain(world, 'bob')).toBe(SOL + PRIZE);
    expect(await bob.reconcile(null, 'after')).toMatchObject({ kind: 'clean' });
    const { entries } = await bob.statement(1, 100);
    expect(entries.map(({ kind, moved }) => [kind, moved.available])).toEqual([
      ['credit', SOL.toString()],
      ['correction', PRIZE.toString()],
    ]);
    expect(await bob.recomputed()).toEqual((await viewOf(world, 'bob')).balances);
  });

  it('adopts nothing while the chain cannot be read, and nothing that is not frozen', async () => {
    const { world } = await opened();
    expect((await adopt(world, 'bob', SOL)).text).toContain('event_ignored');
    await unexplained(world);
    await (await world.deposit('bob')).reconcile(null, 'pass');
    world.weather = () => 'lost';
    const key = clientKey();
    const failed = await adopt(world, 'bob', SOL + PRIZE, key);
    expect(failed).toMatchObject({ status: 503, text: expect.stringContaining('chain_unreadable') });
    expect(await viewOf(world, 'bob')).toMatchObject({
      money: 'frozen',
      balances: { available: SOL.toString() },
    });
    // Nothing was decided: the same request succeeds later.
    world.weather = () => 'fine';
    await world.advance(3_000);
    expect(await adopt(world, 'bob', SOL + PRIZE, key)).toMatchObject({ status: 200 });
  });
});

describe('an account that shows less', () => {
  it('costs what is spendable, never what is on its way out', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    world.weather = unsigned;
    await withdraw(world, 'alice', 600_000_000n);
    const promised = 600_000_000n + FEE;
    await shows(world, 'alice', promised - 1n);
    await (await world.deposit('alice')).reconcile(null, 'pass');
    world.weather = () => 'fine';
    await world.advance(5_000);
    const refused = await adopt(world, 'alice', promised - 1n);
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('suspense_not_covered') });
    await shows(world, 'alice', promised + 7n);
    await world.advance(5_000);
    expect(await adopt(world, 'alice', promised + 7n)).toMatchObject({ status: 200 });
    expect((await viewOf(world, 'alice')).balances).toMatchObject({ available: '7', suspense: '0' });
    await nothingOpen(world, 'alice');
    expect(await onChain(world, 'alice')).toBe(7n);
  });
});
