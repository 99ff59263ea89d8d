import { describe, expect, it } from 'vitest';
import { walletKeys } from './ids.ts';
import { create, end, join, opened, seatsFinal, start } from './story.ts';
import { signedBy } from './wallets.ts';
import {
  askedToSign,
  carolWith,
  changed,
  deposit,
  exact,
  fillWallet,
  governs,
  livesOf,
  nothingOpen,
  paused,
  purses,
  RENT,
  SIGNATURES,
  SOL,
  sendBack,
  signs,
  unpaused,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { clientKey } from './world.ts';

const AMOUNT = 300_000_000n;

describe('a first deposit', () => {
  it('makes the account, costs the wallet the amount, the rent and the fees, and is credited once final', async () => {
    const world = await carolWith();
    expect(await deposit(world, 'carol', AMOUNT)).toMatchObject({ status: 200 });
    await signs(world, 'carol');
    // Signed and sent; nothing is spendable before it is final.
    expect((await viewOf(world, 'carol')).balances.available).toBe('0');
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', AMOUNT);
    expect(await purses(world, 'carol')).toMatchObject({
      deposit: AMOUNT,
      wallet: SOL - AMOUNT - RENT - SIGNATURES,
      custody: 0n,
    });
    expect(await livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'final', attempts: ['final'] }]);
  });

  it('pays no rent a second time, and goes out again as it came in', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await deposit(world, 'carol', AMOUNT);
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', 2n * AMOUNT);
    await withdraw(world, 'carol', 2n * AMOUNT - 5_000n);
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', 0n);
    expect((await purses(world, 'carol')).wallet).toBe(SOL - RENT - 2n * SIGNATURES - 5_000n);
  });

  it('pays no rent twice where two are asked for at once: nothing stays with the custody key', async () => {
    const world = await carolWith();
    for (let deposits = 0; deposits < 2; deposits += 1) await deposit(world, 'carol', AMOUNT);
    await world.until(async () => {
      const { openActions, signRequests } = await viewOf(world, 'carol');
      for (const { action, transaction } of signRequests)
        await sendBack(world, 'carol', { action, transaction: signedBy(walletKeys('carol'), transaction) });
      return openActions.length === 0;
    }, 'both deposited');
    await exact(world, 'carol', 2n * AMOUNT);
    expect(await purses(world, 'carol')).toMatchObject({
      wallet: SOL - 2n * AMOUNT - RENT - 2n * SIGNATURES,
      custody: 0n,
    });
  });

  it('takes lamports that somebody has sent to the address for the rent, and freezes nobody for them', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    const pda = world.port.pda('deposit', await world.port.custodyAuthority('carol')).address;
    const first = await askedToSign(world, 'carol');
    world.chain.airdrop(pda, 1_000_000n);
    await world.advance(3_000);
    expect(await (await world.deposit('carol')).reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    // The offer was for the whole rent: it is not what would be prepared now, so it is left to die.
    await sendBack(world, 'carol', {
      ...first,
      transaction: signedBy(walletKeys('carol'), first.transaction),
    });
    const { action, transaction } = await askedToSign(world, 'carol', first.transaction);
    await sendBack(world, 'carol', { action, transaction: signedBy(walletKeys('carol'), transaction) });
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', AMOUNT);
    expect((await purses(world, 'carol')).custody).toBe(0n);
  });
});

describe('an outage', () => {
  it('that comes before the offer: the deposit is queued, and asked for when the chain is back', async () => {
    const world = await carolWith();
    world.weather = () => 'http-500';
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    expect(await deposit(world, 'carol', AMOUNT)).toMatchObject({ status: 200 });
    await world.advance(10_000);
    expect(await viewOf(world, 'carol')).toMatchObject({ link: 'queued', signRequests: [] });
    world.weather = () => 'fine';
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', AMOUNT);
  });

  it('that comes after it, longer than a wallet may take, lets nobody`s request lapse', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    await askedToSign(world, 'carol');
    world.weather = () => 'http-500';
    await world.advance(2 * world.settings.walletLapseMs);
    expect(await livesOf(world, 'carol', 'deposit')).toMatchObject([{ state: 'offered' }]);
    world.weather = () => 'fine';
    await world.until(async () => (await viewOf(world, 'carol')).link === 'online', 'online');
    const { action, transaction } = await askedToSign(world, 'carol');
    await sendBack(world, 'carol', { action, transaction: signedBy(walletKeys('carol'), transaction) });
    await world.until(async () => {
      const { openActions, signRequests } = await viewOf(world, 'carol');
      const [again] = signRequests;
      // The old offer may have been near its end: then the next one is signed.
      if (again !== undefined) {
        const signed = signedBy(walletKeys('carol'), again.transaction);
        await sendBack(world, 'carol', { action: again.action, transaction: signed });
      }
      return openActions.length === 0;
    }, 'deposited');
    await exact(world, 'carol', AMOUNT);
  });

  it('of every answer, with deaths in between, deposits once', async () => {
    const world = await carolWith();
    const name = await world.depositName('carol');
    let calls = 0;
    world.weather = (method) => {
      calls += 1;
      if (calls % 4 === 0 && calls < 100) world.evict(name);
      return method === 'sendTransaction' ? 'reply-lost' : 'fine';
    };
    const key = clientKey();
    await world.until(async () => {
      const answer = await deposit(world, 'carol', AMOUNT, { clientKey: key }).catch(() => null);
      return answer?.status === 200;
    }, 'accepted');
    await world.until(
      async () => {
        const { openActions, signRequests } = await viewOf(world, 'carol');
        const [request] = signRequests;
        if (request !== undefined) {
          const transaction = signedBy(walletKeys('carol'), request.transaction);
          await sendBack(world, 'carol', { action: request.action, transaction }).catch(() => null);
        }
        return openActions.length === 0;
      },
      'deposited',
      240_000,
    );
    world.weather = () => 'fine';
    await exact(world, 'carol', AMOUNT);
    expect((await purses(world, 'carol')).wallet).toBe(SOL - AMOUNT - RENT - SIGNATURES);
  });
});

describe('a program that is paused', () => {
  it('has a deposit wait, and nobody sign what could not land', async () => {
    const world = await carolWith();
    await governs(world, paused());
    await deposit(world, 'carol', AMOUNT);
    await world.advance(20_000);
    expect((await viewOf(world, 'carol')).signRequests).toEqual([]);
    await governs(world, unpaused());
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', AMOUNT);
  });
});

describe('a player with money of their own', () => {
  it('deposits, plays, wins, and takes it all home to the lamport', async () => {
    const story = await opened();
    const { world } = story;
    await governs(world, changed({ withdrawalFee: 0n }));
    await world.advance(3_000);
    await fillWallet(world, 'bob', SOL);
    await deposit(world, 'bob', AMOUNT);
    await signs(world, 'bob');
    await nothingOpen(world, 'bob');
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    expect((await viewOf(world, 'bob')).inPlay.derived).toBe('100000000');
    await start(story);
    await end(story);
    await world.until(async () => (await story.view()).money === 'settled', 'settled');
    await world.advance(3_000);
    expect((await viewOf(world, 'bob')).inPlay.derived).toBe('0');
    await exact(world, 'bob', SOL + AMOUNT + 90_000_000n);
    await withdraw(world, 'bob', SOL + AMOUNT + 90_000_000n);
    await nothingOpen(world, 'bob');
    await exact(world, 'bob', 0n);
    expect((await purses(world, 'bob')).wallet).toBe(2n * SOL - SIGNATURES + 90_000_000n);
  });
});
