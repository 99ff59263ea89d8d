/**
 * Limits by count and by value, for a user and for a match (I18, I32): what is over them is recorded for a person and the
 * player is told; accepted and recorded are what was asked, whatever devices and matches do at once. Settlement has none.
 */
import { describe, expect, it } from 'vitest';
import type { MirrorSettings } from '../../durable-objects/settings.ts';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { ReviewPage } from '../../durable-objects/wire/views.ts';
import { unfinished } from './checks.ts';
import { createdFinally, cutOff } from './seated.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import * as money from './withdraw-story.ts';
import { clientKey, matchId, type World } from './world.ts';

const SOL = 1_000_000_000n;

/** Before anything is asked of the objects; the settings are theirs by reference. */
function limited(world: World, change: Partial<MirrorSettings>): void {
  Object.assign(world.settings, change);
}

function told({ status, text }: Answer): string {
  // SAFETY: answers of the objects are JSON objects.
  return `${status} ${(JSON.parse(text) as { code?: string }).code ?? 'ok'}`;
}

function counted(answers: readonly Answer[]): { readonly [answer: string]: number } {
  const counts: { [answer: string]: number } = {};
  for (const answer of answers) counts[told(answer)] = (counts[told(answer)] ?? 0) + 1;
  return counts;
}

/** In an outage, as many matches as that. */
async function manyMatches(story: Story, count: number): Promise<Story[]> {
  await createdFinally(story);
  await cutOff(story);
  const others: Story[] = [];
  for (let nth = 1; nth < count; nth += 1) others.push({ ...story, id: matchId() });
  for (const other of others) await create(other);
  return [story, ...others];
}

async function allReviews(
  { reviews }: { reviews(from: number, limit: number): Promise<ReviewPage> },
  limit: number,
): Promise<string[]> {
  const found: string[] = [];
  for (let from: number | null = 1; from !== null; ) {
    const page: ReviewPage = await reviews(from, limit);
    found.push(...page.reviews.map(({ reason }) => reason));
    from = page.next;
  }
  return found;
}

describe('a user', () => {
  it('has 20 actions open at most, over many matches and two devices at once; the rest is recorded', async () => {
    const story = await opened();
    const { world } = story;
    await world.fund('bob', 3n * SOL);
    const matches = await manyMatches(story, 23);
    const keys = matches.map(() => clientKey());
    // Both devices have the same keys; each request arrives twice, all at the same time.
    const asked = [...matches, ...matches].map((match, nth) =>
      join(match, 'bob', keys[nth % matches.length]),
    );
    const answers = await Promise.all(asked);
    await world.advance(5_000);
    const final = await Promise.all(matches.map((match, nth) => join(match, 'bob', keys[nth])));
    expect(answers.length).toBe(2 * matches.length);
    expect(counted(final)).toEqual({ '200 ok': 20, '429 user_limit_reached': 3 });
    const deposit = await world.deposit('bob');
    expect((await deposit.view())?.holds).toHaveLength(20);
    expect((await deposit.view())?.balances.held).toBe((20n * 100_000_000n).toString());
    // Told by pages, in the order in which they came.
    const reviews = await allReviews({ reviews: (from, limit) => deposit.reviews(from, limit) }, 2);
    expect(reviews).toHaveLength(3);
    expect(reviews.every((reason) => reason.includes("is over the user's limit"))).toBe(true);
    expect(world.delivered.filter(({ class: cls }) => cls === 'over_limit').length).toBeGreaterThan(0);
    // Another player's limit is their own.
    expect(told(await join(matches[0] ?? story, 'alice'))).toBe('200 ok');
  });

  it('has 10 SOL open at most: holds and withdrawals count together, whichever comes first', async () => {
    const story = await opened();
    const { world } = story;
    limited(world, { maxLamportsPerUser: 350_000_000n });
    const matches = await manyMatches(story, 3);
    const answers = await Promise.all([
      money.withdraw(world, 'bob', 120_000_000n),
      ...matches.map((match) => join(match, 'bob')),
      money.withdraw(world, 'bob', 120_000_000n),
    ]);
    const counts = counted(answers);
    const accepted = counts['200 ok'] ?? 0;
    expect(accepted + (counts['429 user_limit_reached'] ?? 0)).toBe(5);
    const deposit = await world.deposit('bob');
    expect((await deposit.reviews(1, 100)).reviews).toHaveLength(5 - accepted);
    const { balances } = await money.viewOf(world, 'bob');
    const open = BigInt(balances.held) + BigInt(balances.withdrawing);
    expect(open).toBeLessThanOrEqual(350_000_000n);
    expect(open + 100_000_000n).toBeGreaterThan(350_000_000n);
    // What is over makes room again.
    world.chain.thaw();
    await money.nothingOpen(world, 'bob');
    await world.until(async () => (await money.viewOf(world, 'bob')).holds.length === 0, 'no hold left');
    expect(told(await money.withdraw(world, 'bob', 120_000_000n))).toBe('200 ok');
  });

  it('at the limit has no rows written without end: beyond an hour`s operations nothing leaves a trace', async () => {
    const story = await opened();
    const { world } = story;
    limited(world, { maxActionsPerUser: 1, maxOperationsPerHour: 8 });
    await createdFinally(story);
    await cutOff(story);
    const answers: Answer[] = [];
    for (let nth = 0; nth < 20; nth += 1) answers.push(await money.withdraw(world, 'bob', 1_000n));
    expect(counted(answers)).toEqual({
      '200 ok': 1,
      '429 user_limit_reached': 7,
      '429 velocity_exceeded': 12,
    });
    const deposit = await world.deposit('bob');
    expect((await deposit.reviews(1, 100)).reviews).toHaveLength(7);
    const { seq } = await money.viewOf(world, 'bob');
    expect(told(await money.withdraw(world, 'bob', 1_000n))).toBe('429 velocity_exceeded');
    expect((await money.viewOf(world, 'bob')).seq).toBe(seq);
  });

  it('beyond an hour`s operations waits for a seat, uses up no tries, and calls nobody', async () => {
    const story = await opened();
    const { world } = story;
    limited(world, { maxOperationsPerHour: 1, maxTries: 3 });
    await createdFinally(story);
    expect(told(await money.withdraw(world, 'bob', 1_000n))).toBe('200 ok');
    const key = clientKey();
    const waits = await join(story, 'bob', key);
    expect([waits.status, JSON.parse(waits.text)]).toMatchObject([202, { waitsFor: 'velocity_exceeded' }]);
    for (let nth = 0; nth < 5; nth += 1) expect((await join(story, 'bob', key)).status).toBe(202);
    expect(world.delivered.map(({ class: cls }) => cls)).not.toContain('outbox_parked');
    const rows = world.home(world.matchName(story.id)).rows("SELECT tries FROM outbox WHERE task = 'hold'");
    expect(rows).toEqual([{ tries: 0 }]);
  });
});

