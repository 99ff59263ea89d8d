/** What a deposit refuses, and why: guard and reason in one. The order is identity, then state, then business. */
import { linkVerdict } from '../link.ts';
import { type RefusalCode, refusal } from '../refusals.ts';
import type { Verdict } from '../verdict.ts';
import {
  actionInReview,
  type Binding,
  type DepositContext,
  expectedOnChain,
  openCount,
  openLamports,
  openStakes,
  ownedIn,
  U64_MAX,
} from './context.ts';
import type {
  DebitRequested,
  DepositEvent,
  HoldExpired,
  HoldRequested,
  Limits,
  ReleaseRequested,
  ReviewResolved,
  TransferRequested,
  Unfrozen,
} from './events.ts';
import { operationsThisHour } from './holds.ts';
import { isLamports, isPositive } from './postings.ts';
import { isDrained } from './readiness.ts';
import type { looked } from './steps.ts';
import {
  feeVerdict,
  finalVerdict,
  lifeVerdict,
  takeBackVerdict,
  timeoutVerdict,
  transferVerdict,
} from './transfer-rules.ts';

/** Matches that a player can be in at a time without one of them having ended; what counts them must not grow for ever. */
const MAX_STAKES = 100;

export function depositVerdict(context: DepositContext, event: DepositEvent): Verdict {
  if (event.type === 'deposit.bind')
    return context.binding === null ? null : refusal('event_ignored', 'bound');
  if (context.binding === null) return refusal('deposit_unknown');
  switch (event.type) {
    case 'hold.request':
    case 'admission.request':
      return holdVerdict(context, event);
    case 'hold.release':
      return releaseVerdict(context, event);
    case 'hold.expire':
      return expiryVerdict(context, event);
    case 'hold.stale':
      return context.holds.some((hold) => hold.token === event.token) ? null : refusal('event_ignored');
    case 'stake.conclude':
      return isOf(context, event.binding) ? null : refusal('binding_mismatch');
    case 'chain.fact':
      // No fact: the chain shows no such amount.
      return isLamports(event.amount) ? null : refusal('invalid_request', 'amount');
    case 'debit.request':
      return debitVerdict(context, event);
    case 'withdraw.request':
      return withdrawVerdict(context, event);
    case 'deposit.request':
      return isAnothers(context, event.binding) ?? transferVerdict(context, event);
    case 'transfer.takeBack':
      return isAnothers(context, event.binding) ?? takeBackVerdict(context, event);
    case 'withdraw.fee':
      return feeVerdict(context, event);
    case 'transfer.expire':
    case 'transfer.lapse':
      return timeoutVerdict(context, event);
    case 'action.final':
      return finalVerdict(context, event);
    default:
      return lookVerdict(context, event);
  }
}

type Reports = Parameters<typeof lifeVerdict>[1];
type Looked = Parameters<typeof looked>[1] | Parameters<typeof linkVerdict>[1] | ReviewResolved | Reports;

/** What the chain, a comparison or a person says of the deposit as a whole; what is left is reported of an action. */
function lookVerdict(context: DepositContext, event: Looked): Verdict {
  switch (event.type) {
    case 'operator.unfreeze':
      return unfreezeVerdict(context, event);
    case 'operator.retry':
    case 'operator.drop':
      return resolveVerdict(context, event);
    case 'compare.clean':
      return cleanVerdict(context, event.onChain);
    case 'compare.mismatch':
      return event.breaks.length > 0 ? null : refusal('event_ignored', 'no break');
    case 'compare.inPlay':
      return isLamports(event.onChain) ? null : refusal('invalid_request', 'amount');
    case 'history.read':
    case 'compare.surplus':
    case 'treasury.mismatch':
      return null;
    case 'chain.online':
    case 'chain.degraded':
    case 'chain.down':
    case 'chain.recovering':
    case 'operator.pause':
    case 'operator.resume':
      return linkVerdict(context.link, event);
    default:
      return lifeVerdict(context, event);
  }
}

