/** What is refused of deposits and withdrawals, and of what is reported of them. */

import type { ActionReport } from '../actions/events.ts';
import { actionByHash, isInFlight, mayBeReported } from '../actions/open-action.ts';
import { reportVerdict, signingVerdict } from '../actions/rules.ts';
import { mayHaveForgotten } from '../link.ts';
import { isSealed } from '../pending-action.ts';
import { refusal } from '../refusals.ts';
import { first, unless, type Verdict } from '../verdict.ts';
import { type DepositContext, transferOf } from './context.ts';
import type {
  FeeRaised,
  TransferFinal,
  TransferRequested,
  TransferTakenBack,
  TransferTimedOut,
} from './events.ts';
import { operationsThisHour } from './holds.ts';
import { isLamports, isPositive } from './postings.ts';
import { isReady } from './readiness.ts';

/** What holds for both directions; a deposit is taken while a person has to look too: it may be what is missing. */
export function transferVerdict(context: DepositContext, event: TransferRequested): Verdict {
  const { action } = event;
  if (context.link.pausedFor !== null) return refusal('deposit_paused');
  const kind = event.type === 'withdraw.request' ? 'withdraw' : 'deposit';
  if (action.kind !== kind || !isSealed(action)) return refusal('action_hash_mismatch');
  if (!isPositive(event.lamports)) return refusal('invalid_request', 'lamports');
  if (!isLamports(event.fee)) return refusal('invalid_request', 'fee');
  if (!(action.notAfter > event.at && action.notAfter <= event.at + event.maxNotAfterMs))
    return refusal('not_after_out_of_range');
  // The same action under two names of its client would be one effect on the chain.
  if (actionByHash(context, action.hash) !== undefined) return refusal('idempotency_conflict', 'action');
  return operationsThisHour(context, event.at) < event.maxPerHour ? null : refusal('velocity_exceeded');
}

/** Before anything is signed, and only upwards: what is held too much comes back when the fact is booked. */
export function feeVerdict(context: DepositContext, event: FeeRaised): Verdict {
  const transfer = transferOf(context, event.hash);
  const action = actionByHash(context, event.hash);
  if (transfer?.kind !== 'withdraw' || transfer.isBooked || action === undefined)
    return refusal('event_ignored');
  if (isInFlight(action) || action.state === 'review') return refusal('event_ignored', 'signed already');
  if (!isLamports(event.fee)) return refusal('invalid_request', 'fee');
  const more = BigInt(event.fee) - BigInt(transfer.fee);
  if (more <= 0n) return refusal('event_ignored', 'not raised');
  const { available } = context.balances;
  return BigInt(available) < more ? refusal('insufficient_funds', available) : null;
}

export function timeoutVerdict(context: DepositContext, event: TransferTimedOut): Verdict {
  const action = actionByHash(context, event.hash);
  const transfer = transferOf(context, event.hash);
  if (action === undefined || transfer === undefined || action.doomed) return refusal('event_ignored');
  // What a restore has forgotten to have signed may land.
  if (mayHaveForgotten(context.link)) return refusal('deposit_paused');
  if (event.type === 'transfer.expire')
    return event.at >= transfer.notAfter ? null : refusal('event_ignored', 'not yet');
  const isLate = transfer.lapseAt !== null && event.at >= transfer.lapseAt;
  const isUnsigned = !isInFlight(action) && action.state !== 'review';
  return isLate && isUnsigned ? null : refusal('event_ignored');
}

/**
 * Only while nothing of it is signed by all: then it ends at once, and for certain (decision 0012). A frozen deposit's
 * user may: nothing leaves it. A paused one may have forgotten what it signed.
 */
export function takeBackVerdict(context: DepositContext, { hash, ended }: TransferTakenBack): Verdict {
  const action = actionByHash(context, hash);
  const transfer = transferOf(context, hash);
  if (action === undefined || transfer === undefined)
    return ended === null ? refusal('action_not_found') : refusal('action_ended', ended);
  if (action.state === 'review') return refusal('deposit_in_review');
  if (isInFlight(action) || transfer.isBooked) return refusal('attempts_outstanding');
  return context.link.pausedFor === null ? null : refusal('deposit_paused');
}

/** Its facts come first: an action that is final with money still held for it would never give it back. */
export function finalVerdict(context: DepositContext, event: TransferFinal): Verdict {
  if (!mayBeReported(actionByHash(context, event.hash), event.type)) return refusal('event_ignored');
  return transferOf(context, event.hash)?.isBooked === true ? null : refusal('not_ready', 'fact');
}

/** What is reported of a deposit or a withdrawal. */
export function lifeVerdict(context: DepositContext, event: ActionReport<null>): Verdict {
  if (event.type !== 'action.signed' && event.type !== 'action.offered') return reportVerdict(context, event);
  const action = actionByHash(context, event.hash);
  return first(
    () => signingVerdict(context, event, 'deposit_paused'),
    () => unless(action !== undefined && isReady(context, action), 'not_ready', 'frozen'),
    // The chain has shown its effect: a second signature could only be a second one.
    () => unless(transferOf(context, event.hash)?.isBooked === false, 'event_ignored', 'booked'),
  );
}
