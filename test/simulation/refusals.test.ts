/** What the mirror refuses, with a code that says why, and without a trace in the match (design: sections 3, 5, 6). */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { CreateRequest, EndRequest, JoinRequest } from '../../durable-objects/wire/requests.ts';
import { create, end, join, opened, type Story, seatsFinal, start } from './story.ts';
import { clientKey, type World } from './world.ts';

const FEE = '100000000';

function codeOf(answer: Answer): string {
  // SAFETY: a refusal's body is a Refusal.
  return `${answer.status} ${(JSON.parse(answer.text) as { code?: string }).code ?? 'ok'}`;
}

describe('a match', () => {
  const terms = (change: Partial<CreateRequest>, matchId: string): CreateRequest => ({
    clientKey: clientKey(),
    matchId,
    gameType: 0,
    seed: '1',
    entryFee: FEE,
    paymentMethod: 1,
    ...change,
  });

  it.each<[string, Partial<CreateRequest>, string]>([
    ['without an entry fee', { entryFee: '0' }, '422 free_match_unsupported'],
    ['with a fee below the range', { entryFee: '9999' }, '422 entry_fee_out_of_range'],
    ['with a fee above the range', { entryFee: '100000000001' }, '422 entry_fee_out_of_range'],
    ['with a fee whose pool leaves u64', { entryFee: '18446744073709551615' }, '422 entry_fee_out_of_range'],
    ['of a game that nobody registered', { gameType: 7 }, '422 unknown_game'],
  ])('%s is not created', async (_, change, code) => {
    const { world, id } = await opened();
    const request = terms(change, id);
    expect(codeOf(await world.match(id).create(world.caller('alice'), request))).toBe(code);
    expect(codeOf(await world.match(id).create(world.caller('alice'), request))).toBe(code);
    expect(await world.match(id).view({ userId: null, role: 'operator' })).toBeNull();
    expect((await world.match(id).journal(1, 10)).entries).toEqual([]);
    // The refused attempt is in nobody's way.
    expect(codeOf(await world.match(id).create(world.caller('alice'), terms({}, id)))).toBe('201 ok');
  });

  it('under an id whose first 31 characters are taken is not created (H-14)', async () => {
    const story = await opened();
    const { world, id } = story;
    await create(story);
    const twin = `${id.slice(0, 31)}99999`;
    expect(codeOf(await world.match(twin).create(world.caller('bob'), terms({}, twin)))).toBe(
      '409 match_exists',
    );
  });

  it('that nobody created refuses everything', async () => {
    const story = await opened();
    for (const answer of [await join(story, 'bob'), await start(story), await end(story)])
      expect(codeOf(answer)).toBe('404 match_not_found');
    expect(await story.world.match(story.id).reconcile('pass')).toMatchObject({ kind: 'unknown' });
  });
});

/** Sets the program's pause byte at every commitment, as its treasury key would. */
function pauseProgram(world: World, paused: boolean): void {
  const { address } = world.port.pda('config');
  const account = world.chain.getAccount(address);
  if (account === null) throw new Error('no config');
  const data = Uint8Array.from(account.data);
  data[210] = paused ? 1 : 0;
  world.chain.setAccount(address, { ...account, data });
}

describe('a paused program', () => {
  it('takes no new match; what is queued stays queued, with an alert, and lands after the pause', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    pauseProgram(world, true);
    await world.advance(5_000);
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    const other = `${id.slice(0, 8)}-9999-4333-8444-555555555555`;
    const request = { clientKey: clientKey(), matchId: other, gameType: 0, seed: '1', entryFee: FEE };
    expect(
      codeOf(await world.match(other).create(world.caller('alice'), { ...request, paymentMethod: 1 })),
    ).toBe('503 program_paused');
    // Longer than all tries of a piece of work would last.
    await world.advance(300_000);
    expect(await view()).toMatchObject({ money: 'lobby', seats: [{ userId: 'bob', state: 'reserved' }] });
    expect((await world.match(id).alerts()).map(({ class: cls }) => cls)).toContain('action_blocked');
    pauseProgram(world, false);
    await join(story, 'alice');
    await seatsFinal(story, 2);
  });
});

