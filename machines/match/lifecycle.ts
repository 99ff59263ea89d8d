/** What the life of an open action does to the match: signed, sent, landed, final, dead (design: section 6). */
import type {
  ActionMoved,
  ActionOffered,
  ActionRefused,
  ActionSigned,
  AttemptEnded,
} from '../actions/events.ts';
import {
  actionByHash,
  driveWork,
  MAX_ATTEMPTS,
  type OpenAction,
  openActionOf,
} from '../actions/open-action.ts';
import * as life from '../actions/steps.ts';
import type { Effect } from '../effects.ts';
import { alert, andThen, directoryWork, nothing } from '../step.ts';
import { bookRefund, carryOn, credit, PAYING } from './cancellation.ts';
import {
  type ChainFacts,
  isPaidOut,
  isWalletSigned,
  type MatchContext,
  type Seat,
  seatByHash,
  seatOf,
  totalEntry,
} from './context.ts';
import type { ActionFinal, MatchReport, SettlementFigures } from './events.ts';
import { callForStake, leavesStake } from './late-stake.ts';
import { wakeReady } from './readiness.ts';
import {
  conclude,
  freeSeat,
  lapse,
  type MatchStep,
  message,
  noTimers,
  release,
  seatStateFor,
  withSeat,
} from './seats.ts';
import { settleDrain } from './steps.ts';

type Figures = SettlementFigures | null;

export function reported(context: MatchContext, event: MatchReport): MatchStep {
  switch (event.type) {
    case 'action.leased':
      return life.leased(context, event);
    case 'action.offered':
      return offered(context, event);
    case 'wallet.signed':
      return life.walletSigned(context, event);
    case 'offer.dead':
      return seatFollows(life.offerDead(context, event), event.hash);
    case 'action.signed':
      return signed(context, event);
    case 'action.sent':
    case 'action.landed':
    case 'action.dropped':
      return moved(context, event);
    case 'attempt.absent':
      return life.attemptAbsent(context, event);
    case 'attempt.dead':
    case 'attempt.failed':
      return attemptEnded(context, event);
    case 'attempt.replaced':
      return seatFollows(life.attemptReplaced(context, event), event.hash);
    case 'action.refused':
      return refused(context, event);
    case 'action.review':
      return toReview(context, event.hash, event.reason);
    case 'action.blocked':
      return life.blocked(context, event);
  }
}

/** `distribute` follows its `end` as soon as that is confirmed (design: section 4). */
function moved(context: MatchContext, event: ActionMoved): MatchStep {
  const step = seatFollows(life.moved(context, event), event.hash);
  const next = openActionOf(step.context, 'distribute');
  const isEnded = event.type === 'action.landed' && actionByHash(context, event.hash)?.kind === 'end';
  return isEnded && next !== undefined
    ? { ...step, effects: [...step.effects, driveWork(next.hash, 0)] }
    : step;
}

/** The wallet has its time from the first offer on; later offers do not prolong it. The drain does not wait for it. */
function offered(context: MatchContext, event: ActionOffered<Figures>): MatchStep {
  const step = settleDrain(seatFollows(life.offered(context, event), event.hash));
  const seat = seatByHash(step.context, event.hash);
  if (seat === undefined || seat.lapsesAt !== null || context.terms === null) return step;
  const lapsesAt = event.at + context.terms.timeouts.walletLapseMs;
  return {
    context: withSeat(step.context, { ...seat, lapsesAt }),
    effects: [...step.effects, lapse(seat, lapsesAt)],
  };
}

function signed(context: MatchContext, event: ActionSigned<Figures>): MatchStep {
  const priced = withFigures(context, event.figures);
  return seatFollows(life.signed(priced, event), event.hash);
}

/** What was signed is what is booked, once it is final. */
function withFigures(context: MatchContext, figures: Figures): MatchContext {
  const { result, cancellation } = context;
  if (figures?.kind === 'prizes' && result !== null)
    return { ...context, result: { ...result, prizes: figures.prizes } };
  if (figures?.kind === 'refunds' && cancellation !== null)
    return { ...context, cancellation: { ...cancellation, refunds: figures.refunds } };
  return context;
}

