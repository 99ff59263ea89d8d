/** The stories of the kinds of action that a deposit owns (crash-play.ts). */
import { expect } from 'vitest';
import { attemptsIn } from './checks.ts';
import type { Client, KindStory } from './crash-play.ts';
import { landed } from './crash-stories.ts';
import { walletKeys } from './ids.ts';
import { signedBy } from './wallets.ts';
import {
  carolWith,
  exact,
  FEE,
  fillWallet,
  livesOf,
  nothingOpen,
  purses,
  RENT,
  SIGNATURES,
  SOL,
  viewOf,
} from './withdraw-story.ts';
import { clientKey, World } from './world.ts';

const AMOUNT = 200_000_000n;

async function pdaOf(world: World, user: string): Promise<string> {
  return world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
}

/** However often it was signed: one end, and all but one of its attempts dead. */
async function onceOnly(world: World, user: string, kind: 'deposit' | 'withdraw'): Promise<void> {
  const [life, ...others] = await livesOf(world, user, kind);
  expect(others).toEqual([]);
  expect(life?.state).toBe('final');
  expect(life?.attempts.filter((state) => state !== 'dead')).toEqual(['final']);
  const name = await world.depositName(user);
  for (const { state } of attemptsIn(world, name)) expect(['final', 'dead']).toContain(state);
}

const withdraw: KindStory = {
  kind: 'withdraw',
  prepare: async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    const before = await purses(world, 'alice');
    const request = { clientKey: clientKey(), lamports: AMOUNT.toString() };
    return {
      world,
      mortals: [await world.depositName('alice')],
      act: async (client) => {
        await client.insists(async () =>
          (await world.deposit('alice')).withdraw(world.caller('alice'), request),
        );
        await nothingOpen(world, 'alice');
      },
      check: async () => {
        await exact(world, 'alice', SOL - AMOUNT - FEE);
        expect(await purses(world, 'alice')).toEqual({
          deposit: SOL - AMOUNT - FEE,
          wallet: before.wallet + AMOUNT,
          custody: before.custody,
          treasury: before.treasury + FEE,
        });
        expect(await landed({ world }, await pdaOf(world, 'alice'), 'withdraw_sol')).toBe(1);
        await onceOnly(world, 'alice', 'withdraw');
      },
    };
  },
};

/** Carol's wallet signs what her deposit's view asks for, until nothing is open. */
async function signsUntilDone(world: World, client: Client): Promise<void> {
  const keys = new Map<string, string>();
  await world.until(async () => {
    const { signRequests, openActions } = await viewOf(world, 'carol');
    for (const { action, transaction } of signRequests) {
      const key = keys.get(transaction) ?? clientKey();
      keys.set(transaction, key);
      const signed = signedBy(walletKeys('carol'), transaction);
      await client.once(async () =>
        (await world.deposit('carol')).sign(world.caller('carol'), {
          clientKey: key,
          action,
          transaction: signed,
        }),
      );
    }
    return openActions.length === 0;
  }, 'the deposit is final');
}

const deposit: KindStory = {
  kind: 'deposit',
  prepare: async () => {
    const world = await carolWith();
    await world.deposit('carol');
    const request = { clientKey: clientKey(), lamports: AMOUNT.toString() };
    return {
      world,
      mortals: [await world.depositName('carol')],
      act: async (client) => {
        await client.insists(async () =>
          (await world.deposit('carol')).deposit(world.caller('carol'), request),
        );
        await signsUntilDone(world, client);
      },
      check: async () => {
        await exact(world, 'carol', AMOUNT);
        expect(await purses(world, 'carol')).toMatchObject({
          deposit: AMOUNT,
          wallet: SOL - AMOUNT - RENT - SIGNATURES,
          custody: 0n,
        });
        expect(await landed({ world }, await pdaOf(world, 'carol'), 'deposit_sol')).toBe(1);
        await onceOnly(world, 'carol', 'deposit');
      },
    };
  },
};

export const moneyStories: readonly KindStory[] = [deposit, withdraw];
