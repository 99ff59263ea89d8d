/** An action that can never succeed, or only after many tries, holds up itself and what depends on it, nobody else (F32). */
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { signatureIn } from './network.ts';
import { createdFinally, cutOff } from './seated.ts';
import { join, opened, type Story, seatsFinal } from './story.ts';
import { exact, FEE, fillWallet, livesOf, nothingOpen, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { World } from './world.ts';

/** A deposit's available_lamports (interface: section 2.3). */
const AVAILABLE = 56;

/** Joins that wait for the chain, the poisoned one first. */
async function queued(users: readonly string[]): Promise<Story> {
  const story = await opened();
  const { world } = story;
  await world.fund('carol', SOL);
  await createdFinally(story);
  await cutOff(story);
  for (const user of users) expect(await join(story, user)).toMatchObject({ status: 200 });
  return story;
}

async function drained({ world }: Story, user: string): Promise<void> {
  const address = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  const account = world.chain.getAccount(address);
  if (account === null) throw new Error('no deposit');
  const data = Uint8Array.from(account.data);
  new DataView(data.buffer).setBigUint64(AVAILABLE, 1n, true);
  world.chain.setAccount(address, { ...account, data });
}

function joinOf({ world, id }: Story, user: string): string {
  const [row] = world
    .home(world.matchName(id))
    .rows("SELECT hash FROM action WHERE kind = 'join' AND body LIKE ?", `%"id":"${user}"%`);
  return String(row?.hash);
}

function stateOf({ world, id }: Story, hash: string): string | undefined {
  return actionsIn(world, world.matchName(id)).find((action) => action.hash === hash)?.state;
}

describe('a join that cannot land', () => {
  it('for want of money on the chain holds up none of those who came after it', async () => {
    const story = await queued(['carol', 'alice', 'bob']);
    const { world, view } = story;
    await drained(story, 'carol');
    const poison = joinOf(story, 'carol');
    world.chain.thaw();
    const finals = async (): Promise<string[]> =>
      (await view()).seats.filter(({ state }) => state === 'final').map(({ userId }) => userId);
    await world.until(async () => (await finals()).length === 2, 'the others are final');
    expect(await finals()).toEqual(['alice', 'bob']);
    expect(stateOf(story, poison)).not.toBe('final');
  });
});

describe('a stored action that is not the one that was accepted', () => {
  it.each([
    ['its content', `replace(body, '"id":"carol"', '"id":"karol"')`],
    ['an address of it', `replace(body, '"bump":25', '"bump":24')`],
    ['its hash', `replace(body, '"hash":"', '"hash":"00')`],
  ])('(%s was changed) is never signed: a person is called, and nobody else waits', async (_, changed) => {
    const story = await queued(['carol', 'alice', 'bob']);
    const { world, id } = story;
    const home = world.home(world.matchName(id));
    const poison = joinOf(story, 'carol');
    home.rows(`UPDATE action SET body = ${changed} WHERE hash = ?`, poison);
    world.evict(home.name);
    world.chain.thaw();
    await world.until(() => stateOf(story, poison) === 'review', 'a person is asked');
    expect(await alertsIn(world.match(id))).toContain('critical action_review');
    expect(findingsIn(world, home.name, 'review')[0]).toContain('not the one that was sealed');
    expect(attemptsIn(world, home.name).filter(({ action }) => action === poison)).toEqual([]);
  });
});

describe('an action whose proof takes many tries', () => {
  it('lands once when the proof comes, and the other withdrawal does not wait for it', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await fillWallet(world, 'alice', SOL);
    let first: string | null = null;
    const slow: { until: number } = { until: Number.POSITIVE_INFINITY };
    world.weather = (method, params) => {
      if (method === 'getFirstAvailableBlock') return world.now < slow.until ? 'http-500' : 'fine';
      if (method !== 'sendTransaction') return 'fine';
      first ??= signatureIn(params);
      return first === signatureIn(params) ? 'swallowed' : 'fine';
    };
    await withdraw(world, 'alice', 100_000_000n);
    await world.until(() => first !== null, 'sent');
    await withdraw(world, 'alice', 200_000_000n);
    await world.until(
      async () => (await viewOf(world, 'alice')).openActions.length === 1,
      'the other one is final',
    );
    // Past the end of its blockhash, and a dozen tries to prove that it is dead.
    slow.until = world.now + 20_000;
    await nothingOpen(world, 'alice', 240_000);
    const lives = await livesOf(world, 'alice', 'withdraw');
    expect(lives.map(({ attempts }) => attempts).toSorted()).toEqual([['dead', 'final'], ['final']]);
    await exact(world, 'alice', SOL - 300_000_000n - 2n * FEE);
  });

  it('of a join does not keep the others from their seats', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await world.fund('carol', SOL);
    await createdFinally(story);
    let first: string | null = null;
    world.weather = (method, params) => {
      if (method === 'getFirstAvailableBlock') return 'http-500';
      if (method !== 'sendTransaction') return 'fine';
      first ??= signatureIn(params);
      return first === signatureIn(params) ? 'swallowed' : 'fine';
    };
    await join(story, 'carol');
    await world.until(() => first !== null, 'sent');
    for (const user of ['alice', 'bob']) await join(story, user);
    const isFinal = async (user: string): Promise<boolean> =>
      (await view()).seats.some(({ userId, state }) => userId === user && state === 'final');
    await world.until(
      async () => (await isFinal('alice')) && (await isFinal('bob')),
      'the others are seated',
    );
    expect((await view()).seats.find(({ userId }) => userId === 'carol')?.state).toBe('submitted');
    world.weather = () => 'fine';
    await seatsFinal(story, 3);
    // The create, and three joins.
    expect(attemptsIn(world, world.matchName(id)).filter(({ state }) => state === 'final')).toHaveLength(4);
  });
});
