/** What the life of an open action does to the match: signed, sent, landed, final, dead (design: section 6). */
import type { Effect } from '../effects.ts';
import { alert, andThen, directoryWork } from '../step.ts';
import {
  actionByHash,
  type MatchContext,
  type OpenAction,
  type Seat,
  type SeatState,
  seatByHash,
  seatOf,
  totalEntry,
} from './context.ts';
import type {
  ActionFinal,
  ActionForReview,
  ActionLeased,
  ActionMoved,
  ActionSigned,
  AttemptEnded,
} from './events.ts';
import { wakeReady } from './readiness.ts';
import { endAction, freeSeat, type MatchStep, message, settleDrain, withAction, withSeat } from './steps.ts';

/** New signatures for one action before it waits for a person: each was finalized with an error, or provably died. */
export const MAX_ATTEMPTS = 5;

export function actionLeased(context: MatchContext, event: ActionLeased): MatchStep {
  const { hash, signer, signature } = event;
  return advance(context, hash, 'leased', [{ type: 'record', row: 'intent', hash, signer, signature }]);
}

/** The attempt is a row before it is sent (I16); the driver's next step sends exactly these bytes. */
export function actionSigned(context: MatchContext, event: ActionSigned): MatchStep {
  const action = actionByHash(context, event.hash);
  if (action === undefined) return { context, effects: [] };
  const counted = withAction(context, { ...action, attempts: action.attempts + 1 });
  const priced =
    event.figures !== null && counted.result !== null
      ? { ...counted, result: { ...counted.result, prizes: event.figures.prizes } }
      : counted;
  return advance(priced, event.hash, 'signed', [{ type: 'record', row: 'attempt', attempt: event.attempt }]);
}

export function actionMoved(context: MatchContext, event: ActionMoved): MatchStep {
  const state = event.type === 'action.landed' ? 'landed' : 'sent';
  const record: Effect = {
    type: 'record',
    row: 'attemptState',
    signature: event.signature,
    state,
    detail: null,
  };
  return advance(context, event.hash, state, [record]);
}

/** First look-up of a proof of death: nothing ends yet. */
export function attemptAbsent(context: MatchContext, event: AttemptEnded): MatchStep {
  const { signature, detail } = event;
  return { context, effects: [{ type: 'record', row: 'attemptState', signature, state: 'absent', detail }] };
}

/** No effect came of it, and none can: now, and only now, may a new signature be made or the money be given back. */
export function attemptEnded(context: MatchContext, event: AttemptEnded): MatchStep {
  const action = actionByHash(context, event.hash);
  const seat = seatByHash(context, event.hash);
  const state = event.type === 'attempt.dead' ? 'dead' : 'failed';
  const record: Effect = {
    type: 'record',
    row: 'attemptState',
    signature: event.signature,
    state,
    detail: event.detail,
  };
  const ended: MatchStep = { context, effects: [record] };
  if (action === undefined) return ended;
  if (seat !== undefined && losesSeat(action, seat, event)) {
    return settleDrain(
      andThen(ended, (now) => freeSeat(now, seat, action.doomed ? 'expired' : 'failed', event.detail)),
    );
  }
  if (needsPerson(action, seat, event))
    return settleDrain(andThen(ended, (now) => sendToReview(now, action, event.detail)));
  const again = andThen(ended, (now) => advance(now, event.hash, 'queued', []));
  if (event.type === 'attempt.dead') return again;
  // Nobody's fault (program paused, fee payer empty, registry changed): it stays queued, and a person is told.
  return {
    ...again,
    effects: [...again.effects, alert('action_refused', event.hash, 'warning', event.detail)],
  };
}

/** The join ends with this attempt, and nobody is needed: it is past its time, or the player could not pay. */
function losesSeat(action: OpenAction, seat: Seat | undefined, event: AttemptEnded): boolean {
  return seat?.played === false && (action.doomed || event.ownFault);
}

/** True where the machine has to leave for `review`: a seat that is being played cannot land, or tries have run out. */
export function needsPerson(action: OpenAction, seat: Seat | undefined, event: AttemptEnded): boolean {
  if (losesSeat(action, seat, event)) return false;
  return (seat?.played === true && event.ownFault) || action.attempts >= MAX_ATTEMPTS;
}

export function actionForReview(context: MatchContext, event: ActionForReview): MatchStep {
  const action = actionByHash(context, event.hash);
  return action === undefined
    ? { context, effects: [] }
    : settleDrain(sendToReview(context, action, event.reason));
}

export function actionBlocked(context: MatchContext, event: ActionForReview): MatchStep {
  return { context, effects: [alert('action_blocked', event.hash, 'warning', event.reason)] };
}

