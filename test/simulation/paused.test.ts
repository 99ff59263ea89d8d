/** A paused object sends nothing, and looks up what became of its attempts all the same (design: section 4). */
import { describe, expect, it } from 'vitest';
import { actionsIn } from './checks.ts';
import { createdFinally, cutOff } from './seated.ts';
import { join, opened, type Story, seatsFinal } from './story.ts';

function joinState({ world, id }: Story): string | undefined {
  return actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.state;
}

/** A join that was sent, by a provider that forwards nothing. Lands it by hand. */
async function sent(): Promise<{ readonly story: Story; readonly land: () => void }> {
  const story = await opened();
  const { world } = story;
  await createdFinally(story);
  let wire: unknown = null;
  world.weather = (method, params) => {
    if (method !== 'sendTransaction') return 'fine';
    wire = params[0];
    return 'swallowed';
  };
  await join(story, 'bob');
  await world.until(() => joinState(story) === 'sent', 'sent');
  const land = (): void => void world.chain.sendTransaction(Buffer.from(String(wire), 'base64'));
  return { story, land };
}

describe('what was signed of a match before it was paused', () => {
  it('is booked if it lands after that, and not sent again', async () => {
    const { story, land } = await sent();
    const { world, id, view } = story;
    await world.match(id).pause('olga', 'looks odd');
    let sends = 0;
    world.weather = (method) => {
      if (method !== 'sendTransaction') return 'fine';
      sends += 1;
      return 'swallowed';
    };
    await world.advance(2_000);
    land();
    await seatsFinal(story, 1);
    expect(sends).toBe(0);
    expect((await view()).link).toBe('paused');
  });

  it('is booked too where it was paused while the chain was away', async () => {
    const { story, land } = await sent();
    const { world, id, view } = story;
    land();
    await cutOff(story);
    await world.match(id).pause('olga', 'looks odd');
    await world.advance(20_000);
    world.chain.thaw();
    await seatsFinal(story, 1);
    expect((await view()).link).toBe('paused');
  });
});
