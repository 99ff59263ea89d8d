/** What a match decides of its open actions while they are driven: plan, signer, and what an end on the chain means. */
import { decodeEscrow, decodeMatch } from '../../core/index.ts';
import { actionByHash } from '../../machines/actions/open-action.ts';
import { PAYING } from '../../machines/match/cancellation.ts';
import { isWalletSigned, type MatchContext, seatByHash, type Terms } from '../../machines/match/context.ts';
import type { ActionFinal, MatchEvent, SettlementFigures } from '../../machines/match/events.ts';
import { isReady } from '../../machines/match/readiness.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Actor } from '../actor.ts';
import type { Lease } from '../kernel/outbox.ts';
import { depositName } from '../names.ts';
import type { ObjectWorld, ObservedTransaction } from '../ports.ts';
import { ActionDesk, type Decisions } from '../submission/desk.ts';
import { isIntact } from './actions.ts';
import { forgotten } from './forgotten.ts';
import { type MatchPlan, type PlannerAccounts, readPlannerAccounts, review } from './plan.ts';
import { notOurs, planMatchAction } from './planner.ts';
import type { MatchReconciliation } from './reconciliation.ts';
import { matchValue } from './view.ts';

type Figures = SettlementFigures | null;

/** The program's error for too little money in a deposit; the system program's for a wallet: the player's own doing. */
const OWN_FAULTS: readonly number[] = [6013, 1];

export class MatchChain implements Decisions<Figures> {
  readonly desk: ActionDesk<MatchContext, MatchEvent, Figures>;
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<MatchContext, MatchEvent>;

  readonly #reconciliation: MatchReconciliation;

  constructor(
    world: ObjectWorld,
    actor: () => Actor<MatchContext, MatchEvent>,
    reconciliation: MatchReconciliation,
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#reconciliation = reconciliation;
    this.desk = new ActionDesk(world, actor, this, (event) => event);
  }

  /** No more money goes into a match that waits for a person; what was signed is still looked after. */
  mayStart(hash: string): boolean {
    const action = actionByHash(this.#context, hash);
    const { money } = matchValue(this.#actor().kernel.standing.value);
    return action !== undefined && money !== 'review' && isReady(this.#context, action);
  }

  async plan(action: PendingAction): Promise<MatchPlan> {
    const { chain } = this.#world;
    if (!isIntact(chain, this.#terms, seatByHash(this.#context, action.hash), action))
      return review('the stored action is not the one of this match and seat');
    const accounts = await readPlannerAccounts(chain, this.#terms, this.#context.facts.slot);
    if (await this.#isRecalled(action, accounts)) return { kind: 'overtaken' };
    const objection = await this.#objection(action);
    if (objection !== null) return { kind: 'blocked', reason: objection };
    // Anyone may have paid the escrow out meanwhile (H-01): not signed again, but looked into.
    if (PAYING.includes(action.kind) && (await this.#reconciliation.bookForeign(accounts)))
      return { kind: 'overtaken' };
    return planMatchAction(chain, this.#context, action, accounts);
  }

  /** Before a person's word: what a restore has forgotten is booked first, so that no stake is given up that was paid. */
  async recall(): Promise<void> {
    const { records } = this.#actor().kernel;
    const idle = this.#context.actions.filter(({ hash }) => records.liveAttempt(hash) === null);
    if (idle.length === 0) return;
    const accounts = await readPlannerAccounts(this.#world.chain, this.#terms, this.#context.facts.slot);
    for (const { hash } of idle) {
      const action = records.action(hash);
      if (action !== null) await this.#isRecalled(action, accounts);
    }
  }

  async #isRecalled(action: PendingAction, accounts: PlannerAccounts): Promise<boolean> {
    const done = await forgotten(this.#world.chain, this.#context, this.#terms, action, accounts);
    if (done !== null) await this.finalize(action, done);
    return done !== null;
  }

  /** The user's object may refuse the first signing of a join: frozen meanwhile (design: section 6). */
  async #objection(action: PendingAction): Promise<string | null> {
    const seat = seatByHash(this.#context, action.hash);
    if (seat === undefined || (actionByHash(this.#context, action.hash)?.attempts ?? 0) > 0) return null;
    const deposit = this.#world.peers.deposit(depositName(this.#world.chain, seat.authority));
    const answer = await deposit.confirm(seat.hash);
    return answer.ok ? null : `${answer.code}: ${answer.message}`;
  }

  /** Of a WALLET seat the wallet signed the intent, before it was accepted. */
  intentSigner({ hash, user }: PendingAction): { coordinator: string } | { custodyOf: string } | null {
    if (user === undefined) return { coordinator: this.#terms.coordinator };
    const seat = seatByHash(this.#context, hash);
    return seat !== undefined && isWalletSigned(seat) ? null : { custodyOf: user.id };
  }

  isOwnFault(action: PendingAction, customCode: number | null): boolean {
    return action.kind === 'join' && customCode !== null && OWN_FAULTS.includes(customCode);
  }

  /** Booked from the accounts at a finalized slot that includes the transaction. Without a lease: found, and not driven. */
  async finalize(action: PendingAction, observed: ObservedTransaction, lease?: Lease): Promise<void> {
    const terms = this.#terms;
    const accounts = await readPlannerAccounts(this.#world.chain, terms, observed.slot);
    const match = accounts.match === null ? null : decodeMatch(accounts.match.data);
    const { hash } = action;
    if (action.kind === 'create' && (match === null || notOurs(this.#context, terms, match) !== null)) {
      const reason = 'the match that was created is not there as ours';
      if (lease !== undefined) this.desk.commit({ type: 'action.review', hash, reason }, lease);
      return;
    }
    const seat = seatByHash(this.#context, hash);
    const index = seat === undefined ? -1 : (match?.playerIds.indexOf(seat.userId) ?? -1);
    const isWhole = action.kind === 'end' && this.#context.result?.separate === false;
    const event: ActionFinal = {
      type: 'action.final',
      at: this.#world.clock.now(),
      hash,
      signature: observed.signature,
      slot: Math.max(observed.slot, accounts.slot),
      // The money instruction: a whole settlement is end_match, then distribute_prizes.
      instruction: isWhole ? 1 : 0,
      createdAt: match?.createdAt.toString() ?? null,
      seatIndex: index < 0 ? null : index,
      hasStake:
        accounts.escrow !== null && (decodeEscrow(accounts.escrow.data).playerStakes[index] ?? 0n) > 0n,
      endedAt: match?.endedAt.toString() ?? null,
      matchHash: match?.matchHash ?? null,
    };
    const id = `action.final:${observed.signature}`;
    this.#actor().kernel.commit(event, lease === undefined ? { id } : { id, lease });
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
