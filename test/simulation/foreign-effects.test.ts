/** Settlements and look-alikes by others (design: section 3, rule 7; H-01, H-13; section 6, "Has it happened?"). */
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, effectsByMemo } from './checks.ts';
import {
  create,
  end,
  join,
  onChain,
  opened,
  played,
  type Story,
  seatsFinal,
  settledExactly,
  start,
} from './story.ts';
import { gone, Stranger } from './stranger.ts';
import { COORDINATOR } from './world.ts';

/** As a tool beside the mirror, or a stolen key, would end it. */
async function endedPastTheMirror({ id }: Story, stranger: Stranger): Promise<void> {
  await stranger.lands([stranger.end(id, COORDINATOR.publicKey.toBase58())], [COORDINATOR]);
}

const theirs = (stranger: Stranger) => ({ payee: stranger.address, platform: true }) as const;

async function called({ world, id, view }: Story, alert: string): Promise<void> {
  const { money, link } = await view();
  expect(money === 'review' || link === 'paused').toBe(true);
  expect(await alertsIn(world.match(id))).toContain(alert);
}

describe('a settlement that this mirror did not decide', () => {
  it('sends the match to review within one pass, with a critical alert', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await played(story);
    await endedPastTheMirror(story, stranger);
    await stranger.lands([stranger.distribute(id, [theirs(stranger)], [[0, 190_000_000n]])]);
    await world.advance(3_000);
    await world.cron();
    await called(story, 'critical foreign:payee_mismatch');
    expect(await end(story)).toMatchObject({ status: 409 });
    expect(await onChain(world, 'bob')).toBe(900_000_000n);
    const bob = await (await world.deposit('bob')).view();
    expect(bob?.balances).toMatchObject({ available: '900000000', held: '0' });
  });

  it('is not taken for ours where it comes while our own result waits for the chain', async () => {
    const story = await opened();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await played(story);
    world.weather = () => 'lost';
    await world.until(async () => (await view()).link === 'queued', 'the match knows');
    expect(await end(story)).toMatchObject({ status: 200 });
    await endedPastTheMirror(story, stranger);
    await stranger.lands([stranger.distribute(id, [theirs(stranger)], [[0, 190_000_000n]])]);
    world.weather = () => 'fine';
    await world.until(async () => (await view()).money === 'review', 'review');
    await called(story, 'critical foreign:payee_mismatch');
    expect((await view()).settlement).toBeNull();
  });

  it('is not taken for ours where it overtakes our settlement that is already sent', async () => {
    const story = await opened();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await played(story);
    let overtaken = false;
    world.weather = (method) => {
      if (method === 'sendTransaction' && !overtaken) {
        overtaken = true;
        stranger.sends([stranger.end(id, COORDINATOR.publicKey.toBase58())], [COORDINATOR]);
        stranger.sends([stranger.distribute(id, [theirs(stranger)], [[0, 190_000_000n]])]);
      }
      return 'fine';
    };
    expect(await end(story)).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).money !== 'playing', 'signed');
    for (let pass = 0; pass < 20; pass += 1) {
      await world.advance(500);
      await world.cron();
    }
    await called(story, 'critical foreign:payee_mismatch');
    expect((await view()).settlement).toBeNull();
    const bob = await (await world.deposit('bob')).view();
    expect(bob?.balances).toMatchObject({ available: '900000000', held: '0' });
  });

  it('is seen too where the ended match was closed before its prizes were paid', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await played(story);
    await endedPastTheMirror(story, stranger);
    const match = world.port.pda('match', id).address;
    gone(world, match);
    await world.advance(3_000);
    expect(await world.cron()).toMatchObject({ paused: 1 });
    await called(story, 'critical break:account_closed');
    expect(await end(story)).toMatchObject({ status: 503 });
  });
});

describe('a transaction with our memo that is not ours', () => {
  it('which failed proves nothing: the join lands once, by our own signature', async () => {
    const story = await opened();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    world.weather = (method) => (method === 'sendTransaction' ? 'lost' : 'fine');
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    const hash = actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.hash ?? '';
    // A start by somebody who may not: fails in a block, with our accounts and our memo.
    stranger.sends([stranger.start(id), stranger.memo(hash)]);
    await world.advance(2_500);
    expect((await view()).seats[0]?.state).toBe('submitted');
    world.weather = () => 'fine';
    await join(story, 'alice');
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
  });

  it('which succeeded is not taken for our join', async () => {
    const story = await opened();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    world.weather = (method) => (method === 'sendTransaction' ? 'lost' : 'fine');
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    const hash = actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.hash ?? '';
    await stranger.lands([stranger.join(id, 'mallory'), stranger.memo(hash)]);
    await world.advance(2_500);
    // Both the match and bob's deposit saw a successful transaction with the hash of bob's join.
    expect((await view()).seats[0]).toMatchObject({ userId: 'bob', state: 'submitted' });
    expect((await (await world.deposit('bob')).view())?.balances).toMatchObject({ held: '100000000' });
    expect([...effectsByMemo(world, id).values()].some((times) => times > 1)).toBe(false);
    await world.cron();
    await called(story, 'critical break:missing_in_mirror, amount_mismatch');
  });
});
