/**
 * A join that dies half-way (design: section 6, "A PLATFORM join"; F17-F21): intent, hold, answer. Whatever is lost, the
 * outbox completes it, or the seat is freed and the hold ends.
 */
import { describe, expect, it } from 'vitest';
import { actionsIn, unfinished } from './checks.ts';
import type { PeerWeather } from './network.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import { clientKey } from './world.ts';

const FEE = '100000000';
const PAID = { entryFee: FEE, paymentMethod: 1 } as const;

async function created(): Promise<Story> {
  const story = await opened();
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function heldBy({ world }: Story, user: string): Promise<string | undefined> {
  return (await (await world.deposit(user)).view())?.balances.held;
}

/** One fault, once, at the call of that name. */
function once(called: string, fault: 'lost' | 'reply-lost', also: () => void = () => {}): PeerWeather {
  let done = false;
  return ({ method }) => {
    if (done || method !== called) return 'fine';
    done = true;
    also();
    return fault;
  };
}

async function playedOut(story: Story): Promise<void> {
  await join(story, 'alice');
  await seatsFinal(story, 2);
  await start(story);
  await end(story);
  await settledExactly(story);
}

describe('a join', () => {
  it.each([
    ['whose hold was granted and the answer lost', 'reply-lost' as const],
    ['whose hold was never heard', 'lost' as const],
  ])('%s is answered 202, then 200 by the outbox', async (_, fault) => {
    const story = await created();
    const { world } = story;
    world.peerWeather = once('hold', fault);
    const key = clientKey();
    const first = await join(story, 'bob', key);
    expect(first).toMatchObject({ status: 202, text: expect.stringContaining('"seat":"requested"') });
    expect((await story.view()).seats).toMatchObject([{ userId: 'bob', state: 'requested' }]);
    // The pool counts no seat whose money nobody holds.
    expect((await story.view()).feeBreakdown.totalEntry).toBe('0');
    await world.until(async () => (await join(story, 'bob', key)).status === 200, 'answered');
    const stored = await join(story, 'bob', key);
    expect(stored.text).toContain('"seat":"reserved"');
    expect(await heldBy(story, 'bob')).toBe(FEE);
    await playedOut(story);
    expect(await join(story, 'bob', key)).toEqual(stored);
  });

  it("is completed where the user's object dies while it holds, before and after it has stored that", async () => {
    const story = await created();
    const { world } = story;
    const deposit = await world.depositName('bob');
    world.peerWeather = once('hold', 'lost', () => world.evict(deposit));
    const key = clientKey();
    expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
    world.peerWeather = once('hold', 'reply-lost', () => world.evict(deposit));
    await world.until(async () => (await join(story, 'bob', key)).status === 200, 'answered');
    expect(await heldBy(story, 'bob')).toBe(FEE);
    await playedOut(story);
  });

  it.each([
    ['before the hold is asked for', 'lost' as const],
    ['after the hold is granted', 'reply-lost' as const],
  ])('is completed where the match dies %s', async (_, fault) => {
    const story = await created();
    const { world, id } = story;
    world.peerWeather = once('hold', fault, () => world.evict(world.matchName(id)));
    const key = clientKey();
    await expect(join(story, 'bob', key)).rejects.toThrow('the object was reset');
    expect((await story.view()).seats).toMatchObject([{ userId: 'bob', state: 'requested' }]);
    expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
    await world.until(async () => (await join(story, 'bob', key)).status === 200, 'answered');
    expect(await heldBy(story, 'bob')).toBe(FEE);
    await playedOut(story);
  });

  it('whose hold is refused for good is answered so, and its seat is free', async () => {
    const story = await created();
    const { world, view } = story;
    world.peerWeather = once('hold', 'reply-lost');
    const key = clientKey();
    expect(await join(story, 'carol', key)).toMatchObject({ status: 202 });
    await world.until(async () => (await join(story, 'carol', key)).status === 409, 'refused');
    const refused = await join(story, 'carol', key);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'insufficient_funds', retryable: false });
    expect((await view()).seats).toEqual([]);
    expect(await join(story, 'carol', key)).toEqual(refused);
  });

  it('that waits past its notAfter is freed, and the hold that came too late is released', async () => {
    const story = await created();
    const { world, id, view } = story;
    const request = { ...PAID, clientKey: clientKey(), notAfter: world.now + 3_000 };
    // Granted each time, and each time nobody hears it.
    world.peerWeather = ({ method }) => (method === 'hold' ? 'reply-lost' : 'fine');
    expect(await world.match(id).join(world.caller('bob'), request)).toMatchObject({ status: 202 });
    expect(await heldBy(story, 'bob')).toBe(FEE);
    await world.advance(4_000);
    expect((await view()).seats).toEqual([]);
    await world.until(async () => (await heldBy(story, 'bob')) === '0', 'released');
    const late = await world.match(id).join(world.caller('bob'), request);
    expect(late).toMatchObject({ status: 409, text: expect.stringContaining('freed') });
    expect(unfinished(world, world.matchName(id))).toEqual([]);
    world.peerWeather = () => 'fine';
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await playedOut(story);
  });

  it('that is still waiting when the match starts is freed and released', async () => {
    const story = await created();
    const { world, view } = story;
    await world.fund('carol', 1_000_000_000n);
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    world.peerWeather = ({ method }) => (method === 'hold' ? 'reply-lost' : 'fine');
    const key = clientKey();
    expect(await join(story, 'carol', key)).toMatchObject({ status: 202 });
    expect(await heldBy(story, 'carol')).toBe(FEE);
    expect(await start(story)).toMatchObject({ status: 200 });
    expect((await view()).seats.map(({ userId }) => userId)).toEqual(['alice', 'bob']);
    await world.until(async () => (await heldBy(story, 'carol')) === '0', 'released');
    expect(await join(story, 'carol', key)).toMatchObject({ status: 409 });
    await end(story);
    await settledExactly(story);
  });
});