function seatFollows(step: MatchStep, hash: string): MatchStep {
  const action = actionByHash(step.context, hash);
  const seat = seatByHash(step.context, hash);
  if (action === undefined || seat === undefined) return step;
  const state = seatStateFor(action.state, seat.state);
  return { ...step, context: withSeat(step.context, { ...seat, state }) };
}

/** No effect came of it, and none can: now, and only now, may a new signature be made or the money be given back. */
function attemptEnded(context: MatchContext, event: AttemptEnded): MatchStep {
  const action = actionByHash(context, event.hash);
  const ended: MatchStep = { context, effects: [life.endedAttempt(event)] };
  // Of what a person looks at, only that person ends more than its attempts.
  if (action === undefined || action.state === 'review') return ended;
  const seat = seatByHash(context, event.hash);
  if (seat !== undefined && losesSeat(context, action, event)) {
    const doomedAs = context.cancellation === null ? 'expired' : 'cancelled';
    const as = action.doomed ? doomedAs : 'failed';
    return carryOn(settleDrain(andThen(ended, (now) => freeSeat(now, seat, as, event.detail))));
  }
  if (isUnwanted(context, action)) {
    return carryOn(
      settleDrain(andThen(ended, (now) => life.endAction(now, event.hash, 'cancelled', event.detail))),
    );
  }
  if (needsPerson(context, action, event))
    return settleDrain(andThen(ended, (now) => life.toReview(now, action, event.detail)));
  const again = seatFollows(
    andThen(ended, (now) => life.advance(now, event.hash, 'queued')),
    event.hash,
  );
  if (event.type === 'attempt.dead') return again;
  // Nobody's fault (program paused, fee payer empty, registry changed): it stays queued, and a person is told.
  return {
    ...again,
    effects: [...again.effects, alert('action_refused', event.hash, 'warning', event.detail)],
  };
}

/**
 * The join ends with this attempt, and nobody is needed: it is past its time, or the player could not pay. So too where a
 * wallet's tries are used up: it pays for them itself, and can keep them from landing, so that it would else stop the
 * others' match. A played seat ends so only where a person has called the match off.
 */
function losesSeat(context: MatchContext, action: OpenAction, event: AttemptEnded): boolean {
  const seat = seatByHash(context, action.hash);
  if (seat === undefined || (seat.played && context.cancellation === null)) return false;
  const isUsedUp = isWalletSigned(seat) && (event.isHopeless === true || action.attempts >= MAX_ATTEMPTS);
  return action.doomed || event.ownFault || isUsedUp;
}

/** The match was called off meanwhile, or somebody else paid the escrow out: what it was for is not wanted any more. */
function isUnwanted(context: MatchContext, action: OpenAction): boolean {
  if (seatByHash(context, action.hash) !== undefined) return false;
  return action.doomed || (isPaidOut(context) && PAYING.includes(action.kind));
}

/** True where the machine has to leave for `review`: a seat that is being played cannot land, or tries have run out. */
export function needsPerson(context: MatchContext, action: OpenAction, event: AttemptEnded): boolean {
  if (action.state === 'review') return false;
  const seat = seatByHash(context, action.hash);
  if (losesSeat(context, action, event) || isUnwanted(context, action)) return false;
  const isPlayedOut = seat?.played === true && event.ownFault;
  return isPlayedOut || event.isHopeless === true || action.attempts >= MAX_ATTEMPTS;
}

/** Only of a seat that is not played yet: what cannot be carried out else waits for a person (design: section 3, rule 5). */
export function refusalNeedsPerson(context: MatchContext, hash: string): boolean {
  return seatByHash(context, hash)?.played !== false;
}

/** The player's own doing, before anything was signed: their seat goes, everybody else's match goes on. */
function refused(context: MatchContext, { hash, code, detail }: ActionRefused): MatchStep {
  const seat = seatByHash(context, hash);
  return seat === undefined || refusalNeedsPerson(context, hash)
    ? toReview(context, hash, `${code}: ${detail}`)
    : carryOn(settleDrain(freeSeat(context, seat, 'failed', `${code}: ${detail}`)));
}

