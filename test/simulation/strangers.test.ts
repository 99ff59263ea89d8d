/** What anyone can do to a match on the chain before it is played (design: section 3, rule 7; H-13, H-15). */
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, attemptsIn, findingsIn, purse } from './checks.ts';
import { create, join, opened, type Story, seatsFinal, start } from './story.ts';
import { Stranger } from './stranger.ts';

const SOL = 1_000_000_000n;

async function inReview({ world, id, view }: Story): Promise<void> {
  await world.until(async () => (await view()).money === 'review', 'the match is in review');
  expect(await alertsIn(world.match(id))).toContain('critical action_review');
  expect(findingsIn(world, world.matchName(id), 'review').length).toBeGreaterThan(0);
  await world.advance(1_000);
  expect(world.delivered.map(({ class: cls }) => cls)).toContain('action_review');
}

/** Held where it was, and nothing has left the deposits on the chain. */
async function stakesHeld({ world, id }: Story, users: readonly string[]): Promise<void> {
  for (const user of users) {
    const view = await (await world.deposit(user)).view();
    expect(view?.balances).toMatchObject({ available: '900000000', held: '100000000' });
  }
  expect(await purse(world, ['alice', 'bob'], [id])).toMatchObject({ deposits: 2n * SOL });
}

describe('a match id that a stranger has created first', () => {
  it('is never signed on: the match goes to review, the holds stay, a person is called', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await stranger.lands([stranger.create(id, { entryFee: 1_000_000n })]);
    await world.advance(3_000);
    await create(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await inReview(story);
    expect(attemptsIn(world, world.matchName(id))).toEqual([]);
    await stakesHeld(story, ['alice', 'bob']);
    expect(await story.view()).toMatchObject({
      money: 'review',
      seats: [{ state: 'reserved' }, { state: 'reserved' }],
    });
  });

  it('is never joined where both creates were in flight and the stranger won', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    world.weather = (method) => {
      // Ours is signed and on its way; theirs is in the block before.
      if (method === 'sendTransaction' && world.chain.pendingCount === 0)
        stranger.sends([stranger.create(id, { entryFee: 1_000_000n })]);
      return 'fine';
    };
    await create(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(1_000);
    world.weather = () => 'fine';
    await inReview(story);
    const created = actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'create');
    expect(attemptsIn(world, world.matchName(id)).every(({ action }) => action === created?.hash)).toBe(true);
    await stakesHeld(story, ['alice', 'bob']);
  });

  it('takes no stake where the players joined during an outage and the stranger used it', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    world.weather = () => 'lost';
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    await create(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    expect(await start(story)).toMatchObject({
      status: 409,
      text: expect.stringContaining('create_not_final'),
    });
    stranger.sends([stranger.create(id)]);
    await world.advance(3_000);
    world.weather = () => 'fine';
    await inReview(story);
    await stakesHeld(story, ['alice', 'bob']);
  });
});

describe('a stranger at the table', () => {
  it("under a player's name keeps that player's stake at home and sends the match to review", async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    await world.until(async () => (await story.view()).openActions.length === 0, 'create final');
    await stranger.lands([stranger.join(id, 'bob')]);
    await world.advance(3_000);
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await inReview(story);
    await stakesHeld(story, ['bob']);
  });

  it("who races a player's join under their name is found out after the join has failed", async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    await world.until(async () => (await story.view()).openActions.length === 0, 'create final');
    let raced = false;
    world.weather = (method) => {
      if (method === 'sendTransaction' && !raced) stranger.sends([stranger.join(id, 'bob')]);
      raced ||= method === 'sendTransaction';
      return 'fine';
    };
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await inReview(story);
    await stakesHeld(story, ['bob']);
  });

  it('in a seat of their own is seen within one pass, and the match is not started with them', async () => {
    const story = await opened();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    await stranger.lands([stranger.join(id, 'mallory')]);
    await world.advance(3_000);
    expect(await world.cron()).toMatchObject({ paused: 1 });
    expect(await view()).toMatchObject({
      link: 'paused',
      pausedFor: expect.stringContaining('missing_in_mirror'),
    });
    expect(await alertsIn(world.match(id))).toContain('critical break:missing_in_mirror, amount_mismatch');
    expect(await start(story)).toMatchObject({ status: 503, text: expect.stringContaining('match_paused') });
  });

  it('in a seat of their own is not started with where `start` comes before the pass', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    await stranger.lands([stranger.join(id, 'mallory')]);
    await world.advance(3_000);
    expect(await start(story)).toMatchObject({ status: 200 });
    await inReview(story);
    const started = actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'start');
    expect(attemptsIn(world, world.matchName(id)).some(({ action }) => action === started?.hash)).toBe(false);
  });

  it.each([
    ['during an outage', async () => {}],
    [
      'while it is paused, though a person resumes it',
      async ({ world, id }: Story) => {
        await world.match(id).pause('olga', 'lunch');
        world.weather = () => 'fine';
        await world.advance(20_000);
        await world.match(id).resume('olga', 'back');
      },
    ],
  ])('in a seat taken %s keeps every later stake at home', async (_, goOn) => {
    const story = await opened();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    world.weather = () => 'lost';
    await world.until(async () => (await view()).link === 'queued', 'queued');
    await stranger.lands([stranger.join(id, 'mallory')]);
    await world.advance(3_000);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await goOn(story);
    world.weather = () => 'fine';
    await inReview(story);
    await stakesHeld(story, ['alice', 'bob']);
    expect(attemptsIn(world, world.matchName(id))).toHaveLength(1);
  });

  it('who takes the last seat leaves the player their money, and a person is called', async () => {
    const story = await opened();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    await create(story);
    await world.until(async () => (await story.view()).openActions.length === 0, 'create final');
    for (const name of ['m1', 'm2', 'm3', 'm4']) await stranger.lands([stranger.join(id, name)]);
    await world.advance(3_000);
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.advance(20_000);
    await world.cron();
    const seen = await story.view();
    expect(seen.money === 'review' || seen.link === 'paused').toBe(true);
    expect((await alertsIn(world.match(id))).some((alert) => alert.startsWith('critical'))).toBe(true);
    await stakesHeld(story, ['bob']);
  });
});
