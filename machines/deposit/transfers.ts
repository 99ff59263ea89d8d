/**
 * Deposits and withdrawals on their way to the chain (design: sections 6 and 7). A withdrawal's money lies in
 * `withdrawing` from the commit that queues it to the fact that debits it; it goes back only when nothing that was
 * signed can land any more.
 */
import type { ActionReport, AttemptEnded } from '../actions/events.ts';
import { actionByHash, isInFlight, MAX_ATTEMPTS } from '../actions/open-action.ts';
import {
  advance,
  attemptAbsent,
  attemptReplaced,
  blocked,
  doom,
  endAction,
  endedAttempt,
  finalAttempt,
  leased,
  moved,
  offerDead,
  offered,
  openAction,
  signed,
  toReview,
  walletSigned,
} from '../actions/steps.ts';
import type { Effect } from '../effects.ts';
import type { ActionState } from '../pending-action.ts';
import { alert, andThen, nothing } from '../step.ts';
import { type DepositContext, heldFor, type Transfer, transferOf } from './context.ts';
import type {
  FeeRaised,
  ReviewResolved,
  TransferFinal,
  TransferRequested,
  TransferTakenBack,
  TransferTimedOut,
} from './events.ts';
import { counted } from './holds.ts';
import { type DepositStep, post } from './postings.ts';
import { wake } from './readiness.ts';

type TransferEvent =
  | TransferRequested
  | TransferTakenBack
  | FeeRaised
  | TransferTimedOut
  | TransferFinal
  | ReviewResolved
  | ActionReport<null>;

export function driven(context: DepositContext, event: TransferEvent): DepositStep {
  switch (event.type) {
    case 'withdraw.request':
    case 'deposit.request':
      return transferRequested(context, event);
    case 'transfer.takeBack':
      return endTransfer(context, event.hash, 'cancelled', 'its user took it back');
    case 'withdraw.fee':
      return feeRaised(context, event);
    case 'transfer.expire':
    case 'transfer.lapse':
      return timedOut(context, event);
    case 'action.final':
      return transferFinal(context, event);
    case 'operator.retry':
      return retried(context, event);
    case 'operator.drop':
      return dropped(context, event);
    default:
      return reported(context, event);
  }
}

function transferRequested(context: DepositContext, event: TransferRequested): DepositStep {
  const { action, lamports, fee } = event;
  const transfer: Transfer = {
    hash: action.hash,
    kind: event.type === 'withdraw.request' ? 'withdraw' : 'deposit',
    lamports,
    fee,
    notAfter: action.notAfter,
    lapseMs: event.walletLapseMs,
    lapseAt: null,
    isBooked: false,
  };
  const opened = openAction(counted(context, event.at), action, event.binding.userId);
  const withTransfer = { ...opened.context, transfers: [...context.transfers, transfer] };
  const held = heldFor(transfer);
  const posted = post(withTransfer, action.hash, { available: -held, withdrawing: held });
  return {
    context: posted.context,
    effects: [
      ...opened.effects,
      ...posted.effects,
      timer('expire', action.hash, action.notAfter),
      ...wake(posted.context, action.hash),
    ],
  };
}

function feeRaised(context: DepositContext, event: FeeRaised): DepositStep {
  const transfer = transferOf(context, event.hash);
  if (transfer === undefined) return nothing(context);
  const more = BigInt(event.fee) - BigInt(transfer.fee);
  const next = withTransfer(context, { ...transfer, fee: event.fee });
  return post(next, `fee:${event.hash}`, { available: -more, withdrawing: more });
}

/** What may still land is only doomed: it ends once every attempt is dead. Also what a person looks at. */
function timedOut(context: DepositContext, event: TransferTimedOut): DepositStep {
  const action = actionByHash(context, event.hash);
  if (action === undefined) return nothing(context);
  if (isInFlight(action) || action.state === 'review') return nothing(doom(context, action));
  const why = event.type === 'transfer.expire' ? 'notAfter passed' : 'no wallet has signed in time';
  return endTransfer(context, event.hash, 'expired', why);
}

function reported(context: DepositContext, event: ActionReport<null>): DepositStep {
  switch (event.type) {
    case 'action.leased':
      return leased(context, event);
    case 'action.offered':
      return andThen(offered(context, event), (now) => startClock(now, event.hash, event.at));
    case 'wallet.signed':
      return andThen(walletSigned(context, event), (now) => stopClock(now, event.hash));
    case 'offer.dead':
      return offerDead(context, event);
    case 'action.signed':
      return signed(context, event);
    case 'action.sent':
    case 'action.landed':
    case 'action.dropped':
      return moved(context, event);
    case 'attempt.absent':
      return attemptAbsent(context, event);
    case 'attempt.replaced':
      return attemptReplaced(context, event);
    case 'attempt.dead':
    case 'attempt.failed':
      return attemptEnded(context, event);
    case 'action.refused':
      return endTransfer(context, event.hash, 'failed', event.code);
    case 'action.review':
      return forReview(context, event.hash, event.reason);
    case 'action.blocked':
      return blocked(context, event);
  }
}

