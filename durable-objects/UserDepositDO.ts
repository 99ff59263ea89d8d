/**
 * One user's deposit: the ledger that alone decides about the user's money (design: section 7). Every operation carries
 * a token; what was answered once is answered again with the same bytes.
 */
import type { DepositContext } from '../machines/deposit/context.ts';
import type { DepositEvent } from '../machines/deposit/events.ts';
import { isOverLimit } from '../machines/deposit/rules.ts';
import { folded } from '../machines/deposit/steps.ts';
import type { Json } from '../machines/effects.ts';
import { type Refusal, refusal } from '../machines/refusals.ts';
import { Actor } from './actor.ts';
import { depositBehaviour, depositValue } from './deposit/behaviour.ts';
import { compareDeposit, type DepositAccountAt } from './deposit/comparison.ts';
import { readHistory } from './deposit/history.ts';
import type { CommitOptions, Outcome, Standing } from './kernel/kernel.ts';
import { FINISHED, type Worked } from './kernel/workbench.ts';
import type { ObjectWorld } from './ports.ts';
import type {
  AlertRow,
  Binding,
  ChainFact,
  ChainVerdict,
  CompareOutcome,
  DepositObject,
  HoldAnswer,
  JournalPage,
} from './wire/objects.ts';
import type { Balances, DepositView } from './wire/views.ts';

type Request = NonNullable<CommitOptions<DepositContext>['request']>;

/** Bytes of a deposit account (interface: section 2). */
const DEPOSIT_BYTES = 128;

export class UserDepositDO implements DepositObject {
  readonly #world: ObjectWorld;
  readonly #actor: Actor<DepositContext, DepositEvent>;

