/**
 * What had landed and is gone (F8, F10): by a fork, or by a halt after which the cluster goes on from an earlier slot. It
 * is put back to `sent`, lands again or is proved dead, and takes effect once. A join and a settlement: attempts.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { cancel, refundedExactly } from './called-off.ts';
import { actionsIn, attemptsIn, effectsByMemo } from './checks.ts';
import { BOTH, createdFinally, cutOff, seated } from './seated.ts';
import { end, join, opened, played, playedOut, type Story, settledExactly, start } from './story.ts';
import {
  carolWith,
  deposit,
  exact,
  FEE,
  livesOf,
  nothingOpen,
  purses,
  SOL,
  signs,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { World } from './world.ts';

const AMOUNT = 200_000_000n;

/** In a block, seen by the mirror, and not final. */
async function landed({ world, view }: Story, kind: string): Promise<void> {
  const isIt = async (): Promise<boolean> =>
    (await view()).openActions.some((action) => action.kind === kind && action.state === 'landed');
  await world.until(isIt, `${kind} landed`);
}

async function transferLanded(world: World, user: string): Promise<void> {
  const isIt = async (): Promise<boolean> => (await viewOf(world, user)).openActions[0]?.state === 'landed';
  await world.until(isIt, 'landed');
}

/** All that is not final is undone, and what was in it is lost: nobody sends it again but the mirror. */
function forked(world: World): void {
  const undone = world.chain.fork(world.chain.slot - world.chain.finalizedSlot);
  expect(undone.length).toBeGreaterThan(0);
}

describe('a fork', () => {
  it('that takes a landed start away: it lands again, once', async () => {
    const story = await seated();
    const { world, id } = story;
    await start(story);
    await landed(story, 'start');
    forked(world);
    await world.until(async () => (await story.view()).openActions.length === 0, 'start final');
    await end(story);
    await settledExactly(story);
    expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
  });

  it('that takes a landed refund away: everybody is paid back once', async () => {
    const story = await seated();
    await cancel(story, 'platform_fault');
    await landed(story, 'refund');
    forked(story.world);
    await refundedExactly(story, BOTH);
  });

  it.each(['lost', 'in another block'])(
    'that takes a landed withdrawal away (%s): it is paid once',
    async (how) => {
      const world = new World();
      await world.open();
      await world.fund('alice', SOL);
      world.chain.airdrop(world.caller('alice').wallet, SOL);
      await world.advance(3_000);
      const before = await purses(world, 'alice');
      await withdraw(world, 'alice', AMOUNT);
      await transferLanded(world, 'alice');
      if (how === 'lost') forked(world);
      else world.chain.fork(world.chain.slot - world.chain.finalizedSlot, { repool: true });
      await nothingOpen(world, 'alice');
      await exact(world, 'alice', SOL - AMOUNT - FEE);
      expect((await purses(world, 'alice')).wallet).toBe(before.wallet + AMOUNT);
    },
  );

  it('that takes a landed deposit away: it is credited once, and not before it is final', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    await signs(world, 'carol');
    await transferLanded(world, 'carol');
    expect((await viewOf(world, 'carol')).balances.available).toBe('0');
    forked(world);
    await world.until(async () => {
      // Its blockhash may be gone with the fork: then the wallet is asked once more.
      if ((await viewOf(world, 'carol')).signRequests.length > 0) await signs(world, 'carol');
      return (await viewOf(world, 'carol')).openActions.length === 0;
    }, 'credited');
    await exact(world, 'carol', AMOUNT);
  });
});

describe('a halt, and a restart from an earlier slot (F8)', () => {
  it('undoes joins that had landed: they land again once, and the match is played', async () => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    for (const user of BOTH) await join(story, user);
    await landed(story, 'join');
    await cutOff(story);
    await world.advance(30_000);
    expect(world.chain.restart().length).toBeGreaterThan(0);
    await playedOut(story, []);
    const attempts = attemptsIn(world, world.matchName(story.id)).map(({ state }) => state);
    expect(attempts.every((state) => state === 'final' || state === 'dead')).toBe(true);
  });

  it('undoes a settlement that had landed: the winner is paid once', async () => {
    const story = await opened();
    const { world } = story;
    await played(story);
    await end(story);
    await landed(story, 'end');
    await cutOff(story);
    await world.advance(30_000);
    expect(world.chain.restart().length).toBeGreaterThan(0);
    await settledExactly(story);
    expect(actionsIn(world, world.matchName(story.id)).filter(({ kind }) => kind === 'end')).toHaveLength(1);
  });

  it('undoes a withdrawal that had landed: it is paid once', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    world.chain.airdrop(world.caller('alice').wallet, SOL);
    await world.advance(3_000);
    await withdraw(world, 'alice', AMOUNT);
    await transferLanded(world, 'alice');
    world.chain.freeze();
    await world.until(async () => (await viewOf(world, 'alice')).link === 'queued', 'queued');
    await world.advance(30_000);
    world.chain.restart();
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - FEE);
    const [life] = await livesOf(world, 'alice', 'withdraw');
    expect(life?.attempts.filter((state) => state === 'final')).toHaveLength(1);
  });

  it('and what was sent before the halt and never seen lands after it, and is recognised', async () => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    for (const user of BOTH) await join(story, user);
    // Taken by the node, in no block yet when the chain stops; the cluster goes on from where it stood.
    await world.until(
      async () => (await story.view()).seats.some(({ state }) => state === 'submitted'),
      'sent',
    );
    await cutOff(story);
    await world.advance(30_000);
    world.chain.thaw();
    await playedOut(story, []);
    expect(attemptsIn(world, world.matchName(story.id)).every(({ state }) => state === 'final')).toBe(true);
  });
});
