/**
 * The cron's pass over every active object (design: section 9). Each compares itself with its accounts; this only makes
 * sure that all are asked, that one failure stops nobody else's turn, and that the monitor is awake.
 */
import { DIRECTORY_SHARDS } from '../durable-objects/names.ts';
import type { ChainPort } from '../durable-objects/ports.ts';
import type { CompareOutcome, DirectoryEntry, PeersPort } from '../durable-objects/wire/objects.ts';

const PAGE = 100;
/** Of a Worker's six connections at a time, some are left for what else the pass asks (platform facts: A5). */
const PARALLEL = 4;
/** The next pass begins a minute after this one. What it did not reach is said in the report. */
const MAX_PASS_MS = 50_000;
/** 10,000 calls are allowed for one invocation; the directory takes some of them. */
const MAX_OBJECTS = 8_000;

export interface StateSyncDeps {
  readonly peers: PeersPort;
  readonly chain: Pick<ChainPort, 'cluster' | 'programId'>;
  now(): number;
}

export interface StateSyncReport {
  readonly runId: string;
  readonly ms: number;
  readonly clean: number;
  readonly paused: number;
  readonly unknown: number;
  /** Objects, shards or a monitor that did not answer. */
  readonly failed: number;
  /** True when the pass ended at a bound before the end of the directory. */
  readonly unreached: boolean;
}

type Outcome = CompareOutcome['kind'] | 'failed';

/** Never throws. The same `scheduledTime` makes the same run id: an object compares once for it, however often asked. */
export async function syncState(deps: StateSyncDeps, scheduledTime: number): Promise<StateSyncReport> {
  const runId = `cron:${scheduledTime}`;
  const startedAt = deps.now();
  const counts = { clean: 0, paused: 0, unknown: 0, failed: 0 };
  const budget = { left: MAX_OBJECTS, until: startedAt + MAX_PASS_MS, spent: false };
  const count = (outcome: Outcome): void => {
    counts[outcome] += 1;
  };
  await deps.peers
    .health()
    .watch()
    .catch(() => count('failed'));
  const entries = activeEntries(deps, () => count('failed'));
  const worker = async (): Promise<void> => {
    for await (const entry of entries) {
      if (budget.left-- <= 0 || deps.now() > budget.until) {
        budget.spent = true;
        return;
      }
      count(await compareOne(deps, entry, runId));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return { runId, ms: deps.now() - startedAt, ...counts, unreached: budget.spent };
}

/** Shard by shard, in the order of names. A shard that fails is left out: the next pass asks it again. */
async function* activeEntries(deps: StateSyncDeps, onFailure: () => void): AsyncGenerator<DirectoryEntry> {
  const { cluster, programId } = deps.chain;
  for (let shard = 0; shard < DIRECTORY_SHARDS; shard++) {
    let after = '';
    // Ends at a short page; the names rise, so a page is never met twice.
    for (;;) {
      const page = await deps.peers
        .directory(shard)
        .list(after, PAGE, true)
        .catch(() => null);
      if (page === null) onFailure();
      const last = page?.at(-1);
      if (page === null || last === undefined || last.name <= after) break;
      after = last.name;
      // What was mirrored from another chain or program cannot be compared with this one.
      yield* page.filter(({ name, kind }) => name.startsWith(`${kind}/${cluster}/${programId}/`));
      if (page.length < PAGE) break;
    }
  }
}

async function compareOne(deps: StateSyncDeps, entry: DirectoryEntry, runId: string): Promise<Outcome> {
  try {
    if (entry.kind === 'match') return (await deps.peers.match(entry.name).reconcile(runId)).kind;
    return (await deps.peers.deposit(entry.name).reconcile(null, runId)).kind;
  } catch {
    return 'failed';
  }
}
