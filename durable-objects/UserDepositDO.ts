/**
 * One user's deposit: the ledger that alone decides about the user's money (design: section 7), and the deposits and
 * withdrawals that it owns. Decisions are the machine's; this class brings them what they need.
 */
import { actionByHash } from '../machines/actions/open-action.ts';
import { type DepositContext, isBusy } from '../machines/deposit/context.ts';
import type { DepositEvent } from '../machines/deposit/events.ts';
import { type Refusal, refusal } from '../machines/refusals.ts';
import { Actor } from './actor.ts';
import { depositBehaviour, depositValue } from './deposit/behaviour.ts';
import { DepositChain } from './deposit/chain.ts';
import { DepositLedger, refusedHold } from './deposit/ledger.ts';
import { DepositRequests } from './deposit/requests.ts';
import { NO_BALANCES, Statement } from './deposit/statement.ts';
import { DepositSync } from './deposit/sync.ts';
import { depositView } from './deposit/view.ts';
import { answerOf, refused } from './intake.ts';
import type { DueTimer } from './kernel/timers.ts';
import { depositName } from './names.ts';
import type { ObjectWorld } from './ports.ts';
import { toldIfUnseen } from './unseen.ts';
import type {
  AlertRow,
  Answer,
  Binding,
  Caller,
  ChainFact,
  ChainVerdict,
  CompareOutcome,
  DepositObject,
  HoldAnswer,
  HoldRequest,
  JournalPage,
  ReleaseRequest,
} from './wire/objects.ts';
import type {
  DepositRequest,
  ResolveDepositRequest,
  SignRequest,
  TakeBackTransferRequest,
  WithdrawRequest,
} from './wire/requests.ts';
import type { ActionOutcome, Balances, DepositView, ReviewPage, StatementPage } from './wire/views.ts';

export class UserDepositDO implements DepositObject {
  readonly #world: ObjectWorld;
  readonly #actor: Actor<DepositContext, DepositEvent>;
  readonly #ledger: DepositLedger;
  readonly #requests: DepositRequests;
  readonly #sync: DepositSync;
  readonly #chain: DepositChain;
  readonly #statement: Statement;

