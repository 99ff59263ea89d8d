/**
 * The coordinator's key changes while actions wait (F30; design: section 3, rule 5): the key that created a match signs
 * for it until it is settled, and where it is missing that is nobody's fault.
 */
import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, attemptsIn } from './checks.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { end, join, opened, playedOut, type Story, settledExactly } from './story.ts';
import { exact, FEE, fillWallet, nothingOpen, SOL, withdraw } from './withdraw-story.ts';
import { COORDINATOR, clientKey, matchId, type World } from './world.ts';

const NEW = Keypair.fromSeed(new Uint8Array(32).fill(8));

async function paysItsFees(world: World): Promise<void> {
  world.chain.airdrop(NEW.publicKey.toBase58(), 10n * SOL);
  await world.advance(3_000);
}

/** Joins that wait for the chain when the key is changed. */
async function queued(): Promise<Story> {
  const story = await opened();
  await paysItsFees(story.world);
  await createdFinally(story);
  await cutOff(story);
  for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
  return story;
}

describe('a coordinator key that is changed in the middle of a queue', () => {
  it('signs new matches; the old one signs for its own until they are settled', async () => {
    const story = await queued();
    const { world } = story;
    world.rotate(NEW, COORDINATOR);
    world.chain.thaw();
    await playedOut(story, []);
    const before = world.chain.getBalance(NEW.publicKey.toBase58(), 'finalized');
    const other = matchId();
    const terms = {
      matchId: other,
      gameType: 0,
      seed: '1',
      entryFee: '100000000',
      paymentMethod: 1 as const,
    };
    const created = await world
      .match(other)
      .create(world.caller('alice'), { clientKey: clientKey(), ...terms });
    expect(created).toMatchObject({ status: 201 });
    await world.advance(5_000);
    // The rent of its accounts, and the fee.
    expect(world.chain.getBalance(NEW.publicKey.toBase58(), 'finalized')).toBeLessThan(before);
    expect(actionsIn(world, world.matchName(other)).map(({ state }) => state)).toEqual(['final']);
  });

  it('does not stop a withdrawal, which any coordinator may pay for', async () => {
    const story = await opened();
    const { world } = story;
    await paysItsFees(world);
    await fillWallet(world, 'alice', SOL);
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    expect(await withdraw(world, 'alice', 200_000_000n)).toMatchObject({ status: 200 });
    world.rotate(NEW);
    world.chain.thaw();
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - 200_000_000n - FEE);
  });
});

describe('a coordinator key that is missing', () => {
  it('is nobody`s fault: what it has to sign waits with an alert, as long as it takes, and goes on with it', async () => {
    const story = await queued();
    const { world, id, view } = story;
    world.rotate(NEW);
    world.chain.thaw();
    await world.advance(120_000);
    expect(await view()).toMatchObject({ seats: [{ state: 'reserved' }, { state: 'reserved' }] });
    expect((await view()).money).not.toBe('review');
    expect(await alertsIn(world.match(id))).toContain('warning action_blocked');
    expect(attemptsIn(world, world.matchName(id))).toHaveLength(1);
    world.rotate(NEW, COORDINATOR);
    await playedOut(story, []);
  });

  it('while an attempt of it is on its way does no harm: the attempt is looked up, and what follows waits', async () => {
    const story = await opened();
    const { world } = story;
    await paysItsFees(world);
    await createdFinally(story);
    for (const user of BOTH) await join(story, user);
    await world.until(() => attemptsIn(world, world.matchName(story.id)).length === 3, 'both are signed');
    world.rotate(NEW);
    await world.until(
      async () => (await story.view()).seats.every(({ state }) => state === 'final'),
      'final',
    );
    world.rotate(NEW, COORDINATOR);
    await playedOut(story, []);
  });
});

describe('a result that was accepted before the key was changed', () => {
  it('is settled by the old key', async () => {
    const story = await opened();
    const { world } = story;
    await paysItsFees(world);
    await createdFinally(story);
    for (const user of BOTH) await join(story, user);
    await world.until(
      async () => (await story.view()).seats.every(({ state }) => state === 'final'),
      'final',
    );
    await world.match(story.id).start(world.caller('alice'), { clientKey: clientKey() });
    await cutOff(story);
    expect(await end(story)).toMatchObject({ status: 200 });
    world.rotate(NEW, COORDINATOR);
    world.chain.thaw();
    await settledExactly(story);
  });
});
