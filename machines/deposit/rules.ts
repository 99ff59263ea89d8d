/** What a deposit refuses, and why: guard and reason in one. The order is identity, then state, then business. */
import { linkVerdict } from '../link.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { type DepositContext, expectedOnChain } from './context.ts';
import type { DepositEvent, HoldRequested, ReleaseRequested } from './events.ts';

export function depositVerdict(context: DepositContext, event: DepositEvent): Refusal | null {
  switch (event.type) {
    case 'deposit.bind':
      return context.binding === null ? null : refusal('event_ignored', 'bound');
    case 'hold.request':
      return holdVerdict(context, event);
    case 'hold.release':
      return releaseVerdict(context, event);
    case 'chain.fact':
      if (context.binding === null) return refusal('deposit_unknown');
      // No fact: the chain shows no such amount.
      return isLamports(event.amount) ? null : refusal('invalid_request', 'amount');
    case 'history.read':
    case 'compare.surplus':
      return context.binding === null ? refusal('deposit_unknown') : null;
    case 'compare.clean':
      return cleanVerdict(context, event.onChain);
    case 'compare.mismatch':
      if (context.binding === null) return refusal('deposit_unknown');
      return event.breaks.length > 0 ? null : refusal('event_ignored', 'no break');
    default:
      return context.binding === null ? refusal('deposit_unknown') : linkVerdict(context.link, event);
  }
}

function holdVerdict(context: DepositContext, event: HoldRequested): Refusal | null {
  const { binding, balances, link } = context;
  if (binding === null || !context.synced) return refusal('deposit_unknown');
  if (binding.userId !== event.binding.userId || binding.wallet !== event.binding.wallet)
    return refusal('binding_mismatch');
  // A release that came first: its match has given up on this hold (design: section 6, A PLATFORM join).
  if (event.known === 'released') return refusal('hold_released');
  if (event.known !== null) return refusal(event.known === 'expired' ? 'hold_expired' : 'hold_captured');
  if (link.pausedFor !== null) return refusal('deposit_paused');
  if (context.frozenFor !== null) return refusal('deposit_frozen');
  if (!isLamports(event.amount) || event.amount === '0') return refusal('invalid_request', 'amount');
  if (BigInt(balances.available) < BigInt(event.amount))
    return refusal('insufficient_funds', balances.available);
  return null;
}

/** Over the limit the request is not refused here: it is recorded for a person, and the user is told. */
export function isOverLimit(context: DepositContext, event: HoldRequested): boolean {
  if (!isLamports(event.amount)) return false;
  const open = BigInt(context.balances.held) + BigInt(context.balances.withdrawing) + BigInt(event.amount);
  return context.holds.length >= event.maxHolds || open > BigInt(event.maxLamports);
}

function releaseVerdict(context: DepositContext, event: ReleaseRequested): Refusal | null {
  const { binding } = context;
  if (binding !== null && binding.userId !== event.binding.userId) return refusal('binding_mismatch');
  switch (event.known) {
    case 'captured':
      return refusal('hold_captured');
    case 'released':
      return refusal('hold_released');
    case 'expired':
      return refusal('hold_expired');
    default:
      return null;
  }
}

/** `online` only where the chain's figure is exactly the ledger's, and the chain is healthy. */
function cleanVerdict(context: DepositContext, onChain: string): Refusal | null {
  if (context.link.level !== 'online') return refusal('chain_unreadable');
  const agrees = isLamports(onChain) && expectedOnChain(context.balances) === BigInt(onChain);
  return agrees ? null : refusal('not_ready', 'balance');
}

/** An amount as every part of the mirror writes it: u64 as decimal text, in one spelling only (I2). */
function isLamports(text: string): boolean {
  return /^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < 2n ** 64n;
}
