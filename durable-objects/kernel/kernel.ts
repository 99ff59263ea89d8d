/**
 * The kernel: `commit(event)` is the only writer of a journalled object (design: section 5). One synchronous
 * transaction: known? → transition → journal → snapshot → rows → outbox → timers → alarm. A throw anywhere leaves the
 * object as it was, memory included, because memory is swapped only after the transaction has returned.
 */
import type { Effect, Json } from '../../machines/effects.ts';
import { isSticky, type Refusal, refusal, refusalStatus } from '../../machines/refusals.ts';
import type { ObjectWorld } from '../ports.ts';
import type { Answer } from '../wire/objects.ts';
import { Answers } from './answers.ts';
import { Journal } from './journal.ts';
import type { ActorEvent, ActorState, Behaviour } from './machine-port.ts';
import { type Lease, Outbox } from './outbox.ts';
import { alertId, Records } from './records.ts';
import { createTables } from './schema.ts';
import { Snapshots } from './snapshots.ts';
import { Timers } from './timers.ts';

/** State at a journal entry. `seq` 0: nothing has happened yet, and nothing is stored. */
export interface Standing<Context> extends ActorState<Context> {
  readonly seq: number;
  readonly head: string;
}

export interface CommitOptions<Context> {
  /** Event id; with `request`, the idempotency key. */
  readonly id: string;
  /** What is compared when the id comes again. Without it the event has no answer, and the machine tells repeats. */
  readonly request?: { readonly [field: string]: Json };
  /** The answer to store with it. */
  readonly answer?: (standing: Standing<Context>) => { readonly status: number; readonly body: Json };
  /** The outbox row that is being worked; if the lease is gone, nothing happens. */
  readonly lease?: Lease;
  /** The timer whose firing this is. */
  readonly timer?: string;
}

export type Outcome<Context> =
  | { readonly kind: 'committed'; readonly standing: Standing<Context>; readonly answer: Answer | null }
  | { readonly kind: 'repeated'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly answer: Answer }
  | { readonly kind: 'lease_lost' };

/** First in, first out: by event, then by place in it. No event has a thousand effects (64 open actions, 10 seats). */
const POSITIONS = 1_000;

/** What alarm is set is not known: after waking, after a rollback, and after another isolate wrote. */
const UNKNOWN = 'unknown';

export class Kernel<Context, Event extends ActorEvent> {
  readonly outbox: Outbox;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly records: Records;
  readonly answers: Answers;
  readonly #world: ObjectWorld;
  readonly #behaviour: Behaviour<Context, Event>;
  readonly #snapshots: Snapshots<Context, Event>;
  readonly #committed: (before: Standing<Context>, after: Standing<Context>) => void;
  #standing: Standing<Context> | null = null;
  #armedFor: number | null | typeof UNKNOWN = UNKNOWN;
  #hasTables = false;

  constructor(
    world: ObjectWorld,
    behaviour: Behaviour<Context, Event>,
    committed: (before: Standing<Context>, after: Standing<Context>) => void,
  ) {
    this.#world = world;
    this.#behaviour = behaviour;
    this.#committed = committed;
    this.outbox = new Outbox(world.sql, world.random, world.settings);
    this.timers = new Timers(world.sql);
    this.journal = new Journal(world.sql, world.name);
    this.records = new Records(world.sql);
    this.answers = new Answers(world.sql);
    this.#snapshots = new Snapshots(world.sql, behaviour);
  }

  /** The state as committed; hydrated on first use. */
  get standing(): Standing<Context> {
    this.#standing ??= this.#hydrate();
    return this.#standing;
  }

  /** True until the first commit: no tables, no rows, nothing to read. */
  get isBlank(): boolean {
    return this.standing.seq === 0;
  }

  /** False where a newer release wrote the object: it is read as far as possible, and never written. */
  get isWritable(): boolean {
    return this.#snapshots.readable(this.standing);
  }

