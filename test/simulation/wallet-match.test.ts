/** A WALLET match: the mirror prepares, the player's wallet signs, the coordinator signs last (design: sections 3, 6). */
import { describe, expect, it } from 'vitest';
import { walletKeys } from './ids.ts';
import { end, opened, type Story, seatsFinal, start } from './story.ts';
import {
  asked,
  askedOf,
  createWalletMatch,
  FEE,
  fillWallet,
  sendBack,
  signedBy,
  signedJoin,
  signs,
  walletBalance,
  walletJoin,
} from './wallets.ts';
import { clientKey, walletOf } from './world.ts';

const SOL = 1_000_000_000n;
/** Two signatures of a join: the wallet's, who pays for both, and the coordinator's. */
const JOIN_FEE = 10_000n;

async function walletMatch(): Promise<Story> {
  const story = await opened();
  for (const user of ['alice', 'bob']) await fillWallet(story, user, SOL);
  await createWalletMatch(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function paysBob(story: Story): Promise<void> {
  const { world, view } = story;
  expect(await start(story)).toMatchObject({ status: 200 });
  expect(await end(story)).toMatchObject({ status: 200 });
  await world.until(async () => (await view()).money === 'settled', 'settled');
  await world.until(async () => (await view()).link === 'online', 'online');
  expect(walletBalance(story, 'alice')).toBe(SOL - BigInt(FEE) - JOIN_FEE);
  expect(walletBalance(story, 'bob')).toBe(SOL - BigInt(FEE) - JOIN_FEE + 190_000_000n);
  expect(await world.match(story.id).reconcile('after')).toMatchObject({ kind: 'clean' });
  // No deposit took part: nothing is held, counted or booked anywhere.
  for (const user of ['alice', 'bob']) {
    const deposit = await (await world.deposit(user)).view();
    expect(deposit?.balances).toMatchObject({ available: SOL.toString(), held: '0' });
    expect(deposit?.admissions).toEqual([]);
  }
}

describe('a wallet match', () => {
  it('is joined by signatures of the players, and pays the winner`s wallet to the lamport', async () => {
    const story = await walletMatch();
    for (const user of ['alice', 'bob']) {
      expect(await walletJoin(story, user)).toMatchObject({ status: 200 });
      await signs(story, user);
    }
    await seatsFinal(story, 2);
    await paysBob(story);
  });

  it('queues signed intents in an outage, and asks for the transactions at replay', async () => {
    const story = await walletMatch();
    const { world, view } = story;
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    for (const user of ['alice', 'bob']) expect(await walletJoin(story, user)).toMatchObject({ status: 200 });
    await world.advance(60_000);
    expect(await askedOf(story, 'alice')).toBeUndefined();
    expect((await view()).seats.map(({ state }) => state)).toEqual(['reserved', 'reserved']);
    world.chain.thaw();
    for (const user of ['alice', 'bob']) await signs(story, user);
    await seatsFinal(story, 2);
    await paysBob(story);
  });

  it('goes online while a wallet is asked: an action that waits for a wallet delays nobody', async () => {
    const story = await walletMatch();
    const { world, view } = story;
    await walletJoin(story, 'alice');
    await asked(story, 'alice');
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    world.chain.thaw();
    await world.until(async () => (await view()).link === 'online', 'online');
    expect((await view()).seats.map(({ state }) => state)).toEqual(['reserved']);
  });

  it('does not start before every wallet`s stake is final: a loser would simply not sign', async () => {
    const story = await walletMatch();
    for (const user of ['alice', 'bob']) await walletJoin(story, user);
    await signs(story, 'alice');
    const refusal = await start(story);
    expect(refusal).toMatchObject({ status: 409 });
    expect(refusal.text).toContain('seats_not_final');
  });

  it('shows a request to sign to its own player only, by view and by frame', async () => {
    const story = await walletMatch();
    const { world, id } = story;
    world.watchers.push({ userId: 'bob', role: 'player' }, { userId: 'olga', role: 'operator' });
    await walletJoin(story, 'alice');
    await asked(story, 'alice');
    for (const viewer of [
      { userId: 'bob', role: 'player' },
      { userId: 'olga', role: 'operator' },
    ] as const)
      expect((await world.match(id).view(viewer))?.signRequests).toEqual([]);
    expect(world.frames.filter((frame) => frame.includes('"signRequest"'))).toEqual([]);
    world.watchers.push({ userId: 'bob', role: 'player' });
    await walletJoin(story, 'bob');
    const { transaction } = await asked(story, 'bob');
    const frames = world.frames.filter((frame) => frame.startsWith('{"type":"signRequest"'));
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.every((frame) => frame.includes(transaction))).toBe(true);
  });
});

describe('an intent', () => {
  it('that another wallet signed is refused, and leaves no trace', async () => {
    const story = await walletMatch();
    const { world, id, view } = story;
    const forged = await signedJoin(story, 'bob', {}, walletKeys('mallory'));
    const before = (await view()).seq;
    const answer = await world.match(id).join(world.caller('bob'), forged);
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.text).toContain('signature_invalid');
    expect((await view()).seq).toBe(before);
  });

  it.each([
    ['another fee', { entryFee: '200000000' }],
    ['another time', { notAfter: 1_800_000_000_000 + 7_200_000 }],
  ])('signed for %s does not serve for this join', async (_, change) => {
    const story = await walletMatch();
    const { world, id } = story;
    const { signature } = await signedJoin(story, 'bob', change);
    const { signature: __, ...plain } = await signedJoin(story, 'bob');
    const answer = await world
      .match(id)
      .join(world.caller('bob'), { ...plain, ...(signature && { signature }) });
    expect(answer.text).toContain('signature_invalid');
  });

  it('without a signature, or without a time, is no intent', async () => {
    const story = await walletMatch();
    const { world, id } = story;
    const { signature: _, ...unsigned } = await signedJoin(story, 'bob');
    const { notAfter: __, ...timeless } = await signedJoin(story, 'bob');
    for (const request of [unsigned, timeless]) {
      const answer = await world.match(id).join(world.caller('bob'), request);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.text).toContain('intent_required');
    }
  });

  it('to pay by deposit is refused in a wallet match: one match, one method', async () => {
    const story = await walletMatch();
    const { world, id } = story;
    const answer = await world
      .match(id)
      .join(world.caller('bob'), { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1 });
    expect(answer).toMatchObject({ status: 409 });
    expect(answer.text).toContain('payment_method_mismatch');
  });
});

