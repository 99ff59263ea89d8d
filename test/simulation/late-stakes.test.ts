/** What strangers and players can time against a match that is being paid back (interface: H-07, H-23). */
import { describe, expect, it } from 'vitest';
import { cancel, refundedExactly, resolve, SOL } from './called-off.ts';
import { alertsIn } from './checks.ts';
import { BOTH, payees, seated } from './seated.ts';
import { join, type Story } from './story.ts';
import { Stranger } from './stranger.ts';

/** Her join is signed; nothing that is sent gets through for now. */
async function carolOnHerWay(): Promise<Story> {
  const story = await seated();
  const { world, view } = story;
  await world.fund('carol', SOL);
  world.weather = (method) => (method === 'sendTransaction' ? 'lost' : 'fine');
  expect(await join(story, 'carol')).toMatchObject({ status: 200 });
  await world.until(async () => (await view()).seats[2]?.state === 'submitted', 'signed');
  return story;
}

/** A stranger pays the others back while it is under way. */
async function overtaken(story: Story): Promise<Stranger> {
  const { world, id } = story;
  const stranger = await Stranger.arrive(world);
  await stranger.lands([stranger.refund(id, await payees(story))]);
  await world.advance(2_000);
  await world.cron();
  return stranger;
}

async function carolLands({ world, view }: Story): Promise<void> {
  world.weather = () => 'fine';
  await world.until(async () => (await view()).seats[2]?.state === 'final', 'landed');
}

describe('a stake that lands after somebody else has paid the others back (H-07)', () => {
  it.each([
    ['as was decided', true],
    ['as nobody had decided', false],
  ])('%s, is not forgotten: a person voids the match, and it is paid back too', async (_, isCalledOff) => {
    const story = await carolOnHerWay();
    const { world, id, view } = story;
    if (isCalledOff) await cancel(story, 'platform_fault');
    await overtaken(story);
    expect((await view()).money).toBe(isCalledOff ? 'cancelling' : 'review');
    await carolLands(story);
    expect((await view()).money).toBe(isCalledOff ? 'cancelling' : 'review');
    expect(await alertsIn(world.match(id))).toContain('critical late_stake');
    expect(await resolve(story, 'retry')).toMatchObject({ status: 409 });
    expect(await resolve(story, 'void')).toMatchObject({ status: 200 });
    await refundedExactly(story, [...BOTH, 'carol']);
  });

  it('and that the stranger pays back as well is not paid back twice', async () => {
    const story = await carolOnHerWay();
    const { world, id } = story;
    const stranger = await overtaken(story);
    await carolLands(story);
    const payee = await world.port.custodyAuthority('carol');
    await stranger.lands([stranger.refund(id, [{ payee, platform: true, index: 2 }])]);
    await world.advance(3_000);
    await world.cron();
    for (const as of ['void', 'retry'] as const)
      expect(await resolve(story, as)).toMatchObject({ status: 409 });
    for (const user of BOTH) await (await world.deposit(user)).reconcile(null, 'after');
    await refundedExactly(story, [...BOTH, 'carol']);
  });
});

describe('a stranger who writes another reason over our refund (H-23)', () => {
  it.each(['before it is final', 'afterwards'])('%s changes nothing', async (when) => {
    const story = await seated();
    const { world, id, view } = story;
    const stranger = await Stranger.arrive(world);
    await cancel(story, 'platform_fault');
    await world.until(
      async () =>
        when === 'afterwards'
          ? (await view()).money === 'refunded'
          : (await view()).openActions[0]?.state === 'landed',
      when,
    );
    const [alice] = await payees(story);
    await stranger.lands([stranger.refund(id, [alice], { reason: 3, abandonedIndex: 0 })]);
    await world.cron();
    await world.advance(5_000);
    await world.cron();
    await refundedExactly(story, BOTH);
    expect((await view()).cancellation?.refunds).toEqual(
      BOTH.map((userId) => ({ userId, lamports: '100000000' })),
    );
  });
});
