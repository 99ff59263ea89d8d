/** Steps of the story, and what must be true at its end; shared by the simulation's tests and the outage matrix. */
import { expect } from 'vitest';
import { decodeInstruction, decodeUserDeposit, journalHash } from '../../core/index.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { effectsByMemo } from './checks.ts';
import { clientKey, matchId, World, type WorldOptions } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = '100000000';
const WATCHER = { userId: null, role: 'operator' } as const;

export interface Story {
  readonly world: World;
  readonly id: string;
  readonly view: () => Promise<MatchView>;
}

export async function opened(options: WorldOptions = {}): Promise<Story> {
  const world = new World(options);
  await world.open();
  await world.fund('alice', SOL);
  await world.fund('bob', SOL);
  const id = matchId();
  const view = async (): Promise<MatchView> => {
    const seen = await world.match(id).view(WATCHER);
    if (seen === null) throw new Error('no such match');
    return seen;
  };
  return { world, id, view };
}

export async function create({ world, id }: Story): Promise<void> {
  const request = {
    clientKey: clientKey(),
    matchId: id,
    gameType: 0,
    seed: '1',
    entryFee: FEE,
    paymentMethod: 1 as const,
  };
  expect(await world.match(id).create(world.caller('alice'), request)).toMatchObject({ status: 201 });
}

export function join({ world, id }: Story, user: string, key = clientKey()) {
  return world.match(id).join(world.caller(user), { clientKey: key, entryFee: FEE, paymentMethod: 1 });
}

export function start({ world, id }: Story) {
  return world.match(id).start(world.caller('alice'), { clientKey: clientKey() });
}

export function end({ world, id }: Story) {
  return world
    .match(id)
    .end(world.caller('alice'), { clientKey: clientKey(), result: [{ userId: 'bob', shareBps: 10_000 }] });
}

export async function seatsFinal(story: Story, seats: number): Promise<void> {
  const done = async (): Promise<boolean> => {
    const { seats: seen } = await story.view();
    return seen.length === seats && seen.every((seat) => seat.state === 'final');
  };
  await story.world.until(done, `${seats} final seats`);
}

/** Final seats, start final, nothing open: the moment at which only `end` is missing. */
export async function played(story: Story): Promise<void> {
  await create(story);
  for (const user of ['alice', 'bob']) await join(story, user);
  await seatsFinal(story, 2);
  await start(story);
  await story.world.until(async () => (await story.view()).openActions.length === 0, 'start final');
}

export async function onChain(world: World, user: string): Promise<bigint> {
  const pda = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  const { accounts } = await world.port.accounts([pda]);
  return decodeUserDeposit(accounts[0]?.data ?? new Uint8Array()).available;
}

/** Join instructions that took effect on the deposit of `user`, by the chain's own history. */
export async function joinsOf(world: World, user: string): Promise<number> {
  const pda = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  let joins = 0;
  for (const entry of await world.port.history(pda, null)) {
    const observed = entry.failed ? null : await world.port.transaction(entry.signature, 'finalized');
    for (const instruction of observed?.instructions ?? []) {
      if (
        instruction.programId === world.port.programId &&
        decodeInstruction(instruction.data).kind === 'join_match'
      )
        joins += 1;
    }
  }
  return joins;
}

/** The rest of a match whose create is final: joined, started, ended, and every effect on the chain once. */
export async function playedOut(story: Story, users: readonly string[] = ['alice', 'bob']): Promise<void> {
  const { world, id } = story;
  for (const user of users)
    await world.until(async () => (await join(story, user)).status === 200, `${user} has a seat`);
  await seatsFinal(story, 2);
  expect(await start(story)).toMatchObject({ status: 200 });
  expect(await end(story)).toMatchObject({ status: 200 });
  await settledExactly(story);
  expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
}

/** What must be true at the end of every run, whatever the weather was. */
export async function settledExactly(story: Story): Promise<void> {
  const { world, id, view } = story;
  await world.until(async () => (await view()).money === 'settled', 'settled');
  await world.until(async () => (await view()).link === 'online', 'online');
  await world.advance(5_000);
  expect(await onChain(world, 'alice')).toBe(900_000_000n);
  expect(await onChain(world, 'bob')).toBe(1_090_000_000n);
  for (const [user, available] of [
    ['alice', '900000000'],
    ['bob', '1090000000'],
  ] as const) {
    const deposit = await world.deposit(user);
    expect((await deposit.view())?.balances).toEqual({
      available,
      held: '0',
      withdrawing: '0',
      suspense: '0',
    });
    expect(deposit.recomputed()).toEqual((await deposit.view())?.balances);
    expect(await joinsOf(world, user)).toBe(1);
  }
  expect(await verified(world, id)).toBe(true);
  expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
}

export async function verified(world: World, id: string): Promise<boolean> {
  const { genesis, entries, head } = await world.match(id).journal(1, 500);
  let expected = genesis;
  for (const { entry, hash } of entries) {
    expected = journalHash(expected, entry);
    if (expected !== hash) return false;
  }
  return expected === head && entries.every(({ seq }, index) => seq === index + 1);
}
