/**
 * Clocks that differ between isolates by minutes, and jump back (F27). Whether something has happened is judged by block
 * height and slots, never by a clock; a clock only paces the work, and ends what a player gave a time for.
 */
import { describe, expect, it } from 'vitest';
import { alertsIn, attemptsIn, journalHolds } from './checks.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { join, opened, playedOut } from './story.ts';
import { exact, FEE, fillWallet, livesOf, nothingOpen, SOL, withdraw } from './withdraw-story.ts';
import { World } from './world.ts';

const MINUTES = 60_000;
const AMOUNT = 200_000_000n;

/** Each kind of object has a clock of its own. */
const skews: readonly [string, (name: string) => number][] = [
  ['the matches five minutes ahead', (name) => (name.startsWith('match/') ? 5 * MINUTES : 0)],
  ['the matches five minutes behind', (name) => (name.startsWith('match/') ? -5 * MINUTES : 0)],
  ['the deposits ahead and the matches behind', (name) => (name.startsWith('deposit/') ? 5 : -5) * MINUTES],
  ['the monitor five minutes behind', (name) => (name.startsWith('health/') ? -5 * MINUTES : 0)],
  ['the directory five minutes ahead', (name) => (name.startsWith('directory') ? 5 * MINUTES : 0)],
];

describe('clocks of which', () => {
  it.each(skews)('%s let a match be played through an outage, each effect once', async (_, skewOf) => {
    const story = await opened({ skewOf });
    const { world, id } = story;
    await createdFinally(story);
    for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
    await cutOff(story);
    await world.advance(5_000);
    world.chain.thaw();
    await playedOut(story, []);
    expect(attemptsIn(world, world.matchName(id))).toHaveLength(5);
    expect((await alertsIn(world.match(id))).filter((alert) => alert.startsWith('critical'))).toEqual([]);
  });
});

/** An alarm that was set by the wrong clock is five minutes late; the cron, which comes each minute, finds that. */
async function minutesPass(world: World): Promise<void> {
  for (let minute = 0; minute < 3; minute += 1) {
    await world.advance(6_000);
    await world.cron();
  }
}

describe('a clock that jumps back', () => {
  it('by five minutes with every new isolate holds up no action for good, and doubles none', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    const name = world.matchName(id);
    let back = 0;
    world.skewOf = (of) => (of === name ? back : 0);
    for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
    for (let life = 0; life < 10; life += 1) {
      back = life % 2 === 0 ? -5 * MINUTES : 0;
      world.evict(name);
      await world.advance(300);
    }
    back = 0;
    await minutesPass(world);
    await playedOut(story, []);
    expect(attemptsIn(world, name)).toHaveLength(5);
    expect(await journalHolds(world.match(id))).toBe(true);
  });

  it('while a withdrawal is on its way has it paid once, and given up by nobody', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    const name = await world.depositName('alice');
    await withdraw(world, 'alice', AMOUNT);
    // The directory knows of it by then.
    await world.advance(200);
    world.skewOf = (of) => (of === name ? -5 * MINUTES : 0);
    await world.advance(1_000);
    world.skewOf = () => 0;
    await minutesPass(world);
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'final', attempts: ['final'] }]);
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });
});
