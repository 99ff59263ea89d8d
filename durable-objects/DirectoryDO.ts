/**
 * One of 16 shards that know which objects there are (design: section 8). It anchors their journal heads, keeps their
 * generations and a copy of the monitor's verdict, and tells a new verdict to the objects that wait for it. It decides
 * nothing about money, so it has no actor; what it holds can be made again from the objects.
 */
import { isNewerEpoch } from '../machines/link.ts';
import { type Anchor, DirectoryStore, type Untold } from './kernel/directory-store.ts';
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

/** Objects told at once (of six connections), and in one alarm; the rest follow in the next. */
const PARALLEL = 4;
const BATCH = 512;
/** An object that does not answer is told again after this long, doubled with each try. */
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

  /**
   * Tells the verdict to those who have not heard it, a few at a time. One that is silent keeps one lane busy until its
   * call is given up (`services/host/peers.ts` bounds it), while the others are told in the other lanes.
   */
  async alarm(): Promise<void> {
    const { verdict } = this.#copy();
    if (verdict === null) return;
    this.#world.alarm.set(this.#world.clock.now() + this.#world.settings.deadManMs);
    const waiting = this.#store.untold(verdict.epoch, BATCH);
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        // A newer verdict has come meanwhile: nobody else is told the old one.
        if (!this.#isNewest(verdict)) return;
        await this.#tell(next, verdict).catch(() => this.#store.missed(next, verdict.epoch));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
    // Looked up again, by the newest verdict.
    const [first] = this.#store.untold((this.#copy().verdict ?? verdict).epoch, 1);
    const retryInMs = first === undefined || first.tries === 0 ? 0 : RETRY_MS * 2 ** (first.tries - 1);
    this.#arm(first === undefined ? null : retryInMs);
  }

  async #tell({ kind, name }: Untold, verdict: ChainVerdict): Promise<void> {
    const { peers } = this.#world;
    if (kind === 'match') await peers.match(name).chainVerdict(verdict);
    if (kind === 'deposit') await peers.deposit(name).chainVerdict(verdict);
    this.#store.told(name, verdict.epoch);
  }

  #isNewest(verdict: ChainVerdict): boolean {
    return !isNewerEpoch(this.#copy().verdict?.epoch ?? verdict.epoch, verdict.epoch);
  }

  /** What is no older than the copy: the same verdict comes again with a new `asOf`, or with another word on providers. */
  #keep(verdict: ChainVerdict, { program, providers }: ChainStanding): void {
    const { verdict: old } = this.#copy();
    // A monitor of the release before this one says nothing of them (F37).
    const told: ChainStanding['providers'] = providers ?? [];
    const changed = isNewerEpoch(verdict.epoch, old?.epoch ?? null);
    const renewed = old !== null && sameEpoch(verdict, old) && verdict.asOf >= old.asOf;
    this.#store.transaction(() => {
      if (changed || renewed) {
        this.#store.write('verdict', JSON.stringify(verdict));
        this.#store.write('providers', JSON.stringify(told));
      }
      if (program !== null) this.#store.write('program', JSON.stringify(program));
      if (!changed) return;
      this.#store.forgetMissed(verdict.epoch);
      this.#arm(0);
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
