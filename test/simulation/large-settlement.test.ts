/** Tables whose settlement does not fit into one transaction, and results that go in two (design: sections 4 and 6). */
import { describe, expect, it } from 'vitest';
import { decodeEscrow } from '../../core/index.ts';
import { actionsIn } from './checks.ts';
import { onChain, opened, type Story, seatsFinal } from './story.ts';
import { clientKey } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = '100000000';
const HASH = 'ab'.repeat(32);
const PLAYERS = Array.from({ length: 10 }, (_, index) => `player-${index}`);

/** Ten PLATFORM players, seated and final, the match started. The registry's largest table takes so many. */
async function fullTable(): Promise<Story> {
  const story = await opened();
  const { world, id, view } = story;
  for (const user of PLAYERS) await world.fund(user, SOL);
  const terms = {
    clientKey: clientKey(),
    matchId: id,
    gameType: 1,
    seed: '1',
    entryFee: FEE,
    paymentMethod: 1 as const,
  };
  expect(await world.match(id).create(world.caller('player-0'), terms)).toMatchObject({ status: 201 });
  for (const user of PLAYERS) {
    const request = { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1 as const };
    expect(await world.match(id).join(world.caller(user), request)).toMatchObject({ status: 200 });
  }
  await seatsFinal(story, 10);
  await world.match(id).start(world.caller('player-0'), { clientKey: clientKey() });
  await world.until(async () => (await view()).openActions.length === 0, 'start final');
  return story;
}

function endFor({ world, id }: Story, winners: number, matchHash: string | null) {
  const share = Math.floor(10_000 / winners);
  const result = PLAYERS.slice(0, winners).map((userId, rank) => ({
    userId,
    shareBps: rank === 0 ? 10_000 - share * (winners - 1) : share,
  }));
  return world.match(id).end(world.caller('player-0'), { clientKey: clientKey(), result, matchHash });
}

function kindsOf({ world, id }: Story): string[] {
  return actionsIn(world, world.matchName(id)).map(({ kind, state }) => `${kind} ${state}`);
}

async function settled(story: Story): Promise<void> {
  const { world, id, view } = story;
  await world.until(async () => (await view()).money === 'settled', 'settled');
  await world.until(async () => (await view()).link === 'online', 'online');
  await world.advance(5_000);
  expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  for (const user of PLAYERS) {
    const deposit = await world.deposit(user);
    expect(await deposit.reconcile(null, 'after')).toMatchObject({ kind: 'clean' });
    const seen = await deposit.view();
    expect(BigInt(seen?.balances.available ?? '0')).toBe(await onChain(world, user));
    expect(seen?.inPlay.derived).toBe('0');
  }
}

/** 950,000,000 lamports of ten stakes at 500 bps, in ten parts. */
const PART = 95_000_000n;

describe('ten winners', () => {
  it('with a match hash are paid by two transactions: end, then distribute once that is confirmed', async () => {
    const story = await fullTable();
    expect(await endFor(story, 10, HASH)).toMatchObject({ status: 200 });
    await settled(story);
    expect(kindsOf(story)).toEqual(expect.arrayContaining(['end final', 'distribute final']));
    for (const user of PLAYERS) expect(await onChain(story.world, user)).toBe(900_000_000n + PART);
    expect((await story.view()).settlement).not.toBeNull();
  });

  it('are paid once, whatever dies in between', async () => {
    const story = await fullTable();
    const { world, view } = story;
    await endFor(story, 10, HASH);
    for (let slot = 0; slot < 300 && (await view()).money !== 'settled'; slot += 1) {
      world.evict(world.matchName(story.id));
      await world.advance(50);
    }
    await settled(story);
    for (const user of PLAYERS) expect(await onChain(world, user)).toBe(900_000_000n + PART);
  });

  it('are paid once after an outage that comes between end and distribute', async () => {
    const story = await fullTable();
    const { world, id, view } = story;
    await endFor(story, 10, HASH);
    const landed = async (): Promise<boolean> =>
      (await view()).openActions.some(({ kind, state }) => kind === 'end' && state === 'landed');
    await world.until(landed, 'end landed');
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    await world.advance(30_000);
    expect((await view()).money).toBe('settling');
    world.chain.thaw();
    await settled(story);
    for (const user of PLAYERS) expect(await onChain(world, user)).toBe(900_000_000n + PART);
    const escrow = world.chain.getAccount(
      world.port.pda('escrow', world.port.pda('match', id).address).address,
      'finalized',
    );
    expect(decodeEscrow(escrow?.data ?? new Uint8Array()).distributed).toBe(true);
  });
});

describe('nine winners', () => {
  it('with a match hash are too many for one transaction, as ten are', async () => {
    const story = await fullTable();
    expect(await endFor(story, 9, HASH)).toMatchObject({ status: 200 });
    await settled(story);
    expect(kindsOf(story)).toEqual(expect.arrayContaining(['end final', 'distribute final']));
  });

  it('without one are paid by one transaction', async () => {
    const story = await fullTable();
    expect(await endFor(story, 9, null)).toMatchObject({ status: 200 });
    await settled(story);
    expect(kindsOf(story).filter((kind) => kind.startsWith('distribute'))).toEqual([]);
  });
});

describe('a table of ten', () => {
  it('with one winner is settled by one transaction', async () => {
    const story = await fullTable();
    expect(await endFor(story, 1, HASH)).toMatchObject({ status: 200 });
    await settled(story);
    expect(kindsOf(story).filter((kind) => kind.startsWith('distribute'))).toEqual([]);
    expect(await onChain(story.world, 'player-0')).toBe(900_000_000n + 950_000_000n);
  });

  it('that is called off is paid back in one call (H-06)', async () => {
    const story = await fullTable();
    const { world, id, view } = story;
    const operator = { userId: 'olga', wallet: '', role: 'operator' } as const;
    await world.match(id).cancel(operator, { clientKey: clientKey(), reason: 'platform_fault' });
    await world.until(async () => (await view()).money === 'refunded', 'refunded');
    await world.advance(5_000);
    for (const user of PLAYERS) expect(await onChain(world, user)).toBe(SOL);
    expect(kindsOf(story).filter((kind) => kind.startsWith('refund'))).toEqual(['refund final']);
  });
});
