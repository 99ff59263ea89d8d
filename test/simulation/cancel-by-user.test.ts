/**
 * A player takes back what nothing is signed of yet, above all in an outage: a join, a withdrawal, a deposit. It ends at
 * once and for certain; what is signed may land whatever we say, so that it is refused (decision 0012).
 */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { TakeBackRequest } from '../../durable-objects/wire/requests.ts';
import { walletKeys } from './ids.ts';
import { createdFinally, cutOff } from './seated.ts';
import {
  create,
  end,
  join,
  joinsOf,
  onChain,
  opened,
  type Story,
  seatsFinal,
  settledExactly,
  start,
} from './story.ts';
import { asked, createWalletMatch, fillWallet, sendBack, signedBy, walletJoin } from './wallets.ts';
import * as money from './withdraw-story.ts';
import { clientKey, type World } from './world.ts';

const SOL = 1_000_000_000n;

function takeBack(
  { world, id }: Story,
  user: string,
  change: Partial<TakeBackRequest> = {},
): Promise<Answer> {
  return world.match(id).takeBack(world.caller(user), { clientKey: clientKey(), ...change });
}

async function cancelTransfer(
  world: World,
  user: string,
  action: string,
  key = clientKey(),
): Promise<Answer> {
  return (await world.deposit(user)).takeBack(world.caller(user), action, { clientKey: key });
}

function codeOf({ text }: Answer): string {
  // SAFETY: answers of the objects are JSON objects.
  return (JSON.parse(text) as { code?: string }).code ?? '';
}

function actionOf({ text }: Answer): string {
  // SAFETY: as above; an accepted action is named in its answer.
  return (JSON.parse(text) as { action: string }).action;
}

async function balancesOf(world: World, user: string) {
  return (await (await world.deposit(user)).view())?.balances;
}

describe('a join', () => {
  it('that waits in an outage is taken back at once: its hold is free, and another join follows', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    await cutOff(story);
    const first = await join(story, 'bob');
    expect(await balancesOf(world, 'bob')).toMatchObject({ available: '900000000', held: '100000000' });
    const key = clientKey();
    const answer = await takeBack(story, 'bob', { clientKey: key });
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.text)).toMatchObject({ action: actionOf(first), state: 'cancelled' });
    expect((await view()).seats).toEqual([]);
    expect(await balancesOf(world, 'bob')).toMatchObject({ available: SOL.toString(), held: '0' });
    world.evictAll();
    // Asked again it says the same, byte for byte, and touches no later join.
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    expect(await takeBack(story, 'bob', { clientKey: key })).toEqual(answer);
    expect((await view()).seats).toHaveLength(2);
    world.chain.thaw();
    await seatsFinal(story, 2);
    await start(story);
    await end(story);
    await settledExactly(story);
    expect(await joinsOf(world, 'bob')).toBe(1);
  });

  it('whose hold is not decided yet is taken back: a hold that is granted later is given back', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    world.peerWeather = ({ method }) => (method === 'hold' ? 'reply-lost' : 'fine');
    const key = clientKey();
    expect(await join(story, 'bob', key)).toMatchObject({ status: 202 });
    expect(await takeBack(story, 'bob')).toMatchObject({ status: 200 });
    world.peerWeather = () => 'fine';
    await world.advance(10_000);
    expect((await view()).seats).toEqual([]);
    expect(await balancesOf(world, 'bob')).toMatchObject({ available: SOL.toString(), held: '0' });
    // Whoever still waits for the join's answer gets one, for good.
    expect(await join(story, 'bob', key)).toMatchObject({ status: 409 });
  });

  it('that is signed cannot be: it lands, and then the stake is in the escrow', async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    await join(story, 'bob');
    await world.until(async () => (await view()).seats[0]?.state === 'submitted', 'submitted');
    const refused = await takeBack(story, 'bob');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'attempts_outstanding']);
    world.weather = () => 'fine';
    await seatsFinal(story, 1);
    expect(codeOf(await takeBack(story, 'bob'))).toBe('join_final');
    expect(await balancesOf(world, 'bob')).toMatchObject({ available: '900000000', held: '0' });
  });

  it('that is played cannot be, though the chain has seen nothing of it', async () => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    await cutOff(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    expect(await start(story)).toMatchObject({ status: 200 });
    expect(codeOf(await takeBack(story, 'bob'))).toBe('join_played');
    world.chain.thaw();
    await end(story);
    await settledExactly(story);
  });

  it('of somebody else, or of nobody, or one that is over is told from one that is there', async () => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    await cutOff(story);
    const alice = actionOf(await join(story, 'alice'));
    expect(codeOf(await takeBack(story, 'bob'))).toBe('not_seated');
    expect(codeOf(await takeBack(story, 'bob', { action: alice }))).toBe('not_seated');
    expect(await takeBack(story, 'alice', { action: alice })).toMatchObject({ status: 200 });
    await join(story, 'alice');
    const late = await takeBack(story, 'alice', { action: alice });
    expect(codeOf(late)).toBe('action_ended');
    expect(JSON.parse(late.text)).toMatchObject({ detail: 'cancelled' });
    // Of another's ended join nothing is told.
    expect(codeOf(await takeBack(story, 'bob', { action: alice }))).toBe('not_seated');
    const paused = await world.match(story.id).pause('olga', 'looks odd');
    expect(paused).toMatchObject({ status: 200 });
    expect(codeOf(await takeBack(story, 'alice'))).toBe('match_paused');
  });

  it('is bounded: who comes and goes too often leaves no more traces', async () => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    await cutOff(story);
    const { maxJoinsPerPlayer } = world.settings;
    for (let times = 0; times < maxJoinsPerPlayer; times += 1) {
      expect(await join(story, 'bob')).toMatchObject({ status: 200 });
      expect(await takeBack(story, 'bob')).toMatchObject({ status: 200 });
    }
    const { seq } = await story.view();
    const refused = await join(story, 'bob');
    expect([refused.status, codeOf(refused)]).toEqual([403, 'too_many_joins']);
    expect((await story.view()).seq).toBe(seq);
    expect(await join(story, 'alice')).toMatchObject({ status: 200 });
  });

  it('and the signature race: while the mirror signs, either nothing leaves or nothing is taken back', async () => {
    const outcomes = new Set<string>();
    for (const turns of [0, 5, 20, 60, 120, 400]) {
      const story = await opened();
      const { world, view } = story;
      await createdFinally(story);
      let answered = false;
      let sentAfter = 0;
      world.weather = (method) => {
        if (method === 'sendTransaction' && answered) sentAfter += 1;
        return 'fine';
      };
      expect(await join(story, 'bob')).toMatchObject({ status: 200 });
      // The driver is somewhere between its lease, its plan, its blockhash and its commit.
      const moving = world.advance(100);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const answer = await takeBack(story, 'bob');
      answered = answer.status === 200;
      outcomes.add(answered ? 'taken back' : codeOf(answer));
      await moving;
      await world.advance(5_000);
      if (!answered) continue;
      expect(sentAfter).toBe(0);
      expect((await view()).seats).toEqual([]);
      expect(await onChain(world, 'bob')).toBe(SOL);
    }
    expect([...outcomes].toSorted()).toEqual(['attempts_outstanding', 'taken back']);
  });

  it('of a wallet is taken back while it is asked to sign; what it signs after that goes nowhere', async () => {
    const story = await opened();
    const { world, view } = story;
    await fillWallet(story, 'bob', SOL);
    await createWalletMatch(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    await walletJoin(story, 'bob');
    const { action, transaction } = await asked(story, 'bob');
    expect(await takeBack(story, 'bob')).toMatchObject({ status: 200 });
    const signed = await sendBack(story, 'bob', action, signedBy(walletKeys('bob'), transaction));
    expect(codeOf(signed)).toBe('sign_request_gone');
    await world.advance(20_000);
    expect((await view()).seats).toEqual([]);
    expect((await (await world.deposit('bob')).view())?.admissions).toEqual([]);
    expect(world.chain.getBalance(world.caller('bob').wallet, 'finalized')).toBe(SOL);
  });
});

