/** Matches that the clock calls off: a player who left and did not come back, and what nobody starts or ends (design: section 4). */
import { describe, expect, it } from 'vitest';
import { inReview, presence, refundedExactly, resolve, SOL } from './called-off.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { create, join, onChain, opened, played, type Story, seatsFinal, start } from './story.ts';

describe('a player who leaves', () => {
  it('forfeits after the grace: the figures go to a person, since no escrow can pay that by itself', async () => {
    const story = await opened();
    const { world, view } = story;
    await played(story);
    expect(await presence(story, 'alice', 'bob', false)).toMatchObject({ status: 200 });
    expect((await view()).absent).toMatchObject([{ userId: 'bob' }]);
    await world.advance(world.settings.match.graceMs - 1_000);
    expect((await view()).money).toBe('playing');
    await inReview(story);
    expect((await view()).cancellation).toMatchObject({ reason: 4, abandonedUserId: 'bob' });
    const escrow = world.port.pda('escrow', world.port.pda('match', story.id).address).address;
    // 250 bps of 200,000,000; the forfeited stake itself is there.
    world.chain.airdrop(escrow, 5_000_000n);
    await world.advance(3_000);
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).money === 'refunded', 'refunded');
    await world.advance(5_000);
    expect(await onChain(world, 'alice')).toBe(SOL);
    expect(await onChain(world, 'bob')).toBe(900_000_000n);
    await (await world.deposit('bob')).reconcile(null, 'after');
    const bob = await (await world.deposit('bob')).view();
    expect(bob?.balances).toMatchObject({ available: '900000000', held: '0' });
    // The chain never takes a forfeited stake out of play (H-04); the mirror does.
    expect(bob?.inPlay).toEqual({ derived: '0', onChain: '100000000' });
    expect(await world.match(story.id).reconcile('after')).toMatchObject({ kind: 'clean' });
  });

  it('and is back in time forfeits nothing, whoever says so', async () => {
    const story = await opened();
    const { world, view } = story;
    await played(story);
    await presence(story, 'alice', 'bob', false);
    await world.advance(world.settings.match.graceMs / 2);
    expect(await presence(story, 'bob', 'bob', true)).toMatchObject({ status: 200 });
    await world.advance(2 * world.settings.match.graceMs);
    expect((await view()).money).toBe('playing');
    expect((await view()).absent).toEqual([]);
  });

  it('cannot be reported by a rival, and not twice to win time', async () => {
    const story = await opened();
    const { world, view } = story;
    await played(story);
    expect(await presence(story, 'bob', 'alice', false)).toMatchObject({ status: 403 });
    await presence(story, 'alice', 'bob', false);
    const { absent } = await view();
    await world.advance(5_000);
    expect(await presence(story, 'alice', 'bob', false)).toMatchObject({ status: 409 });
    expect((await view()).absent).toEqual(absent);
  });

  it('in an outage forfeits only once every played seat has landed', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    await cutOff(story);
    for (const user of BOTH) await join(story, user);
    await start(story);
    await presence(story, 'alice', 'bob', false);
    await world.advance(2 * world.settings.match.graceMs);
    expect((await view()).money).toBe('playing');
    world.chain.thaw();
    await inReview(story);
    expect((await view()).seats.map(({ state }) => state)).toEqual(['final', 'final']);
    expect(await resolve(story, 'void')).toMatchObject({ status: 200 });
    await refundedExactly(story, BOTH);
  });
});

describe('a match that nobody starts or ends', () => {
  it('is called off by the clock, for too few players or as timed out', async () => {
    const alone = await opened();
    await create(alone);
    await join(alone, 'alice');
    await seatsFinal(alone, 1);
    await timePasses(alone, alone.world.settings.match.lobbyMs);
    await inReview(alone);
    expect((await alone.view()).cancellation?.reason).toBe(2);
    const idle = await opened();
    await played(idle);
    await timePasses(idle, idle.world.settings.match.playMs);
    await inReview(idle);
    expect((await idle.view()).cancellation?.reason).toBe(3);
  });
});

/** Hours, without living through each slot of them: the timer is what counts. */
async function timePasses({ world, id }: Story, ms: number): Promise<void> {
  world.home(world.matchName(id)).hurry('timeout', ms);
  await world.advance(1_000);
}
