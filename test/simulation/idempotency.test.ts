/** One request, one answer, one effect, however often and from wherever it is made (design: section 6; I8-I10, I32). */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { EndRequest, JoinRequest } from '../../durable-objects/wire/requests.ts';
import { actionsIn, findingsIn } from './checks.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import { clientKey, matchId, type World } from './world.ts';

const FEE = '100000000';
const SOL = 1_000_000_000n;

function asked(key: string, change: Partial<JoinRequest> = {}): JoinRequest {
  return { clientKey: key, entryFee: FEE, paymentMethod: 1, ...change };
}

async function created(): Promise<Story> {
  const story = await opened();
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function journalLength({ world, id }: Story): Promise<number> {
  return (await world.match(id).journal(1, 500)).entries.length;
}

describe('the same client key', () => {
  it('with another request is a conflict that names the first field which differs', async () => {
    const story = await created();
    const { world, id } = story;
    const match = world.match(id);
    const bob = world.caller('bob');
    const key = clientKey();
    const first = await match.join(bob, asked(key));
    const before = await journalLength(story);
    for (const [change, field] of [
      [{ entryFee: '100000001' }, 'entryFee'],
      [{ paymentMethod: 0 }, 'paymentMethod'],
      [{ notAfter: world.now + 60_000 }, 'notAfter'],
      [{ entryFee: '1', paymentMethod: 0 }, 'entryFee'],
    ] as const) {
      const conflict = await match.join(bob, asked(key, change));
      expect(conflict.status).toBe(409);
      expect(JSON.parse(conflict.text)).toMatchObject({ code: 'idempotency_conflict', detail: field });
    }
    expect(await journalLength(story)).toBe(before);
    expect(await match.join(bob, asked(key))).toEqual(first);
  });

  it('and the same request gets the same bytes, across evictions, an outage and the end of the match', async () => {
    const story = await created();
    const { world, id } = story;
    const match = () => world.match(id);
    const [alice, bob] = [world.caller('alice'), world.caller('bob')];
    const keys = [clientKey(), clientKey(), clientKey(), clientKey()] as const;
    const result: EndRequest = { clientKey: keys[3], result: [{ userId: 'bob', shareBps: 10_000 }] };
    const requests: (() => Promise<Answer>)[] = [
      () => match().join(alice, asked(keys[0])),
      () => match().join(bob, asked(keys[1])),
      () => match().start(alice, { clientKey: keys[2] }),
      () => match().end(alice, result),
    ];
    const answers: Answer[] = [];
    for (const request of requests) answers.push(await request());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const again = async (): Promise<void> => {
      for (const [index, request] of requests.entries()) expect(await request()).toEqual(answers[index]);
    };
    await again();
    world.evictAll();
    await again();
    world.chain.freeze();
    await world.until(async () => (await story.view()).link === 'queued', 'the match knows');
    await again();
    world.evictAll();
    world.chain.thaw();
    await again();
    await settledExactly(story);
    world.evictAll();
    await again();
    expect(
      actionsIn(world, world.matchName(id))
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['create', 'end', 'join', 'join', 'start']);
  });

  it('from two devices at once takes one seat and one stake', async () => {
    const story = await created();
    const { world, id } = story;
    const key = clientKey();
    const twice = await Promise.all([join(story, 'bob', key), join(story, 'bob', key)]);
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 202]);
    const later = await Promise.all([join(story, 'bob', key), join(story, 'bob', key)]);
    expect(later[0]).toEqual(later[1]);
    expect(later[0]).toMatchObject({ status: 200 });
    expect((await (await world.deposit('bob')).view())?.balances).toMatchObject({
      available: '900000000',
      held: FEE,
    });
    expect(actionsIn(world, world.matchName(id)).filter(({ kind }) => kind === 'join')).toHaveLength(1);
  });

  it('thirty times at once, for every request of a match, changes what one does', async () => {
    const story = await opened();
    const { world, id } = story;
    const thirty = async (request: () => Promise<Answer>): Promise<void> => {
      const answers = await Promise.all(Array.from({ length: 30 }, request));
      expect(answers.every(({ status }) => status >= 200 && status < 300)).toBe(true);
      const settled = await request();
      expect(await request()).toEqual(settled);
    };
    const alice = world.caller('alice');
    const keys = [clientKey(), clientKey(), clientKey(), clientKey(), clientKey()] as const;
    const terms = { matchId: id, gameType: 0, seed: '1', entryFee: FEE, paymentMethod: 1 as const };
    await thirty(() => world.match(id).create(alice, { clientKey: keys[0], ...terms }));
    await thirty(() => join(story, 'alice', keys[1]));
    await thirty(() => join(story, 'bob', keys[2]));
    await seatsFinal(story, 2);
    await thirty(() => world.match(id).start(alice, { clientKey: keys[3] }));
    const result = [{ userId: 'bob', shareBps: 10_000 }];
    await thirty(() => world.match(id).end(alice, { clientKey: keys[4], result }));
    await settledExactly(story);
  });

  it('of different users are different requests', async () => {
    const story = await created();
    const key = clientKey();
    expect(await join(story, 'alice', key)).toMatchObject({ status: 200 });
    expect(await join(story, 'bob', key)).toMatchObject({ status: 200 });
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
  });

  it('of a refused request stays refused when what stood in its way is gone', async () => {
    const story = await created();
    const { world } = story;
    const key = clientKey();
    expect(await join(story, 'carol', key)).toMatchObject({ status: 409 });
    const refused = await join(story, 'carol', key);
    await world.fund('carol', SOL);
    expect(await join(story, 'carol', key)).toEqual(refused);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'insufficient_funds' });
    expect(await join(story, 'carol')).toMatchObject({ status: 200 });
  });

  it('of a request that was refused for the moment is free to succeed', async () => {
    const story = await created();
    const { world, id } = story;
    const key = clientKey();
    await world.match(id).pause('olga', 'a moment');
    expect(await join(story, 'bob', key)).toMatchObject({ status: 503 });
    await world.match(id).resume('olga', 'over');
    expect(await join(story, 'bob', key)).toMatchObject({ status: 200 });
  });
});

