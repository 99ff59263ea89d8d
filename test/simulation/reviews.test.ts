/** What a person may decide of a match that waits for one, and what not even they may (design: section 3, rule 5). */
import { describe, expect, it } from 'vitest';
import { cancel, inReview, OLGA, presence, refundedExactly, resolve, SOL } from './called-off.ts';
import { actionsIn } from './checks.ts';
import { createdFinally, cutOff } from './seated.ts';
import { create, end, join, onChain, opened, played, type Story, seatsFinal, start } from './story.ts';
import { Stranger } from './stranger.ts';
import { COORDINATOR, clientKey } from './world.ts';

/** A deposit's available_lamports (interface: section 2.3). */
const AVAILABLE = 56;

/** Played provisionally in an outage, and then the chain has no money for one of the seats. */
async function unpaidSeat(users: readonly string[], poor: string): Promise<Story> {
  const story = await opened();
  const { world } = story;
  for (const user of users.slice(2)) await world.fund(user, SOL);
  await createdFinally(story);
  await cutOff(story);
  for (const user of users) expect(await join(story, user)).toMatchObject({ status: 200 });
  expect(await start(story)).toMatchObject({ status: 200 });
  await drain(story, poor);
  world.chain.thaw();
  return story;
}

async function drain({ world }: Story, user: string): Promise<void> {
  const address = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  const account = world.chain.getAccount(address);
  if (account === null) throw new Error('no deposit');
  const data = Uint8Array.from(account.data);
  new DataView(data.buffer).setBigUint64(AVAILABLE, 1n, true);
  world.chain.setAccount(address, { ...account, data });
}

describe('a played seat that cannot land', () => {
  it('sends the match to review; voided, everybody else is paid back, and the hold is released', async () => {
    const story = await unpaidSeat(['alice', 'bob'], 'bob');
    const { world, view } = story;
    await inReviewOrPaused(story);
    expect((await view()).seats.map(({ state }) => state)).toContain('final');
    expect(await resolve(story, 'void')).toMatchObject({ status: 200 });
    await world.match(story.id).resume('olga', 'voided');
    await world.until(async () => (await view()).money === 'refunded', 'refunded');
    await world.advance(5_000);
    expect(await onChain(world, 'alice')).toBe(SOL);
    expect((await (await world.deposit('bob')).view())?.balances.held).toBe('0');
  });

  it('is dropped by a person: the others play on, and the winner gets what the chain has', async () => {
    const users = ['alice', 'bob', 'carol'];
    const story = await unpaidSeat(users, 'carol');
    const { world, view } = story;
    await inReviewOrPaused(story);
    expect(await resolve(story, 'settle')).toMatchObject({ status: 200 });
    await world.match(story.id).resume('olga', 'without carol');
    expect((await view()).seats.map(({ userId }) => userId).toSorted()).toEqual(['alice', 'bob']);
    expect(await end(story)).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).money === 'settled', 'settled');
    await world.advance(5_000);
    expect(await onChain(world, 'bob')).toBe(900_000_000n + 190_000_000n);
    expect(await onChain(world, 'alice')).toBe(900_000_000n);
    expect((await (await world.deposit('carol')).view())?.balances.held).toBe('0');
  });

  it('is not dropped where too few would be left: the match can only be voided', async () => {
    const story = await unpaidSeat(['alice', 'bob'], 'bob');
    await inReviewOrPaused(story);
    const refusal = await resolve(story, 'settle');
    expect(refusal).toMatchObject({ status: 409 });
    expect(refusal.text).toContain('not_enough_seats');
  });
});

describe('a player who has gone', () => {
  it('may say that they are back while a person looks at the match, and forfeits nothing', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    await cutOff(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    await start(story);
    await presence(story, 'alice', 'bob', false);
    // Every attempt dies unseen, until nobody tries again by themselves.
    world.weather = (method) => (method === 'sendTransaction' ? 'lost' : 'fine');
    world.chain.thaw();
    await world.until(async () => (await view()).money === 'review', 'in review', 3_600_000);
    expect(await presence(story, 'alice', 'alice', false)).toMatchObject({ status: 409 });
    expect(await presence(story, 'bob', 'bob', true)).toMatchObject({ status: 200 });
    expect((await view()).absent).toEqual([]);
    // The other join may have had a try left; nothing more of it is signed.
    await world.until(async () => (await view()).queue.underWay === 0, 'both joins wait');
    expect((await view()).queue).toEqual({ waiting: 3, underWay: 0, waitsFor: 'person' });
    world.weather = () => 'fine';
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await seatsFinal(story, 2);
    await world.advance(2 * world.settings.match.graceMs);
    expect((await view()).money).toBe('playing');
  });
});

