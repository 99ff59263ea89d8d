import { describe, expect, it } from 'vitest';
import { DIRECTORY_SHARDS, depositName, matchName } from '../../../durable-objects/names.ts';
import type {
  CompareOutcome,
  DepositObject,
  DirectoryEntry,
  DirectoryObject,
  HealthObject,
  MatchObject,
  PeersPort,
} from '../../../durable-objects/wire/objects.ts';
import { syncState } from '../../../services/state-sync.ts';
import { CLUSTER, only, PROGRAM } from './fixtures.ts';

const chain = { cluster: CLUSTER, programId: PROGRAM };
const CLEAN: CompareOutcome = { kind: 'clean', slot: 1 };
const matchEntry = (n: number, on = chain): DirectoryEntry => ({
  name: matchName(on, `pda${String(n).padStart(4, '0')}`),
  kind: 'match',
  active: true,
});

interface Setup {
  readonly shards: Readonly<Record<number, readonly DirectoryEntry[] | 'down'>>;
  readonly reconcile?: (name: string, runId: string) => Promise<CompareOutcome>;
  readonly watch?: () => Promise<void>;
  readonly clock?: () => number;
}

async function run({ shards, reconcile = async () => CLEAN, watch, clock }: Setup) {
  const reached: string[] = [];
  const compare = (name: string, runId: string) => {
    reached.push(name);
    return reconcile(name, runId);
  };
  const peers: PeersPort = {
    match: (name) => only<MatchObject>({ reconcile: (runId) => compare(name, runId) }),
    deposit: (name) =>
      only<DepositObject>({
        reconcile: (_binding, runId) => compare(name, runId),
      }),
    directory: (shard) =>
      only<DirectoryObject>({ list: async (after, limit) => page(shards[shard], after, limit) }),
    health: () => only<HealthObject>({ watch: watch ?? (async () => {}) }),
  };
  const report = await syncState({ peers, chain, now: clock ?? (() => 0) }, 1_800_000_000_000);
  return { report, reached };
}

function page(entries: readonly DirectoryEntry[] | 'down' | undefined, after: string, limit: number) {
  if (entries === 'down') throw new Error('shard unreachable');
  return (entries ?? []).filter(({ name }) => name > after).slice(0, limit);
}

describe('the cron', () => {
  it('compares every active object of every shard once, across pages', async () => {
    const entries = Array.from({ length: 250 }, (_, n) => matchEntry(n));
    const shards = { 0: entries.slice(0, 230), [DIRECTORY_SHARDS - 1]: entries.slice(230) };
    const { report, reached } = await run({ shards });
    expect(reached.toSorted()).toEqual(entries.map(({ name }) => name));
    expect(report).toMatchObject({ clean: 250, failed: 0, unreached: false });
  });

  it('gives all objects the run id that follows from the scheduled time, so that a repeat is the same run', async () => {
    const runs = new Set<string>();
    const reconcile = async (_name: string, runId: string) => {
      runs.add(runId);
      return CLEAN;
    };
    const setup = { shards: { 3: [matchEntry(1), matchEntry(2)] }, reconcile };
    await run(setup);
    await run(setup);
    expect([...runs]).toEqual(['cron:1800000000000']);
  });

  it('asks no more than four objects at a time', async () => {
    let running = 0;
    let most = 0;
    const reconcile = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      return CLEAN;
    };
    await run({ shards: { 0: Array.from({ length: 40 }, (_, n) => matchEntry(n)) }, reconcile });
    expect(most).toBe(4);
  });

  it('counts what it learns, and goes on after an object, a shard and the monitor failed', async () => {
    const [clean, paused, unknown, broken] = [1, 2, 3, 4].map((n) => matchEntry(n).name);
    const outcomes: Record<string, CompareOutcome> = {
      [clean ?? '']: CLEAN,
      [paused ?? '']: { kind: 'paused', slot: 1, breaks: ['amount_mismatch'] },
      [unknown ?? '']: { kind: 'unknown', reason: 'chain down' },
    };
    const { report } = await run({
      shards: { 0: 'down', 1: [1, 2, 3, 4].map((n) => matchEntry(n)) },
      reconcile: async (name) => outcomes[name] ?? Promise.reject(new Error(`${broken} is broken`)),
      watch: () => Promise.reject(new Error('monitor unreachable')),
    });
    expect(report).toMatchObject({ clean: 1, paused: 1, unknown: 1, failed: 3 });
  });

  it('wakes the monitor in each pass', async () => {
    let woken = 0;
    const watch = async () => {
      woken += 1;
    };
    await run({ shards: {}, watch });
    expect(woken).toBe(1);
  });

  it('compares deposits too; they know whose they are', async () => {
    const entry: DirectoryEntry = { name: depositName(chain, 'A'), kind: 'deposit', active: true };
    const { report, reached } = await run({ shards: { 5: [entry] } });
    expect(reached).toEqual([entry.name]);
    expect(report).toMatchObject({ clean: 1, failed: 0 });
  });

  it('leaves alone what was mirrored from another chain', async () => {
    const foreign = matchEntry(1, { ...chain, cluster: 'X'.repeat(44) });
    const { reached } = await run({ shards: { 0: [foreign, matchEntry(2)] } });
    expect(reached).toEqual([matchEntry(2).name]);
  });

  it('ends before the next pass begins, and says that it did not reach everything', async () => {
    let now = 0;
    const clock = () => {
      now += 1_000;
      return now;
    };
    const { report, reached } = await run({
      shards: { 0: Array.from({ length: 90 }, (_, n) => matchEntry(n)) },
      clock,
    });
    expect(report.unreached).toBe(true);
    expect(reached.length).toBeLessThan(60);
  });
});