export function actionFinal(context: MatchContext, event: ActionFinal): MatchStep {
  const action = actionByHash(context, event.hash);
  if (action === undefined) return { context, effects: [] };
  const record: Effect = {
    type: 'record',
    row: 'attemptState',
    signature: event.signature,
    state: 'final',
    detail: null,
  };
  const facts = { ...context.facts, slot: Math.max(context.facts.slot, event.slot) };
  const booked = book({ ...context, facts }, action, event);
  const ended = andThen(booked, (now) => endAction(now, event.hash, 'final', event.signature));
  const woken: MatchStep = {
    context: ended.context,
    effects: [record, ...ended.effects, ...wakeReady(ended.context)],
  };
  return settleDrain(woken);
}

function book(context: MatchContext, action: OpenAction, event: ActionFinal): MatchStep {
  switch (action.kind) {
    case 'create':
      return {
        context: { ...context, facts: { ...context.facts, createdAt: event.createdAt } },
        effects: [],
      };
    case 'join':
      return bookJoin(context, event);
    case 'start':
      return { context: { ...context, facts: { ...context.facts, phase: 1 } }, effects: [] };
    case 'end':
      return bookSettlement(context, event);
    default:
      return { context, effects: [] };
  }
}

function bookJoin(context: MatchContext, event: ActionFinal): MatchStep {
  const seat = seatByHash(context, event.hash);
  if (seat === undefined || context.terms === null) return { context, effects: [] };
  const final = { ...seat, state: 'final' as const, index: event.seatIndex };
  const fact = factMessage(final, event, 0, 'debit', totalEntry(context.terms, 1), 'join');
  const timer: Effect = { type: 'timer', name: `expire:${seat.hash}`, at: null, event: null };
  return { context: withSeat(context, final), effects: [fact, timer] };
}

function bookSettlement(context: MatchContext, event: ActionFinal): MatchStep {
  const { result } = context;
  const endedAt = event.endedAt ?? '0';
  const facts = {
    ...context.facts,
    phase: 2 as const,
    endedAt,
    matchHash: event.matchHash,
    distributed: true,
  };
  if (result === null) return { context: { ...context, facts }, effects: [directoryWork] };
  const prizes = result.shares.flatMap((share, rank) => {
    const seat = seatOf(context, share.userId);
    const prize = result.prizes?.[rank];
    return seat === undefined || prize === undefined
      ? []
      : [factMessage(seat, event, rank, 'credit', BigInt(prize), 'prize')];
  });
  const settled = { ...result, settlement: event.signature };
  return { context: { ...context, facts, result: settled }, effects: [...prizes, directoryWork] };
}

/** A fact of the chain for the user's ledger; its token is the same whoever reports it (formats: Names). */
function factMessage(
  seat: Seat,
  event: ActionFinal,
  position: number,
  direction: 'credit' | 'debit',
  amount: bigint,
  ref: string,
): Effect {
  const token = `chain:${event.signature}:${event.instruction}:${position}`;
  const holdToken = direction === 'debit' ? event.hash : null;
  return message('fact', seat, {
    token,
    direction,
    amount: amount.toString(),
    holdToken,
    ref,
    slot: event.slot,
  });
}

function sendToReview(context: MatchContext, action: OpenAction, reason: string): MatchStep {
  const next = withAction(context, { ...action, state: 'review' });
  return {
    context: next,
    effects: [
      { type: 'record', row: 'actionState', hash: action.hash, state: 'review', detail: reason },
      { type: 'record', row: 'review', entity: action.hash, reason },
      alert('action_review', action.hash, 'critical', reason),
    ],
  };
}

function advance(
  context: MatchContext,
  hash: string,
  state: OpenAction['state'],
  effects: readonly Effect[],
): MatchStep {
  const action = actionByHash(context, hash);
  if (action === undefined) return { context, effects: [] };
  const moved = withAction(context, { ...action, state });
  const seat = seatByHash(moved, hash);
  const next =
    seat === undefined ? moved : withSeat(moved, { ...seat, state: seatStateFor(state, seat.state) });
  return {
    context: next,
    effects: [{ type: 'record', row: 'actionState', hash, state, detail: null }, ...effects],
  };
}

/** A seat is `requested → reserved → submitted → landed → final` (design: section 3). */
function seatStateFor(action: OpenAction['state'], current: SeatState): SeatState {
  switch (action) {
    case 'signed':
    case 'sent':
      return 'submitted';
    case 'landed':
      return 'landed';
    case 'queued':
      return 'reserved';
    default:
      return current;
  }
}
