/** Two isolates of one object at work at the same time, as at a deployment or a move (F21, F37): one effect, one answer. */
import { describe, expect, it } from 'vitest';
import { attemptsIn } from './checks.ts';
import type { Living } from './homes.ts';
import { BOTH, createdFinally } from './seated.ts';
import { join, opened, played, playedOut, seatsFinal, settledExactly, start } from './story.ts';
import { exact, FEE, fillWallet, livesOf, nothingOpen, SOL, withdraw } from './withdraw-story.ts';
import { clientKey, World } from './world.ts';

const AMOUNT = 200_000_000n;

/**
 * Both work with every slot that passes, as the platform lets the one or the other have the alarm. Then the older one is
 * gone: what it still had in memory was its own business.
 */
async function sideBySide(world: World, name: string, twin: Living): Promise<void> {
  const { object } = world.home(name);
  for (let slot = 0; slot < 60; slot += 1)
    await Promise.all([slot % 3 === 0 ? object.alarm() : twin.alarm(), world.advance(50)]);
  world.evict(name);
}

describe('two isolates of a match', () => {
  it('that both work its queue sign each action once', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    const home = world.home(world.matchName(id));
    const twin = home.twin();
    for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
    await sideBySide(world, home.name, twin);
    expect((await view()).seats.map(({ state }) => state)).toEqual(['final', 'final']);
    await playedOut(story, []);
    expect(attemptsIn(world, home.name).map(({ state }) => state)).toEqual(Array(5).fill('final'));
  });

  it('that are asked the same at the same time give one answer', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    const twin = world.home(world.matchName(id)).twin() as ReturnType<typeof world.match>;
    const request = { clientKey: clientKey(), entryFee: '100000000', paymentMethod: 1 as const };
    const [one, other] = await Promise.all([
      world.match(id).join(world.caller('bob'), request),
      twin.join(world.caller('bob'), request),
    ]);
    expect([one.status, other.status].toSorted()[0]).toBe(200);
    await world.advance(500);
    expect(await twin.join(world.caller('bob'), request)).toEqual(
      await world.match(id).join(world.caller('bob'), request),
    );
    expect((await (await world.deposit('bob')).view())?.balances.held).toBe('100000000');
    await playedOut(story, ['alice']);
  });

  it('that are told two results keep the one that was first', async () => {
    const story = await opened();
    const { world, id } = story;
    await played(story);
    const twin = world.home(world.matchName(id)).twin() as ReturnType<typeof world.match>;
    const result = (winner: string) => [{ userId: winner, shareBps: 10_000 }];
    const answers = await Promise.all([
      world.match(id).end(world.caller('alice'), { clientKey: clientKey(), result: result('bob') }),
      twin.end(world.caller('alice'), { clientKey: clientKey(), result: result('alice') }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const winner = answers[0].status === 200 ? 'bob' : 'alice';
    expect((await story.view()).result).toMatchObject(result(winner));
    if (winner === 'bob') await settledExactly(story);
  });
});

describe('two isolates of a deposit', () => {
  it('that both work its queue pay a withdrawal once', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    const name = await world.depositName('alice');
    const twin = world.home(name).twin();
    await withdraw(world, 'alice', AMOUNT);
    await sideBySide(world, name, twin);
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });

  it('never promise the same money twice', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    const binding = await world.binding('alice');
    const object = await world.deposit('alice');
    const twin = world.home(await world.depositName('alice')).twin() as typeof object;
    const hold = (token: string) => ({ token, amount: '600000000', matchId: 'm' });
    const answers = await Promise.all([object.hold(binding, hold('one')), twin.hold(binding, hold('two'))]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await object.view())?.balances).toMatchObject({ available: '400000000', held: '600000000' });
  });
});

describe('an isolate that has slept through what the other one did', () => {
  it('is not taken for one that was restored when it wakes', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    const home = world.home(world.matchName(id));
    const twin = home.twin();
    await twin.alarm();
    await join(story, 'alice');
    await seatsFinal(story, 1);
    await world.cron();
    // It has attached before; an isolate that is born now and hears of nothing until later has not.
    const newborn = home.twin() as ReturnType<typeof world.match>;
    expect(newborn.view({ userId: null, role: 'operator' })).toBeDefined();
    await join(story, 'bob');
    await seatsFinal(story, 2);
    await world.cron();
    for (const late of [twin, newborn]) await late.alarm();
    world.evict(home.name);
    expect(await view()).toMatchObject({ link: 'online', pausedFor: null });
    await playedOut(story, []);
  });

  it('serves the next request from what is stored', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    const twin = world.home(world.matchName(id)).twin() as ReturnType<typeof world.match>;
    await join(story, 'alice');
    const request = { clientKey: clientKey(), entryFee: '100000000', paymentMethod: 1 as const };
    expect(await twin.join(world.caller('bob'), request)).toMatchObject({ status: 200 });
    world.evict(world.matchName(id));
    await seatsFinal(story, 2);
    await start(story);
    const result = [{ userId: 'bob', shareBps: 10_000 }];
    const ended = await twin.end(world.caller('alice'), { clientKey: clientKey(), result });
    expect(ended).toMatchObject({ status: 200 });
    world.evict(world.matchName(id));
    await settledExactly(story);
  });
});
