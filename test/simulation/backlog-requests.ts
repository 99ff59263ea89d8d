/** What people ask of the mirror during a halt: who sits where, and which request comes when. */
import type { Answer } from '../../durable-objects/wire/objects.ts';
import { clientKey, matchId, type World } from './world.ts';

export const STAKE = 100_000_000n;
export const WITHDRAWN = 10_000_000n;
const HOUR = 3_600_000;
/** The verdict comes within half a minute, by probes of an idle monitor. */
const VERDICT_MS = 120_000;
/** One user in so many withdraws, twice. */
const WITHDRAWS = 5;
/** Coprime with every number of users that is used: each round sits everybody down once, each time with others. */
const STRIDES = [1, 7, 11, 13];

export interface BacklogSize {
  /** A multiple of `seats`; coprime with the strides. */
  readonly users: number;
  /** Matches of each user. */
  readonly rounds: number;
  readonly seats: number;
  readonly haltMs: number;
}

export interface Table {
  readonly id: string;
  readonly players: readonly string[];
  /** Ended in the halt: the last of the players has won. */
  readonly isEnded: boolean;
}

export interface Request {
  /** ms after the chain stood still. */
  readonly at: number;
  readonly kind: 'join' | 'start' | 'end' | 'withdraw';
  /** Name of the object that owns the action. */
  readonly owner: string;
  readonly user: string;
  readonly ask: () => Promise<Answer>;
}

export function tablesOf({ users, rounds, seats }: BacklogSize): readonly Table[] {
  const aRound = users / seats;
  return Array.from({ length: aRound * rounds }, (_, index) => {
    const stride = STRIDES[Math.floor(index / aRound) % STRIDES.length] ?? 1;
    const first = (index % aRound) * seats;
    const players = Array.from({ length: seats }, (__, seat) => userOf(((first + seat) * stride) % users));
    return { id: matchId(), players, isEnded: index % 2 === 0 };
  });
}

export function userOf(index: number): string {
  return `user-${index}`;
}

/** Who created the match, and starts and ends it. */
export function hostOf({ players }: Table): string {
  return players[0] ?? '';
}

export function winnerOf({ players }: Table): string {
  return players.at(-1) ?? '';
}

/**
 * By time. Each match has an hour of its own, of a short halt a quarter: joins, start, and an end for every second one.
 * Between them users withdraw.
 */
export async function requestsOf(
  world: World,
  { users, haltMs }: BacklogSize,
  tables: readonly Table[],
): Promise<readonly Request[]> {
  const span = Math.min(HOUR, haltMs / 4);
  const first = Math.min(VERDICT_MS, haltMs / 8);
  const requests: Request[] = tables.flatMap((table, index) => {
    const from = first + (index / tables.length) * (haltMs - span - first);
    return ofTable(world, table, (part) => from + part * span);
  });
  for (let index = 0; index < users; index += WITHDRAWS) {
    const user = userOf(index);
    const owner = await world.depositName(user);
    for (const part of [0.3, 0.6]) {
      const at = first + (haltMs - first) * (part + index / users / 4);
      requests.push({ at, kind: 'withdraw', owner, user, ask: withdrawal(world, user) });
    }
  }
  return requests.toSorted((left, right) => left.at - right.at);
}

/** `at`: the time at which that part of the match's own hour has passed. */
function ofTable(world: World, table: Table, at: (part: number) => number): Request[] {
  const owner = world.matchName(table.id);
  const host = hostOf(table);
  const { length } = table.players;
  const joins = table.players.map((user, seat): Request => {
    const part = (seat / length) * 0.6;
    return { at: at(part), kind: 'join', owner, user, ask: join(world, table, user) };
  });
  const start: Request = { at: at(0.8), kind: 'start', owner, user: host, ask: startOf(world, table) };
  const end: Request = { at: at(0.9), kind: 'end', owner, user: host, ask: endOf(world, table) };
  return table.isEnded ? [...joins, start, end] : [...joins, start];
}

/** Asked again, each is the same request with the same key. */
function join(world: World, { id }: Table, user: string): Request['ask'] {
  const request = { clientKey: clientKey(), entryFee: STAKE.toString(), paymentMethod: 1 as const };
  return () => world.match(id).join(world.caller(user), request);
}

function startOf(world: World, table: Table): Request['ask'] {
  const request = { clientKey: clientKey() };
  return () => world.match(table.id).start(world.caller(hostOf(table)), request);
}

function endOf(world: World, table: Table): Request['ask'] {
  const request = { clientKey: clientKey(), result: [{ userId: winnerOf(table), shareBps: 10_000 }] };
  return () => world.match(table.id).end(world.caller(hostOf(table)), request);
}

function withdrawal(world: World, user: string): Request['ask'] {
  const request = { clientKey: clientKey(), lamports: WITHDRAWN.toString() };
  return async () => (await world.deposit(user)).withdraw(world.caller(user), request);
}