  constructor(world: ObjectWorld) {
    this.#world = world;
    const actor = (): Actor<DepositContext, DepositEvent> => this.#actor;
    this.#ledger = new DepositLedger(world, actor);
    this.#requests = new DepositRequests(world, actor, this.#ledger);
    this.#sync = new DepositSync(world, actor, (fact) => void this.#book(fact));
    this.#chain = new DepositChain(world, actor, this.#sync);
    this.#statement = new Statement(world.sql);
    this.#actor = new Actor<DepositContext, DepositEvent>(world, {
      kind: 'deposit',
      behaviour: depositBehaviour,
      handlers: { ...this.#chain.desk.handlers, compare: () => this.#sync.work() },
      isActive: ({ context, value }) => isBusy(context) || depositValue(value).link !== 'online',
      link: (context) => context.link,
      fire: (timer) => this.#fire(timer),
      parked: (row, error) => this.#chain.desk.parked(row, error),
      committed: () => {},
    });
  }

  async hold(binding: Binding, request: HoldRequest): Promise<HoldAnswer> {
    const failed = await this.#enterSynced(binding);
    if (failed !== null) return refusedHold(failed);
    await this.#hearVerdict();
    return this.#ledger.hold(binding, request, false);
  }

  async admit(binding: Binding, request: HoldRequest): Promise<HoldAnswer> {
    const failed = await this.#enter(binding);
    if (failed !== null) return refusedHold(failed);
    await this.#hearVerdict();
    return this.#ledger.hold(binding, request, true);
  }

  async confirm(holdToken: string): Promise<HoldAnswer> {
    return this.#ledger.confirm(holdToken);
  }

  async release(binding: Binding, request: ReleaseRequest): Promise<HoldAnswer> {
    const failed = await this.#enter(binding);
    return failed === null ? this.#ledger.release(binding, request) : refusedHold(failed);
  }

  async conclude(binding: Binding, request: { token: string; holdToken: string }): Promise<HoldAnswer> {
    const failed = await this.#enter(binding);
    return failed === null ? this.#ledger.conclude(binding, request) : refusedHold(failed);
  }

  async fact(binding: Binding, fact: ChainFact): Promise<HoldAnswer> {
    const failed = await this.#enter(binding);
    return failed === null ? this.#book(fact) : refusedHold(failed);
  }

  async deposit(caller: Caller, request: DepositRequest): Promise<Answer> {
    const binding = await this.#bindingOf(caller);
    const failed = binding === null ? refusal('forbidden') : await this.#enter(binding);
    if (binding === null || failed !== null) return answerOf(failed ?? refusal('forbidden'));
    return this.#requests.transfer('deposit', caller, binding, request, '0');
  }

  /** The fee is the program's, as last read at `finalized`: known in an outage too. */
  async withdraw(caller: Caller, request: WithdrawRequest): Promise<Answer> {
    const binding = await this.#bindingOf(caller);
    const failed = binding === null ? refusal('forbidden') : await this.#enterSynced(binding);
    if (binding === null || failed !== null) return answerOf(failed ?? refusal('forbidden'));
    const standing = await this.#actor.refresh().catch(() => null);
    const fee = standing?.program?.withdrawalFee;
    if (fee === undefined) return refused('chain_unreadable');
    return this.#requests.transfer('withdraw', caller, binding, request, fee);
  }

  async sign(caller: Caller, request: SignRequest): Promise<Answer> {
    const failed = await this.#whenReady();
    return failed === null ? this.#requests.sign(caller, request) : answerOf(failed);
  }

  async takeBack(caller: Caller, hash: string, request: TakeBackTransferRequest): Promise<Answer> {
    const failed = await this.#whenReady();
    return failed === null ? this.#requests.takeBack(caller, hash, request) : answerOf(failed);
  }

  async resolve(operator: Caller, request: ResolveDepositRequest): Promise<Answer> {
    const failed = await this.#whenReady();
    return failed === null ? this.#requests.resolve(operator, request, this.#sync) : answerOf(failed);
  }

  async reconcile(binding: Binding | null, _runId: string): Promise<CompareOutcome> {
    const failed = binding === null ? null : await this.#enter(binding);
    if (failed !== null) return { kind: 'unknown', reason: failed.code };
    await this.#actor.anchor();
    await this.#actor.refresh();
    return this.#sync.run().catch((error: unknown) => toldIfUnseen(this.#world, this.#actor.kernel, error));
  }

  async view(): Promise<DepositView | null> {
    const { standing, records } = this.#actor.kernel;
    return depositView(standing, (hash) => records.liveOffer(hash));
  }

  async statement(from: number, limit: number): Promise<StatementPage> {
    return this.#actor.kernel.isBlank ? { entries: [], next: null } : this.#statement.page(from, limit);
  }

  async outcome(hash: string): Promise<ActionOutcome | null> {
    const { kernel } = this.#actor;
    return kernel.isBlank ? null : kernel.records.outcome(hash);
  }

  async balanceAt(seq: number): Promise<Balances | null> {
    const { standing } = this.#actor.kernel;
    return Number.isInteger(seq) && seq >= 1 && seq <= standing.seq
      ? this.#statement.balancesAfter(seq)
      : null;
  }

  /** The balances folded again from the postings: what is stored must equal it (I3). */
  recomputed(): Balances {
    return this.#actor.kernel.isBlank ? NO_BALANCES : this.#statement.recomputed();
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return this.#actor.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return this.#actor.alerts();
  }

  async reviews(from: number, limit: number): Promise<ReviewPage> {
    return this.#actor.reviews(from, limit);
  }

  async chainVerdict(verdict: ChainVerdict): Promise<void> {
    await this.#actor.ready();
    this.#actor.note(verdict);
  }

  async alarm(): Promise<void> {
    await this.#actor.alarm();
  }

  /** First contact binds the deposit to its user; the binding is compared from then on. */
  async #enter(binding: Binding): Promise<Refusal | null> {
    try {
      await this.#actor.ready();
      if (!this.#actor.kernel.isBlank) return null;
      const { verdict } = await this.#actor.refresh();
      if (verdict === null) return refusal('chain_unreadable');
      if (!this.#actor.kernel.isBlank) return null;
      const at = this.#world.clock.now();
      const seen = { level: verdict.level, healthEpoch: verdict.epoch };
      this.#actor.kernel.commit(
        { type: 'deposit.bind', at, binding, verdict: seen },
        { id: `bind:${binding.userId}` },
      );
      // Who was restored to before the first entry is found out now.
      await this.#actor.ready();
      return null;
    } catch {
      return refusal('not_ready', 'the directory does not answer');
    }
  }

  /** With nothing open nobody tells this object of verdicts, and what may be held depends on the newest. */
  async #hearVerdict(): Promise<void> {
    if (!isBusy(this.#actor.context)) await this.#actor.refresh().catch(() => {});
  }

  /** An empty ledger must not refuse for good what the chain would allow: its history is read first. */
  async #enterSynced(binding: Binding): Promise<Refusal | null> {
    const failed = await this.#enter(binding);
    if (failed === null && !this.#actor.context.synced) await this.#sync.run().catch(() => {});
    return failed;
  }

  async #whenReady(): Promise<Refusal | null> {
    if (this.#actor.kernel.isBlank) return refusal('deposit_unknown');
    return this.#actor.ready().then(
      () => null,
      () => refusal('not_ready', 'the directory does not answer'),
    );
  }

  /** Null where this deposit's authority is not the caller's custody key: nobody but that key can move its money. */
  async #bindingOf({ userId, wallet }: Caller): Promise<Binding | null> {
    const authority = await this.#world.signer.custodyAuthority(userId);
    const isTheirs = depositName(this.#world.chain, authority) === this.#world.name;
    return isTheirs ? { userId, wallet, authority } : null;
  }

  #book(fact: ChainFact): HoldAnswer {
    const answer = this.#ledger.fact(fact);
    this.#endReviewed(fact);
    return answer;
  }

  /** An effect on the chain ends also what a person looks at, where the transaction is the attempt that was unknown. */
  #endReviewed({ token, holdToken }: ChainFact): void {
    const { context, kernel } = this.#actor;
    if (holdToken === null || actionByHash(context, holdToken)?.state !== 'review') return;
    const signature = kernel.records.liveAttempt(holdToken)?.signature;
    if (signature !== undefined && token.startsWith(`chain:${signature}:`))
      this.#chain.end(holdToken, signature);
  }

  #fire(timer: DueTimer): void {
    const { kernel } = this.#actor;
    // SAFETY: the machine wrote this event with its timer; `at` is when it fires.
    const event = { ...(JSON.parse(timer.event) as object), at: this.#world.clock.now() } as DepositEvent;
    const outcome = kernel.commit(event, { id: `timer:${timer.name}:${timer.due}`, timer: timer.name });
    if (outcome.kind !== 'refused') return;
    // Not now: asked again. Otherwise there is nothing to do any more.
    const again = this.#world.clock.now() + this.#world.settings.backoffMaxMs;
    kernel.settle(() =>
      outcome.refusal.retryable ? kernel.timers.postpone(timer, again) : kernel.timers.remove(timer.name),
    );
  }
}