function holdVerdict(context: DepositContext, event: HoldRequested): Verdict {
  // An admission moves nothing: a wallet's player need not wait for a history that cannot be read.
  if (!context.synced && event.type === 'hold.request') return refusal('deposit_unknown');
  if (!isOf(context, event.binding)) return refusal('binding_mismatch');
  if (event.known !== null) return refusal(endedAs(event.known), 'token');
  if ([...context.holds, ...context.admissions].some((open) => open.token === event.token))
    return refusal('idempotency_conflict', 'token');
  const closed = isClosed(context);
  if (closed !== null) return closed;
  if (!isPositive(event.amount)) return refusal('invalid_request', 'amount');
  const { expiresAt } = event;
  if (expiresAt !== null && !(Number.isSafeInteger(expiresAt) && expiresAt > event.at))
    return refusal('invalid_request', 'expiresAt');
  const bounds = velocityVerdict(context, event) ?? capVerdict(context, event);
  if (bounds !== null || event.type === 'admission.request') return bounds;
  return covers(context, BigInt(event.amount));
}

/** Slow is worse than down for who pays: what is tried may land or not, and nobody knows for long. Asked again later. */
function capVerdict(context: DepositContext, event: HoldRequested): Verdict {
  if (context.link.level !== 'degraded') return null;
  const open = openStakes(context) + BigInt(event.amount);
  const cap = event.degradedMaxLamports;
  return open <= BigInt(cap) ? null : refusal('stake_capped', cap);
}

function releaseVerdict(context: DepositContext, event: ReleaseRequested): Verdict {
  if (!isOf(context, event.binding)) return refusal('binding_mismatch');
  // A release that came first is remembered; one that comes after the end of its hold is told how it ended.
  if (event.known !== null && event.known !== 'open') return refusal(endedAs(event.known));
  const hold = context.holds.find((each) => each.token === event.holdToken);
  if (hold?.expiresAt != null && event.at >= hold.expiresAt) return refusal('hold_expired');
  if (event.amount === null) return null;
  if (!isPositive(event.amount)) return refusal('invalid_request', 'amount');
  return hold !== undefined && BigInt(event.amount) > BigInt(hold.amount)
    ? refusal('amount_exceeds_hold', hold.amount)
    : null;
}

/** Never early (I6), and only of what is still held: a timer that fires after a capture does nothing. */
function expiryVerdict(context: DepositContext, event: HoldExpired): Verdict {
  const hold = context.holds.find((each) => each.token === event.token);
  return hold?.expiresAt != null && event.at >= hold.expiresAt ? null : refusal('event_ignored');
}

function debitVerdict(context: DepositContext, event: DebitRequested): Verdict {
  const closed = isClosed(context);
  if (closed !== null) return closed;
  if (!isPositive(event.amount)) return refusal('invalid_request', 'amount');
  const amount = BigInt(event.amount);
  if (event.holdToken === null) return covers(context, amount);
  const hold = context.holds.find((each) => each.token === event.holdToken);
  if (hold === undefined)
    return refusal(event.known === null || event.known === 'open' ? 'hold_unknown' : endedAs(event.known));
  if (hold.expiresAt !== null && event.at >= hold.expiresAt) return refusal('hold_expired');
  return amount > BigInt(hold.amount) ? refusal('amount_exceeds_hold', hold.amount) : null;
}

function withdrawVerdict(context: DepositContext, event: TransferRequested): Verdict {
  const stranger = isAnothers(context, event.binding);
  if (stranger !== null) return stranger;
  if (!context.synced) return refusal('deposit_unknown');
  const closed = isClosed(context);
  if (closed !== null) return closed;
  const verdict = transferVerdict(context, event);
  if (verdict !== null) return verdict;
  const debit = BigInt(event.lamports) + BigInt(event.fee);
  return debit > U64_MAX ? refusal('insufficient_funds') : covers(context, debit);
}

/** Over the limit the request is not refused here: it is recorded for a person, and the user is told. */
export function isOverLimit(context: DepositContext, event: HoldRequested | TransferRequested): boolean {
  const adds = addedBy(event);
  if (adds === null) return false;
  return (
    openCount(context) >= event.maxHolds ||
    openLamports(context) + adds > BigInt(event.maxLamports) ||
    (event.type === 'hold.request' && context.stakes.length >= MAX_STAKES)
  );
}

