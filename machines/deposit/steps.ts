/**
 * The ledger: double entry, append-only, in lamports. Every step posts as much to one account as it takes from others,
 * so that the five accounts always sum to 0 (I1), and the balances are a fold of the postings (I3).
 */
import type { Effect, LedgerAccount } from '../effects.ts';
import { alert, directoryWork, foundBreak, nothing, type Step } from '../step.ts';
import type { Balances, DepositContext } from './context.ts';
import type { BreakFound, DepositEvent, FactSeen, HoldRequested, ReleaseRequested } from './events.ts';
import { isOverLimit } from './rules.ts';

export type DepositStep = Step<DepositContext>;

/** Movements of one operation, by account; they sum to 0. */
type Movements = { readonly [account in LedgerAccount]?: bigint };

export function bound(
  context: DepositContext,
  event: Extract<DepositEvent, { type: 'deposit.bind' }>,
): DepositStep {
  const { level, healthEpoch } = event.verdict;
  const link = { ...context.link, level, epoch: healthEpoch };
  return { context: { ...context, binding: event.binding, link }, effects: [directoryWork] };
}

export function holdRequested(context: DepositContext, event: HoldRequested): DepositStep {
  if (isOverLimit(context, event)) return nothing(context);
  const { token, amount, matchId } = event;
  const hold = { token, amount, matchId, since: event.at };
  const posted = post(context, token, { available: -BigInt(amount), held: BigInt(amount) });
  return {
    context: { ...posted.context, holds: [...context.holds, hold] },
    effects: [
      ...posted.effects,
      { type: 'record', row: 'hold', token, state: 'open', amount, matchId },
      ...attention(context, 1),
    ],
  };
}

/** More than a user may have open: nothing is held, a person is asked (I18: every overflow has a review record). */
export function overLimit(context: DepositContext, event: HoldRequested): DepositStep {
  const reason = `hold of ${event.amount} lamports for match ${event.matchId} is over the user's limit`;
  return { context, effects: [{ type: 'record', row: 'review', entity: event.token, reason }] };
}

/** Also of a hold that was never made: it is remembered, and a hold that comes later is refused. */
export function released(context: DepositContext, event: ReleaseRequested): DepositStep {
  const hold = context.holds.find((each) => each.token === event.holdToken);
  const amount = hold?.amount ?? '0';
  const row: Effect = {
    type: 'record',
    row: 'hold',
    token: event.holdToken,
    state: 'released',
    amount,
    matchId: event.matchId,
  };
  if (hold === undefined) return { context, effects: [row] };
  const posted = post(context, event.token, { held: -BigInt(amount), available: BigInt(amount) });
  return {
    context: without(posted.context, hold.token),
    effects: [...posted.effects, row, ...attention(context, -1)],
  };
}

export function factSeen(context: DepositContext, event: FactSeen): DepositStep {
  const amount = BigInt(event.amount);
  const seen = { ...context, slot: Math.max(context.slot, event.slot) };
  return event.direction === 'credit'
    ? post(seen, event.token, { chain: -amount, available: amount })
    : debited(seen, event, amount);
}

/**
 * The chain took `amount`. An open hold with the transaction's memo is captured, what it holds too much goes back; what
 * no hold covers is taken from `available`; what that does not cover either goes to `suspense`, and freezes the deposit.
 */
function debited(context: DepositContext, event: FactSeen, amount: bigint): DepositStep {
  const hold = context.holds.find((each) => each.token === event.holdToken);
  const held = BigInt(hold?.amount ?? '0');
  const captured = held < amount ? held : amount;
  const freed = held - captured;
  const rest = amount - captured;
  const spendable = BigInt(context.balances.available) + freed;
  const fromAvailable = rest < spendable ? rest : spendable;
  const uncovered = rest - fromAvailable;
  const posted = post(context, event.token, {
    chain: amount,
    held: -held,
    available: freed - fromAvailable,
    suspense: -uncovered,
  });
  const row: Effect[] =
    hold === undefined
      ? []
      : [
          {
            type: 'record',
            row: 'hold',
            token: hold.token,
            state: 'captured',
            amount: captured.toString(),
            matchId: hold.matchId,
          },
          ...attention(context, -1),
        ];
  const booked = { context: without(posted.context, event.holdToken), effects: [...posted.effects, ...row] };
  return uncovered === 0n
    ? booked
    : frozen(booked, `the chain took ${uncovered} lamports that no balance covers`);
}

export function breakFound(context: DepositContext, event: BreakFound): DepositStep {
  const entity = context.binding?.authority ?? '';
  const classes = [...new Set(event.breaks.map((found) => found.class))].join(', ');
  const text = `${classes}: ${event.breaks.map((found) => found.detail).join('; ')} (slot ${event.slot})`;
  const rows = event.breaks.map((found) => foundBreak(found.class, entity, found.detail));
  const link = { ...context.link, pausedFor: classes };
  return {
    context: { ...context, link, frozenFor: classes },
    effects: [...rows, alert(`break:${classes}`, entity, 'critical', text)],
  };
}

export function surplusSeen(context: DepositContext, slot: number, lamports: string): DepositStep {
  const entity = context.binding?.authority ?? '';
  const detail = `${lamports} lamports beyond what is owed, at slot ${slot}`;
  return {
    context,
    effects: [foundBreak('surplus', entity, detail), alert('surplus', entity, 'warning', detail)],
  };
}

function frozen(step: DepositStep, reason: string): DepositStep {
  const entity = step.context.binding?.authority ?? '';
  const effects: Effect[] = [
    { type: 'record', row: 'review', entity, reason },
    alert('suspense', entity, 'critical', reason),
  ];
  return { context: { ...step.context, frozenFor: reason }, effects: [...step.effects, ...effects] };
}

/** A deposit with open holds is told of verdicts and reconciled; the directory is told when the first comes or the last goes. */
function attention(context: DepositContext, change: 1 | -1): Effect[] {
  const before = context.holds.length;
  const after = before + change;
  return before === 0 || after === 0 ? [directoryWork] : [];
}

/** Posts the movements, and folds them into the balances. `suspense` shows what is owed, so it is posted negative. */
function post(context: DepositContext, token: string, movements: Movements): DepositStep {
  const effects: Effect[] = [];
  let { balances } = context;
  for (const account of ACCOUNTS) {
    const delta = movements[account] ?? 0n;
    if (delta === 0n) continue;
    effects.push({ type: 'record', row: 'posting', token, account, delta: delta.toString() });
    balances = folded(balances, account, delta);
  }
  return { context: { ...context, balances }, effects };
}

const ACCOUNTS: readonly LedgerAccount[] = ['chain', 'available', 'held', 'withdrawing', 'suspense'];

/** One posting folded into the balances; the same fold that a recomputation from the rows makes. */
export function folded(balances: Balances, account: LedgerAccount, delta: bigint): Balances {
  if (account === 'chain') return balances;
  const change = account === 'suspense' ? -delta : delta;
  return { ...balances, [account]: (BigInt(balances[account]) + change).toString() };
}

function without(context: DepositContext, token: string | null): DepositContext {
  return { ...context, holds: context.holds.filter((each) => each.token !== token) };
}
