/**
 * `notAfter` passes in every state of an action that half-requests, withdraw and deposit-request do not play: it ends as
 * expired only once nothing of it can land, never early, and what is held for it is either captured or given back.
 */
import { describe, expect, it } from 'vitest';
import { resolve } from './called-off.ts';
import { actionsIn, unfinished } from './checks.ts';
import { walletKeys } from './ids.ts';
import { createdFinally } from './seated.ts';
import { joinsOf, onChain, opened, type Story, seatsFinal } from './story.ts';
import {
  asked,
  askedOf,
  createWalletMatch,
  fillWallet,
  sendBack,
  signedBy,
  walletBalance,
  walletJoin,
} from './wallets.ts';
import * as money from './withdraw-story.ts';
import { clientKey, type Weather } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = 100_000_000n;
const AMOUNT = 300_000_000n;
const SOON = 3_000;
const swallowed: Weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');

function joinSoon({ world, id }: Story, user: string, inMs = SOON) {
  const request = { entryFee: FEE.toString(), paymentMethod: 1 as const, notAfter: world.now + inMs };
  return world.match(id).join(world.caller(user), { clientKey: clientKey(), ...request });
}

function joinState({ world, id }: Story): string | undefined {
  return actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.state;
}

async function balances({ world }: Story, user: string) {
  return (await money.viewOf(world, user)).balances;
}

async function created(): Promise<Story> {
  const story = await opened();
  await createdFinally(story);
  return story;
}

describe('a PLATFORM join', () => {
  it('whose attempt lands after all stays: its hold is captured, and not given back', async () => {
    const story = await created();
    const { world } = story;
    world.weather = swallowed;
    await joinSoon(story, 'bob');
    await world.advance(SOON + 500);
    expect(joinState(story)).toBe('sent');
    world.weather = () => 'fine';
    await seatsFinal(story, 1);
    await world.advance(30_000);
    expect(joinState(story)).toBe('final');
    expect(await balances(story, 'bob')).toMatchObject({ available: (SOL - FEE).toString(), held: '0' });
    expect(await onChain(world, 'bob')).toBe(SOL - FEE);
    expect(await joinsOf(world, 'bob')).toBe(1);
  });

  it('that a person looks at stays theirs; what they give back ends as expired, and frees its hold once', async () => {
    const story = await created();
    const { world, view } = story;
    // Nobody can prove what became of it: its tries run out, and a person is called.
    world.weather = (method) => {
      if (method === 'sendTransaction') return 'swallowed';
      return method === 'getFirstAvailableBlock' ? 'http-500' : 'fine';
    };
    Object.assign(world.settings, { maxTries: 3 });
    const patience = 60_000;
    await joinSoon(story, 'bob', patience);
    const notAfter = world.now + patience;
    await world.until(async () => (await view()).money === 'review', 'in review', patience);
    await world.advance(notAfter - world.now + 1_000);
    expect(joinState(story)).toBe('review');
    expect(await balances(story, 'bob')).toMatchObject({ held: FEE.toString() });
    world.weather = swallowed;
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).seats.length === 0, 'freed', 600_000);
    await world.advance(5_000);
    expect(joinState(story)).toBe('expired');
    expect(await balances(story, 'bob')).toMatchObject({ available: SOL.toString(), held: '0' });
    expect(unfinished(world, world.matchName(story.id))).toEqual([]);
  });
});