  commit(event: Event, options: CommitOptions<Context>): Outcome<Context> {
    const before = this.standing;
    const outcome = this.#transaction(() => {
      const current = this.#current();
      if (!this.isWritable) return this.#refused(refusal('snapshot_version_unknown'));
      return this.#commitInside(current, event, options);
    });
    if (outcome.kind === 'committed') {
      this.#standing = outcome.standing;
      this.#hasTables = true;
    }
    this.#tell(before);
    return outcome;
  }

  /** The stored answer to a request that came before, or its conflict; null where it is new. Writes nothing. */
  repeated(options: CommitOptions<Context>): Answer | null {
    if (options.request === undefined || this.isBlank) return null;
    return this.answers.known(options.id, options.request)?.answer ?? null;
  }

  /**
   * Work that came to nothing new: its row goes, or comes again. Not an event, so not journalled. Where a newer release
   * has written meanwhile nothing changes: the row is that release's once its lease expires.
   */
  settle(change: () => void): void {
    const before = this.standing;
    this.#transaction(() => {
      this.#current();
      if (!this.isWritable) return;
      change();
      this.#arm();
    });
    this.#tell(before);
  }

  /** An alert of the kernel's own, inside `settle`: a row first, delivered from the outbox like any other. */
  raise(cls: string, entity: string, message: string): void {
    const at = this.#world.clock.now();
    const { seq } = this.standing;
    this.records.write(
      { type: 'record', row: 'alert', class: cls, entity, severity: 'critical', message },
      seq,
      0,
      at,
    );
    this.outbox.put(alertWork(cls, entity), at, (seq + 1) * POSITIONS);
  }

  /** The alarm fires: nothing is armed any more. The dead-man goes first, so that a crash below is not the end. */
  alarmFired(): void {
    const deadMan = this.#world.clock.now() + this.#world.settings.deadManMs;
    this.#world.alarm.set(deadMan);
    this.#armedFor = deadMan;
  }

  /**
   * The platform gives an alarm up that failed too often (platform facts: A2), and nothing else would wake the object.
   * Whoever passes by arms it again where something is long overdue.
   */
  revive(): void {
    const { clock, settings } = this.#world;
    const due = this.#nextDue();
    if (due === null || due > clock.now() - settings.deadManMs) return;
    this.#armedFor = UNKNOWN;
    this.settle(() => {});
  }

  #commitInside(before: Standing<Context>, event: Event, options: CommitOptions<Context>): Outcome<Context> {
    const known =
      options.request === undefined || !this.#hasTables
        ? null
        : this.answers.known(options.id, options.request);
    if (known !== null) return known;
    if (options.lease !== undefined && !this.outbox.holds(options.lease)) return { kind: 'lease_lost' };
    const step = this.#behaviour.step(before, event);
    if (step === null) return this.#refuseInside(before, event, options);
    if (!this.#hasTables) createTables(this.#world.sql);
    const seq = before.seq + 1;
    const head = this.journal.append(
      seq,
      before.head,
      entryText(seq, options.id, event, before.value, step.state.value),
    );
    const standing: Standing<Context> = { ...step.state, seq, head };
    this.#snapshots.write(standing);
    if (options.timer !== undefined) this.timers.remove(options.timer);
    const answer = this.#answerInside(standing, options);
    this.#writeEffects(step.effects, seq, event.at);
    this.#arm();
    return { kind: 'committed', standing, answer };
  }

  #writeEffects(effects: readonly Effect[], seq: number, at: number): void {
    effects.forEach((effect, index) => {
      const position = seq * POSITIONS + index;
      switch (effect.type) {
        case 'record':
          this.records.write(effect, seq, index, at);
          if (effect.row === 'alert') this.outbox.put(alertWork(effect.class, effect.entity), at, position);
          return;
        case 'timer':
          this.timers.put(effect);
          return;
        default:
          this.outbox.put(effect, at, position);
      }
    });
  }

  #answerInside(standing: Standing<Context>, options: CommitOptions<Context>): Answer | null {
    if (options.request === undefined || options.answer === undefined) return null;
    const { status, body } = options.answer(standing);
    return this.answers.store(options.id, options.request, status, body);
  }

  /** A final refusal writes its answer row and no journal entry; a retryable one writes nothing. */
  #refuseInside(before: Standing<Context>, event: Event, options: CommitOptions<Context>): Outcome<Context> {
    const reason = this.#behaviour.refuse(before, event);
    // An object that does not exist yet is not called into being by what it refuses.
    if (options.request !== undefined && this.#hasTables && isSticky(reason.code)) {
      this.answers.store(options.id, options.request, refusalStatus(reason.code), { ...reason });
    }
    return this.#refused(reason);
  }

  #refused(reason: Refusal): Outcome<Context> {
    return {
      kind: 'refused',
      refusal: reason,
      answer: { status: refusalStatus(reason.code), text: JSON.stringify(reason) },
    };
  }

  /** The one physical alarm, at the earliest due; set only when it changes, since each set is a row written. */
  #arm(): void {
    const next = this.#nextDue();
    if (next === this.#armedFor) return;
    this.#world.alarm.set(next);
    this.#armedFor = next;
  }

  #nextDue(): number | null {
    const due = [this.outbox.nextDue(), this.timers.nextDue()].filter((at) => at !== null);
    return due.length === 0 ? null : Math.min(...due);
  }

  /** Tells of what was committed since, by this isolate or by another from which it learned only now. */
  #tell(before: Standing<Context>): void {
    if (this.standing !== before) this.#committed(before, this.standing);
  }

  #transaction<T>(body: () => T): T {
    try {
      return this.#world.sql.transaction(body);
    } catch (error) {
      // Rolled back, and the alarm with it.
      this.#armedFor = UNKNOWN;
      throw error;
    }
  }

  /**
   * Two isolates of one object can overlap for a moment (F21): what the other one committed is read before we write,
   * its very first event too. What is read here was committed by it, so it stays true if our own commit rolls back.
   */
  #current(): Standing<Context> {
    const known = this.standing;
    // An earlier release made fewer tables; what it wrote comes to our version with the next commit.
    if (this.#hasTables && this.#snapshots.isOlder) createTables(this.#world.sql);
    const isBehind = this.#hasTables ? this.#snapshots.storedSeq() !== known.seq : this.#tablesExist();
    if (!isBehind) return known;
    this.#armedFor = UNKNOWN;
    this.#standing = this.#hydrate();
    return this.#standing;
  }

  #hydrate(): Standing<Context> {
    this.#hasTables = this.#tablesExist();
    const stored = this.#hasTables ? this.#snapshots.read() : null;
    return stored ?? { ...this.#behaviour.initial(), seq: 0, head: this.journal.genesis };
  }

  #tablesExist(): boolean {
    return this.#world.sql.all("SELECT 1 AS found FROM sqlite_master WHERE name = 'snapshot'").length > 0;
  }
}

/** The text that is hashed is the text that is stored (formats: Journal). */
function entryText(seq: number, id: string, event: ActorEvent, from: Json, to: Json): string {
  return JSON.stringify({ seq, at: event.at, id, event, from, to });
}

function alertWork(cls: string, entity: string): Effect & { type: 'work' } {
  const id = alertId(cls, entity);
  return { type: 'work', key: `alert:${id}`, task: 'alert', body: { id }, inMs: 0 };
}
