/** From request to ack of a join, over HTTP: in an outage, beside online. */
import type { Effort } from './effort.ts';
import { type Comparison, percentile, type Round } from './figures.ts';
import { type Seat, Seats } from './seats.ts';
import { pause } from './wait.ts';

/** Between two requests: they come from people, and what an accepted join sets going has some room. */
const PAUSE_MS = 25;

interface Times {
  readonly outage: readonly number[];
  readonly online: readonly number[];
  /** A request that no object sees: what the way to the Worker and back takes by itself. */
  readonly bare: readonly number[];
}

export async function benchAcks({ isQuick, progress }: Effort): Promise<readonly Comparison[]> {
  const { rounds, joins } = isQuick ? { rounds: 1, joins: 10 } : { rounds: 5, joins: 60 };
  const measured = await Seats.during(async (seats) => {
    // The first joins meet cold code, whichever they are: not measured.
    await joinAll(seats, await seats.free(10));
    const all: Times[] = [];
    for (let round = 0; round < rounds; round += 1) {
      all.push(await measure(seats, joins, round % 2 === 0));
      progress(`acks, round ${round + 1} of ${rounds}`);
    }
    return all;
  });
  return [
    ...compare('a join in an outage', 'the same online', measured, 'outage', 'online'),
    ...compare('a join online', 'a request that no object sees', measured, 'online', 'bare'),
  ];
}

async function measure(seats: Seats, joins: number, isOnlineFirst: boolean): Promise<Times> {
  const free = await seats.free(2 * joins);
  const bare = await bareRequests(seats.stack.url, joins);
  const online = async (): Promise<number[]> => {
    const times = await joinAll(seats, free.slice(0, joins));
    await seats.quiet();
    return times;
  };
  const outage = async (): Promise<number[]> => {
    await seats.freeze();
    const times = await joinAll(seats, free.slice(joins));
    seats.thaw();
    await seats.quiet();
    return times;
  };
  if (isOnlineFirst) return { bare, online: await online(), outage: await outage() };
  return { bare, outage: await outage(), online: await online() };
}

/** ms of each. */
async function joinAll(seats: Seats, free: readonly Seat[]): Promise<number[]> {
  const times: number[] = [];
  for (const seat of free) {
    times.push((await seats.join(seat)).ms);
    await pause(PAUSE_MS);
  }
  return times;
}

async function bareRequests(url: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await (await fetch(`${url}/api/v1/nothing`)).text();
    times.push(performance.now() - started);
    await pause(PAUSE_MS);
  }
  return times;
}

function compare(
  what: string,
  against: string,
  measured: readonly Times[],
  ours: keyof Times,
  beside: keyof Times,
): Comparison[] {
  return [50, 95].map((p) => {
    const rounds = measured.map(
      (times): Round => ({
        ours: percentile(times[ours], p / 100),
        beside: percentile(times[beside], p / 100),
      }),
    );
    return { what: `${what}, request to ack, p${p}`, against, unit: 'ms', rounds };
  });
}
