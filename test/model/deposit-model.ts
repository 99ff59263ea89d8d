/**
 * The deposit as its object runs it: every event goes through the kernel's port, hold states and answered tokens are
 * kept as the object keeps them, and the ledger's invariants are checked after every step.
 */
import { depositBehaviour, depositValue } from '../../durable-objects/deposit/behaviour.ts';
import type { ActorState } from '../../durable-objects/kernel/machine-port.ts';
import { type Balances, type DepositContext, heldFor, U64_MAX } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { folded } from '../../machines/deposit/postings.ts';
import { depositVerdict } from '../../machines/deposit/rules.ts';
import type { Effect, HoldState, LedgerAccount, TimerEffect } from '../../machines/effects.ts';
import type { ChainLevel } from '../../machines/link.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import { bind, fact, holdRelease, holdRequest, MAX_HOLDS, MAX_LAMPORTS } from './deposit-events.ts';
import { isJson, must } from './invariants.ts';
import { AT } from './requests.ts';

export * from './deposit-events.ts';

export type DepositState = ActorState<DepositContext>;

export interface DepositStep {
  readonly state: DepositState;
  readonly effects: readonly Effect[];
}

/** Null where the event is refused, which must have a reason of the table. */
export function depositStep(state: DepositState, event: DepositEvent): DepositStep | null {
  // SAFETY: a state is plain JSON, as the check below has seen to.
  const taken = depositBehaviour.step(JSON.parse(JSON.stringify(state)) as DepositState, event);
  if (taken === null) {
    const { code } = depositBehaviour.refuse(state, event);
    must(isRefusalCode(code), `${event.type} is refused with the unknown code ${code}`);
    return null;
  }
  must(depositVerdict(state.context, event) === null, `${event.type} was taken against its own rule`);
  checkDeposit(taken.state);
  checkPostings(state, taken);
  return taken;
}

function checkDeposit({ value, context }: DepositState): void {
  const { money, link } = depositValue(value);
  const { balances } = context;
  must(isJson(context), 'a context is plain JSON');
  for (const [account, balance] of Object.entries(balances))
    must(
      /^\d+$/.test(balance) && BigInt(balance) <= U64_MAX,
      `${account} is ${balance}: no account leaves u64 (I2, I4)`,
    );
  must((context.frozenFor !== null) === (money === 'frozen'), 'frozen means frozen for a reason');
  must(balances.suspense === '0' || money === 'frozen', 'what no balance covered freezes the deposit');
  must(context.beyond === '0' || money === 'frozen', 'what no u64 holds freezes the deposit');
  const waits = context.actions.some((action) => action.state === 'review');
  must(money !== 'active' || !waits, 'active means that nothing waits for a person');
  must(money !== 'review' || waits, 'review means that something waits for a person');
  must((link === 'paused') === (context.link.pausedFor !== null), 'pausedFor is set exactly in `paused`');
  must(link !== 'online' || context.link.level === 'online', '`online` only while the chain is');
  checkOpen(context);
}

function checkOpen({ balances, holds, admissions, actions, transfers }: DepositContext): void {
  const held = holds.reduce((sum, hold) => sum + BigInt(hold.amount), 0n);
  must(held === BigInt(balances.held), 'the open holds sum to what is held (I5)');
  const withdrawing = transfers.reduce((sum, transfer) => sum + heldFor(transfer), 0n);
  must(withdrawing === BigInt(balances.withdrawing), 'the open withdrawals sum to what is withdrawing');
  const tokens = [...holds, ...admissions].map((open) => open.token);
  must(new Set(tokens).size === tokens.length, 'a token is open once');
  must(
    JSON.stringify(transfers.map(({ hash }) => hash)) === JSON.stringify(actions.map(({ hash }) => hash)),
    'each open action has its transfer, and each transfer its action',
  );
  must(tokens.length + actions.length <= MAX_HOLDS, 'the limit of actions holds (I18, I32)');
  const admitted = admissions.reduce((sum, each) => sum + BigInt(each.amount), 0n);
  // A fee that was raised since is held all the same: it is not the user's doing.
  const raised = BigInt(transfers.length) * 10n;
  must(held + withdrawing + admitted <= MAX_LAMPORTS + raised, 'the limit of lamports holds (I18, I32)');
}

