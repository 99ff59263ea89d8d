/** What a match does with the chain: drives its open actions, and compares itself with its accounts. */
import { decodeMatch } from '../../core/index.ts';
import { actionByHash, type MatchContext, seatByHash, type Terms } from '../../machines/match/context.ts';
import type { ActionFinal, MatchEvent, SettlementFigures } from '../../machines/match/events.ts';
import { isReady } from '../../machines/match/readiness.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Actor } from '../actor.ts';
import type { Lease, OutboxRow } from '../kernel/outbox.ts';
import { FINISHED, type Handlers, type Worked } from '../kernel/workbench.ts';
import { depositName } from '../names.ts';
import type { ObjectWorld, ObservedTransaction } from '../ports.ts';
import { Driver, type DriverEvent, type Owner, type Planned } from '../submission/driver.ts';
import type { CompareOutcome } from '../wire/objects.ts';
import { compareMatch } from './comparison.ts';
import { notOurs, planMatchAction, readPlannerAccounts } from './planner.ts';
import { matchValue } from './view.ts';

type Figures = SettlementFigures | null;

/** Bytes of an escrow account (interface: section 2); its rent is what it holds beyond what it owes. */
const ESCROW_BYTES = 192;
/** The program's error for too little money in a deposit: the player's own doing. */
const INSUFFICIENT_FUNDS = 6013;

export class MatchChain implements Owner<Figures> {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<MatchContext, MatchEvent>;
  readonly #driver: Driver<Figures>;
  readonly handlers: Handlers = {
    drive: (row) => this.#drive(row),
    compare: () => this.#compareWork(),
  };

  constructor(world: ObjectWorld, actor: () => Actor<MatchContext, MatchEvent>) {
    this.#world = world;
    this.#actor = actor;
    this.#driver = new Driver(world, this);
  }

  async #drive(row: OutboxRow): Promise<Worked> {
    // SAFETY: written by the machine's `driveWork`.
    const { hash } = JSON.parse(row.body) as { hash: string };
    const { records } = this.#actor().kernel;
    const action = records.action(hash);
    const open = actionByHash(this.#context, hash);
    if (action === null || open === undefined || open.state === 'review') return FINISHED;
    return this.#driver.step(action, records.liveAttempt(hash), row.lease);
  }

  /** Its tries are used up: what became of the attempt stays unknown, and a person decides. */
  parked(row: OutboxRow, reason: string): void {
    if (row.task !== 'drive') return;
    const at = this.#world.clock.now();
    // SAFETY: written by the machine's `driveWork`.
    const { hash } = JSON.parse(row.body) as { hash: string };
    const event: MatchEvent = { type: 'action.review', at, hash, reason };
    this.#actor().kernel.commit(event, { id: `parked:${row.key}:${at}` });
  }

