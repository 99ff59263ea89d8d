/** Degraded is not down: what is tried, what waits, and what is capped (design: section 4, Link states). */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import { createdFinally, cutOff } from './seated.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import * as money from './withdraw-story.ts';
import { clientKey, matchId } from './world.ts';

const FEE = 100_000_000n;
/** Slots beyond those that finality always takes. */
const LAG = 200;

/** Finality lags, as far as the monitor is told: blocks come, and what is tried lands. */
async function slowed({ world, view }: Story): Promise<void> {
  world.weather = (method, params) => {
    const isProbe = method === 'getEpochInfo' && JSON.stringify(params).includes('processed');
    if (!isProbe) return 'fine';
    const slot = world.chain.slot + LAG;
    return {
      result: { absoluteSlot: slot, blockHeight: slot, epoch: 0, slotIndex: 0, slotsInEpoch: 432_000 },
    };
  };
  await world.until(async () => (await view()).link === 'degraded', 'degraded', 600_000);
}

function refusalIn({ text }: Answer) {
  // SAFETY: a refusal's body is a Refusal.
  return JSON.parse(text) as { code: string; retryable: boolean; detail?: string };
}

describe('while the chain is slow', () => {
  it('a stake above the cap is refused for now, with the cap; nothing is stored, and later it is taken', async () => {
    const story = await opened();
    const { world, view } = story;
    Object.assign(world.settings, { degradedMaxStake: FEE - 1n });
    await createdFinally(story);
    await slowed(story);
    const { seq } = await view();
    const key = clientKey();
    const refused = await join(story, 'bob', key);
    expect(refused.status).toBe(503);
    expect(refusalIn(refused)).toMatchObject({
      code: 'stake_capped',
      retryable: true,
      detail: (FEE - 1n).toString(),
    });
    expect((await view()).seq).toBe(seq);
    world.weather = () => 'fine';
    await world.until(async () => (await view()).link === 'online', 'online', 600_000);
    expect(await join(story, 'bob', key)).toMatchObject({ status: 200 });
    await join(story, 'alice');
    await seatsFinal(story, 2);
  });

  it('a stake at the cap is taken and tried, and lands; a withdrawal is taken and tried too', async () => {
    const story = await opened();
    const { world, view } = story;
    Object.assign(world.settings, { degradedMaxStake: FEE });
    await createdFinally(story);
    await slowed(story);
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    expect(await money.withdraw(world, 'bob', 1_000n)).toMatchObject({ status: 200 });
    expect((await view()).decidedBy).toBe('mirror');
    const landed = async () => (await view()).seats.every(({ state }) => state === 'final');
    await world.until(landed, 'landed in spite of it', 600_000);
    expect((await view()).link).toBe('degraded');
    await money.nothingOpen(world, 'bob', 600_000);
    world.weather = () => 'fine';
  });

  it('what one user may have open is capped too: a seat beyond it is asked for until the chain is well', async () => {
    const story = await opened();
    const { world, view } = story;
    Object.assign(world.settings, { degradedMaxLamportsPerUser: FEE });
    await createdFinally(story);
    const other = { ...story, id: matchId() };
    await create(other);
    await slowed(story);
    // Held up at the chain, so that the first stays open.
    world.chain.freeze();
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    const key = clientKey();
    const waits = await join(other, 'bob', key);
    expect(waits.status).toBe(202);
    expect(refusalIn(waits)).toMatchObject({ seat: 'requested', waitsFor: 'stake_capped' });
    expect((await money.viewOf(world, 'bob')).balances.held).toBe(FEE.toString());
    world.chain.thaw();
    world.weather = () => 'fine';
    await world.until(async () => (await join(other, 'bob', key)).status === 200, 'reserved', 600_000);
    expect((await view()).seats).toHaveLength(1);
  });

  it('a seat beyond that cap waits and calls nobody, and a withdrawal takes up nothing of it', async () => {
    const story = await opened();
    const { world } = story;
    Object.assign(world.settings, { degradedMaxLamportsPerUser: FEE, maxTries: 3 });
    await createdFinally(story);
    const other = { ...story, id: matchId() };
    await create(other);
    await slowed(story);
    const { weather } = world;
    world.weather = (method, params, provider) =>
      method === 'sendTransaction' ? 'swallowed' : weather(method, params, provider);
    expect(await money.withdraw(world, 'bob', FEE)).toMatchObject({ status: 200 });
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    const key = clientKey();
    expect(await join(other, 'bob', key)).toMatchObject({ status: 202 });
    await world.advance(5_000);
    expect(await join(other, 'bob', key)).toMatchObject({ status: 202 });
    expect(world.delivered.map(({ class: cls }) => cls)).not.toContain('outbox_parked');
    const rows = world.home(world.matchName(other.id)).rows("SELECT tries FROM outbox WHERE task = 'hold'");
    expect(rows).toEqual([{ tries: 0 }]);
  });

  it('is told from down, where the ordinary limits hold and nothing is tried', async () => {
    const story = await opened();
    const { world, view } = story;
    Object.assign(world.settings, { degradedMaxStake: 1n, degradedMaxLamportsPerUser: 1n });
    await createdFinally(story);
    await slowed(story);
    expect(refusalIn(await join(story, 'bob')).code).toBe('stake_capped');
    world.weather = () => 'fine';
    await cutOff(story);
    let sent = 0;
    world.weather = (method) => {
      if (method === 'sendTransaction') sent += 1;
      return 'fine';
    };
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(20_000);
    expect(sent).toBe(0);
    expect((await view()).seats.map(({ state }) => state)).toEqual(['reserved', 'reserved']);
    world.chain.thaw();
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
  });
});
