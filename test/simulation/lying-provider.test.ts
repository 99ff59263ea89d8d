/**
 * One of two providers lies about what was sent (F7, F34): how long a blockhash lives, what became of a transaction, how
 * far the chain is. It may hold things up while it lies; nothing happens twice, nothing is booked that did not happen.
 */
import { VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { handleRpcText } from '../../services/local-chain/index.ts';
import { attemptsIn } from './checks.ts';
import { Mailbag } from './mailbag.ts';
import { exact, FEE, fillWallet, nothingOpen, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { type Weather, World } from './world.ts';

const AMOUNT = 200_000_000n;
const HELD = (AMOUNT + FEE).toString();

async function rich(): Promise<World> {
  const world = new World({ providers: ['a', 'b'] });
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  return world;
}

/** `a`, which is asked first, lies, and keeps for itself what is sent to it; `b` is honest. */
function lying(bag: Mailbag, lies: Weather): Weather {
  const held = bag.holding('swallowed', lies);
  return (method, params, provider) => (provider === 'a' ? held(method, params, provider) : 'fine');
}

interface Honest {
  blockHeight: number;
  context: { slot: number };
  value: { lastValidBlockHeight: number; [index: number]: object | null };
}

/** What the chain says, changed on the way. */
function twisted(world: World, asked: string, twist: (result: Honest) => void): Weather {
  return (method, params) => {
    if (method !== asked) return 'fine';
    const reply = handleRpcText(world.chain, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    // SAFETY: good parameters of a known method are answered with a result.
    const { result } = JSON.parse(reply) as { result: Honest };
    twist(result);
    return { result };
  };
}

/** That what it was given has ended, at `finalized`: the bytes are ours and signed, whatever became of them. */
function ended(world: World, bag: Mailbag, err: unknown): Weather {
  return lying(bag, (method, params) => {
    const letter = bag.letters.find(({ signature }) => JSON.stringify(params).includes(signature));
    if (letter === undefined) return 'fine';
    const slot = world.chain.finalizedSlot;
    const status = { slot, confirmations: null, err, confirmationStatus: 'finalized' };
    if (method === 'getSignatureStatuses')
      return { result: { context: { slot: world.chain.slot }, value: [status] } };
    if (method !== 'getTransaction') return 'fine';
    const { message } = VersionedTransaction.deserialize(Buffer.from(letter.wire, 'base64'));
    const balances = message.staticAccountKeys.map(() => 1_000_000_000);
    const meta = { err, preBalances: balances, postBalances: balances };
    return { result: { slot, transaction: [letter.wire, 'base64'], meta } };
  });
}

async function states(world: World): Promise<string[]> {
  return attemptsIn(world, await world.depositName('alice')).map(({ state }) => state);
}

async function paidOnce(world: World): Promise<void> {
  await nothingOpen(world, 'alice');
  await exact(world, 'alice', SOL - AMOUNT - FEE);
}

async function sentTo(bag: Mailbag, world: World): Promise<void> {
  await withdraw(world, 'alice', AMOUNT);
  await world.until(() => bag.letters.length > 0, 'sent');
}

describe('a last valid block height', () => {
  it('that is too low buries nothing that may still land: no second one is signed beside it', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    world.weather = lying(
      bag,
      twisted(world, 'getLatestBlockhash', ({ value }) => {
        value.lastValidBlockHeight = 1;
      }),
    );
    await sentTo(bag, world);
    await world.advance(6_000);
    for (const letter of bag.letters) bag.deliver(letter);
    await paidOnce(world);
    expect(await states(world)).toEqual(['final']);
  });

  it('that is too high keeps nothing alive for ever: what was not sent on in time is signed again', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    const lies = lying(
      bag,
      twisted(world, 'getLatestBlockhash', ({ value }) => {
        value.lastValidBlockHeight += 1_000_000;
      }),
    );
    let isTaken = false;
    world.weather = (method, params, provider) =>
      method === 'sendTransaction' && !isTaken ? 'swallowed' : lies(method, params, provider);
    await withdraw(world, 'alice', AMOUNT);
    await world.advance(9_000);
    isTaken = true;
    await paidOnce(world);
    expect(await states(world)).toEqual(['dead', 'final']);
  });
});

describe('one word on what became of a transaction', () => {
  it('that says it failed has no other signed', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    world.weather = ended(world, bag, { InstructionError: [1, { Custom: 6_002 }] });
    await sentTo(bag, world);
    await world.advance(3_000);
    expect(await states(world)).toEqual(['sent']);
    for (const letter of bag.letters) bag.deliver(letter);
    world.weather = () => 'fine';
    await paidOnce(world);
    expect(bag.letters).toHaveLength(1);
  });

  it('that says it failed is not enough either where the other provider is silent', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    const lies = ended(world, bag, { InstructionError: [1, { Custom: 6_002 }] });
    world.weather = (method, params, provider) =>
      provider === 'b' && bag.letters.length > 0 ? 'http-500' : lies(method, params, provider);
    await sentTo(bag, world);
    await world.advance(20_000);
    expect(await states(world)).toEqual(['sent']);
    world.weather = () => 'fine';
    await paidOnce(world);
  });

  it('that says it is final books nothing', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    world.weather = ended(world, bag, null);
    await sentTo(bag, world);
    await world.advance(3_000);
    expect((await viewOf(world, 'alice')).balances).toMatchObject({ withdrawing: HELD });
    world.weather = () => 'fine';
    await paidOnce(world);
  });
});

describe('a provider that stopped when a transaction was processed', () => {
  it('holds it up for no longer than it takes to see that', async () => {
    const world = await rich();
    let stoppedAt: number | null = null;
    const stands = twisted(world, 'getSignatureStatuses', (result) => {
      const [status] = [result.value[0]];
      if (status === null || status === undefined) return;
      stoppedAt ??= result.context.slot;
      result.context.slot = stoppedAt;
      result.value[0] = { ...status, confirmations: 0, confirmationStatus: 'processed' };
    });
    world.weather = (method, params, provider) =>
      provider === 'a' ? stands(method, params, provider) : 'fine';
    await withdraw(world, 'alice', AMOUNT);
    await nothingOpen(world, 'alice', 12_000);
    expect(stoppedAt).not.toBeNull();
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });
});

describe('a finalized height', () => {
  it('that nobody else has reached does not end the sending of what can land', async () => {
    const world = await rich();
    const bag = new Mailbag(world);
    world.weather = lying(
      bag,
      twisted(world, 'getEpochInfo', (result) => {
        result.blockHeight += 10_000;
      }),
    );
    await withdraw(world, 'alice', AMOUNT);
    await paidOnce(world);
    expect(await states(world)).toEqual(['final']);
  });
});
