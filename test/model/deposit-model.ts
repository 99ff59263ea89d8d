/**
 * The deposit as its object runs it: every event goes through the kernel's port, hold states and answered tokens are
 * kept as the object keeps them, and the ledger's invariants are checked after every step.
 */
import { depositBehaviour, depositValue } from '../../durable-objects/deposit/behaviour.ts';
import type { ActorState } from '../../durable-objects/kernel/machine-port.ts';
import type { Balances, Binding, DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { folded } from '../../machines/deposit/steps.ts';
import type { Effect, HoldState, LedgerAccount } from '../../machines/effects.ts';
import type { ChainLevel } from '../../machines/link.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import { ANN, AT, epoch, TERMS } from './events.ts';
import { isJson, must } from './invariants.ts';

export type DepositState = ActorState<DepositContext>;

export const BINDING: Binding = { userId: ANN.id, wallet: ANN.wallet, authority: ANN.authority };
/** Small enough that a walk of a few holds runs into them. */
export const MAX_HOLDS = 3;
export const MAX_LAMPORTS = 1_000n;

export function bind(level: ChainLevel): DepositEvent {
  return { type: 'deposit.bind', at: AT, binding: BINDING, verdict: { level, healthEpoch: epoch(1) } };
}

export function holdRequest(token: string, amount: bigint, known: HoldState | null): DepositEvent {
  return {
    type: 'hold.request',
    at: AT,
    binding: BINDING,
    token,
    amount: amount.toString(),
    matchId: TERMS.matchId,
    known,
    maxHolds: MAX_HOLDS,
    maxLamports: MAX_LAMPORTS.toString(),
  };
}

export function holdRelease(holdToken: string, known: HoldState | null): DepositEvent {
  const token = `release:${holdToken}`;
  return { type: 'hold.release', at: AT, binding: BINDING, token, holdToken, matchId: TERMS.matchId, known };
}

export function fact(
  token: string,
  direction: 'credit' | 'debit',
  amount: bigint,
  holdToken: string | null = null,
): DepositEvent {
  return {
    type: 'chain.fact',
    at: AT,
    token,
    direction,
    amount: amount.toString(),
    holdToken,
    ref: 'join_match',
    slot: 1,
  };
}

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
  checkDeposit(taken.state);
  checkPostings(state, taken);
  return taken;
}

function checkDeposit({ value, context }: DepositState): void {
  const { money, link } = depositValue(value);
  const { balances, holds } = context;
  must(isJson(context), 'a context is plain JSON');
  for (const [account, balance] of Object.entries(balances))
    must(/^\d+$/.test(balance), `${account} is ${balance}: no account goes below zero (I2, I4)`);
  const open = holds.reduce((sum, hold) => sum + BigInt(hold.amount), 0n);
  must(open === BigInt(balances.held), 'the open holds sum to what is held (I5)');
  must(new Set(holds.map((hold) => hold.token)).size === holds.length, 'a hold is open once');
  must(holds.length <= MAX_HOLDS && open <= MAX_LAMPORTS, 'limits hold (I32)');
  must((money === 'frozen') === (context.frozenFor !== null), 'frozen means frozen for a reason');
  must(balances.suspense === '0' || money === 'frozen', 'what no balance covered freezes the deposit');
  must((link === 'paused') === (context.link.pausedFor !== null), 'pausedFor is set exactly in `paused`');
  must(link !== 'online' || context.link.level === 'online', '`online` only while the chain is');
}

/** I1: one operation posts as much as it takes. I3: the balances are a fold of the postings. */
function checkPostings(before: DepositState, { state, effects }: DepositStep): void {
  const postings = effects.flatMap((effect) =>
    effect.type === 'record' && effect.row === 'posting' ? [effect] : [],
  );
  const sum = postings.reduce((total, { delta }) => total + BigInt(delta), 0n);
  must(sum === 0n, `the postings of one event sum to ${sum}`);
  must(
    postings.every(({ delta }) => delta !== '0'),
    'a posting moves something',
  );
  must(new Set(postings.map(({ token }) => token)).size <= 1, 'one event posts for one token');
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

/** The object around the machine: tokens answered once, the states of past holds, all postings. */
export class Ledger {
  readonly postings: { readonly account: LedgerAccount; readonly delta: bigint }[] = [];
  readonly holdStates = new Map<string, HoldState>();
  readonly reviews: string[] = [];
  /** Keys of the work that the last event asked for. */
  lastWork: readonly string[] = [];
  state: DepositState = depositBehaviour.initial();
  readonly #answered = new Set<string>();

  constructor(level: ChainLevel = 'online') {
    this.commit(bind(level), 'bind');
    this.commit({ type: 'history.read', at: AT, cursor: null }, 'history');
  }

  get balances(): Balances {
    return this.state.context.balances;
  }

  hold(token: string, amount: bigint): boolean {
    return this.commit(holdRequest(token, amount, this.holdStates.get(token) ?? null), `hold:${token}`);
  }

  release(holdToken: string): boolean {
    const event = holdRelease(holdToken, this.holdStates.get(holdToken) ?? null);
    return this.commit(event, `release:${holdToken}`);
  }

  fact(
    token: string,
    direction: 'credit' | 'debit',
    amount: bigint,
    holdToken: string | null = null,
  ): boolean {
    return this.commit(fact(token, direction, amount, holdToken), token);
  }

  /** What was answered once is answered again and changes nothing, refusals too (I8, I10). */
  commit(event: DepositEvent, id: string): boolean {
    if (this.#answered.has(id)) return false;
    this.#answered.add(id);
    const taken = depositStep(this.state, event);
    if (taken === null) return false;
    this.state = taken.state;
    this.lastWork = taken.effects.flatMap((effect) => (effect.type === 'work' ? [effect.key] : []));
    for (const effect of taken.effects) this.#record(effect);
    return true;
  }

  #record(effect: Effect): void {
    if (effect.type !== 'record') return;
    if (effect.row === 'posting')
      this.postings.push({ account: effect.account, delta: BigInt(effect.delta) });
    if (effect.row === 'hold') this.holdStates.set(effect.token, effect.state);
    if (effect.row === 'review') this.reviews.push(effect.reason);
  }
}