/** The fact has moved the money already, whoever saw it first. */
function transferFinal(context: DepositContext, event: TransferFinal): DepositStep {
  const ended = endTransfer(context, event.hash, 'final', event.signature);
  return { context: ended.context, effects: [finalAttempt(event.signature), ...ended.effects] };
}

/** A person has looked: what was signed is followed to its end, what was not is tried anew. */
function retried(context: DepositContext, event: ReviewResolved): DepositStep {
  return eachInReview(context, (now, hash, isDoomed) => {
    const isOutstanding = event.outstanding.includes(hash);
    if (isDoomed && !isOutstanding) return endTransfer(now, hash, 'expired', event.reason);
    return andThen(advance(now, hash, isOutstanding ? 'sent' : 'queued'), (next) => ({
      context: next,
      effects: wake(next, hash),
    }));
  });
}

/** Only what can no longer land: the rest waits until that is proved. */
function dropped(context: DepositContext, event: ReviewResolved): DepositStep {
  return eachInReview(context, (now, hash) =>
    event.outstanding.includes(hash) ? nothing(now) : endTransfer(now, hash, 'cancelled', event.reason),
  );
}

/** While the chain cannot take it, nobody's wallet is late (design: section 6). */
export function stopClocks(context: DepositContext): DepositStep {
  return context.transfers.reduce<DepositStep>(
    (step, { hash }) => andThen(step, (now) => stopClock(now, hash)),
    nothing(context),
  );
}

/** No effect came of it, and none can: now, and only now, may a new signature be made or the money be given back. */
function attemptEnded(context: DepositContext, event: AttemptEnded): DepositStep {
  const { hash, detail } = event;
  const action = actionByHash(context, hash);
  const ended: DepositStep = { context, effects: [endedAttempt(event)] };
  // Of what a person looks at, only that person ends more than its attempts.
  if (action === undefined || action.state === 'review') return ended;
  if (event.ownFault) return andThen(ended, (now) => endTransfer(now, hash, 'failed', detail));
  if (action.doomed) return andThen(ended, (now) => endTransfer(now, hash, 'expired', detail));
  if (event.isHopeless === true || action.attempts >= MAX_ATTEMPTS)
    return andThen(ended, (now) => forReview(now, hash, detail));
  const again = andThen(ended, (now) => advance(now, hash, 'queued'));
  if (event.type === 'attempt.dead') return again;
  // Nobody's fault (program paused, treasury changed): it stays queued, and a person is told.
  return { ...again, effects: [...again.effects, alert('action_refused', hash, 'warning', detail)] };
}

function forReview(context: DepositContext, hash: string, reason: string): DepositStep {
  const action = actionByHash(context, hash);
  return action === undefined ? nothing(context) : toReview(context, action, reason);
}

/** Ends the action, and gives back what is still held for it: nothing where the chain has taken it. */
function endTransfer(context: DepositContext, hash: string, state: ActionState, detail: string): DepositStep {
  const transfer = transferOf(context, hash);
  if (transfer === undefined) return nothing(context);
  const held = heldFor(transfer);
  const timers = [
    timer('expire', hash, null),
    ...(transfer.lapseAt === null ? [] : [timer('lapse', hash, null)]),
  ];
  const posted = post(context, `return:${hash}`, { withdrawing: -held, available: held });
  const transfers = context.transfers.filter((each) => each.hash !== hash);
  // Whoever ends it, and why: what the chain has shown is what its owner is told.
  const became = transfer.isBooked ? 'final' : state;
  const ended = endAction({ ...posted.context, transfers }, hash, became, detail);
  return { context: ended.context, effects: [...posted.effects, ...ended.effects, ...timers] };
}

function eachInReview(
  context: DepositContext,
  step: (now: DepositContext, hash: string, isDoomed: boolean) => DepositStep,
): DepositStep {
  return context.actions
    .filter((action) => action.state === 'review')
    .reduce<DepositStep>(
      (done, { hash, doomed }) => andThen(done, (now) => step(now, hash, doomed)),
      nothing(context),
    );
}

/** It runs from the first offer that the chain could take, over those that die unsigned. */
function startClock(context: DepositContext, hash: string, at: number): DepositStep {
  const transfer = transferOf(context, hash);
  if (transfer === undefined || transfer.lapseAt !== null) return nothing(context);
  const lapseAt = at + transfer.lapseMs;
  return {
    context: withTransfer(context, { ...transfer, lapseAt }),
    effects: [timer('lapse', hash, lapseAt)],
  };
}

function stopClock(context: DepositContext, hash: string): DepositStep {
  const transfer = transferOf(context, hash);
  if (transfer === undefined || transfer.lapseAt === null) return nothing(context);
  return {
    context: withTransfer(context, { ...transfer, lapseAt: null }),
    effects: [timer('lapse', hash, null)],
  };
}

function withTransfer(context: DepositContext, changed: Transfer): DepositContext {
  const transfers = context.transfers.map((each) => (each.hash === changed.hash ? changed : each));
  return { ...context, transfers };
}

function timer(what: 'expire' | 'lapse', hash: string, at: number | null): Effect {
  return { type: 'timer', name: `${what}:${hash}`, at, event: { type: `transfer.${what}`, hash } };
}
