/** One action, one effect, whatever becomes of its attempts (design: section 6, "Has it happened?"; I15, I16). */
import { describe, expect, it } from 'vitest';
import { actionsIn, alertsIn, attemptsIn, effectsByMemo } from './checks.ts';
import { signatureIn } from './network.ts';
import { create, end, join, opened, type Story, seatsFinal, settledExactly, start } from './story.ts';
import type { Weather } from './world.ts';

const sends = (method: string): boolean => method === 'sendTransaction';

async function created(): Promise<Story> {
  const story = await opened();
  await create(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'create final');
  return story;
}

async function playedOut(story: Story): Promise<void> {
  await seatsFinal(story, 2);
  expect(await start(story)).toMatchObject({ status: 200 });
  expect(await end(story)).toMatchObject({ status: 200 });
  await settledExactly(story);
  expect([...effectsByMemo(story.world, story.id).values()].every((times) => times === 1)).toBe(true);
}

function joinAttempts({ world, id }: Story) {
  const name = world.matchName(id);
  const joins = actionsIn(world, name).filter(({ kind }) => kind === 'join');
  return attemptsIn(world, name).filter(({ action }) => joins.some(({ hash }) => hash === action));
}

/** The one attempt that has not ended, as it was stored. */
function openAttempt({ world, id }: Story): { lastValidBlockHeight: number; blockhashSlot: number } {
  const open = world.home(world.matchName(id)).rows("SELECT body FROM attempt WHERE state <> 'final'")[0];
  // SAFETY: written by the kernel from an AttemptRecord.
  return JSON.parse(String(open?.body)) as { lastValidBlockHeight: number; blockhashSlot: number };
}

const preflightErrors: readonly { name: string; weather: Weather }[] = [
  {
    name: 'BlockhashNotFound',
    weather: (method) => (sends(method) ? preflight('BlockhashNotFound') : 'fine'),
  },
  {
    name: 'a custom program error',
    weather: (method) => (sends(method) ? preflight({ InstructionError: [0, { Custom: 6013 }] }) : 'fine'),
  },
];

function preflight(err: unknown) {
  return { error: { code: -32002, message: 'Transaction simulation failed', data: { err, logs: [] } } };
}

describe('a preflight error', () => {
  it.each(preflightErrors)(
    'of a lagging provider ($name) proves nothing: the join lands once, later',
    async ({ weather }) => {
      const story = await created();
      const { world } = story;
      world.weather = weather;
      for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
      await world.advance(3_000);
      expect(joinAttempts(story).map(({ state }) => state)).toEqual(['sent', 'sent']);
      for (const user of ['alice', 'bob'])
        expect((await (await world.deposit(user)).view())?.balances.held).toBe('100000000');
      world.weather = () => 'fine';
      await playedOut(story);
      expect(joinAttempts(story)).toHaveLength(2);
    },
  );

  it('that came although the transaction was taken changes nothing', async () => {
    const story = await created();
    const { world } = story;
    // Executed, and then answered as if it had been refused.
    world.weather = (method, params) => {
      if (!sends(method)) return 'fine';
      world.chain.sendTransaction(new Uint8Array(Buffer.from(String(params[0]), 'base64')), {
        skipPreflight: true,
      });
      return preflight({ InstructionError: [0, { Custom: 6013 }] });
    };
    for (const user of ['alice', 'bob']) expect(await join(story, user)).toMatchObject({ status: 200 });
    await world.advance(1_000);
    world.weather = () => 'fine';
    await playedOut(story);
    expect(joinAttempts(story)).toHaveLength(2);
  });
});

describe('an attempt that never reaches the chain', () => {
  it('is followed by exactly one other once it is provably dead, and not before', async () => {
    const story = await created();
    const { world, view } = story;
    const heard = new Set<string>();
    world.weather = (method, params) => {
      if (!sends(method)) return 'fine';
      heard.add(signatureIn(params));
      // The first signature goes nowhere; what is signed later arrives.
      return [...heard][0] === signatureIn(params) ? 'swallowed' : 'fine';
    };
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.until(() => heard.size === 1, 'the first signature was sent');
    const { lastValidBlockHeight } = openAttempt(story);
    const finalized = () => world.chain.header('finalized');
    await world.until(() => joinAttempts(story).some(({ state }) => state === 'absent'), 'first look-up');
    expect(finalized().height).toBeGreaterThan(lastValidBlockHeight);
    const absentAt = finalized().slot;
    expect(heard.size).toBe(1);
    await world.until(() => heard.size === 2, 'the second signature');
    expect(finalized().slot).toBeGreaterThanOrEqual(absentAt + 64);
    expect(joinAttempts(story).map(({ state }) => state)[0]).toBe('dead');
    await world.until(async () => (await view()).seats[0]?.state === 'final', 'final');
    await join(story, 'alice');
    await playedOut(story);
    expect(joinAttempts(story).map(({ state }) => state)).toEqual(['dead', 'final', 'final']);
  });

  it('and lands late in its window, with every answer lost, lands once', async () => {
    const story = await created();
    const { world } = story;
    let wire: Uint8Array | null = null;
    world.weather = (method, params) => {
      if (!sends(method)) return 'fine';
      wire ??= new Uint8Array(Buffer.from(String(params[0]), 'base64'));
      return 'lost';
    };
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.advance(145 * 50);
    world.chain.sendTransaction(wire ?? new Uint8Array(), { skipPreflight: true });
    await world.advance(5_000);
    world.weather = () => 'fine';
    await join(story, 'alice');
    await playedOut(story);
    expect(joinAttempts(story)).toHaveLength(2);
  });

  it.each([
    [
      'errors',
      (method: string) => (method === 'getFirstAvailableBlock' ? ('http-500' as const) : ('fine' as const)),
    ],
    [
      'a history that begins too late',
      (method: string) =>
        method === 'getFirstAvailableBlock' ? { result: Number.MAX_SAFE_INTEGER } : ('fine' as const),
    ],
  ])('gets no other while the full-history look-up answers %s, and in the end a person', async (_, look) => {
    const story = await created();
    const { world, view } = story;
    const heard = new Set<string>();
    world.weather = (method, params) => {
      if (!sends(method)) return look(method);
      heard.add(signatureIn(params));
      return 'swallowed';
    };
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.advance(60_000);
    expect(heard.size).toBe(1);
    expect((await (await world.deposit('bob')).view())?.balances.held).toBe('100000000');
    await world.until(async () => (await view()).money === 'review', 'a person is called', 240_000);
    expect(await alertsIn(world.match(story.id))).toContain('critical action_review');
    expect(heard.size).toBe(1);
    expect((await (await world.deposit('bob')).view())?.balances.held).toBe('100000000');
  });
});

