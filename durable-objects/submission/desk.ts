/**
 * Where an owner's actions lie while they are driven: what every owner answers the driver in the same way. What differs
 * (the plan, who signs the intent, what an end on the chain means) are the owner's `Decisions`.
 */
import { CoreError } from '../../core/index.ts';
import {
  type ActionsContext,
  actionByHash,
  driveWork,
  isUnderWay,
} from '../../machines/actions/open-action.ts';
import type { Json } from '../../machines/effects.ts';
import type { HealthEpoch, LinkContext } from '../../machines/link.ts';
import { isSealed, type PendingAction } from '../../machines/pending-action.ts';
import type { Actor } from '../actor.ts';
import type { ActorEvent } from '../kernel/machine-port.ts';
import type { Lease, OutboxRow } from '../kernel/outbox.ts';
import { FINISHED, type Handlers, type Worked } from '../kernel/workbench.ts';
import { ChainUnavailable, type ObjectWorld, type ObservedTransaction } from '../ports.ts';
import type { LinkState } from '../wire/views.ts';
import { Driver } from './driver.ts';
import { type DriverEvent, eventId, type Owner, type Planned, type Stage } from './owner.ts';
import { isTrouble, Permits } from './permits.ts';
import { Turns } from './turns.ts';

const NOT_SEALED = 'the stored action is not the one that was sealed';

export interface Decisions<Figures>
  extends Pick<Owner<Figures>, 'plan' | 'intentSigner' | 'isOwnFault' | 'finalize'> {
  /** Beyond what holds for every owner: may this action be signed in the state that the owner is in? */
  mayStart(hash: string): boolean;
}

/** A driver's event as an owner's machine takes it. */
export type DeskEvent<Figures> = DriverEvent<Figures> & {
  readonly at: number;
  /** Of the verdict under which something was offered or signed (I21). */
  readonly healthEpoch: HealthEpoch;
};

interface OwnerContext extends ActionsContext {
  readonly link: LinkContext;
}

