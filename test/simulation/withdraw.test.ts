/** Withdrawals end to end: held, sent once, settled or released; every lamport where it belongs (design: section 7). */
import { describe, expect, it } from 'vitest';
import { alertsIn } from './checks.ts';
import { create, join, opened, seatsFinal } from './story.ts';
import {
  configOf,
  exact,
  FEE,
  fillWallet,
  livesOf,
  nothingOpen,
  purses,
  SOL,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { clientKey, type Weather, World } from './world.ts';

const AMOUNT = 200_000_000n;
const LEFT = SOL - AMOUNT - FEE;
const sends: Weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');

async function rich(): Promise<World> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  expect((await configOf(world)).withdrawalFee).toBe(FEE);
  return world;
}

/** Exactly the amount on the wallet, the fee at the treasury, and custody as it was. */
async function paidOnce(world: World, before: Awaited<ReturnType<typeof purses>>, fee = FEE): Promise<void> {
  expect(await purses(world, 'alice')).toEqual({
    deposit: before.deposit - AMOUNT - fee,
    wallet: before.wallet + AMOUNT,
    custody: before.custody,
    treasury: before.treasury + fee,
  });
}

describe('a withdrawal', () => {
  it('is held at once, paid once, and booked to the lamport', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    const answer = await withdraw(world, 'alice', AMOUNT);
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.text)).toMatchObject({ state: 'queued', lamports: '200000000', fee: '5000' });
    expect((await viewOf(world, 'alice')).balances).toMatchObject({
      available: LEFT.toString(),
      withdrawing: (AMOUNT + FEE).toString(),
    });
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', LEFT);
    await paidOnce(world, before);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
  });

  it('repeated under its key is the same withdrawal, byte for byte; another request is a conflict', async () => {
    const world = await rich();
    const key = clientKey();
    const first = await withdraw(world, 'alice', AMOUNT, { clientKey: key });
    await world.advance(1_000);
    expect(await withdraw(world, 'alice', AMOUNT, { clientKey: key })).toEqual(first);
    const other = await withdraw(world, 'alice', AMOUNT + 1n, { clientKey: key });
    expect(other).toMatchObject({ status: 409, text: expect.stringContaining('lamports') });
    const asDeposit = await (await world.deposit('alice')).deposit(world.caller('alice'), {
      clientKey: key,
      lamports: AMOUNT.toString(),
    });
    expect(asDeposit).toMatchObject({ status: 409, text: expect.stringContaining('kind') });
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toHaveLength(1);
    await exact(world, 'alice', LEFT);
  });

  it('asked for in an outage is queued, held, and sent once when the chain is back', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    world.weather = () => 'http-500';
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    await world.until(async () => {
      const asked = await withdraw(world, 'alice', AMOUNT);
      return asked.status === 200;
    }, 'accepted');
    await world.advance(10_000);
    expect(await viewOf(world, 'alice')).toMatchObject({
      link: 'queued',
      decidedBy: 'mirror',
      balances: { withdrawing: (AMOUNT + FEE).toString() },
    });
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'queued', attempts: [] }]);
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', LEFT);
    await paidOnce(world, before);
  });

  it('whose every reply is lost is paid once', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    world.weather = (method) => (method === 'sendTransaction' ? 'reply-lost' : 'fine');
    await withdraw(world, 'alice', AMOUNT);
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', LEFT);
    await paidOnce(world, before);
  });

  it('that dies in between, at every step of it, is paid once', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    const name = await world.depositName('alice');
    let calls = 0;
    world.weather = () => {
      calls += 1;
      if (calls % 3 === 0 && calls < 60) world.evict(name);
      return 'fine';
    };
    const key = clientKey();
    await world.until(async () => {
      const answer = await withdraw(world, 'alice', AMOUNT, { clientKey: key }).catch(() => null);
      return answer?.status === 200;
    }, 'accepted');
    await world.until(async () => (await viewOf(world, 'alice')).openActions.length === 0, 'done', 240_000);
    world.weather = () => 'fine';
    await exact(world, 'alice', LEFT);
    await paidOnce(world, before);
    expect(calls).toBeGreaterThan(20);
  });

  it('is the fact that the history shows first: booked once, whoever tells it', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    await withdraw(world, 'alice', AMOUNT);
    const object = await world.deposit('alice');
    // Asked all the time: the history is read before the driver looks again.
    for (let pass = 0; pass < 80; pass += 1) {
      await object.reconcile(null, `pass ${pass}`);
      await world.advance(50);
    }
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', LEFT);
    await paidOnce(world, before);
  });
});