describe('a fork', () => {
  it('that takes a landed join away puts it back to `sent`, and it lands again once', async () => {
    const story = await created();
    const { world, view } = story;
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).seats[0]?.state === 'landed', 'landed');
    const undone = world.chain.dropBlocks(openAttempt(story).blockhashSlot + 1);
    expect(undone).toContain(joinAttempts(story)[0]?.signature);
    // Nobody forwards it for a while, so that the mirror sees it gone.
    world.weather = (method) => (sends(method) ? 'swallowed' : 'fine');
    await world.until(async () => (await view()).seats[0]?.state === 'submitted', 'back to sent');
    expect(actionsIn(world, world.matchName(story.id)).at(-1)?.state ?? '').not.toBe('landed');
    world.weather = () => 'fine';
    await join(story, 'alice');
    await playedOut(story);
    expect(joinAttempts(story)).toHaveLength(2);
  });

  it('that takes the blockhash away too ends in a proof of death and one other signature', async () => {
    const story = await created();
    const { world, view } = story;
    expect(await join(story, 'bob')).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).seats[0]?.state === 'landed', 'landed');
    world.chain.dropBlocks(openAttempt(story).blockhashSlot);
    await join(story, 'alice');
    await playedOut(story);
    expect(joinAttempts(story).map(({ state }) => state)).toEqual(['dead', 'final', 'final']);
  });

  it('that takes the settlement away pays the winner once', async () => {
    const story = await created();
    const { world, view } = story;
    for (const user of ['alice', 'bob']) await join(story, user);
    await seatsFinal(story, 2);
    await start(story);
    await world.until(async () => (await view()).openActions.length === 0, 'start final');
    await end(story);
    const before = world.chain.slot;
    await world.until(async () => (await view()).openActions[0]?.state === 'landed', 'landed');
    expect(world.chain.dropBlocks(before).length).toBeGreaterThan(0);
    await settledExactly(story);
    expect([...effectsByMemo(world, story.id).values()].every((times) => times === 1)).toBe(true);
  });
});

describe('an attempt', () => {
  it('is a stored row, with its verdict, before its bytes leave (I16)', async () => {
    const story = await opened();
    const { world, id } = story;
    let seen = 0;
    world.weather = (method, params) => {
      if (!sends(method)) return 'fine';
      const signature = signatureIn(params);
      const row = world
        .home(world.matchName(id))
        .rows('SELECT body FROM attempt WHERE signature = ?', signature)[0];
      const stored = JSON.parse(String(row?.body ?? '{}')) as Record<string, unknown>;
      expect(stored).toMatchObject({
        signature,
        bytes: String(params[0]),
        lastValidBlockHeight: expect.any(Number),
        epoch: expect.stringMatching(/^\d+\.[1-9]\d*$/),
      });
      seen += 1;
      return 'fine';
    };
    await create(story);
    for (const user of ['alice', 'bob']) await join(story, user);
    await playedOut(story);
    expect(seen).toBeGreaterThanOrEqual(5);
  });

  it('is never signed anew while an earlier one can still land, wherever the object dies', async () => {
    const story = await created();
    const { world, id } = story;
    let calls = 0;
    world.weather = (method) => {
      if (!sends(method)) return 'fine';
      calls += 1;
      // Dies in the middle of the call, before the answer can be recorded.
      if (calls <= 5) world.evict(world.matchName(id));
      return calls % 2 === 0 ? 'reply-lost' : 'fine';
    };
    for (const user of ['alice', 'bob']) await join(story, user);
    await playedOut(story);
    const attempts = attemptsIn(world, world.matchName(id));
    for (const { hash } of actionsIn(world, world.matchName(id))) {
      const states = attempts.filter(({ action }) => action === hash).map(({ state }) => state);
      // An object that died between its signature and the send may find its blockhash expired: then it is proved so.
      expect(states).toEqual([...states.slice(1).map(() => 'dead'), 'final']);
    }
    expect(calls).toBeGreaterThan(5);
  });
});
