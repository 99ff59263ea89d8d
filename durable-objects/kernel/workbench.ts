/**
 * Works the outbox and the timers of one object when its alarm fires, and single rows inside a request. Everything that
 * a handler throws is caught and retried; at the end of its tries a row is parked, with an alert in the same
 * transaction.
 */
import { ChainUnavailable, type ObjectWorld, SignerUnavailable } from '../ports.ts';
import type { Kernel } from './kernel.ts';
import type { ActorEvent } from './machine-port.ts';
import type { OutboxRow } from './outbox.ts';
import type { DueTimer } from './timers.ts';

/**
 * What a handler made of its row. Its events are committed under the lease, the row itself goes after them: a crash in
 * between works the row once more, which finds its event in the state.
 */
export type Worked =
  /** Done: the row goes, unless it was asked for again meanwhile. */
  | { readonly kind: 'finished' }
  /** Not done, nothing wrong: looked at again. */
  | { readonly kind: 'again'; readonly inMs: number };

export const FINISHED: Worked = { kind: 'finished' };

export interface Handlers {
  readonly [task: string]: (row: OutboxRow) => Promise<Worked>;
}

/** Of the six connections that one invocation may hold, two stay free for requests. */
const PARALLEL = 4;

export class Workbench<Context, Event extends ActorEvent> {
  readonly #world: ObjectWorld;
  readonly #kernel: Kernel<Context, Event>;
  readonly #handlers: Handlers;
  readonly #fire: (timer: DueTimer) => void;
  readonly #parked: (row: OutboxRow, error: string) => void;

  constructor(
    world: ObjectWorld,
    kernel: Kernel<Context, Event>,
    handlers: Handlers,
    fire: (timer: DueTimer) => void,
    parked: (row: OutboxRow, error: string) => void,
  ) {
    this.#world = world;
    this.#kernel = kernel;
    this.#handlers = handlers;
    this.#fire = fire;
    this.#parked = parked;
  }

  /** One alarm: a bounded batch, then the alarm for what is left. Never throws: the platform gives up after six. */
  async alarm(): Promise<void> {
    const { clock, settings } = this.#world;
    this.#kernel.alarmFired();
    if (!this.#kernel.isWritable || this.#kernel.isBlank) return;
    try {
      for (const timer of this.#kernel.timers.due(clock.now(), settings.alarmBatch)) this.#fireOne(timer);
      for (let worked = 0; worked < settings.alarmBatch; ) {
        const rows = this.#lease(Math.min(PARALLEL, settings.alarmBatch - worked));
        if (rows.length === 0) break;
        await Promise.all(rows.map((row) => this.#work(row)));
        worked += rows.length;
      }
    } finally {
      this.#kernel.settle(() => {});
    }
  }

  /** Works one row inside the request that made it; false when somebody else has it, or it is gone. */
  async runNow(key: string): Promise<boolean> {
    let row: OutboxRow | null = null;
    this.#kernel.settle(() => {
      row = this.#kernel.outbox.leaseKey(key, this.#world.clock.now());
    });
    if (row === null) return false;
    await this.#work(row);
    return true;
  }

  #lease(limit: number): OutboxRow[] {
    let rows: OutboxRow[] = [];
    this.#kernel.settle(() => {
      rows = this.#kernel.outbox.lease(this.#world.clock.now(), limit);
    });
    return rows;
  }

  /** One of several that are due may move or cancel another; a fault of one holds up neither the others nor the outbox. */
  #fireOne(timer: DueTimer): void {
    const { clock, settings, name } = this.#world;
    const { timers } = this.#kernel;
    if (!timers.isSet(timer)) return;
    try {
      this.#fire(timer);
    } catch (error) {
      this.#kernel.settle(() => {
        timers.postpone(timer, clock.now() + settings.backoffMaxMs);
        this.#kernel.raise('timer_failed', `${name}#${timer.name}`, textOf(error));
      });
    }
  }

  async #work(row: OutboxRow): Promise<void> {
    const { outbox } = this.#kernel;
    try {
      const handler = this.#handlers[row.task];
      if (handler === undefined) throw new Error(`no handler for task ${row.task}`);
      const worked = await handler(row);
      if (worked.kind === 'finished') this.#kernel.settle(() => void outbox.finish(row.lease));
      if (worked.kind === 'again')
        this.#kernel.settle(() => outbox.again(row.lease, this.#world.clock.now(), worked.inMs));
    } catch (error) {
      const text = textOf(error);
      // A chain or a signer that does not answer is nobody's fault, and may last for days: its work waits, never parked.
      const isAway = error instanceof ChainUnavailable || error instanceof SignerUnavailable;
      const isLast = !isAway && outbox.isLastTry(row);
      // Its owner first: who dies in between works the row once more, and finds what has become of it.
      if (isLast) this.#parked(row, text);
      this.#kernel.settle(() => {
        outbox.failed(row, this.#world.clock.now(), text, !isAway);
        // An alert that cannot be delivered stays a row for the console; an alert about it would fare no better.
        if (isLast && row.task !== 'alert')
          this.#kernel.raise('outbox_parked', `${this.#world.name}#${row.key}`, text);
      });
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