describe('a reserved seat', () => {
  it('that cannot be submitted before its notAfter is freed, and its hold is released', async () => {
    const story = await created();
    const { world, id, view } = story;
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    const request = { ...PAID, clientKey: clientKey(), notAfter: world.now + 3_000 };
    expect(await world.match(id).join(world.caller('bob'), request)).toMatchObject({ status: 200 });
    expect(await heldBy(story, 'bob')).toBe(FEE);
    await world.advance(4_000);
    expect((await view()).seats).toEqual([]);
    expect(await heldBy(story, 'bob')).toBe('0');
    world.chain.thaw();
    await world.until(async () => (await view()).link === 'online', 'online');
    expect(actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.state).toBe('expired');
    await join(story, 'bob');
    await playedOut(story);
  });

  it('with an attempt on its way keeps its hold past notAfter until the attempt is provably dead', async () => {
    const story = await created();
    const { world, id, view } = story;
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    const request = { ...PAID, clientKey: clientKey(), notAfter: world.now + 3_000 };
    expect(await world.match(id).join(world.caller('bob'), request)).toMatchObject({ status: 200 });
    await world.advance(5_000);
    expect(await heldBy(story, 'bob')).toBe(FEE);
    expect((await view()).seats).toMatchObject([{ state: 'submitted' }]);
    await world.until(async () => (await view()).seats.length === 0, 'freed');
    await world.until(async () => (await heldBy(story, 'bob')) === '0', 'released');
    expect(actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.state).toBe('expired');
    world.weather = () => 'fine';
    await join(story, 'bob');
    await playedOut(story);
  });

  it('past its notAfter is not started with while its attempt could still land', async () => {
    const story = await created();
    const { world, id, view } = story;
    await world.fund('carol', 1_000_000_000n);
    for (const user of ['alice', 'carol']) await join(story, user);
    await seatsFinal(story, 2);
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    const request = { ...PAID, clientKey: clientKey(), notAfter: world.now + 1_500 };
    expect(await world.match(id).join(world.caller('bob'), request)).toMatchObject({ status: 200 });
    await world.advance(2_000);
    const refused = await start(story);
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('seats_not_final') });
    world.weather = () => 'fine';
    // It lands after all, or is provably dead: either way `start` can follow.
    await world.until(async () => (await start(story)).status === 200, 'started');
    expect((await view()).seats.every(({ state }) => state === 'final')).toBe(true);
  });

  it('that is played expires no more: its notAfter passes, the seat stays and lands', async () => {
    const story = await created();
    const { world, id, view } = story;
    await join(story, 'alice');
    await seatsFinal(story, 1);
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    const request = { ...PAID, clientKey: clientKey(), notAfter: world.now + 3_000 };
    expect(await world.match(id).join(world.caller('bob'), request)).toMatchObject({ status: 200 });
    await world.advance(1_000);
    expect(await start(story)).toMatchObject({ status: 200 });
    await world.advance(20_000);
    expect((await view()).seats).toHaveLength(2);
    world.weather = () => 'fine';
    await end(story);
    await settledExactly(story);
  });
});