async function walletStory(): Promise<Story> {
  const story = await opened();
  await fillWallet(story, 'bob', SOL);
  await createWalletMatch(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function admissions({ world }: Story): Promise<number> {
  return (await (await world.deposit('bob')).view())?.admissions.length ?? 0;
}

describe('a WALLET join', () => {
  it('that is offered when its notAfter passes is freed; a signature that comes then goes nowhere', async () => {
    const story = await walletStory();
    const { world, view } = story;
    await walletJoin(story, 'bob', { notAfter: world.now + SOON });
    const { action, transaction } = await asked(story, 'bob');
    await world.advance(SOON - 1_000);
    expect((await view()).seats).toHaveLength(1);
    await world.advance(1_500);
    expect((await view()).seats).toEqual([]);
    expect(joinState(story)).toBe('expired');
    const late = await sendBack(story, 'bob', action, signedBy(walletKeys('bob'), transaction));
    expect(late).toMatchObject({ status: 409, text: expect.stringContaining('sign_request_gone') });
    await world.advance(10_000);
    expect(await admissions(story)).toBe(0);
    expect(walletBalance(story, 'bob')).toBe(SOL);
  });

  it('that is countersigned and then dies past its notAfter ends as expired, once that is proved', async () => {
    const story = await walletStory();
    const { world, view } = story;
    world.weather = swallowed;
    await walletJoin(story, 'bob', { notAfter: world.now + SOON });
    const { action, transaction } = await asked(story, 'bob');
    await sendBack(story, 'bob', action, signedBy(walletKeys('bob'), transaction));
    await world.advance(SOON + 500);
    expect((await view()).seats).toMatchObject([{ state: 'submitted' }]);
    expect(await admissions(story)).toBe(1);
    await world.until(async () => (await view()).seats.length === 0, 'freed', 60_000);
    expect(joinState(story)).toBe('expired');
    await world.advance(5_000);
    expect(await admissions(story)).toBe(0);
  });

  it('does not lapse in an outage, nor at its end: its ten minutes begin when the chain is back', async () => {
    const story = await walletStory();
    const { world, view } = story;
    const { walletLapseMs } = world.settings.match;
    await walletJoin(story, 'bob');
    await asked(story, 'bob');
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    // Back just before its first ten minutes would be over.
    await world.advance(walletLapseMs - 25_000);
    world.chain.thaw();
    await world.until(async () => (await view()).link === 'online', 'online');
    const back = world.now;
    await world.until(async () => (await askedOf(story, 'bob')) !== undefined, 'asked again');
    await world.advance(back + walletLapseMs - 10_000 - world.now);
    expect((await view()).seats).toHaveLength(1);
    expect(await admissions(story)).toBe(1);
    await world.until(async () => (await view()).seats.length === 0, 'lapsed', 30_000);
    await world.advance(2_000);
    expect(await admissions(story)).toBe(0);
  });
});

describe('a withdrawal', () => {
  it('that lands after its notAfter is paid, and nothing of it is given back', async () => {
    const { world } = await opened();
    world.weather = swallowed;
    await money.withdraw(world, 'bob', AMOUNT, { notAfter: world.now + SOON });
    await world.advance(SOON + 500);
    expect(await money.livesOf(world, 'bob', 'withdraw')).toMatchObject([{ state: 'sent' }]);
    world.weather = () => 'fine';
    await money.nothingOpen(world, 'bob');
    expect(await money.livesOf(world, 'bob', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    await money.exact(world, 'bob', SOL - AMOUNT - money.FEE);
  });
});

describe('a deposit', () => {
  it('that is offered when its notAfter passes expires, and not before', async () => {
    const world = await money.carolWith();
    await money.deposit(world, 'carol', AMOUNT, { notAfter: world.now + SOON });
    const { action, transaction } = await money.askedToSign(world, 'carol');
    await world.advance(SOON - 1_000);
    expect(await money.livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'offered', attempts: [] }]);
    await world.advance(1_500);
    expect(await money.livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'expired', attempts: [] }]);
    const signed = { action, transaction: signedBy(walletKeys('carol'), transaction) };
    expect(await money.sendBack(world, 'carol', signed)).toMatchObject({ status: 409 });
    await world.advance(10_000);
    expect(await money.purses(world, 'carol')).toMatchObject({ deposit: 0n, wallet: SOL });
  });

  it.each([
    ['dies then ends as expired', false],
    ['lands then is credited', true],
  ])('that is countersigned before its notAfter and %s', async (_, lands) => {
    const world = await money.carolWith();
    world.weather = swallowed;
    await money.deposit(world, 'carol', AMOUNT, { notAfter: world.now + SOON });
    await money.signs(world, 'carol');
    await world.advance(SOON + 500);
    expect(await money.livesOf(world, 'carol', 'deposit')).toMatchObject([{ state: 'sent' }]);
    if (lands) world.weather = () => 'fine';
    await money.nothingOpen(world, 'carol', 600_000);
    const [life] = await money.livesOf(world, 'carol', 'deposit');
    expect(life).toEqual(
      lands ? { state: 'final', attempts: ['final'] } : { state: 'expired', attempts: ['dead'] },
    );
    if (lands) await money.exact(world, 'carol', AMOUNT);
    else expect(await money.purses(world, 'carol')).toMatchObject({ deposit: 0n, wallet: SOL });
  });
});