describe('two withdrawals and a join that want the same money', () => {
  it('never promise it twice', async () => {
    const story = await opened();
    const { world } = story;
    await fillWallet(world, 'alice', SOL);
    await create(story);
    const [first, second, joined] = await Promise.all([
      withdraw(world, 'alice', 600_000_000n),
      withdraw(world, 'alice', 600_000_000n),
      join(story, 'alice'),
    ]);
    expect([first.status, second.status].toSorted()).toEqual([200, 409]);
    expect(joined.status).toBe(200);
    expect((await viewOf(world, 'alice')).balances).toMatchObject({
      available: (SOL - 600_000_000n - FEE - 100_000_000n).toString(),
      held: '100000000',
      withdrawing: (600_000_000n + FEE).toString(),
    });
    await seatsFinal(story, 1);
    await nothingOpen(world, 'alice');
    expect((await viewOf(world, 'alice')).inPlay.derived).toBe('100000000');
    await exact(world, 'alice', SOL - 600_000_000n - FEE - 100_000_000n);
  });
});

describe('a withdrawal that cannot be sent', () => {
  it('is sent anew only once the first is provably dead', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    world.weather = sends;
    await withdraw(world, 'alice', AMOUNT);
    await world.until(
      async () => (await livesOf(world, 'alice', 'withdraw'))[0]?.attempts[0] === 'sent',
      'sent',
    );
    await world.until(
      async () => (await livesOf(world, 'alice', 'withdraw'))[0]?.attempts[0] === 'absent',
      'absent',
    );
    expect((await viewOf(world, 'alice')).balances.withdrawing).toBe((AMOUNT + FEE).toString());
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([
      { state: 'final', attempts: ['dead', 'final'] },
    ]);
    await exact(world, 'alice', LEFT);
    await paidOnce(world, before);
  });

  it('in time is given back when what was signed is dead, and not before', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    world.weather = sends;
    await withdraw(world, 'alice', AMOUNT, { notAfter: world.now + 3_000 });
    await world.advance(5_000);
    expect((await viewOf(world, 'alice')).balances.withdrawing).toBe((AMOUNT + FEE).toString());
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'expired', attempts: ['dead'] }]);
    await exact(world, 'alice', SOL);
    expect(await purses(world, 'alice')).toEqual(before);
  });

  it('and was never signed is given back at its notAfter', async () => {
    const world = await rich();
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    await withdraw(world, 'alice', AMOUNT, { notAfter: world.now + 3_000 });
    await world.advance(3_500);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'expired', attempts: [] }]);
    world.weather = () => 'fine';
    await exact(world, 'alice', SOL);
  });

  it('and of which nothing can be proved waits for a person, who cannot drop it; when it is seen it ends', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    let wire = '';
    world.weather = (method, params) => {
      if (method === 'sendTransaction') wire = String(params[0]);
      if (method === 'sendTransaction') return 'swallowed';
      return method === 'getFirstAvailableBlock' ? 'http-500' : 'fine';
    };
    await withdraw(world, 'alice', AMOUNT);
    await world.until(() => wire !== '', 'sent');
    // It lands, and every provider has lost sight of it.
    world.chain.sendTransaction(new Uint8Array(Buffer.from(wire, 'base64')), { skipPreflight: true });
    const blind: Weather = (method) => {
      if (method === 'getSignatureStatuses') return { result: { context: { slot: 1 }, value: [null] } };
      if (method === 'getSignaturesForAddress') return 'http-500';
      if (method === 'sendTransaction') return 'swallowed';
      return method === 'getFirstAvailableBlock' ? 'http-500' : 'fine';
    };
    world.weather = blind;
    await world.until(async () => (await viewOf(world, 'alice')).money === 'review', 'review', 600_000);
    expect(await alertsIn(await world.deposit('alice'))).toContain('critical action_review');
    expect((await withdraw(world, 'alice', 1_000_000n)).text).toContain('deposit_in_review');
    const olga = { userId: 'olga', wallet: 'w', role: 'operator' } as const;
    const drop = { clientKey: clientKey(), as: 'drop', reason: 'gone' } as const;
    const object = await world.deposit('alice');
    expect(await object.resolve(olga, drop)).toMatchObject({
      status: 409,
      text: expect.stringContaining('attempts_outstanding'),
    });
    expect(await object.resolve(world.caller('alice'), drop)).toMatchObject({ status: 403 });
    world.weather = () => 'fine';
    expect(await object.reconcile(null, 'seen')).toMatchObject({ kind: 'clean' });
    expect(await viewOf(world, 'alice')).toMatchObject({ money: 'active', openActions: [] });
    await paidOnce(world, before);
  });
});
