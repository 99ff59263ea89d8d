/** Anyone may pay an escrow out (H-01): right to the lamport it is taken for ours, else a person is called (design: 3, 7). */
import { describe, expect, it } from 'vitest';
import { cancel, presence, refundedExactly, resolve, SOL } from './called-off.ts';
import { actionsIn, alertsIn, findingsIn } from './checks.ts';
import { relayed } from './relay.ts';
import { BOTH, payees, seated } from './seated.ts';
import { end, join, onChain, opened, played, type Story, settledExactly } from './story.ts';
import { Stranger } from './stranger.ts';
import { COORDINATOR } from './world.ts';

/** The mirror's own transactions do not get through; everything else of it works. */
function keptFromSending({ world }: Story): void {
  world.weather = (method) => (method === 'sendTransaction' ? 'lost' : 'fine');
}

async function seenByCron({ world }: Story): Promise<void> {
  await world.advance(3_000);
  await world.cron();
}

describe('a stranger`s refund', () => {
  it.each([
    ['', false],
    [', also where it names some other treasury, which is due nothing', true],
  ])('that is the decided one, to the lamport and to the payee, is taken for our own%s', async (_, named) => {
    const story = await seated();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    keptFromSending(story);
    await cancel(story, 'platform_fault');
    await world.advance(1_000);
    const treasury = named ? { treasury: stranger.address } : {};
    await stranger.lands([stranger.refund(id, await payees(story), treasury)]);
    await seenByCron(story);
    world.weather = () => 'fine';
    await refundedExactly(story, BOTH);
    const refund = actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'refund');
    expect(refund?.state).toBe('cancelled');
    expect((await view()).settlement).not.toBeNull();
    expect((await alertsIn(world.match(id))).filter((alert) => alert.startsWith('critical'))).toEqual([]);
  });

  it('from within a program of theirs is taken for our own too, and every player is credited once', async () => {
    const story = await seated();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    keptFromSending(story);
    await cancel(story, 'platform_fault');
    await world.advance(1_000);
    await stranger.lands([relayed(stranger.refund(id, await payees(story)))]);
    await seenByCron(story);
    world.weather = () => 'fine';
    await refundedExactly(story, BOTH);
    expect((await alertsIn(world.match(id))).filter((alert) => alert.startsWith('critical'))).toEqual([]);
  });

  it('that is listed and cannot be shown yet is waited for, and nobody is called', async () => {
    const story = await seated();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    keptFromSending(story);
    await cancel(story, 'platform_fault');
    await world.advance(1_000);
    const refund = await stranger.lands([stranger.refund(id, await payees(story))]);
    const shown = world.chain.getTransaction.bind(world.chain);
    world.chain.getTransaction = (name, ...how) => (name === refund ? null : shown(name, ...how));
    world.weather = () => 'fine';
    await world.advance(600_000);
    expect(await alertsIn(world.match(id))).toEqual([]);
    world.chain.getTransaction = shown;
    await refundedExactly(story, BOTH);
  });

  it('of a match that nobody called off sends it to review; nobody lost anything, and nobody joins any more', async () => {
    const story = await seated();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await stranger.lands([stranger.refund(id, await payees(story))]);
    await seenByCron(story);
    expect((await view()).money).toBe('review');
    expect(await alertsIn(world.match(id))).toContain('critical foreign:payee_mismatch');
    expect(findingsIn(world, world.matchName(id), 'break')).toEqual(['payee_mismatch']);
    expect(await join(story, 'carol')).toMatchObject({ status: 409 });
    expect(await resolve(story, 'void')).toMatchObject({ status: 409 });
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
  });

  it('that nobody had decided reaches the players` ledgers all the same, though nothing of theirs is open', async () => {
    const story = await seated();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await stranger.lands([stranger.refund(id, await payees(story))]);
    for (let pass = 0; pass < 3; pass += 1) await seenByCron(story);
    for (const user of BOTH)
      expect((await (await world.deposit(user)).view())?.balances.available).toBe(SOL.toString());
  });

  it('in part leaves a stake that nobody can pay back (H-06): the match is stopped, and a person is called', async () => {
    const story = await seated();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    keptFromSending(story);
    await cancel(story, 'platform_fault');
    await world.advance(1_000);
    await stranger.lands([stranger.refund(id, [(await payees(story))[0]])]);
    await seenByCron(story);
    expect((await view()).money).toBe('review');
    const [found] = (await world.match(id).alerts()).filter(({ class: cls }) => cls.startsWith('foreign'));
    expect(found?.message).toContain('not every seat with a stake is in it');
    // What is booked is what the chain shows, or the next comparison says that it is not.
    world.weather = () => 'fine';
    await world.cron();
    expect((await view()).link).toBe('paused');
  });

  it('to somebody else`s deposit is a critical alert', async () => {
    const story = await seated();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    keptFromSending(story);
    await cancel(story, 'platform_fault');
    await world.advance(1_000);
    const [alice] = await payees(story);
    // The program ties nobody to the slots: alice's deposit is paid for both.
    await stranger.lands([stranger.refund(id, [alice, { ...alice, index: 1 }])]).catch(() => {});
    await seenByCron(story);
    world.weather = () => 'fine';
    // The program itself may refuse it (in_play of one deposit for two stakes); if not, a person is called.
    const seen = await view();
    if (seen.money === 'review')
      expect(await alertsIn(world.match(id))).toContain('critical foreign:payee_mismatch');
    else await refundedExactly(story, BOTH);
  });

  it('of another reason than was decided is not ours', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await played(story);
    const stranger = await Stranger.arrive(world);
    await presence(story, 'alice', 'bob', false);
    await world.until(async () => (await view()).money === 'review', 'infeasible');
    await stranger.lands([stranger.refund(id, await payees(story))]);
    await seenByCron(story);
    expect(await alertsIn(world.match(id))).toContain('critical foreign:payee_mismatch');
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
    expect((await view()).cancellation).toMatchObject({ reason: 0, abandonedUserId: null });
  });
});

