/** First in, first out within one owner, and a poisoned action that holds up nobody but what depends on it (I17, F32). */
import { describe, expect, it } from 'vitest';
import { type ChainPort, ChainUnavailable } from '../../durable-objects/ports.ts';
import { SolanaError } from '../../services/solana/errors.ts';
import { actionsIn, alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { createdFinally } from './seated.ts';
import { join, opened, type Story } from './story.ts';
import { exact, FEE, fillWallet, nothingOpen, purses, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { World } from './world.ts';

const AMOUNTS = [100_000_000n, 50_000_000n, 25_000_000n] as const;
const ALL = AMOUNTS.reduce((sum, amount) => sum + amount + FEE, 0n);

async function rich(): Promise<{ world: World; name: string }> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  return { world, name: await world.depositName('alice') };
}

/** Hashes in the order of acceptance. */
async function withdrawAll(world: World): Promise<string[]> {
  const hashes: string[] = [];
  for (const amount of AMOUNTS) {
    const answer = await withdraw(world, 'alice', amount);
    expect(answer).toMatchObject({ status: 200 });
    // SAFETY: the answer of an accepted withdrawal has this form.
    hashes.push((JSON.parse(answer.text) as { action: string }).action);
  }
  return hashes;
}

/** Hashes in the order in which they were first signed. */
function signedIn(world: World, name: string): string[] {
  return [...new Set(attemptsIn(world, name).map(({ action }) => action))];
}

/** Before a transaction is made: what stands in the way of one action, and of no other. */
function inTheWayOf(world: World, stand: (actionHash: string) => Error | null): void {
  const { port } = world;
  const prepare: ChainPort['prepare'] = port.prepare.bind(port);
  port.prepare = async (plan) => {
    const error = stand(plan.actionHash);
    if (error !== null) throw error;
    return prepare(plan);
  };
}

const silent = (): Error => new ChainUnavailable('timeout', 'local', 'no answer');

function stateOf(world: World, name: string, hash: string | undefined): string | undefined {
  return actionsIn(world, name).find((action) => action.hash === hash)?.state;
}

describe('withdrawals of one user', () => {
  it.each(['is not', 'is again and again'])(
    'are signed in the order of acceptance, whoever is retried, where the object %s evicted',
    async (evicted) => {
      const { world, name } = await rich();
      const failures = new Map<string, number>();
      let first = '';
      inTheWayOf(world, (hash) => {
        first ||= hash;
        const times = failures.get(hash) ?? 0;
        failures.set(hash, times + 1);
        if (hash !== first || times >= 3) return null;
        if (evicted !== 'is not') world.evict(name);
        return silent();
      });
      const hashes = await withdrawAll(world);
      await world.until(() => signedIn(world, name).length === 3, 'all signed');
      expect(signedIn(world, name)).toEqual(hashes);
      expect(failures.get(first)).toBeGreaterThanOrEqual(3);
      await nothingOpen(world, 'alice', 240_000);
      await exact(world, 'alice', SOL - ALL);
    },
  );

  it('wait their turn while the oldest waits for a permit', async () => {
    const { world, name } = await rich();
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    const hashes = await withdrawAll(world);
    await world.until(async () => (await viewOf(world, 'alice')).link === 'queued', 'queued');
    const asked: string[] = [];
    const permit = world.health.permit.bind(world.health);
    let refusals = 3;
    world.health.permit = async (request) => {
      asked.push(request.hash);
      if (request.hash !== hashes[0] || refusals === 0) return permit(request);
      refusals -= 1;
      return { granted: false, retryInMs: 1_000 };
    };
    world.chain.thaw();
    await nothingOpen(world, 'alice');
    expect(refusals).toBe(0);
    expect([...new Set(asked)]).toEqual(hashes);
    expect(signedIn(world, name)).toEqual(hashes);
    await exact(world, 'alice', SOL - ALL);
  });
});

describe('a poisoned withdrawal', () => {
  it('that fails fifty times is given way to no longer, and lands in the end', async () => {
    const { world, name } = await rich();
    let tries = 0;
    let first = '';
    inTheWayOf(world, (hash) => {
      first ||= hash;
      if (hash !== first || tries >= 50) return null;
      tries += 1;
      if (tries % 7 === 0) world.evict(name);
      return silent();
    });
    const [slow, ...others] = await withdrawAll(world);
    const landed = () => others.every((hash) => stateOf(world, name, hash) === 'final');
    await world.until(landed, 'the others are final');
    expect(tries).toBeLessThan(20);
    expect(stateOf(world, name, slow)).toBe('leased');
    await nothingOpen(world, 'alice', 600_000);
    expect(tries).toBe(50);
    expect(signedIn(world, name)).toEqual([...others, slow]);
    await exact(world, 'alice', SOL - ALL);
  });

  it('that is larger than a transaction may be goes to a person, and the others land', async () => {
    const { world, name } = await rich();
    let first = '';
    inTheWayOf(world, (hash) => {
      first ||= hash;
      return hash === first ? new SolanaError('transaction_too_large', '1233 bytes, 1232 fit') : null;
    });
    const before = await purses(world, 'alice');
    const [, ...others] = await withdrawAll(world);
    const landed = () => others.every((hash) => stateOf(world, name, hash) === 'final');
    await world.until(landed, 'the others are final');
    await world.until(async () => (await viewOf(world, 'alice')).money === 'review', 'in review', 240_000);
    expect(findingsIn(world, name, 'review')).toEqual([expect.stringContaining('transaction_too_large')]);
    expect(attemptsIn(world, name).map(({ state }) => state)).toEqual(['final', 'final']);
    const held = AMOUNTS[0] + FEE;
    expect((await viewOf(world, 'alice')).balances).toMatchObject({ withdrawing: held.toString() });
    expect((await purses(world, 'alice')).deposit).toBe(before.deposit - (ALL - held));
  });

  it('whose row was changed is never signed: a person looks, and the others land', async () => {
    const { world, name } = await rich();
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    const [changed, ...others] = await withdrawAll(world);
    const more = "UPDATE action SET body = replace(body, '100000000', '900000000') WHERE hash = ?";
    world.home(name).rows(more, changed ?? '');
    world.evict(name);
    world.chain.thaw();
    const landed = () => others.every((hash) => stateOf(world, name, hash) === 'final');
    await world.until(landed, 'the others are final');
    expect(stateOf(world, name, changed)).toBe('review');
    expect(findingsIn(world, name, 'review')).toEqual(['the stored action is not the one that was sealed']);
    expect(signedIn(world, name)).toEqual(others);
  });
});

describe('a poisoned join', () => {
  async function cutOffWithJoins(): Promise<{ story: Story; hashes: string[] }> {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    const joins = actionsIn(world, world.matchName(id)).filter(({ kind }) => kind === 'join');
    const hashOf = (user: string) =>
      joins.find(
        ({ hash }) =>
          world
            .home(world.matchName(id))
            .rows('SELECT body FROM action WHERE hash = ?', hash)[0]
            ?.body?.toString()
            .includes(`"${user}"`) === true,
      )?.hash ?? '';
    return { story, hashes: [hashOf('alice'), hashOf('bob')] };
  }

  it('whose row was changed is never signed, and its player`s stake stays held until a person decides', async () => {
    const { story, hashes } = await cutOffWithJoins();
    const { world, id, view } = story;
    const name = world.matchName(id);
    world
      .home(name)
      .rows("UPDATE action SET body = replace(body, '100000000', '1') WHERE hash = ?", hashes[0] ?? '');
    world.evict(name);
    world.chain.thaw();
    await world.until(async () => (await view()).money === 'review', 'a person is called');
    expect(findingsIn(world, name, 'review')).toEqual(['the stored action is not the one that was sealed']);
    await world.advance(5_000);
    expect(signedIn(world, name)).not.toContain(hashes[0]);
    expect((await (await world.deposit('alice')).view())?.balances.held).toBe('100000000');
  });

  it('that fails again and again does not keep the other from landing', async () => {
    const { story, hashes } = await cutOffWithJoins();
    const { world, id, view } = story;
    const name = world.matchName(id);
    let isBad = true;
    inTheWayOf(world, (hash) => (isBad && hash === hashes[0] ? silent() : null));
    world.chain.thaw();
    await world.until(async () => (await view()).seats[1]?.state === 'final', 'bob is seated');
    expect(attemptsIn(world, name).filter(({ action }) => action === hashes[0])).toEqual([]);
    expect(await view()).toMatchObject({ link: 'reconciling', notice: { code: 'replaying' } });
    isBad = false;
    await world.until(async () => (await view()).link === 'online', 'online', 240_000);
    expect((await view()).seats.map(({ state }) => state)).toEqual(['final', 'final']);
    expect(await alertsIn(world.match(id))).toEqual([]);
  });
});