/** The user's object may say no first: then a person stops the match before deciding about it. */
async function inReviewOrPaused(story: Story): Promise<void> {
  const { world, id, view } = story;
  const waits = async (): Promise<boolean> =>
    (await view()).money === 'review' ||
    (await world.match(id).alerts()).some(({ class: cls }) => cls === 'action_blocked');
  await world.until(waits, 'a person is called', 600_000);
  const others = async (): Promise<boolean> =>
    (await view()).seats.filter(({ state }) => state === 'final').length >= (await view()).seats.length - 1;
  await world.until(others, 'the others landed', 600_000);
  await world.match(id).pause('olga', 'one seat cannot land');
}

describe('a person', () => {
  it('cannot void a match whose settlement may still land', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await played(story);
    await end(story);
    await world.until(async () => (await view()).money === 'settling', 'settling');
    await world.match(id).pause('olga', 'a complaint');
    const refusal = await resolve(story, 'void');
    expect(refusal).toMatchObject({ status: 409 });
    expect(refusal.text).toContain('attempts_outstanding');
    await world.match(id).resume('olga', 'unfounded');
    await world.until(async () => (await view()).money === 'settled', 'settled');
  });

  it('decides nothing of a match that needs nobody, and players decide nothing at all', async () => {
    const story = await opened();
    await played(story);
    expect(await resolve(story, 'void')).toMatchObject({ status: 409 });
    expect((await story.view()).money).toBe('playing');
  });

  it('decides once: the same key gets the same answer, another request under it a conflict', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await join(story, 'alice');
    await seatsFinal(story, 1);
    await cancel(story, 'insufficient_players', 'alice');
    await inReview(story);
    const request = { clientKey: clientKey(), as: 'void' as const, reason: 'looked at it' };
    const first = await world.match(id).resolve(OLGA, request);
    expect(first).toMatchObject({ status: 200 });
    expect(await world.match(id).resolve(OLGA, request)).toEqual(first);
    expect(await world.match(id).resolve(OLGA, { ...request, as: 'retry' })).toMatchObject({ status: 409 });
    await refundedExactly(story, ['alice', 'bob']);
    const entries = (await world.match(id).journal(1, 500)).entries.map(({ entry }) => entry);
    expect(entries.some((entry) => entry.includes('"operator":"olga","reason":"looked at it"'))).toBe(true);
    expect((await view()).openActions).toEqual([]);
  });
});

describe('a match that ended otherwise (H-16)', () => {
  it('is paused; told who wins, it is settled by a distribution of its own', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await played(story);
    const stranger = await Stranger.arrive(world);
    // Somebody with the coordinator's key: what submit_move would do without one.
    await stranger.lands([stranger.end(id, COORDINATOR.publicKey.toBase58())], [COORDINATOR]);
    await world.advance(3_000);
    await world.cron();
    expect((await view()).link).toBe('paused');
    const unnamed = await resolve(story, 'settle');
    expect(unnamed.text).toContain('result_invalid');
    expect((await resolve(story, 'void')).text).toContain('void_impossible');
    const result = [{ userId: 'bob', shareBps: 10_000 }];
    expect(await resolve(story, 'settle', result)).toMatchObject({ status: 200 });
    await world.match(id).resume('olga', 'settled by hand');
    await world.until(async () => (await view()).money === 'settled', 'settled');
    await world.until(async () => (await view()).link === 'online', 'online');
    await world.advance(5_000);
    expect(await onChain(world, 'bob')).toBe(1_090_000_000n);
    const kinds = actionsIn(world, world.matchName(id)).map(({ kind, state }) => `${kind} ${state}`);
    expect(kinds).toContain('distribute final');
    expect(kinds.some((kind) => kind.startsWith('end'))).toBe(false);
    expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  });
});