function toReview(context: MatchContext, hash: string, reason: string): MatchStep {
  const action = actionByHash(context, hash);
  return action === undefined ? nothing(context) : settleDrain(life.toReview(context, action, reason));
}

export function actionFinal(context: MatchContext, event: ActionFinal): MatchStep {
  const action = actionByHash(context, event.hash);
  if (action === undefined) return nothing(context);
  const facts = { ...context.facts, slot: Math.max(context.facts.slot, event.slot) };
  const booked = book({ ...context, facts }, action, event);
  const ended = andThen(booked, (now) => life.endAction(now, event.hash, 'final', event.signature));
  const woken: MatchStep = {
    context: ended.context,
    effects: [
      life.finalAttempt(event.signature),
      ...ended.effects,
      ...(ended.context.cancellation === null ? wakeReady(ended.context) : []),
      ...(isSettled(ended.context) ? [directoryWork] : []),
    ],
  };
  return carryOn(settleDrain(leavesStake(context, event) ? callForStake(woken, event) : woken));
}

function book(context: MatchContext, action: OpenAction, event: ActionFinal): MatchStep {
  const { facts } = context;
  switch (action.kind) {
    case 'create':
      return nothing({ ...context, facts: { ...facts, createdAt: event.createdAt } });
    case 'join':
      return bookJoin(context, event);
    case 'start':
      return nothing({ ...context, facts: { ...facts, phase: 1 } });
    case 'end':
      return bookEnd(context, event);
    case 'distribute':
      return bookPrizes(context, event);
    case 'refund':
      return bookRefund(context, event);
    default:
      return nothing(context);
  }
}

/** The deposit books what it paid; a wallet's join only stops counting against its user's limits. */
function bookJoin(context: MatchContext, event: ActionFinal): MatchStep {
  const seat = seatByHash(context, event.hash);
  if (seat === undefined || context.terms === null) return nothing(context);
  const late = context.facts.refunded !== null && event.hasStake === true;
  const final: Seat = {
    ...seat,
    state: 'final',
    index: event.seatIndex,
    ...(late && { owed: true }),
  };
  const stake = totalEntry(context.terms, 1).toString();
  const told = seat.payer === 'wallet' ? release(context, seat) : debit(final, event, stake);
  return { context: withSeat(context, final), effects: [told, ...noTimers(seat)] };
}

/** A fact of the chain for the user's ledger; its token is the same whoever reports it (formats: Names). */
function debit(seat: Seat, event: ActionFinal, amount: string): Effect {
  const token = `chain:${event.signature}:${event.instruction}:0`;
  return message('fact', seat, {
    token,
    direction: 'debit',
    amount,
    holdToken: event.hash,
    ref: 'join',
    slot: event.slot,
  });
}

/** The prizes are paid, and nothing is under way: `distribute` may be seen to be final before its `end` is. */
export function isSettled({ facts, actions }: MatchContext): boolean {
  return facts.distributed && actions.length === 0;
}

function bookEnd(context: MatchContext, event: ActionFinal): MatchStep {
  return context.result?.separate === true
    ? nothing({ ...context, facts: endedFacts(context, event) })
    : bookPrizes(context, event);
}

/** Unknown where somebody closed the account meanwhile (H-13): then what was booked stands. */
function endedFacts({ facts }: MatchContext, { endedAt, matchHash }: ActionFinal): ChainFacts {
  const ended = { ...facts, phase: 2 as const };
  return endedAt === null ? ended : { ...ended, endedAt, matchHash };
}

function bookPrizes(context: MatchContext, event: ActionFinal): MatchStep {
  const { result } = context;
  const facts = { ...endedFacts(context, event), distributed: true };
  if (result === null) return nothing({ ...context, facts });
  const prizes = result.shares.flatMap((share, rank) => {
    const seat = seatOf(context, share.userId);
    const prize = result.prizes?.[rank];
    return seat === undefined || prize === undefined
      ? []
      : credit(seat, event, rank, { amount: prize, ref: 'prize' });
  });
  const stakes = context.seats.flatMap((seat) => conclude(seat));
  const settled = { ...result, settlement: event.signature };
  return { context: { ...context, facts, result: settled }, effects: [...prizes, ...stakes] };
}