  constructor(world: ObjectWorld) {
    this.#world = world;
    this.#actor = new Actor<DepositContext, DepositEvent>(world, {
      kind: 'deposit',
      behaviour: depositBehaviour,
      handlers: { compare: () => this.#compareWork() },
      isActive: ({ context, value }) => context.holds.length > 0 || depositValue(value).link !== 'online',
      link: (context) => context.link,
      fire: () => {},
      parked: () => {},
      committed: () => {},
    });
  }

  async hold(
    binding: Binding,
    request: { token: string; amount: string; matchId: string },
  ): Promise<HoldAnswer> {
    const { settings, clock } = this.#world;
    const failed = await this.#bind(binding);
    if (failed !== null) return refusedHold(failed);
    if (!this.#actor.context.synced) await this.#sync().catch(() => {});
    const event: Extract<DepositEvent, { type: 'hold.request' }> = {
      type: 'hold.request',
      at: clock.now(),
      binding,
      ...request,
      // Read in the same turn as the commit: nothing comes between.
      known: this.#actor.kernel.isBlank ? null : this.#actor.kernel.records.holdState(request.token),
      maxHolds: settings.maxActionsPerUser,
      maxLamports: settings.maxLamportsPerUser.toString(),
    };
    const over = isOverLimit(this.#actor.context, event);
    return this.#operate(
      event,
      `hold:${request.token}`,
      { ...request },
      over ? refusal('user_limit_reached') : null,
    );
  }

  async confirm(holdToken: string): Promise<HoldAnswer> {
    const { standing } = this.#actor.kernel;
    const { holds, link, frozenFor } = standing.context;
    if (!holds.some((hold) => hold.token === holdToken)) return refusedHold(refusal('hold_unknown'));
    if (link.pausedFor !== null) return refusedHold(refusal('deposit_paused'));
    if (frozenFor !== null) return refusedHold(refusal('deposit_frozen'));
    return granted(standing);
  }

  async release(
    binding: Binding,
    request: { token: string; holdToken: string; matchId: string },
  ): Promise<HoldAnswer> {
    const failed = await this.#bind(binding);
    if (failed !== null) return refusedHold(failed);
    const event: DepositEvent = {
      type: 'hold.release',
      at: this.#world.clock.now(),
      binding,
      ...request,
      known: this.#actor.kernel.records.holdState(request.holdToken),
    };
    return this.#operate(event, request.token, { ...request }, null);
  }

  /** Identity is token, direction and amount; who reports it, and with which reference, is not compared. */
  async fact(binding: Binding, fact: ChainFact): Promise<HoldAnswer> {
    const failed = await this.#bind(binding);
    return failed === null ? this.#book(fact) : refusedHold(failed);
  }

  async reconcile(binding: Binding | null, _runId: string): Promise<CompareOutcome> {
    const failed = binding === null ? null : await this.#bind(binding);
    if (failed !== null) return { kind: 'unknown', reason: failed.code };
    await this.#actor.anchor();
    await this.#actor.refresh();
    return this.#sync();
  }

  async view(): Promise<DepositView | null> {
    const { context, value, seq } = this.#actor.kernel.standing;
    if (context.binding === null) return null;
    const { money, link } = depositValue(value);
    return {
      userId: context.binding.userId,
      authority: context.binding.authority,
      seq,
      money,
      link,
      decidedBy: link === 'online' ? 'chain' : 'mirror',
      balances: context.balances,
      holds: context.holds.map(({ token, amount, matchId }) => ({ token, amount, matchId })),
    };
  }

  /** The balances folded again from the postings: what is stored must equal it (I3). */
  recomputed(): Balances {
    const empty: Balances = { available: '0', held: '0', withdrawing: '0', suspense: '0' };
    if (this.#actor.kernel.isBlank) return empty;
    return this.#actor.kernel.records
      .postings()
      .reduce<Balances>((balances, { account, delta }) => folded(balances, account, BigInt(delta)), empty);
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return this.#actor.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return this.#actor.alerts();
  }

  async chainVerdict(verdict: ChainVerdict): Promise<void> {
    await this.#actor.ready();
    this.#actor.note(verdict);
  }

  async alarm(): Promise<void> {
    await this.#actor.alarm();
  }

  /** First contact binds the deposit to its user; the binding is compared from then on. */
  async #bind(binding: Binding): Promise<Refusal | null> {
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

  #book(fact: ChainFact): HoldAnswer {
    const { token, direction, amount } = fact;
    const event: DepositEvent = { type: 'chain.fact', at: this.#world.clock.now(), ...fact };
    return this.#operate(event, token, { direction, amount }, null);
  }

  /** `told` overrides the answer of an operation that is taken, but not as the caller hoped. */
  #operate(event: DepositEvent, id: string, request: Request, told: Refusal | null): HoldAnswer {
    const answer = (standing: Standing<DepositContext>): { status: number; body: Json } => ({
      status: 200,
      body: jsonOf(told === null ? granted(standing) : refusedHold({ ...told, retryable: false })),
    });
    return answerIn(this.#actor.kernel.commit(event, { id, request, answer }));
  }

  /**
   * Books what the finalized history shows, then compares. The account is read first, and the history by a node that is
   * at least as far: so every transaction that the account shows is in the ledger. What is newer on either side, or
   * older than what was booked before, is unknown, not a difference.
   */
  async #sync(): Promise<CompareOutcome> {
    const { chain, clock } = this.#world;
    const { binding, cursor, slot: bookedSlot } = this.#actor.context;
    if (binding === null) return { kind: 'unknown', reason: 'no user is bound to this deposit' };
    const pda = chain.pda('deposit', binding.authority).address;
    const rent = await chain.rentMinimum(DEPOSIT_BYTES);
    const { slot, accounts } = await chain.accounts([pda], bookedSlot);
    const { answers, records } = this.#actor.kernel;
    const read = await readHistory(
      chain,
      pda,
      { cursor, minSlot: slot },
      {
        isBooked: (token) => answers.read(token) !== null,
        heldFor: (hash) => records.holdAmount(hash),
      },
    );
    for (const fact of read.facts) this.#book(fact);
    const { context } = this.#actor;
    if (read.cursor !== context.cursor || !context.synced) {
      const part = read.isWhole ? {} : { isPart: true as const };
      const event: DepositEvent = { type: 'history.read', at: clock.now(), cursor: read.cursor, ...part };
      this.#actor.kernel.commit(event, { id: `history:${read.cursor}:${clock.now()}` });
    }
    if (!read.isWhole) return { kind: 'unknown', reason: 'more of the history is to be read' };
    if (Math.max(read.slot, this.#actor.context.slot) > slot)
      return { kind: 'unknown', reason: 'the chain or the mirror moved meanwhile' };
    return this.#judge(slot, { account: accounts[0] ?? null, rent, programId: chain.programId });
  }

  #judge(slot: number, account: DepositAccountAt): CompareOutcome {
    const at = this.#world.clock.now();
    const { kernel, context } = this.#actor;
    const id = { id: `compare:${slot}:${at}` };
    const found = compareDeposit(context.balances, account);
    if (found.kind === 'broken') {
      kernel.commit({ type: 'compare.mismatch', at, slot, breaks: found.breaks }, id);
      return { kind: 'paused', slot, breaks: found.breaks.map((each) => each.class) };
    }
    // Told once for a deposit: anyone can send lamports again and again.
    if (found.surplus > 0n && !kernel.records.alerts().some((alert) => alert.class === 'surplus')) {
      const lamports = found.surplus.toString();
      kernel.commit({ type: 'compare.surplus', at, slot, lamports }, { id: `surplus:${slot}` });
    }
    if (depositValue(kernel.standing.value).link === 'reconciling')
      kernel.commit({ type: 'compare.clean', at, slot, onChain: found.onChain.toString() }, id);
    return { kind: 'clean', slot };
  }

  async #compareWork(): Promise<Worked> {
    await this.#actor.refresh();
    const isReconciling = (): boolean =>
      depositValue(this.#actor.kernel.standing.value).link === 'reconciling';
    if (!isReconciling()) return FINISHED;
    const outcome = await this.#sync();
    return outcome.kind === 'paused' || !isReconciling()
      ? FINISHED
      : { kind: 'again', inMs: this.#world.settings.pollMs };
  }
}

/** The answer as it is stored; its balances are a plain record. */
function jsonOf(answer: HoldAnswer): Json {
  return answer.ok ? { ...answer, balances: { ...answer.balances } } : { ...answer };
}

function granted({ context, head }: Standing<DepositContext>): HoldAnswer {
  return { ok: true, balances: context.balances, head };
}

function refusedHold(reason: Refusal): HoldAnswer {
  const { code, message, retryable } = reason;
  return { ok: false, code, message, retryable };
}

function answerIn(outcome: Outcome<DepositContext>): HoldAnswer {
  if (outcome.kind === 'refused') return refusedHold(outcome.refusal);
  if (outcome.kind === 'lease_lost' || outcome.answer === null) return refusedHold(refusal('internal'));
  // SAFETY: stored by `#operate` from a HoldAnswer, or by the kernel from a refusal, which lacks only `ok`.
  return { ok: false, ...(JSON.parse(outcome.answer.text) as object) } as HoldAnswer;
}
