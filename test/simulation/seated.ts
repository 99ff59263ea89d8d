/** Matches brought to where something can go wrong: created, seated, cut off; and whom a stranger would pay. */
import { create, join, opened, type Story, seatsFinal } from './story.ts';
import type { Listed } from './stranger.ts';

export const BOTH = ['alice', 'bob'] as const;

export async function seated(): Promise<Story> {
  const story = await opened();
  await create(story);
  for (const user of BOTH) await join(story, user);
  await seatsFinal(story, 2);
  return story;
}

export async function createdFinally(story: Story): Promise<void> {
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
}

/** Solana stands still, and the match has heard of it. */
export async function cutOff({ world, view }: Story): Promise<void> {
  world.chain.freeze();
  await world.until(async () => (await view()).link === 'queued', 'queued');
}

/** Alice's deposit and bob's, in the order of their slots. */
export async function payees({ world }: Story): Promise<[Listed, Listed]> {
  const of = async (user: string, index: number): Promise<Listed> => ({
    payee: await world.port.custodyAuthority(user),
    platform: true,
    index,
  });
  return [await of('alice', 0), await of('bob', 1)];
}