export class ActionDesk<Context extends OwnerContext, Event extends ActorEvent, Figures>
  implements Owner<Figures>
{
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<Context, Event>;
  readonly #decisions: Decisions<Figures>;
  readonly #eventOf: (event: DeskEvent<Figures>) => Event;
  readonly #driver: Driver<Figures>;
  readonly #permits: Permits;
  readonly #turns: Turns;
  /** Unix ms: of the newest verdict that was pulled. */
  #asOf = 0;
  readonly handlers: Handlers = { drive: (row) => this.#drive(row) };

  /** `eventOf` names the owner's own event type: the machine takes the desk's events as they are. */
  constructor(
    world: ObjectWorld,
    actor: () => Actor<Context, Event>,
    decisions: Decisions<Figures>,
    eventOf: (event: DeskEvent<Figures>) => Event,
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#decisions = decisions;
    this.#eventOf = eventOf;
    this.#driver = new Driver(world, this);
    this.#permits = new Permits(world);
    this.#turns = new Turns(world, {
      actions: () => actor().context.actions,
      kernel: () => actor().kernel,
      mayStart: (hash) => decisions.mayStart(hash),
    });
  }

  async #drive(row: OutboxRow): Promise<Worked> {
    const hash = hashIn(row);
    const { records } = this.#actor().kernel;
    const action = records.action(hash);
    const open = this.#open(hash);
    if (action === null || open === undefined) return FINISHED;
    const stage = { attempt: records.liveAttempt(hash), offer: records.liveOffer(hash) };
    if (stage.attempt === null && open.state !== 'review' && !this.#isIntact(action, hash)) {
      this.commit({ type: 'action.review', hash, reason: NOT_SEALED }, row.lease);
      return FINISHED;
    }
    const isStopped = open.state === 'review' || (this.#isPaused && stage.attempt !== null);
    return isStopped
      ? this.#lookUp(action, stage, row.lease)
      : this.#underPermit(hash, () => this.#step(action, stage, row.lease));
  }

  /** On every load before a signature: what is signed is what was accepted, by its own hash, for this chain (I19). */
  #isIntact(action: PendingAction, hash: string): boolean {
    const { cluster, programId } = this.#world.chain;
    return (
      action.hash === hash && action.cluster === cluster && action.programId === programId && isSealed(action)
    );
  }

  async #step(action: PendingAction, stage: Stage, lease: Lease): Promise<Worked> {
    const { hash } = action;
    if (stage.attempt === null && stage.offer === null)
      return this.#turns.take(hash, () => this.#driver.step(action, stage, lease));
    if (stage.attempt !== null && this.#needsPermit && !this.isLanded(hash)) await this.#permits.renew(hash);
    const worked = await this.#driver.step(action, stage, lease);
    // Paused meanwhile: nothing was sent, and what was signed is looked up from now on.
    return worked.kind === 'finished' && this.#isPaused && this.#isUnderWay(hash) ? this.#slowly : worked;
  }

  /** The permit goes back as soon as nothing of the action is under way: it landed, ended, or waits for somebody. */
  async #underPermit(hash: string, step: () => Promise<Worked>): Promise<Worked> {
    try {
      const worked = await step();
      // What goes on at once is between its lease and its signature.
      const goesOn = worked.kind === 'again' && worked.inMs === 0;
      if (!goesOn && !this.#isUnderWay(hash)) await this.#permits.giveBack(hash, 'done');
      return worked;
    } catch (error) {
      const outcome = isTrouble(error) ? 'trouble' : 'done';
      const isUnderWay = this.#isUnderWay(hash);
      if (outcome === 'trouble' || !isUnderWay) await this.#permits.giveBack(hash, outcome);
      // Said of the chain: what may land keeps its place, if there is room for it still.
      if (isUnderWay && this.#needsPermit) await this.#permits.renew(hash);
      throw error;
    }
  }

  /**
   * Of what is in review, and of what is paused (design: section 4): what became of its attempts, and no more. At a slow
   * pace, and without end: the person has been called, and may wait for just this.
   */
  async #lookUp(action: PendingAction, { attempt }: Stage, lease: Lease): Promise<Worked> {
    if (attempt === null) return FINISHED;
    const worked = await this.#driver.lookUp(action, attempt, lease).catch(() => this.#slowly);
    return worked.kind === 'again' && worked.inMs > 0 ? this.#slowly : worked;
  }

  /** Its tries are used up: what became of the attempt stays unknown, and a person decides. */
  parked(row: OutboxRow, reason: string): void {
    if (row.task !== 'drive') return;
    const hash = hashIn(row);
    this.#commit({ type: 'action.review', hash, reason }, `parked:${row.key}:${this.#now()}`);
    const { kernel } = this.#actor();
    if (kernel.records.liveAttempt(hash) === null) return;
    const looking = driveWork(hash, this.#world.settings.backoffMaxMs);
    kernel.settle(() => kernel.outbox.put(looking, this.#now(), 0));
  }

  maySign(hash: string): boolean {
    const action = this.#open(hash);
    return (
      action?.doomed === false &&
      action.state !== 'review' &&
      this.#decisions.mayStart(hash) &&
      this.maySend(hash)
    );
  }

  /** Pausing stops the outbox too; so does a chain that is down (design: section 4). */
  maySend(_hash: string): boolean {
    const link = linkOf(this.#actor().kernel.standing.value);
    return link !== 'paused' && link !== 'queued';
  }

  async turn(hash: string): Promise<number | null> {
    return this.#turns.wait(hash) ?? this.permit(hash);
  }

  async permit(hash: string): Promise<number | null> {
    const isAlone = (): boolean =>
      !this.#actor().context.actions.some((other) => other.hash !== hash && isUnderWay(other));
    return this.#needsPermit ? this.#permits.take(hash, isAlone) : null;
  }

  /** A verdict that is old even after a pull moves no link state, but the action in hand goes as in `degraded` (design: 8). */
  get #needsPermit(): boolean {
    const isStale = this.#now() - this.#asOf > this.#world.settings.health.staleVerdictMs;
    return isStale || linkOf(this.#actor().kernel.standing.value) !== 'online';
  }

  get #slowly(): Worked {
    return { kind: 'again', inMs: this.#world.settings.backoffMaxMs };
  }

  get #isPaused(): boolean {
    return linkOf(this.#actor().kernel.standing.value) === 'paused';
  }

  #isUnderWay(hash: string): boolean {
    const action = this.#open(hash);
    return action !== undefined && isUnderWay(action);
  }

  /** A row that outlives this isolate, and a person is told: what we make ourselves should be taken for what it is. */
  noteRefused(signature: string, error: string): void {
    const { kernel } = this.#actor();
    if (!this.isRefused(signature)) kernel.settle(() => kernel.raise('bytes_refused', signature, error));
  }

  isRefused(signature: string): boolean {
    return this.#actor().kernel.records.isAlerted('bytes_refused', signature);
  }

  async anchor(): Promise<void> {
    await this.#actor().anchor();
  }

  async refresh(): Promise<string> {
    // Woken where the directory did not answer: nothing is signed before it has said where we stood.
    await this.#actor().ready();
    const { verdict } = await this.#actor().refresh();
    this.#asOf = verdict?.asOf ?? 0;
    const { generation, counter } = this.#epoch;
    return `${generation}.${counter}`;
  }

  /** An account that this release cannot read (the program was upgraded, F36) is nobody's fault: the action waits. */
  async plan(action: PendingAction): Promise<Planned<Figures>> {
    return this.#decisions.plan(action).catch((error: unknown) => {
      if (error instanceof CoreError)
        return { kind: 'blocked', reason: `an account cannot be read: ${error.code}` };
      throw error;
    });
  }

  intentSigner(action: PendingAction) {
    return this.#decisions.intentSigner(action);
  }

  isOwnFault(action: PendingAction, customCode: number | null): boolean {
    return this.#decisions.isOwnFault(action, customCode);
  }

  isLeased(hash: string): boolean {
    const action = this.#open(hash);
    return action !== undefined && (action.state === 'leased' || action.attempts > 0);
  }

  isLanded(hash: string): boolean {
    return this.#open(hash)?.state === 'landed';
  }

  commit(event: DriverEvent<Figures>, lease: Lease): boolean {
    // Told once: the action is looked at again and again while it is blocked.
    if (
      event.type === 'action.blocked' &&
      this.#actor().kernel.records.isAlerted('action_blocked', event.hash)
    )
      return true;
    return this.#commit(event, eventId(event), lease);
  }

  async finalize(action: PendingAction, observed: ObservedTransaction, lease: Lease): Promise<void> {
    await this.#decisions.finalize(action, observed, lease).catch((error: unknown) => {
      // It is final, whatever the accounts look like now: booked when they can be read.
      if (error instanceof CoreError) throw new ChainUnavailable('malformed', 'accounts', error.code);
      throw error;
    });
  }

  #commit(event: DriverEvent<Figures>, id: string, lease?: Lease): boolean {
    const complete = { ...event, at: this.#now(), healthEpoch: this.#epochOf(event) };
    const options = lease === undefined ? { id } : { id, lease };
    return this.#actor().kernel.commit(this.#eventOf(complete), options).kind === 'committed';
  }

  #epochOf(event: DriverEvent<Figures>): HealthEpoch {
    if (event.type !== 'action.signed') return this.#epoch;
    const [generation = 0, counter = 0] = event.attempt.epoch.split('.').map(Number);
    return { generation, counter };
  }

  get #epoch(): HealthEpoch {
    return this.#actor().context.link.epoch ?? { generation: 0, counter: 0 };
  }

  #open(hash: string) {
    return actionByHash(this.#actor().context, hash);
  }

  #now(): number {
    return this.#world.clock.now();
  }
}

export function linkOf(value: Json): LinkState {
  // SAFETY: every owner's machine has a region `link` with exactly these states.
  return (value as unknown as { link: LinkState }).link;
}

function hashIn(row: OutboxRow): string {
  // SAFETY: written by the machines' `driveWork`.
  return (JSON.parse(row.body) as { hash: string }).hash;
}
