/**
 * One of 16 shards that know which objects there are (design: section 8). It anchors their journal heads, keeps their
 * generations and a copy of the monitor's verdict, and tells a new verdict to the objects that wait for it. It decides
 * nothing about money, so it has no actor; what it holds can be made again from the objects.
 */
import { isNewerEpoch } from '../machines/link.ts';
import { type Anchor, DirectoryStore } from './kernel/directory-store.ts';
import type { ObjectWorld } from './ports.ts';
import type {
  AnchoredEntry,
  Attachment,
  ChainStanding,
  ChainVerdict,
  DirectoryEntry,
  DirectoryObject,
  ProgramFacts,
  ProviderStanding,
} from './wire/objects.ts';

/** Objects told at once, and in one alarm; the rest follow in the next. */
const PARALLEL = 4;
const BATCH = 64;
/** An object that does not answer is told again after this long, and pulls anyway before it acts. */
const RETRY_MS = 1_000;

export class DirectoryDO implements DirectoryObject {
  readonly #world: ObjectWorld;
  readonly #store: DirectoryStore;

  constructor(world: ObjectWorld) {
    this.#world = world;
    this.#store = new DirectoryStore(world.sql);
  }

  /** An object that was restored stays behind its anchor until it says that it knows: its first answer may be lost. */
  async attach(entry: AnchoredEntry): Promise<Attachment> {
    const anchored = this.#store.transaction(() => {
      const anchor = this.#store.anchor(entry.name);
      if (anchor !== null && isBehind(entry, anchor)) {
        const generation = anchor.generation + 1;
        this.#store.put({ ...entry, active: true }, { ...anchor, generation });
        return { generation, behind: true };
      }
      const generation = anchor?.generation ?? 1;
      this.#store.put(entry, { generation, seq: entry.seq, head: entry.head });
      return { generation, behind: false };
    });
    return { ...anchored, ...this.#copy() };
  }

  /** A copy that the monitor has not renewed for too long is asked for again; if that fails, the old one must do. */
  async standing(): Promise<ChainStanding> {
    const copy = this.#copy();
    const { clock, settings, peers } = this.#world;
    if (copy.verdict !== null && clock.now() - copy.verdict.asOf <= settings.health.staleVerdictMs)
      return copy;
    try {
      const fresh = await peers.health().standing();
      if (fresh.verdict !== null) this.#keep(fresh.verdict, fresh);
    } catch {
      // The monitor is unreachable: staleness moves no link state (design: section 8).
    }
    return this.#copy();
  }

  async publish(standing: ChainStanding): Promise<{ readonly active: number }> {
    if (standing.verdict !== null) this.#keep(standing.verdict, standing);
    return { active: this.#store.activeCount() };
  }

  async list(after: string, limit: number, activeOnly: boolean): Promise<readonly DirectoryEntry[]> {
    return this.#store.list(after, Math.max(1, Math.min(limit, 500)), activeOnly);
  }

  /** Tells the verdict to those who have not heard it: a few at a time, and never waiting for one that is silent. */
  async alarm(): Promise<void> {
    const { verdict } = this.#copy();
    if (verdict === null) return;
    this.#world.alarm.set(this.#world.clock.now() + this.#world.settings.deadManMs);
    const waiting = this.#store.untold(verdict.epoch, BATCH);
    let failed = 0;
    for (let start = 0; start < waiting.length; start += PARALLEL) {
      const results = await Promise.allSettled(
        waiting.slice(start, start + PARALLEL).map((entry) => this.#tell(entry, verdict)),
      );
      failed += results.filter((result) => result.status === 'rejected').length;
    }
    // Looked up again: a newer verdict may have come while we were telling this one.
    const latest = this.#copy().verdict ?? verdict;
    const isDone = this.#store.untold(latest.epoch, 1).length === 0;
    this.#arm(isDone ? null : failed > 0 ? RETRY_MS : 0);
  }

  async #tell(entry: DirectoryEntry, verdict: ChainVerdict): Promise<void> {
    const { peers } = this.#world;
    if (entry.kind === 'match') await peers.match(entry.name).chainVerdict(verdict);
    if (entry.kind === 'deposit') await peers.deposit(entry.name).chainVerdict(verdict);
    this.#store.told(entry.name, verdict.epoch);
  }

  #keep(verdict: ChainVerdict, { program, providers }: ChainStanding): void {
    const { verdict: old } = this.#copy();
    const changed = isNewerEpoch(verdict.epoch, old?.epoch ?? null);
    const renewed = old !== null && sameEpoch(verdict, old) && verdict.asOf > old.asOf;
    this.#store.transaction(() => {
      if (changed || renewed) {
        this.#store.write('verdict', JSON.stringify(verdict));
        this.#store.write('providers', JSON.stringify(providers));
      }
      if (program !== null) this.#store.write('program', JSON.stringify(program));
      if (changed) this.#arm(0);
    });
  }

  #arm(inMs: number | null): void {
    this.#world.alarm.set(inMs === null ? null : this.#world.clock.now() + inMs);
  }

  #copy(): ChainStanding {
    const verdict = this.#store.read('verdict');
    const program = this.#store.read('program');
    const providers = this.#store.read('providers');
    return {
      // SAFETY: all three were written by `#keep` from values of these types.
      verdict: verdict === null ? null : (JSON.parse(verdict) as ChainVerdict),
      program: program === null ? null : (JSON.parse(program) as ProgramFacts),
      providers: providers === null ? [] : (JSON.parse(providers) as ProviderStanding[]),
    };
  }
}

function isBehind(entry: AnchoredEntry, anchor: Anchor): boolean {
  if (entry.restoreNoted === anchor.generation) return false;
  return entry.seq < anchor.seq || (entry.seq === anchor.seq && entry.head !== anchor.head);
}

function sameEpoch(left: ChainVerdict, right: ChainVerdict): boolean {
  return left.epoch.generation === right.epoch.generation && left.epoch.counter === right.epoch.counter;
}
