/** What was sent before a halt and lands after it is recognised, and followed by no second signature (design: section 6). */
import { expect, it } from 'vitest';
import { attemptsIn, effectsByMemo } from './checks.ts';
import { Mailbag } from './mailbag.ts';
import { createdFinally } from './seated.ts';
import { end, join, opened, played, settledExactly } from './story.ts';
import {
  carolWith,
  deposit,
  exact,
  FEE,
  fillWallet,
  livesOf,
  nothingOpen,
  SOL,
  signs,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { World } from './world.ts';

const AMOUNT = 200_000_000n;
const HALT_MS = 20_000;

/** One transaction is sent and held back; the chain halts, goes on, and only then has it. */
async function landsAfterAHalt(world: World, act: () => Promise<void>, link: () => Promise<string>) {
  const bag = new Mailbag(world);
  world.weather = bag.holding('lost');
  await act();
  await world.until(() => bag.letters.length === 1, 'sent');
  world.chain.freeze();
  await world.until(async () => (await link()) === 'queued', 'the halt is noticed');
  await world.advance(HALT_MS);
  world.chain.thaw();
  for (const letter of bag.letters) bag.deliver(letter);
  await world.until(async () => (await link()) === 'online', 'online');
  expect(bag.letters).toHaveLength(1);
  world.weather = () => 'fine';
}

it.each(['join', 'end'] as const)('a %s', async (kind) => {
  const story = await opened();
  const { world, id, view } = story;
  if (kind === 'join') await createdFinally(story);
  else await played(story);
  const before = attemptsIn(world, world.matchName(id)).length;
  const act = async (): Promise<void> => {
    expect(await (kind === 'join' ? join(story, 'bob') : end(story))).toMatchObject({ status: 200 });
  };
  await landsAfterAHalt(world, act, async () => (await view()).link);
  const attempts = attemptsIn(world, world.matchName(id)).slice(before);
  expect(attempts.map(({ state }) => state)).toEqual(['final']);
  expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
  if (kind === 'end') await settledExactly(story);
  else expect(await view()).toMatchObject({ notice: null, seats: [{ userId: 'bob', state: 'final' }] });
});

it('a withdrawal', async () => {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  const act = async (): Promise<void> => {
    expect(await withdraw(world, 'alice', AMOUNT)).toMatchObject({ status: 200 });
  };
  await landsAfterAHalt(world, act, async () => (await viewOf(world, 'alice')).link);
  await exact(world, 'alice', SOL - AMOUNT - FEE);
  expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
});

it('a deposit', async () => {
  const world = await carolWith();
  const act = async (): Promise<void> => {
    expect(await deposit(world, 'carol', AMOUNT)).toMatchObject({ status: 200 });
    await signs(world, 'carol');
  };
  await landsAfterAHalt(world, act, async () => (await viewOf(world, 'carol')).link);
  await nothingOpen(world, 'carol');
  await exact(world, 'carol', AMOUNT);
  expect(await livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'final', attempts: ['final'] }]);
});
