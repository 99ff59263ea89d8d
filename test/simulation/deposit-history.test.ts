/**
 * What strangers can write into the history of a player's deposit, and take out of the chain that it refers to. The
 * ledger books what came, nothing else, and never stops reading (design: section 7; H-01, H-13).
 */
import { describe, expect, it } from 'vitest';
import { fundPlayer } from '../../services/solana/index.ts';
import { alertsIn } from './checks.ts';
import { relayed } from './relay.ts';
import { create, end, join, onChain, opened, played, settledExactly } from './story.ts';
import { gone, Stranger } from './stranger.ts';
import { clientKey, matchId } from './world.ts';

describe('money that a stranger sends a player', () => {
  it('as a prize of another match is credited: it is a fact of the chain', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    await stranger.lands([await stranger.prizeFor('bob', 1)]);
    await world.advance(3_000);
    const deposit = await world.deposit('bob');
    expect(await deposit.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect((await deposit.view())?.balances).toMatchObject({ available: '1001900000' });
    expect(await onChain(world, 'bob')).toBe(1_001_900_000n);
  });

  it('from within a program of their own is credited too, by its own name (formats: names)', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    const first = relayed(await stranger.prizeFor('bob', 1));
    const second = relayed(await stranger.prizeFor('bob', 1));
    // Behind an instruction that is none of ours, and with one that calls nothing between them.
    const signature = await stranger.lands([
      stranger.memo('ab'.repeat(32)),
      first,
      stranger.deposit(1n),
      second,
    ]);
    await world.advance(3_000);
    const deposit = await world.deposit('bob');
    expect(await deposit.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect(await deposit.view()).toMatchObject({
      money: 'active',
      balances: { available: '1003800000' },
    });
    const { entries } = await deposit.statement(1, 10);
    expect(entries.slice(1).map(({ token, kind }) => [token, kind])).toEqual([
      [`chain:${signature}:1.0:0`, 'credit'],
      [`chain:${signature}:3.0:0`, 'credit'],
    ]);
    expect(await alertsIn(deposit)).toEqual([]);
  });

  it('from within, out of a WALLET match that a program made, is no credit either', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    const id = matchId();
    const terms = { entryFee: 1_000_000n, paymentMethod: 0 } as const;
    await stranger.lands([relayed(stranger.create(id, terms))]);
    for (const name of ['x', 'y']) await stranger.lands([relayed(stranger.joinByWallet(id, name))]);
    await stranger.lands([relayed(stranger.start(id)), relayed(stranger.end(id))]);
    const payee = await world.port.custodyAuthority('bob');
    const match = world.port.pda('match', id).address;
    await stranger.lands([relayed(stranger.distribute(id, [{ payee, platform: true }], [[0, 1_900_000n]]))]);
    // Nothing but the history of the match tells its terms now.
    gone(world, match);
    await world.advance(3_000);
    const deposit = await world.deposit('bob');
    expect(await deposit.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect(await deposit.view()).toMatchObject({ money: 'active', balances: { available: '1000000000' } });
  });

  it('out of a WALLET match that only names the deposit is no credit, and freezes nobody', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    await stranger.lands([await stranger.prizeFor('bob', 0)]);
    await world.advance(3_000);
    expect(await onChain(world, 'bob')).toBe(1_000_000_000n);
    const deposit = await world.deposit('bob');
    expect(await deposit.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect(await deposit.view()).toMatchObject({ money: 'active', balances: { available: '1000000000' } });
    expect(await alertsIn(deposit)).toEqual([]);
  });

  it('out of a WALLET match that was closed and created again as another is no credit either', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    const id = matchId();
    await stranger.lands([await stranger.prizeFor('bob', 0, id)]);
    const match = world.port.pda('match', id).address;
    gone(world, match);
    gone(world, world.port.pda('escrow', match).address);
    await stranger.lands([stranger.create(id, { entryFee: 5_000_000n, paymentMethod: 1 })]);
    await world.advance(3_000);
    const deposit = await world.deposit('bob');
    expect(await deposit.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect(await deposit.view()).toMatchObject({ money: 'active', balances: { available: '1000000000' } });
  });
});

describe('noise in the history of a deposit', () => {
  it('longer than a page hides neither what was paid in nor a difference, and stops nothing', async () => {
    const { world } = await opened();
    const stranger = await Stranger.arrive(world);
    const address = world.port.pda('deposit', await world.port.custodyAuthority('bob')).address;
    await stranger.noise(address, 510);
    await stranger.lands([await stranger.prizeFor('bob', 1)]);
    await stranger.noise(address, 510);
    await world.advance(3_000);
    const bob = await world.deposit('bob');
    // A pass reads its share of them, the oldest first.
    for (let pass = 0; pass < 10; pass += 1) await bob.reconcile(null, `pass ${pass}`);
    expect(await bob.reconcile(null, 'last')).toMatchObject({ kind: 'clean' });
    expect(await bob.view()).toMatchObject({ money: 'active', balances: { available: '1001900000' } });
  });
});

describe('noise in the history of a deposit that was never read', () => {
  it('has its first hold wait for the whole of it, and refuses nothing for good', async () => {
    const story = await opened();
    const { world } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    const { deposit } = await fundPlayer(world.solana, world.clock(), 'carol', 50_000_000n);
    await stranger.noise(deposit, 210);
    await fundPlayer(world.solana, world.clock(), 'carol', 50_000_000n);
    const key = clientKey();
    expect(await join(story, 'carol', key)).toMatchObject({ status: 202 });
    await world.until(async () => (await join(story, 'carol', key)).status === 200, 'held');
  });
});

describe('a match that a stranger closed after its settlement', () => {
  it('does not keep the deposits of its players from being read', async () => {
    const story = await opened();
    const { world, id } = story;
    await played(story);
    await end(story);
    await settledExactly(story);
    const match = world.port.pda('match', id).address;
    gone(world, match);
    await world.advance(3_000);
    for (const user of ['alice', 'bob'])
      expect(await (await world.deposit(user)).reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect(await world.deposit('bob').then((bob) => bob.view())).toMatchObject({
      money: 'active',
      balances: { available: '1090000000' },
    });
  });
});