describe('a withdrawal', () => {
  it('that waits in an outage is taken back: its money is spendable again, also after an eviction', async () => {
    const story = await opened();
    const { world } = story;
    await create(story);
    await cutOff(story);
    const action = actionOf(await money.withdraw(world, 'bob', 300_000_000n));
    expect(await balancesOf(world, 'bob')).toMatchObject({ withdrawing: '300005000' });
    world.evictAll();
    const key = clientKey();
    const answer = await cancelTransfer(world, 'bob', action, key);
    expect(answer).toMatchObject({ status: 200 });
    expect(await balancesOf(world, 'bob')).toMatchObject({ available: SOL.toString(), withdrawing: '0' });
    expect(await cancelTransfer(world, 'bob', action, key)).toEqual(answer);
    expect(codeOf(await cancelTransfer(world, 'bob', action))).toBe('action_ended');
    expect(codeOf(await cancelTransfer(world, 'bob', '0'.repeat(64)))).toBe('action_not_found');
    expect(codeOf(await cancelTransfer(world, 'alice', action))).toBe('action_not_found');
    world.chain.thaw();
    await world.advance(60_000);
    await money.exact(world, 'bob', SOL);
    expect(await money.livesOf(world, 'bob', 'withdraw')).toEqual([{ state: 'cancelled', attempts: [] }]);
  });

  it('that is signed cannot be, and is paid', async () => {
    const story = await opened();
    const { world } = story;
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    const action = actionOf(await money.withdraw(world, 'bob', 300_000_000n));
    await world.until(
      async () => (await money.viewOf(world, 'bob')).openActions[0]?.state === 'sent',
      'sent',
    );
    expect(codeOf(await cancelTransfer(world, 'bob', action))).toBe('attempts_outstanding');
    world.weather = () => 'fine';
    await money.nothingOpen(world, 'bob');
    await money.exact(world, 'bob', SOL - 300_000_000n - money.FEE);
  });
});

describe('a deposit', () => {
  it('that the wallet is asked for is taken back; a signature that comes later is not used', async () => {
    const world = await money.carolWith();
    const action = actionOf(await money.deposit(world, 'carol', 300_000_000n));
    const { transaction } = await money.askedToSign(world, 'carol');
    expect(await cancelTransfer(world, 'carol', action)).toMatchObject({ status: 200 });
    const signed = { action, transaction: signedBy(walletKeys('carol'), transaction) };
    expect(codeOf(await money.sendBack(world, 'carol', signed))).toBe('sign_request_gone');
    await world.advance(20_000);
    expect(await money.purses(world, 'carol')).toMatchObject({ deposit: 0n, wallet: SOL });
    expect((await money.viewOf(world, 'carol')).openActions).toEqual([]);
  });
});
