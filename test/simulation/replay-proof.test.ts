/** Nothing is signed anew before its predecessor is provably dead, and what cannot be proved waits (design: section 6). */
import { describe, expect, it } from 'vitest';
import { alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { Mailbag } from './mailbag.ts';
import { exact, FEE, fillWallet, livesOf, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { clientKey, type Weather, World, type WorldOptions } from './world.ts';

const AMOUNT = 200_000_000n;
const HELD = (AMOUNT + FEE).toString();

async function rich(options: WorldOptions = {}): Promise<World> {
  const world = new World(options);
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  return world;
}

async function attempts(world: World) {
  const name = await world.depositName('alice');
  return world
    .home(name)
    .rows('SELECT signature, state, detail, body FROM attempt ORDER BY seq')
    .map(({ signature, state, detail, body }) => ({
      signature: String(signature),
      state: String(state),
      detail: String(detail),
      // SAFETY: written by the kernel from an AttemptRecord.
      lastValidBlockHeight: (JSON.parse(String(body)) as { lastValidBlockHeight: number })
        .lastValidBlockHeight,
    }));
}

async function drop(world: World) {
  const operator = { userId: 'olga', wallet: '', role: 'operator' } as const;
  return (await world.deposit('alice')).resolve(operator, {
    clientKey: clientKey(),
    as: 'drop',
    reason: 'it never landed',
  });
}

describe('a transaction that no provider forwards', () => {
  it('is sent again and again until its last valid block height, and not once after it', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    world.weather = bag.holding('swallowed');
    await withdraw(world, 'alice', AMOUNT);
    await world.until(() => bag.letters.length === 2, 'the second signature');
    const [first] = bag.letters;
    const [dead] = await attempts(world);
    expect(dead).toMatchObject({ signature: first?.signature, state: 'dead' });
    const heights = first?.heights ?? [];
    // Sent once a poll, as long as it could land.
    expect(heights.length).toBeGreaterThan(20);
    expect(Math.max(...heights)).toBeLessThanOrEqual(dead?.lastValidBlockHeight ?? 0);
    expect(Math.max(...heights)).toBeGreaterThan((dead?.lastValidBlockHeight ?? 0) - 10);
    world.weather = () => 'fine';
    await exactlyOnce(world);
  });
});

async function exactlyOnce(world: World): Promise<void> {
  await world.until(async () => (await viewOf(world, 'alice')).openActions.length === 0, 'done', 240_000);
  await exact(world, 'alice', SOL - AMOUNT - FEE);
}

describe('where one of two providers has a gap in its archive', () => {
  const gap: Weather = (method, _, provider) =>
    method === 'getFirstAvailableBlock' && provider === 'b' ? { result: Number.MAX_SAFE_INTEGER } : 'fine';

  it('nothing is proved by the other: it is never signed anew, and waits for a person', async () => {
    const world = await rich({ providers: ['a', 'b'] });
    const bag = new Mailbag(world);
    world.weather = bag.holding('swallowed', gap);
    await withdraw(world, 'alice', AMOUNT);
    const inReview = async () => (await viewOf(world, 'alice')).money === 'review';
    await world.until(inReview, 'a person is called', 600_000);
    expect(bag.letters).toHaveLength(1);
    expect(await attempts(world)).toMatchObject([{ state: 'sent' }]);
    expect(await alertsIn(await world.deposit('alice'))).toContain('critical action_review');
    expect((await viewOf(world, 'alice')).queue).toEqual({ waiting: 1, underWay: 0, waitsFor: 'person' });
    expect(await drop(world)).toMatchObject({ status: 409, text: expect.stringContaining('outstanding') });
    expect((await viewOf(world, 'alice')).balances.withdrawing).toBe(HELD);

    // Looked after all the same: once the gap is filled the person is free to end it, and the money comes back.
    world.weather = bag.holding('swallowed');
    await world.until(async () => (await attempts(world))[0]?.state === 'dead', 'proved', 60_000);
    expect(await viewOf(world, 'alice')).toMatchObject({ money: 'review', balances: { withdrawing: HELD } });
    expect(await drop(world)).toMatchObject({ status: 200 });
    expect((await viewOf(world, 'alice')).balances).toMatchObject({ available: `${SOL}`, withdrawing: '0' });
    expect(bag.letters).toHaveLength(1);
  });

  it('what lands while a person looks at it is booked, once', async () => {
    const world = await rich({ providers: ['a', 'b'] });
    const bag = new Mailbag(world);
    world.weather = bag.holding('swallowed');
    await withdraw(world, 'alice', AMOUNT);
    await world.until(() => bag.letters.length === 1, 'sent');
    for (const letter of bag.letters) bag.deliver(letter);
    // It is on the chain, and both say that they know nothing of it, by a state from before it.
    const hidden: Weather = (method) =>
      method === 'getSignatureStatuses' ? { result: { context: { slot: 1 }, value: [null] } } : 'fine';
    world.weather = bag.holding('swallowed', hidden);
    const inReview = async () => (await viewOf(world, 'alice')).money === 'review';
    await world.until(inReview, 'a person is called', 600_000);
    world.weather = () => 'fine';
    await world.until(async () => (await viewOf(world, 'alice')).money === 'active', 'booked', 60_000);
    expect(bag.letters).toHaveLength(1);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    expect((await viewOf(world, 'alice')).balances).toMatchObject({
      available: `${SOL - AMOUNT - FEE}`,
      withdrawing: '0',
    });
  });
});

describe('bytes that every provider refuses as badly made', () => {
  it.each([-32003, -32006, -32013])(
    '(%i) go to a person once they are dead, and are made once only',
    async (code) => {
      const world = await rich();
      const bag = new Mailbag(world);
      const refusing = bag.holding('swallowed');
      world.weather = (method, params, provider) =>
        refusing(method, params, provider) === 'swallowed'
          ? { error: { code, message: 'signature verification failure' } }
          : 'fine';
      await withdraw(world, 'alice', AMOUNT);
      await world.until(async () => (await viewOf(world, 'alice')).money === 'review', 'in review', 240_000);
      expect(bag.letters).toHaveLength(1);
      expect((await attempts(world)).map(({ state }) => state)).toEqual(['dead']);
      const [reason] = findingsIn(world, await world.depositName('alice'), 'review');
      expect(reason).toMatch(/^refused as made, then absent at finalized slots/);
      expect(await alertsIn(await world.deposit('alice'))).toContain('critical bytes_refused');
      expect(await drop(world)).toMatchObject({ status: 200 });
      expect((await viewOf(world, 'alice')).balances).toMatchObject({
        available: `${SOL}`,
        withdrawing: '0',
      });
    },
  );

  it('are sent on while they can land: the next word may be another', async () => {
    const world = await rich();
    let refused = 0;
    world.weather = (method) => {
      if (method !== 'sendTransaction' || refused >= 3) return 'fine';
      refused += 1;
      return { error: { code: -32003, message: 'signature verification failure' } };
    };
    await withdraw(world, 'alice', AMOUNT);
    const done = async () => (await viewOf(world, 'alice')).openActions.length === 0;
    await world.until(done, 'final');
    expect(refused).toBe(3);
    expect(attemptsIn(world, await world.depositName('alice')).map(({ state }) => state)).toEqual(['final']);
  });
});