/** I1: one operation posts as much as it takes. I3: the balances are a fold of the postings. */
function checkPostings(before: DepositState, { state, effects }: DepositStep): void {
  const postings = effects.flatMap((effect) =>
    effect.type === 'record' && effect.row === 'posting' ? [effect] : [],
  );
  const sums = new Map<string, bigint>();
  for (const { token, delta } of postings) sums.set(token, (sums.get(token) ?? 0n) + BigInt(delta));
  for (const [token, sum] of sums) must(sum === 0n, `the postings of ${token} sum to ${sum}`);
  must(
    postings.every(({ delta }) => delta !== '0'),
    'a posting moves something',
  );
  const refolded = postings.reduce<Balances>(
    (balances, { account, delta }) => folded(balances, account, BigInt(delta)),
    before.context.balances,
  );
  must(
    JSON.stringify(refolded) === JSON.stringify(state.context.balances),
    'the balances are that fold (I3)',
  );
  for (const effect of effects) must(isJson(effect), 'an effect is plain JSON');
}

/** The object around the machine: tokens answered once, the states of past holds, all postings, the timers that are set. */
export class Ledger {
  readonly postings: { readonly account: LedgerAccount; readonly delta: bigint }[] = [];
  readonly holdStates = new Map<string, HoldState>();
  readonly reviews: string[] = [];
  readonly alerts: string[] = [];
  readonly timers = new Map<string, TimerEffect>();
  /** Ends and other states of actions, by hash. */
  readonly actionStates = new Map<string, string>();
  /** Keys of the work that the last event asked for. */
  lastWork: readonly string[] = [];
  state: DepositState = depositBehaviour.initial();
  readonly #answered = new Set<string>();

  constructor(level: ChainLevel = 'online') {
    this.commit(bind(level), 'bind');
    this.commit({ type: 'history.read', at: AT, cursor: null }, 'history');
  }

  get context(): DepositContext {
    return this.state.context;
  }

  get balances(): Balances {
    return this.context.balances;
  }

  get money(): string {
    return depositValue(this.state.value).money;
  }

  known(token: string): HoldState | null {
    return this.holdStates.get(token) ?? null;
  }

  hold(token: string, amount: bigint): boolean {
    return this.commit(holdRequest(token, amount, this.known(token)), `hold:${token}`);
  }

  release(holdToken: string): boolean {
    return this.commit(holdRelease(holdToken, this.known(holdToken)), `release:${holdToken}`);
  }

  fact(
    token: string,
    direction: 'credit' | 'debit',
    amount: bigint,
    holdToken: string | null = null,
    ref = 'join_match',
  ): boolean {
    return this.commit(fact(token, direction, amount, holdToken, ref), token);
  }

  /** Whatever is due at `at`, in the order of its time, as the workbench fires it. */
  fireDue(at: number): void {
    const due = [...this.timers.values()].filter((timer) => timer.at !== null && timer.at <= at);
    for (const timer of due.toSorted((left, right) => (left.at ?? 0) - (right.at ?? 0))) {
      this.timers.delete(timer.name);
      // SAFETY: the machine wrote this event with its timer; `at` is when it fires.
      this.take({ ...(timer.event as object), at } as DepositEvent);
    }
  }

  /** What was answered once is answered again and changes nothing, refusals too (I8, I10). */
  commit(event: DepositEvent, id: string): boolean {
    if (this.#answered.has(id)) return false;
    this.#answered.add(id);
    return this.take(event);
  }

  /** An event without an answer: the machine tells repeats. */
  take(event: DepositEvent): boolean {
    const taken = depositStep(this.state, event);
    if (taken === null) return false;
    this.state = taken.state;
    this.lastWork = taken.effects.flatMap((effect) => (effect.type === 'work' ? [effect.key] : []));
    for (const effect of taken.effects) this.#record(effect);
    return true;
  }

  /** Code of the refusal; null where the event is taken. Changes nothing. */
  refusalOf(event: DepositEvent): string | null {
    return depositStep(this.state, event) === null ? depositBehaviour.refuse(this.state, event).code : null;
  }

  #record(effect: Effect): void {
    if (effect.type === 'timer') this.timers.set(effect.name, effect);
    if (effect.type !== 'record') return;
    if (effect.row === 'posting')
      this.postings.push({ account: effect.account, delta: BigInt(effect.delta) });
    if (effect.row === 'hold') this.holdStates.set(effect.token, effect.state);
    if (effect.row === 'review') this.reviews.push(effect.reason);
    if (effect.row === 'alert') this.alerts.push(effect.class);
    if (effect.row === 'action') this.actionStates.set(effect.action.hash, effect.state);
    if (effect.row === 'actionState') this.actionStates.set(effect.hash, effect.state);
  }
}