describe('a stranger`s distribution', () => {
  /** Ended by the coordinator's key beside the mirror, which has accepted that bob wins. */
  async function endedBeside(story: Story): Promise<Stranger> {
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    keptFromSending(story);
    expect(await end(story)).toMatchObject({ status: 200 });
    await world.advance(1_000);
    await stranger.lands([stranger.end(id, COORDINATOR.publicKey.toBase58())], [COORDINATOR]);
    return stranger;
  }

  it('of the accepted result is taken for our own', async () => {
    const story = await opened();
    const { world, id } = story;
    await played(story);
    const stranger = await endedBeside(story);
    const [, bob] = await payees(story);
    await stranger.lands([stranger.distribute(id, [bob], [[1, 190_000_000n]])]);
    await seenByCron(story);
    world.weather = () => 'fine';
    await settledExactly(story);
    expect((await story.view()).result).toEqual([{ userId: 'bob', shareBps: 10_000, prize: '190000000' }]);
  });

  it('to another winner is booked as what the chain shows, with a critical alert', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await played(story);
    const stranger = await endedBeside(story);
    const [alice] = await payees(story);
    await stranger.lands([stranger.distribute(id, [alice], [[0, 190_000_000n]])]);
    await seenByCron(story);
    world.weather = () => 'fine';
    expect((await view()).money).toBe('review');
    expect(await alertsIn(world.match(id))).toContain('critical foreign:payee_mismatch');
    // Alice's own ledger learns of it from her deposit's history.
    await (await world.deposit('alice')).reconcile(null, 'after');
    expect((await (await world.deposit('alice')).view())?.balances.available).toBe('1090000000');
    expect(await onChain(world, 'bob')).toBe(SOL - 100_000_000n);
    await world.advance(30_000);
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).money === 'settled', 'settled', 300_000);
  });
});
