/** Replay permits: what comes back after a halt is no stampede, and nobody who holds one or gives one out can stop it. */
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, attemptsIn, effectsByMemo } from './checks.ts';
import { BOTH, createdFinally, cutOff } from './seated.ts';
import { join, opened, type Story, seatsFinal, settledExactly } from './story.ts';
import { clientKey, matchId, type PeerWeather, World } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = '100000000';
const MATCHES = 40;
const PLAYERS = 10;

function underWay(world: World, name: string): number {
  return attemptsIn(world, name).filter(({ state }) => ['signed', 'sent', 'absent'].includes(state)).length;
}

function triesOf(world: World, name: string): unknown[] {
  return world.home(name).rows("SELECT tries, parked, error FROM outbox WHERE task = 'drive'");
}

/** Of the attempt that is on its way. */
function blockhashSlotOf(world: World, name: string): number {
  const [row] = world.home(name).rows("SELECT body FROM attempt WHERE state <> 'final'");
  // SAFETY: written by the kernel from an AttemptRecord.
  return (JSON.parse(String(row?.body)) as { blockhashSlot: number }).blockhashSlot;
}

function leases(world: World): number {
  return world.home(world.healthName).rows('SELECT object FROM permit').length;
}

/** A join that was accepted in a halt, and the chain goes on. */
async function back(story: Story, users: readonly string[] = ['alice']): Promise<string> {
  const { world } = story;
  await createdFinally(story);
  await cutOff(story);
  for (const user of users) expect(await join(story, user)).toMatchObject({ status: 200 });
  return world.matchName(story.id);
}

async function lowered(world: World, users: readonly string[]): Promise<string[]> {
  const ids = Array.from({ length: MATCHES }, () => matchId());
  for (const [index, id] of ids.entries()) {
    const request = { matchId: id, gameType: 0, seed: '1', entryFee: FEE, paymentMethod: 1 as const };
    const host = world.caller(users[index % PLAYERS] ?? '');
    const answer = await world.match(id).create(host, { clientKey: clientKey(), ...request });
    expect(answer).toMatchObject({ status: 201 });
  }
  const isOpen = (id: string) => actionsIn(world, world.matchName(id)).some(({ state }) => state !== 'final');
  await world.until(() => !ids.some(isOpen), 'every match is created');
  world.chain.freeze();
  const views = () => Promise.all(ids.map((id) => world.match(id).view({ userId: null, role: 'operator' })));
  const isCutOff = async () => (await views()).every((view) => view?.link === 'queued');
  await world.until(isCutOff, 'every match knows');
  return ids;
}

describe('a backlog of 40 matches', () => {
  it('drains with no more under way than the monitor permits, in order, and nothing twice', async () => {
    const world = new World();
    await world.open();
    const users = Array.from({ length: PLAYERS }, (_, index) => `player-${index}`);
    for (const user of users) await world.fund(user, SOL);
    const ids = await lowered(world, users);
    const accepted = new Map<string, string[]>();
    for (const [index, id] of ids.entries()) {
      for (const seat of [0, 3]) {
        const user = users[(index + seat) % PLAYERS] ?? '';
        const request = { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1 as const };
        const answer = await world.match(id).join(world.caller(user), request);
        expect(answer).toMatchObject({ status: 200 });
        // SAFETY: the answer of an accepted join has this form.
        const { action } = JSON.parse(answer.text) as { action: string };
        accepted.set(id, [...(accepted.get(id) ?? []), action]);
      }
    }
    world.chain.thaw();
    let most = 0;
    let widest = 0;
    const isDone = async () => {
      const { level, replay } = await world.health.view();
      const now = ids.reduce((sum, id) => sum + underWay(world, world.matchName(id)), 0);
      if (level !== 'online') expect(now).toBeLessThanOrEqual(replay.window);
      most = Math.max(most, now);
      widest = Math.max(widest, replay.window);
      return ids.every((id) => actionsIn(world, world.matchName(id)).every(({ state }) => state === 'final'));
    };
    await world.until(isDone, 'drained', 600_000);
    // It began small, and found out that the chain bears more.
    expect(most).toBeGreaterThan(world.settings.permits.start);
    expect(widest).toBeGreaterThan(2 * world.settings.permits.start);
    for (const id of ids) {
      const signed = attemptsIn(world, world.matchName(id)).map(({ action }) => action);
      expect(signed.slice(1)).toEqual(accepted.get(id));
      expect([...effectsByMemo(world, id).values()]).toEqual([1, 1, 1]);
      expect(await alertsIn(world.match(id))).toEqual([]);
    }
  });
});

describe('a permit that is refused', () => {
  it('costs no signature, no try and no alert: the action is looked at again', async () => {
    const story = await opened();
    const { world, view } = story;
    const name = await back(story);
    let refusals = 0;
    world.health.permit = async () => {
      refusals += 1;
      return { granted: false, retryInMs: 400 };
    };
    world.chain.thaw();
    await world.until(() => refusals === 30, 'asked again and again');
    expect(attemptsIn(world, name)).toHaveLength(1);
    expect(triesOf(world, name)).toEqual([{ tries: 0, parked: 0, error: null }]);
    expect(await alertsIn(world.match(story.id))).toEqual([]);
    expect(await view()).toMatchObject({
      link: 'reconciling',
      notice: { code: 'replaying' },
      queue: { waiting: 1, underWay: 0, waitsFor: 'permit' },
    });
    world.evict(world.healthName);
    await seatsFinal(story, 1);
  });
});