describe('an offered transaction', () => {
  it('that the wallet changed is not countersigned', async () => {
    const story = await walletMatch();
    await walletJoin(story, 'bob');
    await walletJoin(story, 'alice');
    const { action } = await asked(story, 'bob');
    const other = await asked(story, 'alice');
    // A transaction of ours, but not this one.
    const answer = await sendBack(story, 'bob', action, signedBy(walletKeys('alice'), other.transaction));
    expect(answer).toMatchObject({ status: 422 });
    expect(answer.text).toContain('transaction_changed');
    await signs(story, 'bob');
  });

  it('that somebody else signed, or sends back, is not taken', async () => {
    const story = await walletMatch();
    await walletJoin(story, 'bob');
    const { action, transaction } = await asked(story, 'bob');
    const unsigned = await sendBack(story, 'bob', action, transaction);
    expect(unsigned.text).toContain('signature_invalid');
    const meddler = await sendBack(story, 'alice', action, signedBy(walletKeys('bob'), transaction));
    expect(meddler).toMatchObject({ status: 403 });
  });

  it('dies by its block height and is followed by another; the first one, signed late, is refused', async () => {
    const story = await walletMatch();
    const { world } = story;
    await walletJoin(story, 'bob');
    const first = await asked(story, 'bob');
    const late = signedBy(walletKeys('bob'), first.transaction);
    await world.until(
      async () => ![undefined, first.transaction].includes((await askedOf(story, 'bob'))?.transaction),
      'another offer',
    );
    const answer = await sendBack(story, 'bob', first.action, late);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('transaction_changed');
    await signs(story, 'bob');
    await seatsFinal(story, 1);
    // The coordinator never signed the first: sent by the wallet itself it cannot land either.
    expect(() => world.chain.sendTransaction(Buffer.from(late, 'base64'))).toThrow();
    expect(walletBalance(story, 'bob')).toBe(SOL - BigInt(FEE) - JOIN_FEE);
  });

  it('that nobody signs lapses: the seat is free, and the user`s limits too', async () => {
    const story = await walletMatch();
    const { world, view } = story;
    await walletJoin(story, 'bob');
    await asked(story, 'bob');
    expect((await (await world.deposit('bob')).view())?.admissions).toHaveLength(1);
    const { walletLapseMs } = world.settings.match;
    await world.advance(walletLapseMs - 5_000);
    expect((await view()).seats).toHaveLength(1);
    await world.until(async () => (await view()).seats.length === 0, 'lapsed', 20_000);
    await world.advance(2_000);
    expect((await (await world.deposit('bob')).view())?.admissions).toEqual([]);
    expect(walletBalance(story, 'bob')).toBe(SOL);
  });

  it('sent back twice is taken once; sent back again after an eviction it is answered the same', async () => {
    const story = await walletMatch();
    const { world, id } = story;
    await walletJoin(story, 'bob');
    const { action, transaction } = await asked(story, 'bob');
    const request = { clientKey: clientKey(), action, transaction: signedBy(walletKeys('bob'), transaction) };
    const first = await world.match(id).sign(world.caller('bob'), request);
    world.evict(world.matchName(id));
    expect(await world.match(id).sign(world.caller('bob'), request)).toEqual(first);
    await seatsFinal(story, 1);
    expect(await world.match(id).sign(world.caller('bob'), request)).toEqual(first);
    expect(walletBalance(story, 'bob')).toBe(SOL - BigInt(FEE) - JOIN_FEE);
  });

  it('is not made for a wallet that cannot pay: its seat goes, the others` match goes on', async () => {
    const story = await walletMatch();
    const { world, view } = story;
    await walletJoin(story, 'carol');
    await world.until(async () => (await view()).seats.length === 0, 'freed');
    expect((await view()).money).toBe('lobby');
    expect(world.chain.getBalance(walletOf('carol'), 'finalized')).toBe(0n);
  });
});