/** What it adds to the open lamports; a deposit only brings money in, and counts as one action. */
function addedBy(event: HoldRequested | TransferRequested): bigint | null {
  if (event.type === 'deposit.request') return 0n;
  const parts = 'amount' in event ? [event.amount] : [event.lamports, event.fee];
  return parts.every(isLamports) ? parts.reduce((total, part) => total + BigInt(part), 0n) : null;
}

export function velocityVerdict(context: DepositContext, event: Limits & { readonly at: number }): Verdict {
  return operationsThisHour(context, event.at) < event.maxPerHour ? null : refusal('velocity_exceeded');
}

/** `suspense` is paid from what is spendable, and no balance may come out of it that no u64 can hold. */
function unfreezeVerdict(context: DepositContext, { adopted }: Unfrozen): Verdict {
  const { balances, beyond, frozenFor, link } = context;
  if (frozenFor === null && link.pausedFor === null) return refusal('event_ignored', 'not frozen');
  if (adopted !== undefined) return adoptionVerdict(context, adopted);
  const change = BigInt(beyond) - BigInt(balances.suspense);
  const isCovered = BigInt(balances.available) + change >= 0n && ownedIn(balances) + change <= U64_MAX;
  return isCovered ? null : refusal('suspense_not_covered', balances.suspense);
}

/** Nothing was booked since the account was read; and what is held or on its way out is promised, whatever differs. */
function adoptionVerdict(
  { balances, slot }: DepositContext,
  adopted: NonNullable<Unfrozen['adopted']>,
): Verdict {
  if (!isLamports(adopted.onChain)) return refusal('invalid_request', 'available');
  if (adopted.slot < slot) return refusal('not_ready', 'slot');
  const promised = BigInt(balances.held) + BigInt(balances.withdrawing);
  return BigInt(adopted.onChain) < promised ? refusal('suspense_not_covered', promised.toString()) : null;
}

function resolveVerdict(context: DepositContext, event: ReviewResolved): Verdict {
  const waiting = context.actions.filter((action) => action.state === 'review');
  if (waiting.length === 0) return refusal('event_ignored', 'nothing waits for a person');
  const isEndable = waiting.some((action) => !event.outstanding.includes(action.hash));
  return event.type === 'operator.retry' || isEndable ? null : refusal('attempts_outstanding');
}

/** `online` only where the chain's figure is exactly the ledger's, the chain is healthy, and the queue has drained. */
function cleanVerdict(context: DepositContext, onChain: string): Verdict {
  if (context.link.level !== 'online') return refusal('chain_unreadable');
  if (!isDrained(context)) return refusal('not_ready', 'drain');
  const agrees = isLamports(onChain) && expectedOnChain(context) === BigInt(onChain);
  return agrees ? null : refusal('not_ready', 'balance');
}

/** Takes no new promise of money while a person has to look. */
function isClosed(context: DepositContext): Verdict {
  if (context.link.pausedFor !== null) return refusal('deposit_paused');
  if (context.frozenFor !== null) return refusal('deposit_frozen');
  return actionInReview(context) === undefined ? null : refusal('deposit_in_review');
}

function isAnothers(context: DepositContext, caller: Binding): Verdict {
  const isSame = isOf(context, caller) && context.binding?.authority === caller.authority;
  return isSame ? null : refusal('binding_mismatch');
}

function isOf({ binding }: DepositContext, caller: Binding): boolean {
  return binding?.userId === caller.userId && binding.wallet === caller.wallet;
}

function covers({ balances }: DepositContext, amount: bigint): Verdict {
  return BigInt(balances.available) < amount ? refusal('insufficient_funds', balances.available) : null;
}

/** Three codes for three ends; what is open under this token already is another operation's. */
function endedAs(known: 'open' | 'captured' | 'released' | 'expired'): RefusalCode {
  switch (known) {
    case 'captured':
      return 'hold_captured';
    case 'released':
      return 'hold_released';
    case 'expired':
      return 'hold_expired';
    default:
      return 'idempotency_conflict';
  }
}
