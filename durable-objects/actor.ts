/**
 * What matches and deposits have in common: a kernel, a workbench, and their place in the directory, from where they
 * learn what the monitor says of the chain. Composition: an object owns an actor, it is not one.
 */
import {
  chainEventType,
  isNewerEpoch,
  type LinkContext,
  type LinkEvent,
  RESTORED,
} from '../machines/link.ts';
import { directoryWork } from '../machines/step.ts';
import { Kernel, type Standing } from './kernel/kernel.ts';
import type { ActorEvent, Behaviour } from './kernel/machine-port.ts';
import type { OutboxRow } from './kernel/outbox.ts';
import type { DueTimer } from './kernel/timers.ts';
import { FINISHED, type Handlers, Workbench, type Worked } from './kernel/workbench.ts';
import { shardOf } from './names.ts';
import type { ObjectWorld } from './ports.ts';
import type {
  AlertRow,
  Attachment,
  ChainStanding,
  ChainVerdict,
  DirectoryEntry,
  JournalPage,
  ProviderStanding,
} from './wire/objects.ts';
import type { ReviewPage } from './wire/views.ts';

/** A deployment's overlap lasts for a request or two. */
const OVERTAKEN_AT_MOST = 5;

export interface ActorParts<Context, Event extends ActorEvent> {
  readonly kind: DirectoryEntry['kind'];
  readonly behaviour: Behaviour<Context, Event | LinkEvent>;
  readonly handlers: Handlers;
  /** True while the object has to be told of verdicts and reconciled. */
  readonly isActive: (standing: Standing<Context>) => boolean;
  readonly link: (context: Context) => LinkContext;
  readonly fire: (timer: DueTimer) => void;
  readonly parked: (row: OutboxRow, error: string) => void;
  readonly committed: (before: Standing<Context>, after: Standing<Context>) => void;
}

export class Actor<Context, Event extends ActorEvent> {
  readonly kernel: Kernel<Context, Event | LinkEvent>;
  readonly workbench: Workbench<Context, Event | LinkEvent>;
  readonly #world: ObjectWorld;
  readonly #parts: ActorParts<Context, Event>;
  /** The attachment of this isolate's life; a failed one is tried again by the next caller. */
  #attached: Promise<void> | null = null;
  #attaching: Promise<void> = Promise.resolve();
  /** Of the newest entry that the directory has, as far as this isolate knows. */
  #anchoredSeq: number | null = null;
  #isChecked = false;

  constructor(world: ObjectWorld, parts: ActorParts<Context, Event>) {
    this.#world = world;
    this.#parts = parts;
    this.kernel = new Kernel(world, parts.behaviour, parts.committed);
    const handlers: Handlers = {
      ...parts.handlers,
      alert: (row) => this.#deliverAlert(row),
      directory: () => this.#attach().then(() => FINISHED),
    };
    this.workbench = new Workbench(world, this.kernel, handlers, parts.fire, parts.parked);
  }

  get context(): Context {
    return this.kernel.standing.context;
  }

  get link(): LinkContext {
    return this.#parts.link(this.context);
  }

  /** Before the first money action of this isolate's life: is the journal whole, and where the directory saw it last? */
  async ready(): Promise<void> {
    if (this.kernel.isBlank) return;
    this.#checkJournal();
    this.#attached ??= this.#attach();
    try {
      await this.#attached;
    } catch (error) {
      this.#attached = null;
      throw error;
    }
  }

  async alarm(): Promise<void> {
    // The dead-man before anything that waits (design: section 5).
    this.kernel.alarmFired();
    await this.ready().catch(() => {});
    await this.workbench.alarm();
    await this.#reportProviders();
  }

