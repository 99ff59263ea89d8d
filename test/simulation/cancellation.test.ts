/** Matches that are called off: who may, when, and that every stake comes back, once (design: section 4; H-02, H-06, H-07). */
import { describe, expect, it } from 'vitest';
import { cancel, inReview, refundedExactly, resolve, SOL } from './called-off.ts';
import { actionsIn } from './checks.ts';
import { BOTH, createdFinally, cutOff, seated } from './seated.ts';
import { create, end, join, opened, played, seatsFinal, start } from './story.ts';
import { createWalletMatch, fillWallet, signs, walletBalance, walletJoin } from './wallets.ts';

describe('a match called off as a fault of the platform', () => {
  it('before it starts pays every stake back in full', async () => {
    const story = await seated();
    expect(await cancel(story, 'platform_fault')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
    expect((await story.view()).cancellation).toEqual({
      reason: 0,
      abandonedUserId: null,
      refunds: BOTH.map((userId) => ({ userId, lamports: '100000000' })),
    });
  });

  it('while it is played pays every stake back in full (H-07, H-08)', async () => {
    const story = await opened();
    await played(story);
    expect(await cancel(story, 'platform_fault')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
  });

  it('before anybody came ends without a transaction', async () => {
    const story = await opened();
    await create(story);
    expect(await cancel(story, 'platform_fault')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
    expect(actionsIn(story.world, story.world.matchName(story.id)).map(({ kind }) => kind)).not.toContain(
      'refund',
    );
  });

  it('in an outage signs nothing, and pays back once the chain is there again', async () => {
    const story = await seated();
    const { world, view } = story;
    await cutOff(story);
    expect(await cancel(story, 'platform_fault')).toMatchObject({ status: 200 });
    expect((await view()).decidedBy).toBe('mirror');
    await world.advance(60_000);
    expect((await view()).money).toBe('cancelling');
    world.chain.thaw();
    await refundedExactly(story, BOTH);
  });

  it('with joins queued in an outage frees them: they were never paid', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    await cutOff(story);
    for (const user of BOTH) await join(story, user);
    expect(await cancel(story, 'platform_fault')).toMatchObject({ status: 200 });
    expect((await view()).seats).toEqual([]);
    world.chain.thaw();
    await refundedExactly(story, BOTH);
  });

  it('with a join on its way waits for it, and pays it back: none is lost (design: section 4)', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    await join(story, 'alice');
    await world.until(async () => (await view()).seats[0]?.state === 'submitted', 'submitted');
    expect(await cancel(story, 'platform_fault')).toMatchObject({ status: 200 });
    expect((await view()).money).toBe('cancelling');
    await refundedExactly(story, BOTH);
    expect((await view()).cancellation?.refunds).toEqual([{ userId: 'alice', lamports: '100000000' }]);
  });

  it('survives an eviction after every slot', async () => {
    const story = await seated();
    const { world, view } = story;
    await cancel(story, 'platform_fault');
    for (let slot = 0; slot < 200 && (await view()).money !== 'refunded'; slot += 1) {
      world.evictAll();
      await world.advance(50);
    }
    await refundedExactly(story, BOTH);
  });

  it('takes no join, no start and no result any more', async () => {
    const story = await seated();
    await cancel(story, 'platform_fault');
    for (const answer of [await join(story, 'bob'), await start(story), await end(story)])
      expect(answer).toMatchObject({ status: 409 });
    await refundedExactly(story, BOTH);
    for (const answer of [await join(story, 'bob'), await start(story), await end(story)])
      expect(answer).toMatchObject({ status: 409 });
  });

  it('pays wallets back that paid, and nobody else (H-01)', async () => {
    const story = await opened();
    const { world, id, view } = story;
    for (const user of BOTH) await fillWallet(story, user, SOL);
    await createWalletMatch(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    for (const user of BOTH) {
      await walletJoin(story, user);
      await signs(story, user);
    }
    await seatsFinal(story, 2);
    await cancel(story, 'platform_fault');
    await world.until(async () => (await view()).money === 'refunded', 'refunded');
    await world.advance(3_000);
    for (const user of BOTH) expect(walletBalance(story, user)).toBe(SOL - 10_000n);
    expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  });

  it('never asks a wallet to sign for a match that is called off', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await fillWallet(story, 'bob', SOL);
    await createWalletMatch(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    await walletJoin(story, 'bob');
    await cancel(story, 'platform_fault');
    await world.until(async () => (await view()).money === 'refunded', 'refunded');
    expect((await world.match(id).view({ userId: 'bob', role: 'player' }))?.signRequests).toEqual([]);
    expect(walletBalance(story, 'bob')).toBe(SOL);
  });
});

describe('calling a match off', () => {
  it('is refused once a result is accepted: the loser cannot undo it', async () => {
    const story = await opened();
    await played(story);
    await end(story);
    const late = await cancel(story, 'platform_fault');
    expect(late).toMatchObject({ status: 409 });
    expect(late.text).toMatch(/result_already_accepted|wrong_phase/);
  });

  it('is refused while a played seat has not landed: it can neither be cancelled nor refunded', async () => {
    const story = await opened();
    const { view } = story;
    await createdFinally(story);
    await cutOff(story);
    for (const user of BOTH) await join(story, user);
    await start(story);
    const refusal = await cancel(story, 'platform_fault');
    expect(refusal).toMatchObject({ status: 409 });
    expect(refusal.text).toContain('played_seats_not_final');
    expect((await view()).seats).toHaveLength(2);
  });

  it.each([
    ['a player who is not the host', 'insufficient_players', 'bob', 'forbidden'],
    ['the host, for a fault of the platform', 'platform_fault', 'alice', 'cancel_reason_invalid'],
    ['the host, for a time-out', 'timeout', 'alice', 'cancel_reason_invalid'],
    [
      'the host, for too few players where there are enough',
      'insufficient_players',
      'alice',
      'there are enough',
    ],
  ] as const)('by %s is refused', async (_, reason, user, code) => {
    const story = await seated();
    const answer = await cancel(story, reason, user);
    expect([403, 409]).toContain(answer.status);
    expect(answer.text).toContain(code);
    expect((await story.view()).money).toBe('funded');
  });
});

describe('a refund that the escrow cannot pay (H-02)', () => {
  it('goes to review with the figures; a person voids the match, and everybody has their stake back', async () => {
    const story = await opened();
    const { world } = story;
    await create(story);
    await join(story, 'alice');
    await seatsFinal(story, 1);
    expect(await cancel(story, 'insufficient_players', 'alice')).toMatchObject({ status: 200 });
    expect(await inReview(story)).toContain('critical action_review');
    const [alert] = (await world.match(story.id).alerts()).filter(
      ({ class: cls }) => cls === 'action_review',
    );
    // 100,000,000 to alice, 250 bps of it on top to the treasury, which nobody ever paid in.
    expect(alert?.message).toContain('100000000 to the players and 2500000 to the treasury');
    expect(alert?.message).toContain('2500000 are missing');
    expect(await resolve(story, 'void')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
    expect((await story.view()).cancellation?.reason).toBe(0);
  });

  it('is paid as it was decided once somebody sends what is missing, and the person retries', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await join(story, 'alice');
    await seatsFinal(story, 1);
    await cancel(story, 'insufficient_players', 'alice');
    await inReview(story);
    const escrow = world.port.pda('escrow', world.port.pda('match', id).address).address;
    world.chain.airdrop(escrow, 2_500_000n);
    await world.advance(3_000);
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
    expect((await view()).cancellation?.reason).toBe(2);
  });
});
