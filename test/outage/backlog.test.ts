/**
 * A day's halt with five hundred users: what they queued drains in order, once, and to the lamport. Prints how long that
 * took, beside what the chain by itself takes for as many transactions.
 */
import { expect, it } from 'vitest';
import { Backlog, type Drain } from '../simulation/backlog.ts';
import { drainedExactly } from '../simulation/backlog-checks.ts';
import { SLOT_MS, type World, walletOf } from '../simulation/world.ts';

/** Some two minutes on two cores; several times as long beside other work. */
const TIMEOUT_MS = 900_000;
const DAY_MS = 24 * 3_600_000;
const SOL = 1_000_000_000n;

it(
  '2,000 joins of 500 users, with starts, ends and withdrawals, drain after a day of halt in order and once',
  async () => {
    const backlog = new Backlog({ users: 500, rounds: 4, seats: 10, haltMs: DAY_MS });
    await backlog.open();
    await backlog.halt();
    const drain = await backlog.drain();
    // Of 200 matches half have ended; a hundred users withdraw twice.
    expect(drain.actions).toBe(2_000 + 200 + 100 + 200);
    await drainedExactly(backlog);
    process.stdout.write(`${report(drain, await chainAlone(backlog.world, drain.actions))}\n`);
  },
  TIMEOUT_MS,
);

interface Took {
  readonly virtualMs: number;
  readonly wallMs: number;
}

/** As many signed transfers, sent at once to the chain itself, until all are final. */
async function chainAlone({ chain, now }: World, transactions: number): Promise<Took> {
  const wall = performance.now();
  const receiver = walletOf('nobody');
  const sent = Array.from({ length: transactions }, (_, index) =>
    chain.airdrop(receiver, SOL + BigInt(index)),
  );
  const isFinal = (signature: string): boolean =>
    chain.getSignatureStatuses([signature])[0]?.confirmationStatus === 'finalized';
  let at = now;
  while (!sent.every(isFinal)) {
    at += SLOT_MS;
    chain.advanceTo(at);
  }
  return { virtualMs: at - now, wallMs: performance.now() - wall };
}

function report(drain: Drain, alone: Took): string {
  const { actions, onlineMs, mostUnderWay, permitsAsked } = drain;
  const line = (what: string, { virtualMs, wallMs }: Took): string =>
    `${what}: ${seconds(virtualMs)} of virtual time (${rate(actions, virtualMs)}), ${seconds(wallMs)} of wall time (${rate(actions, wallMs)})`;
  return [
    `backlog: ${actions} actions, at most ${mostUnderWay} under way at once, permits asked for ${permitsAsked} times`,
    `  every object online after ${seconds(onlineMs)} of virtual time`,
    line('  drained', drain),
    line('  as many transfers by the chain alone', alone),
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function rate(actions: number, ms: number): string {
  return `${((actions * 1_000) / ms).toFixed(1)} a second`;
}