  maySign(hash: string): boolean {
    const action = actionByHash(this.#context, hash);
    // No more money goes into a match that waits for a person; what was signed is still looked after.
    const { money } = matchValue(this.#actor().kernel.standing.value);
    if (action === undefined || action.doomed || money === 'review') return false;
    return isReady(this.#context, action) && this.maySend(hash);
  }

  /** Pausing stops the outbox too; so does a chain that is down (design: section 4). */
  maySend(_hash: string): boolean {
    const { link } = matchValue(this.#actor().kernel.standing.value);
    return link !== 'paused' && link !== 'queued';
  }

  async anchor(): Promise<void> {
    await this.#actor().anchor();
  }

  async refresh(): Promise<string> {
    // Woken where the directory did not answer: nothing is signed before it has said where we stood.
    await this.#actor().ready();
    await this.#actor().refresh();
    const { epoch } = this.#context.link;
    return epoch === null ? '0.0' : `${epoch.generation}.${epoch.counter}`;
  }

  async plan(action: PendingAction): Promise<Planned<Figures>> {
    const terms = this.#terms;
    const objection = await this.#objection(action);
    if (objection !== null) return { kind: 'blocked', reason: objection };
    const accounts = await readPlannerAccounts(this.#world.chain, terms, this.#context.facts.slot);
    return planMatchAction(this.#context, terms, action, accounts);
  }

  /** The user's object may refuse the first signing of a join: frozen meanwhile (design: section 6). */
  async #objection(action: PendingAction): Promise<string | null> {
    const seat = seatByHash(this.#context, action.hash);
    if (seat === undefined || (actionByHash(this.#context, action.hash)?.attempts ?? 0) > 0) return null;
    const deposit = this.#world.peers.deposit(depositName(this.#world.chain, seat.authority));
    const answer = await deposit.confirm(seat.hash);
    return answer.ok ? null : `${answer.code}: ${answer.message}`;
  }

  intentSigner(action: PendingAction): { coordinator: string } | { custodyOf: string } {
    return action.user === undefined
      ? { coordinator: this.#terms.coordinator }
      : { custodyOf: action.user.id };
  }

  isLeased(hash: string): boolean {
    return (
      actionByHash(this.#context, hash)?.state === 'leased' ||
      (actionByHash(this.#context, hash)?.attempts ?? 0) > 0
    );
  }

  isLanded(hash: string): boolean {
    return actionByHash(this.#context, hash)?.state === 'landed';
  }

  isOwnFault(action: PendingAction, customCode: number | null): boolean {
    return action.kind === 'join' && customCode === INSUFFICIENT_FUNDS;
  }

  commit(event: DriverEvent<Figures>, lease: Lease): boolean {
    const at = this.#world.clock.now();
    const complete: MatchEvent =
      event.type === 'action.signed'
        ? { ...event, at, healthEpoch: epochOf(event.attempt.epoch) }
        : { ...event, at };
    // Told once: the action is looked at again and again while it is blocked.
    if (event.type === 'action.blocked' && this.#isAlerted('action_blocked', event.hash)) return true;
    const id = 'signature' in event ? `${event.type}:${event.signature}` : `${event.type}:${event.hash}`;
    return this.#actor().kernel.commit(complete, { id, lease }).kind === 'committed';
  }

  /** Booked from the accounts at a finalized slot that includes the transaction. */
  async finalize(action: PendingAction, observed: ObservedTransaction, lease: Lease): Promise<void> {
    const at = this.#world.clock.now();
    const terms = this.#terms;
    const accounts = await readPlannerAccounts(this.#world.chain, terms, observed.slot);
    const match = accounts.match === null ? null : decodeMatch(accounts.match.data);
    if (action.kind === 'create' && (match === null || notOurs(this.#context, terms, match) !== null)) {
      this.commit(
        {
          type: 'action.review',
          hash: action.hash,
          reason: 'the match that was created is not there as ours',
        },
        lease,
      );
      return;
    }
    const seat = seatByHash(this.#context, action.hash);
    const index = seat === undefined ? -1 : (match?.playerIds.indexOf(seat.userId) ?? -1);
    const event: ActionFinal = {
      type: 'action.final',
      at,
      hash: action.hash,
      signature: observed.signature,
      slot: Math.max(observed.slot, accounts.slot),
      // The money instruction: a settlement is end_match, then distribute_prizes.
      instruction: action.kind === 'end' ? 1 : 0,
      createdAt: match?.createdAt.toString() ?? null,
      seatIndex: index < 0 ? null : index,
      endedAt: match?.endedAt.toString() ?? null,
      matchHash: match?.matchHash ?? null,
    };
    this.#actor().kernel.commit(event, { id: `action.final:${observed.signature}`, lease });
  }

  /** Mirror against chain, now. A difference pauses; what is explained, stale or unreadable changes nothing. */
  async compare(): Promise<CompareOutcome> {
    const { chain, clock } = this.#world;
    const before = this.#actor().kernel.standing.seq;
    const terms = this.#terms;
    const [accounts, rent] = await Promise.all([
      readPlannerAccounts(chain, terms, this.#context.facts.slot),
      chain.rentMinimum(ESCROW_BYTES),
    ]);
    // While the chain was read the mirror may have moved: then these two do not belong together.
    if (this.#actor().kernel.standing.seq !== before)
      return { kind: 'unknown', reason: 'the mirror moved meanwhile' };
    const { slot } = accounts;
    const found = compareMatch(this.#context, { ...accounts, escrowRent: rent, programId: chain.programId });
    if (found.kind === 'explained') return { kind: 'unknown', reason: `in flight: ${found.by.join(', ')}` };
    const at = clock.now();
    const { kernel } = this.#actor();
    if (found.kind === 'broken') {
      kernel.commit(
        { type: 'compare.mismatch', at, slot, breaks: found.breaks },
        { id: `compare:${slot}:${at}` },
      );
      return { kind: 'paused', slot, breaks: found.breaks.map((each) => each.class) };
    }
    this.#noteSurplus(found.surplus, slot, at);
    if (matchValue(kernel.standing.value).link === 'reconciling') {
      kernel.commit(
        { type: 'compare.clean', at, slot, chainHash: found.chainHash },
        { id: `compare:${slot}:${at}` },
      );
    }
    return { kind: 'clean', slot };
  }

  /** Once for an escrow: anyone can send lamports again and again. */
  #noteSurplus(surplus: bigint, slot: number, at: number): void {
    const { kernel } = this.#actor();
    if (surplus === 0n || this.#isAlerted('surplus', this.#terms.escrowPda)) return;
    kernel.commit(
      { type: 'compare.surplus', at, slot, lamports: surplus.toString() },
      { id: `surplus:${slot}` },
    );
  }

  /** The gate from `reconciling` to `online`: asked again until it says something. */
  async #compareWork(): Promise<Worked> {
    await this.#actor().refresh();
    if (matchValue(this.#actor().kernel.standing.value).link !== 'reconciling') return FINISHED;
    const outcome = await this.compare();
    const open = matchValue(this.#actor().kernel.standing.value).link === 'reconciling';
    if (outcome.kind === 'paused' || !open) return FINISHED;
    return { kind: 'again', inMs: this.#world.settings.pollMs };
  }

  #isAlerted(cls: string, entity: string): boolean {
    return this.#actor()
      .kernel.records.alerts()
      .some((alert) => alert.class === cls && alert.entity === entity);
  }

  get #context(): MatchContext {
    return this.#actor().context;
  }

  get #terms(): Terms {
    const { terms } = this.#context;
    if (terms === null) throw new Error('a match without terms has no actions');
    return terms;
  }
}

function epochOf(text: string): { generation: number; counter: number } {
  const [generation = 0, counter = 0] = text.split('.').map(Number);
  return { generation, counter };
}
