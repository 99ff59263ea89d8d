/** A transaction that a history lists and no provider can show: waited for, and after a day of slots a person is told. */
import { describe, expect, it } from 'vitest';
import { alertsIn } from './checks.ts';
import { opened } from './story.ts';
import * as money from './withdraw-story.ts';

const SOL = 1_000_000_000n;
const SLOT_MS = 50;

describe('a listed transaction that nobody shows', () => {
  it('calls nobody at first, and one person once it lies far back; shown at last, it is booked', async () => {
    const { world } = await opened();
    const deposit = await world.deposit('bob');
    Object.assign(world.settings, { unseenSlots: 400 });
    await money.custodySends(world, 'bob', [100_000_000n]);
    const show = world.chain.getTransaction.bind(world.chain);
    world.chain.getTransaction = () => null;
    const pass = () => deposit.reconcile(null, 'pass').catch((error: Error) => error.name);
    expect(await pass()).toBe('ChainUnavailable');
    expect(await alertsIn(deposit)).toEqual([]);
    await world.advance(400 * SLOT_MS);
    for (let passes = 0; passes < 3; passes += 1) expect(await pass()).toBe('ChainUnavailable');
    expect(await alertsIn(deposit)).toEqual(['critical transaction_unseen']);
    await world.advance(2_000);
    expect(world.delivered.filter(({ class: cls }) => cls === 'transaction_unseen')).toHaveLength(1);
    expect((await money.viewOf(world, 'bob')).balances.available).toBe(SOL.toString());
    world.chain.getTransaction = show;
    expect(await pass()).toMatchObject({ kind: 'clean' });
    expect((await money.viewOf(world, 'bob')).balances.available).toBe(
      (SOL - 100_000_000n - money.FEE).toString(),
    );
  });
});
