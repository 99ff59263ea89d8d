/**
 * Our own platform is away and Solana is fine (F40): an object cannot be reached, and does nothing, while the chain goes
 * on. When it is back the chain decides; what the chain shows of its own it books, what others did it finds.
 */
import { describe, expect, it } from 'vitest';
import { alertsIn, attemptsIn } from './checks.ts';
import { BOTH, createdFinally, payees, seated } from './seated.ts';
import {
  end,
  join,
  onChain,
  opened,
  played,
  playedOut,
  type Story,
  seatsFinal,
  settledExactly,
} from './story.ts';
import { Stranger } from './stranger.ts';
import { exact, FEE, fillWallet, nothingOpen, SOL, withdraw } from './withdraw-story.ts';
import { COORDINATOR, World } from './world.ts';

/** Nobody reaches it, and its alarm does not come. */
async function away(world: World, name: string, ms: number, meanwhile: () => Promise<void> = async () => {}) {
  world.peerWeather = ({ from, to }) => (from === name || to === name ? 'lost' : 'fine');
  world.evict(name);
  const home = world.home(name);
  const alarm = home.alarmAt;
  home.setAlarm(null);
  await meanwhile();
  for (let passed = 0; passed < ms; passed += 6_000) {
    await world.advance(6_000);
    await world.cron();
  }
  world.peerWeather = () => 'fine';
  home.setAlarm(alarm);
}

async function signed({ world, id }: Story, attempts: number): Promise<void> {
  await world.until(() => attemptsIn(world, world.matchName(id)).length === attempts, 'signed');
}

describe('a match that cannot be reached', () => {
  it('finds what it had sent on the chain, long final, and books it', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    for (const user of BOTH) await join(story, user);
    await signed(story, 3);
    await world.advance(100);
    await away(world, world.matchName(id), 60_000);
    await seatsFinal(story, 2);
    await playedOut(story, []);
    expect(attemptsIn(world, world.matchName(id)).every(({ state }) => state === 'final')).toBe(true);
  });

  it('longer than its blockhash lives proves what never arrived dead before it signs again', async () => {
    const story = await opened();
    const { world, id } = story;
    await createdFinally(story);
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    for (const user of BOTH) await join(story, user);
    await signed(story, 3);
    await world.advance(100);
    world.weather = () => 'fine';
    await away(world, world.matchName(id), 30_000);
    await playedOut(story, []);
    const states = attemptsIn(world, world.matchName(id)).map(({ state }) => state);
    expect(states.filter((state) => state === 'dead')).toHaveLength(2);
    expect(states.filter((state) => state === 'final')).toHaveLength(5);
  });

  it('while its accepted result is paid by somebody else takes it for what was decided', async () => {
    const story = await opened();
    const { world, id } = story;
    await played(story);
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    expect(await end(story)).toMatchObject({ status: 200 });
    const stranger = await Stranger.arrive(world);
    await away(world, world.matchName(id), 6_000, async () => {
      world.weather = () => 'fine';
      const [, bob] = await payees(story);
      await stranger.lands([stranger.end(id, COORDINATOR.publicKey.toBase58())], [COORDINATOR]);
      await stranger.lands([stranger.distribute(id, [bob], [[1, 190_000_000n]])]);
    });
    await settledExactly(story);
  });

  it('while a stranger pays everybody back is stopped when it is back, and nobody is paid twice', async () => {
    const story = await seated();
    const { world, id } = story;
    const stranger = await Stranger.arrive(world);
    const [alice, bob] = await payees(story);
    await away(world, world.matchName(id), 6_000, async () => {
      await stranger.lands([stranger.refund(id, [alice, bob])]);
    });
    await world.cron();
    expect((await story.view()).money).toBe('review');
    expect(await alertsIn(world.match(id))).toContainEqual(expect.stringMatching(/^critical foreign/));
    for (const user of BOTH) expect(await onChain(world, user)).toBe(SOL);
  });
});

describe('a deposit that cannot be reached', () => {
  it('finds the withdrawal that it had sent, long final, and books it once', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    const name = await world.depositName('alice');
    await withdraw(world, 'alice', 200_000_000n);
    await world.until(() => attemptsIn(world, name).length === 1, 'signed');
    await world.advance(100);
    await away(world, name, 60_000);
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - 200_000_000n - FEE);
  });
});