describe('a match', () => {
  it('has so much money undecided at most: what is beyond is recorded, told, and leaves no hold', async () => {
    const story = await opened();
    const { world, view } = story;
    limited(world, { maxLamportsPerMatch: 150_000_000n });
    await createdFinally(story);
    await cutOff(story);
    const key = clientKey();
    const answers = await Promise.all([join(story, 'alice'), join(story, 'bob', key)]);
    expect(answers.map(told).toSorted()).toEqual(['200 ok', '429 match_limit_reached']);
    const loser = told(answers[0] as Answer) === '200 ok' ? 'bob' : 'alice';
    expect((await view()).seats).toHaveLength(1);
    expect((await money.viewOf(world, loser)).balances).toMatchObject({
      available: SOL.toString(),
      held: '0',
    });
    const { reviews } = await world.match(story.id).reviews(1, 100);
    expect(reviews.map(({ reason }) => reason)).toEqual([
      `join of ${loser} for 100000000 lamports is over the limit of the match`,
    ]);
    expect(unfinished(world, world.matchName(story.id)).map(({ kind }) => kind)).toEqual(['join']);
    // Said once, it is said again; once the first stake is final there is room for the next.
    if (loser === 'bob') expect(await join(story, 'bob', key)).toEqual(answers[1]);
    world.chain.thaw();
    await seatsFinal(story, 1);
    expect(told(await join(story, loser))).toBe('200 ok');
    await seatsFinal(story, 2);
    // Not even a limit of nothing holds up a settlement.
    limited(world, { maxActionsPerMatch: 0, maxLamportsPerMatch: 0n });
    world.evict(world.matchName(story.id));
    await start(story);
    await end(story);
    await settledExactly(story);
  });

  it('has so many actions open at most, and one player`s overflow is bounded', async () => {
    const story = await opened();
    const { world } = story;
    limited(world, { maxActionsPerMatch: 1, maxJoinsPerPlayer: 3 });
    await createdFinally(story);
    await cutOff(story);
    expect(told(await join(story, 'alice'))).toBe('200 ok');
    const answers: Answer[] = [];
    for (let nth = 0; nth < 6; nth += 1) answers.push(await join(story, 'bob'));
    expect(counted(answers)).toEqual({ '429 match_limit_reached': 3, '403 too_many_joins': 3 });
    expect((await world.match(story.id).reviews(1, 100)).reviews).toHaveLength(3);
  });
});