describe('a join', () => {
  it.each<[string, Partial<JoinRequest>, string]>([
    ['by wallet into a PLATFORM match', { paymentMethod: 0 }, '409 payment_method_mismatch'],
    ['at another fee', { entryFee: '100000001' }, '409 entry_fee_mismatch'],
    [
      'by a player who was shown another pool',
      { feeBreakdown: { totalEntry: FEE, platformFee: '0', netPool: FEE } },
      '409 fee_breakdown_mismatch',
    ],
    ['that would expire in the past', { notAfter: 1 }, '422 not_after_out_of_range'],
    ['that would wait for more than 72 hours', { notAfter: 1_900_000_000_000 }, '422 not_after_out_of_range'],
  ])('%s is refused', async (_, change, code) => {
    const story = await opened();
    const { world, id } = story;
    await create(story);
    const request: JoinRequest = { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1, ...change };
    expect(codeOf(await world.match(id).join(world.caller('bob'), request))).toBe(code);
    expect((await story.view()).seats).toEqual([]);
    expect((await (await world.deposit('bob')).view())?.balances.held).toBe('0');
  });

  it('into a full table is refused, and its money stays free', async () => {
    const story = await opened();
    const { world } = story;
    await create(story);
    for (const user of ['p1', 'p2', 'p3', 'p4', 'p5']) await world.fund(user, 1_000_000_000n);
    for (const user of ['p1', 'p2', 'p3', 'p4']) expect(codeOf(await join(story, user))).toBe('200 ok');
    expect(codeOf(await join(story, 'p5'))).toBe('409 match_full');
    expect((await (await world.deposit('p5')).view())?.balances.held).toBe('0');
  });

  it('under a user id that is bound to another wallet is refused', async () => {
    const story = await opened();
    const { world, id } = story;
    await create(story);
    const thief = { ...world.caller('bob'), wallet: world.caller('mallory').wallet };
    const request: JoinRequest = { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1 };
    expect(codeOf(await world.match(id).join(thief, request))).toBe('409 binding_mismatch');
    expect((await story.view()).seats).toEqual([]);
  });

  it('shown the right pool is taken', async () => {
    const story = await opened();
    const { world, id } = story;
    await create(story);
    const feeBreakdown = { totalEntry: FEE, platformFee: '5000000', netPool: '95000000' };
    const request: JoinRequest = { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1, feeBreakdown };
    expect(codeOf(await world.match(id).join(world.caller('bob'), request))).toBe('200 ok');
  });
});

async function playing(): Promise<Story> {
  const story = await opened();
  await create(story);
  for (const user of ['alice', 'bob']) await join(story, user);
  await seatsFinal(story, 2);
  return story;
}

describe('a start', () => {
  it('by anyone but the host or an operator is forbidden', async () => {
    const { world, id } = await playing();
    for (const user of ['bob', 'mallory'])
      expect(codeOf(await world.match(id).start(world.caller(user), { clientKey: clientKey() }))).toBe(
        '403 forbidden',
      );
    const operator = { ...world.caller('olga'), role: 'operator' as const };
    expect(codeOf(await world.match(id).start(operator, { clientKey: clientKey() }))).toBe('200 ok');
  });

  it('with too few seats is refused for now', async () => {
    const story = await opened();
    await create(story);
    await join(story, 'alice');
    expect(codeOf(await start(story))).toBe('409 not_enough_seats');
  });

  it('closes the table: no one joins a match that is played', async () => {
    const story = await playing();
    await start(story);
    await story.world.fund('carol', 1_000_000_000n);
    expect(codeOf(await join(story, 'carol'))).toBe('409 wrong_phase');
    expect((await (await story.world.deposit('carol')).view())?.balances.held).toBe('0');
  });
});

describe('an end', () => {
  const ended = ({ world, id }: Story, result: EndRequest['result'], user = 'alice') =>
    world.match(id).end(world.caller(user), { clientKey: clientKey(), result });

  it.each<[string, EndRequest['result']]>([
    ['whose shares do not sum to the whole', [{ userId: 'bob', shareBps: 9_999 }]],
    [
      'that pays more than there is',
      [
        { userId: 'bob', shareBps: 10_000 },
        { userId: 'alice', shareBps: 1 },
      ],
    ],
    ['that pays somebody who has no seat', [{ userId: 'mallory', shareBps: 10_000 }]],
    [
      'that lists a player twice',
      [
        { userId: 'bob', shareBps: 5_000 },
        { userId: 'bob', shareBps: 5_000 },
      ],
    ],
  ])('%s is refused', async (_, result) => {
    const story = await playing();
    await start(story);
    expect(codeOf(await ended(story, result))).toBe('422 result_invalid');
    expect((await story.view()).result).toBeNull();
    expect(codeOf(await end(story))).toBe('200 ok');
  });

  it('before the start is refused', async () => {
    const story = await playing();
    expect(codeOf(await end(story))).toBe('409 wrong_phase');
  });

  it('by anyone but the host is forbidden', async () => {
    const story = await playing();
    await start(story);
    expect(codeOf(await ended(story, [{ userId: 'bob', shareBps: 10_000 }], 'bob'))).toBe('403 forbidden');
  });

  it('twice with another result keeps the first', async () => {
    const story = await playing();
    await start(story);
    expect(codeOf(await end(story))).toBe('200 ok');
    expect(codeOf(await ended(story, [{ userId: 'alice', shareBps: 10_000 }]))).toBe(
      '409 result_already_accepted',
    );
    await story.world.until(async () => (await story.view()).money === 'settled', 'settled');
    expect(codeOf(await ended(story, [{ userId: 'alice', shareBps: 10_000 }]))).toBe(
      '409 result_already_accepted',
    );
    expect((await story.view()).result).toMatchObject([{ userId: 'bob', prize: '190000000' }]);
  });
});