  /**
   * The directory has our newest entry: before a signed attempt leaves, and in each pass of the cron. A restore to an
   * earlier point is noticed only from what was anchored.
   */
  async anchor(): Promise<void> {
    if (!this.kernel.isBlank) this.kernel.revive();
    await this.ready();
    if (!this.kernel.isBlank && this.kernel.standing.seq !== this.#anchoredSeq) await this.#attach();
  }

  /** Pulls the shard's copy: on wake, and before each effect on the chain, so that a lost broadcast does no harm. */
  async refresh(): Promise<ChainStanding> {
    const standing = await this.#directory().standing();
    this.#heed(standing.providers);
    if (standing.verdict !== null) this.note(standing.verdict);
    return standing;
  }

  note(verdict: ChainVerdict): void {
    if (this.kernel.isBlank || !isNewerEpoch(verdict.epoch, this.link.epoch)) return;
    const { generation, counter } = verdict.epoch;
    const at = this.#world.clock.now();
    const wasActive = this.#parts.isActive(this.kernel.standing);
    this.kernel.commit(
      { type: chainEventType(verdict.level), at, healthEpoch: verdict.epoch },
      { id: `health:${generation}.${counter}` },
    );
    // The directory has it as one that need not be told of the end of what it has just heard the beginning of.
    if (!wasActive && this.#parts.isActive(this.kernel.standing))
      this.kernel.settle(() => this.kernel.outbox.put(directoryWork, at, 0));
  }

  journal(from: number, limit: number): JournalPage {
    return this.kernel.isBlank
      ? { genesis: this.kernel.journal.genesis, entries: [], head: this.kernel.journal.genesis }
      : this.kernel.journal.page(from, limit);
  }

  alerts(): readonly AlertRow[] {
    return this.kernel.isBlank ? [] : this.kernel.records.alerts();
  }

  reviews(from: number, limit: number): ReviewPage {
    return this.kernel.isBlank ? { reviews: [], next: null } : this.kernel.records.reviews(from, limit);
  }

  /** One at a time: of two that overtook one another, the one that arrives late would look like a restore. */
  #attach(): Promise<void> {
    this.#attaching = this.#attaching.catch(() => {}).then(() => this.#attachOnce());
    return this.#attaching;
  }

  async #attachOnce(): Promise<void> {
    const { attachment, seq } = await this.#presentItself();
    if (attachment.behind) await this.#takeNoteOfRestore(attachment.generation);
    else this.#anchoredSeq = seq;
    this.#heed(attachment.providers);
    if (attachment.verdict !== null) this.note(attachment.verdict);
  }

  /**
   * Two isolates of one object can overlap (F21): the one whose entries were overtaken by the other's has not read them
   * yet, or was slower on the way. It was restored only where it is behind with all that is stored.
   */
  async #presentItself(): Promise<{ readonly attachment: Attachment; readonly seq: number }> {
    for (let tries = 0; tries < OVERTAKEN_AT_MOST; tries += 1) {
      const { seq, head } = this.#reread();
      const active = this.#parts.isActive(this.kernel.standing);
      const entry = { name: this.#world.name, kind: this.#parts.kind, active, seq, head };
      const attachment = await this.#directory().attach(entry);
      if (!attachment.behind || this.#reread().seq === seq) return { attachment, seq };
    }
    throw new Error('another isolate of this object writes faster than the directory answers');
  }

  /** With what another isolate has written. */
  #reread(): Standing<Context> {
    this.kernel.settle(() => {});
    return this.kernel.standing;
  }

  /** The pause is stored first: the directory keeps its anchor, and says it again, until it hears that we know. */
  async #takeNoteOfRestore(generation: number): Promise<void> {
    this.#pauseAsRestored(generation);
    const { seq, head } = this.kernel.standing;
    const entry = { name: this.#world.name, kind: this.#parts.kind, active: true, seq, head };
    await this.#directory().attach({ ...entry, restoreNoted: generation });
  }

  /** A shard of the release before this one says nothing of providers (F37). */
  #heed(providers: readonly ProviderStanding[] | undefined): void {
    this.#world.chain.heed(providers ?? []);
  }

  /**
   * The monitor is told what was met at the providers. Behind the work, where nobody waits for an answer, and at most
   * once: its own probes meet the same.
   */
  async #reportProviders(): Promise<void> {
    const reports = this.#world.chain.takeReports();
    if (reports.length > 0)
      await this.#world.peers
        .health()
        .report(reports)
        .catch(() => {});
  }

  /** A point-in-time restore: what we know is older than what we did. A person looks before anything is signed. */
  #pauseAsRestored(generation: number): void {
    this.#pauseFor('restored', `${RESTORED}; generation ${generation}`);
  }

  #checkJournal(): void {
    if (this.#isChecked) return;
    const { seq, head } = this.#reread();
    const broken = this.kernel.journal.tailBreak(seq, head);
    if (broken !== null) this.#pauseFor('journal_broken', `the journal breaks at entry ${broken}`);
    this.#isChecked = true;
  }

  #pauseFor(cls: string, reason: string): void {
    const at = this.#world.clock.now();
    this.kernel.commit({ type: 'operator.pause', at, operator: 'mirror', reason }, { id: `${cls}:${at}` });
    this.kernel.settle(() => this.kernel.raise(cls, this.#world.name, reason));
  }

  #directory() {
    return this.#world.peers.directory(shardOf(this.#world.name));
  }

  async #deliverAlert(row: OutboxRow): Promise<Worked> {
    // SAFETY: written by the kernel with every alert row.
    const { id } = JSON.parse(row.body) as { id: string };
    const alert = this.kernel.records.alert(id);
    if (alert === null) return FINISHED;
    const severity = alert.severity === 'critical' ? 'critical' : 'warning';
    await this.#world.alerts.deliver({ ...alert, severity });
    return FINISHED;
  }
}
