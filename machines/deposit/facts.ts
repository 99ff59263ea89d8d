/**
 * Facts of the chain: never refused (design: section 7). What the ledger cannot explain is booked all the same, and a
 * person is asked.
 */
import type { Effect } from '../effects.ts';
import { alert } from '../step.ts';
import {
  type DepositContext,
  heldFor,
  type OpenHold,
  ownedIn,
  type Stake,
  type Transfer,
  transferOf,
  U64_MAX,
} from './context.ts';
import type { DebitRequested, FactSeen } from './events.ts';
import { expiryTimer, holdRecord } from './holds.ts';
import { type DepositStep, post } from './postings.ts';

export function factSeen(context: DepositContext, event: FactSeen): DepositStep {
  const seen = { ...context, slot: Math.max(context.slot, event.slot) };
  return event.direction === 'credit' ? credited(seen, event) : debited(seen, event);
}

/** The same movements as a fact's; the rules have seen to it that hold or balance cover it. */
export function debitTaken(context: DepositContext, event: DebitRequested): DepositStep {
  return debited(context, event);
}

function credited(context: DepositContext, event: FactSeen): DepositStep {
  const amount = BigInt(event.amount);
  const room = U64_MAX - ownedIn(context.balances);
  const booked = amount < room ? amount : room;
  const deposit = transferOf(context, event.holdToken);
  // Only custody can sign a deposit_sol for this account; any other credit may carry anybody's memo.
  const settled =
    deposit?.kind === 'deposit' && event.ref === 'deposit_sol' ? withBooked(context, deposit) : context;
  const posted = post(settled, event.token, { chain: -booked, available: booked });
  return overflowing(posted, amount - booked, event.token);
}

/** What a debit captures: a hold, or what lies in `withdrawing` for a withdrawal. */
interface Source {
  readonly account: 'held' | 'withdrawing';
  readonly amount: bigint;
  readonly hold?: OpenHold;
  readonly transfer?: Transfer;
}

function sourceOf(context: DepositContext, holdToken: string | null): Source {
  const hold = context.holds.find((each) => each.token === holdToken);
  if (hold !== undefined) return { account: 'held', amount: BigInt(hold.amount), hold };
  const transfer = transferOf(context, holdToken);
  return transfer?.kind === 'withdraw'
    ? { account: 'withdrawing', amount: heldFor(transfer), transfer }
    : { account: 'held', amount: 0n };
}

/**
 * The chain took `amount`. What is held under the transaction's memo is captured, what it holds too much goes back; what
 * that does not cover is taken from `available`; what that does not cover either goes to `suspense`, and freezes the
 * deposit.
 */
function debited(
  context: DepositContext,
  event: Pick<FactSeen, 'token' | 'amount' | 'holdToken'>,
): DepositStep {
  const amount = BigInt(event.amount);
  const source = sourceOf(context, event.holdToken);
  const captured = lesser(source.amount, amount);
  const freed = source.amount - captured;
  const fromAvailable = lesser(amount - captured, BigInt(context.balances.available) + freed);
  const uncovered = amount - captured - fromAvailable;
  const owed = lesser(uncovered, U64_MAX - BigInt(context.balances.suspense));
  const posted = post(context, event.token, {
    chain: captured + fromAvailable + owed,
    [source.account]: -source.amount,
    available: freed - fromAvailable,
    suspense: -owed,
  });
  const ended = ending(posted, source, captured, event.amount);
  const booked =
    owed === 0n ? ended : frozen(ended, `the chain took ${owed} lamports that no balance covers`);
  return overflowing(booked, owed - uncovered, event.token);
}

function ending(step: DepositStep, source: Source, captured: bigint, stake: string): DepositStep {
  const { hold, transfer } = source;
  if (transfer !== undefined) return { context: withBooked(step.context, transfer), effects: step.effects };
  if (hold === undefined) return step;
  const { token, matchId } = hold;
  const holds = step.context.holds.filter((each) => each.token !== token);
  const played: Stake[] = hold.isConcluded ? [] : [{ token, amount: stake, matchId }];
  const timer = hold.expiresAt === null ? [] : [expiryTimer(token, null)];
  return {
    context: { ...step.context, holds, stakes: [...step.context.stakes, ...played] },
    effects: [...step.effects, holdRecord(token, 'captured', captured.toString(), matchId), ...timer],
  };
}

function withBooked(context: DepositContext, booked: Transfer): DepositContext {
  const transfers = context.transfers.map((each) =>
    each.hash === booked.hash ? { ...each, isBooked: true } : each,
  );
  return { ...context, transfers };
}

/** No u64 holds it, and the chain's own figures are u64: whoever told it is wrong, but it is not forgotten. */
function overflowing(step: DepositStep, beyond: bigint, token: string): DepositStep {
  if (beyond === 0n) return step;
  const context = { ...step.context, beyond: (BigInt(step.context.beyond) + beyond).toString() };
  return frozen({ ...step, context }, `${token} tells of ${beyond} lamports beyond any balance`);
}

function frozen(step: DepositStep, reason: string): DepositStep {
  const entity = step.context.binding?.authority ?? '';
  const effects: Effect[] = [
    { type: 'record', row: 'review', entity, reason },
    alert('suspense', entity, 'critical', reason),
  ];
  return { context: { ...step.context, frozenFor: reason }, effects: [...step.effects, ...effects] };
}

function lesser(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