describe('the holder of a permit', () => {
  it('that dies again and again holds one, renews it, and gives it back', async () => {
    const story = await opened();
    const { world, view } = story;
    const name = await back(story);
    let most = 0;
    let steps = 0;
    world.weather = () => {
      steps += 1;
      if (steps % 5 === 0 && steps < 100) world.evict(name);
      return 'fine';
    };
    world.chain.thaw();
    const isFinal = async () => {
      most = Math.max(most, leases(world));
      return (await view()).seats[0]?.state === 'final';
    };
    await world.until(isFinal, 'final', 240_000);
    expect(most).toBe(1);
    expect(steps).toBeGreaterThan(100);
    expect(attemptsIn(world, name).filter(({ state }) => state !== 'dead')).toHaveLength(2);
  });

  it('that is never heard of again keeps others waiting until its lease is over, and no longer', async () => {
    const story = await opened();
    const { world } = story;
    const name = await back(story);
    const { leaseMs } = world.settings.permits;
    world.health.permit = async () => ({ granted: false, retryInMs: 200 });
    world.chain.thaw();
    await world.until(async () => (await world.health.view()).state === 'recovering', 'recovering');
    // Another life of the monitor, and holders of all that it permits who died with it.
    world.evict(world.healthName);
    const { window } = (await world.health.view()).replay;
    for (let dead = 0; dead < window; dead += 1)
      expect(await world.health.permit({ object: 'nobody', hash: `${dead}` })).toMatchObject({
        granted: true,
      });
    await world.advance(leaseMs - 500);
    expect(attemptsIn(world, name)).toHaveLength(1);
    await seatsFinal(story, 1);
    expect(leases(world)).toBe(0);
  });
});

describe('a monitor that does not answer', () => {
  const deaf: PeerWeather = ({ method }) =>
    method === 'permit' || method === 'permitReturned' ? 'lost' : 'fine';

  it('grants nothing at first; then each object has one action under way at a time', async () => {
    const story = await opened();
    const { world, view } = story;
    const name = await back(story, BOTH);
    world.peerWeather = deaf;
    world.chain.thaw();
    await world.until(async () => (await view()).link === 'reconciling', 'reconciling');
    const since = world.now;
    let most = 0;
    let firstAt: number | null = null;
    const isDone = async () => {
      const now = underWay(world, name);
      if (now > 0) firstAt ??= world.now;
      most = Math.max(most, now);
      return (await view()).seats.every(({ state }) => state === 'final');
    };
    await world.until(isDone, 'both seats final');
    expect(most).toBe(1);
    expect((firstAt ?? 0) - since).toBeGreaterThanOrEqual(world.settings.health.staleVerdictMs);
    await world.until(async () => (await view()).link === 'online', 'online');
  });

  it('and says nothing new moves no link, but what is signed meanwhile is signed one at a time', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    await world.until(async () => (await view()).link === 'online', 'online');
    // Its verdict grows old in the shards, and cannot be asked for.
    world.peerWeather = (route) =>
      route.method === 'publish' || (route.to === world.healthName && route.method === 'standing')
        ? 'lost'
        : deaf(route);
    await world.advance(world.settings.health.staleVerdictMs + 1_000);
    for (const user of BOTH) expect(await join(story, user)).toMatchObject({ status: 200 });
    const since = world.now;
    let most = 0;
    let firstAt: number | null = null;
    const isDone = async () => {
      const now = underWay(world, world.matchName(id));
      if (now > 0) firstAt ??= world.now;
      most = Math.max(most, now);
      expect((await view()).link).toBe('online');
      return (await view()).seats.every(({ state }) => state === 'final');
    };
    await world.until(isDone, 'both seats final');
    expect((firstAt ?? 0) - since).toBeGreaterThanOrEqual(world.settings.health.staleVerdictMs);
    expect(most).toBe(1);
    world.peerWeather = () => 'fine';
    expect(await world.match(id).start(world.caller('alice'), { clientKey: clientKey() })).toMatchObject({
      status: 200,
    });
    const result = [{ userId: 'bob', shareBps: 10_000 }];
    await world.match(id).end(world.caller('alice'), { clientKey: clientKey(), result });
    await settledExactly(story);
  });
});

describe('a fork', () => {
  it('that takes a landed join away in the replay puts it back to `sent`, under a permit again, and it lands once', async () => {
    const story = await opened();
    const { world, view, id } = story;
    const name = await back(story);
    world.chain.thaw();
    await world.until(async () => (await view()).seats[0]?.state === 'landed', 'landed');
    expect(leases(world)).toBe(0);
    // Nobody forwards it for a while, so that the mirror sees it gone.
    world.weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');
    world.chain.dropBlocks(blockhashSlotOf(world, name) + 1);
    await world.until(async () => (await view()).seats[0]?.state === 'submitted', 'back to sent');
    await world.until(() => leases(world) === 1, 'it has a permit again');
    world.weather = () => 'fine';
    await seatsFinal(story, 1);
    expect(leases(world)).toBe(0);
    expect(attemptsIn(world, name).map(({ state }) => state)).toEqual(['final', 'final']);
    expect([...effectsByMemo(world, id).values()]).toEqual([1, 1]);
  });
});
