/**
 * Blockhashes that a provider should not have given (F14): too old, of another cluster, or only just finalized. What is
 * signed over one that the chain does not know can never land; that is proved, and only then is another made.
 */
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../core/index.ts';
import { attemptsIn } from './checks.ts';
import { createdFinally } from './seated.ts';
import { join, opened, playedOut, type Story } from './story.ts';
import { exact, FEE, fillWallet, livesOf, nothingOpen, SOL, withdraw } from './withdraw-story.ts';
import { type Weather, World } from './world.ts';

const AMOUNT = 200_000_000n;

/** What a provider says of the newest blockhash, made when the story is about to sign. */
const wrong: readonly [string, (world: World) => Weather][] = [
  [
    'older than 150 blocks',
    (world) => {
      const { blockhash, lastValidBlockHeight } = world.chain.getLatestBlockhash();
      const { slot } = world.chain;
      world.chain.produceEmpty(151);
      return says(blockhash, lastValidBlockHeight, slot);
    },
  ],
  [
    'of another cluster',
    (world) =>
      says(
        base58Encode(new Uint8Array(32).fill(9)),
        world.chain.getLatestBlockhash().lastValidBlockHeight,
        world.chain.slot,
      ),
  ],
];

/** Once, as by a node that then comes to its senses. */
function says(blockhash: string, lastValidBlockHeight: number, slot: number): Weather {
  let said = false;
  return (method) => {
    if (method !== 'getLatestBlockhash' || said) return 'fine';
    said = true;
    return { result: { context: { slot }, value: { blockhash, lastValidBlockHeight } } };
  };
}

/** Of the joins: the create is final before anything goes wrong. */
function attemptsOf({ world, id }: Story): string[] {
  return attemptsIn(world, world.matchName(id))
    .map(({ state }) => state)
    .slice(1);
}

describe('a blockhash', () => {
  it.each(wrong)('%s: the join signed over it is proved dead, another one lands', async (_, weather) => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    world.weather = weather(world);
    await join(story, 'bob');
    await world.until(() => attemptsOf(story).includes('dead'), 'proved dead');
    expect(attemptsOf(story)).toHaveLength(2);
    world.weather = () => 'fine';
    await playedOut(story, ['alice']);
  });

  it.each(wrong)('%s: the withdrawal signed over it is proved dead, and paid once', async (_, weather) => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    world.weather = weather(world);
    await withdraw(world, 'alice', AMOUNT);
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([
      { state: 'final', attempts: ['dead', 'final'] },
    ]);
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });

  it('that is finalized, and so 32 blocks old, serves as well', async () => {
    const story = await opened();
    const { world } = story;
    await createdFinally(story);
    world.weather = (method) => {
      if (method !== 'getLatestBlockhash') return 'fine';
      const value = world.chain.getLatestBlockhash('finalized');
      return { result: { context: { slot: world.chain.finalizedSlot }, value } };
    };
    await playedOut(story);
    expect(attemptsOf(story).every((state) => state === 'final')).toBe(true);
  });
});