describe('a second seat', () => {
  it('for a player who has one is refused, whatever key asks for it', async () => {
    const story = await created();
    const answers = await Promise.all([join(story, 'bob'), join(story, 'bob'), join(story, 'bob')]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const refused of answers.filter(({ status }) => status !== 200))
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'already_seated', retryable: false });
    expect((await (await story.world.deposit('bob')).view())?.balances.held).toBe(FEE);
  });
});

describe('a release', () => {
  it('that comes before its hold makes the hold refused when it comes', async () => {
    const { world, id } = await opened();
    const bob = await world.deposit('bob');
    const binding = await world.binding('bob');
    const token = 'cd'.repeat(32);
    const released = await bob.release(binding, { token: `release:${token}`, holdToken: token, matchId: id });
    expect(released).toMatchObject({ ok: true, balances: { available: '1000000000', held: '0' } });
    world.evictAll();
    const held = await (await world.deposit('bob')).hold(binding, { token, amount: FEE, matchId: id });
    expect(held).toMatchObject({ ok: false, code: 'hold_released', retryable: false });
    expect((await bob.view())?.balances).toMatchObject({ available: '1000000000', held: '0' });
  });

  it('that comes twice, or for a captured hold, moves nothing more', async () => {
    const story = await created();
    const { world, id } = story;
    await join(story, 'bob');
    const token = actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.hash ?? '';
    await seatsFinal(story, 1);
    await world.advance(500);
    const bob = await world.deposit('bob');
    const binding = await world.binding('bob');
    const before = (await bob.view())?.balances;
    const release = { token: `release:${token}`, holdToken: token, matchId: id };
    const refused = await bob.release(binding, release);
    expect(refused).toMatchObject({ ok: false, code: 'hold_captured' });
    expect(await bob.release(binding, release)).toEqual(refused);
    expect((await bob.view())?.balances).toEqual(before);
  });
});

/** Holds for as many matches as asked, of one amount. */
async function holds(world: World, count: number, amount: string) {
  const deposit = await world.deposit('bob');
  const binding = await world.binding('bob');
  const answers = [];
  for (let index = 0; index < count; index += 1) {
    const token = index.toString(16).padStart(64, '0');
    answers.push(await deposit.hold(binding, { token, amount, matchId: matchId() }));
  }
  return answers;
}

describe("a user's limit", () => {
  it('of 20 open holds is kept: the next is told so, and recorded for a person', async () => {
    const { world } = await opened();
    const answers = await holds(world, 21, '1000000');
    expect(answers.slice(0, 20).every(({ ok }) => ok)).toBe(true);
    expect(answers[20]).toMatchObject({ ok: false, code: 'user_limit_reached', retryable: false });
    expect(findingsIn(world, await world.depositName('bob'), 'review')).toHaveLength(1);
    expect(await (await world.deposit('bob')).view()).toMatchObject({ balances: { held: '20000000' } });
  });

  it('of 10 SOL is kept to the lamport', async () => {
    const { world } = await opened();
    await world.fund('bob', 20n * SOL);
    const answers = await holds(world, 2, (5n * SOL).toString());
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const deposit = await world.deposit('bob');
    const one = { token: 'f'.repeat(64), amount: '1', matchId: matchId() };
    expect(await deposit.hold(await world.binding('bob'), one)).toMatchObject({ code: 'user_limit_reached' });
    expect(await deposit.view()).toMatchObject({ balances: { held: '10000000000' } });
  });

  it('holds under any interleaving: forty joins at once leave 20 holds and 20 reviews (I18)', async () => {
    const { world } = await opened();
    const deposit = await world.deposit('bob');
    const binding = await world.binding('bob');
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        deposit.hold(binding, {
          token: index.toString(16).padStart(64, '0'),
          amount: '1000',
          matchId: matchId(),
        }),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(20);
    expect(findingsIn(world, await world.depositName('bob'), 'review')).toHaveLength(20);
    expect(deposit.recomputed()).toEqual((await deposit.view())?.balances);
  });

  it('reaches the player through the match: the answer is stored, the seat is free', async () => {
    const story = await created();
    const { world, view } = story;
    await holds(world, 20, '1000');
    const key = clientKey();
    const refused = await join(story, 'bob', key);
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'user_limit_reached', retryable: false });
    expect((await view()).seats).toEqual([]);
    expect(await join(story, 'bob', key)).toEqual(refused);
  });
});
