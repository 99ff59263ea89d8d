/** What the life of an open action does to its owner, before the owner makes anything of it. */
import type { Effect, RecordEffect } from '../effects.ts';
import type { ActionState, PendingAction } from '../pending-action.ts';
import { alert, type Step } from '../step.ts';
import type {
  ActionForReview,
  ActionLeased,
  ActionMoved,
  ActionOffered,
  ActionSigned,
  AttemptEnded,
  AttemptReplaced,
  OfferDead,
  WalletSigned,
} from './events.ts';
import { type ActionsContext, actionByHash, driveWork, type OpenAction } from './open-action.ts';

export function openAction<Context extends ActionsContext>(
  context: Context,
  action: PendingAction,
  userId: string | null,
): Step<Context> {
  const opened: OpenAction = {
    hash: action.hash,
    kind: action.kind,
    order: context.nextOrder,
    state: 'queued',
    userId,
    attempts: 0,
    doomed: false,
  };
  return {
    context: { ...context, actions: [...context.actions, opened], nextOrder: context.nextOrder + 1 },
    effects: [{ type: 'record', row: 'action', action, state: 'queued' }],
  };
}

export function endAction<Context extends ActionsContext>(
  context: Context,
  hash: string,
  state: ActionState,
  detail: string | null,
): Step<Context> {
  const actions = context.actions.filter((action) => action.hash !== hash);
  return { context: { ...context, actions }, effects: [stateRecord(hash, state, detail)] };
}

export function withAction<Context extends ActionsContext>(context: Context, changed: OpenAction): Context {
  const actions = context.actions.map((action) => (action.hash === changed.hash ? changed : action));
  return { ...context, actions };
}

/** From now on no new signature is made for it. */
export function doom<Context extends ActionsContext>(context: Context, action: OpenAction): Context {
  return withAction(context, { ...action, doomed: true });
}

export function advance<Context extends ActionsContext>(
  context: Context,
  hash: string,
  state: ActionState,
  effects: readonly Effect[] = [],
): Step<Context> {
  const action = actionByHash(context, hash);
  if (action === undefined) return { context, effects: [] };
  return {
    context: withAction(context, { ...action, state }),
    effects: [stateRecord(hash, state, null), ...effects],
  };
}

export function leased<Context extends ActionsContext>(context: Context, event: ActionLeased): Step<Context> {
  const { hash, signer, signature } = event;
  return advance(context, hash, 'leased', [{ type: 'record', row: 'intent', hash, signer, signature }]);
}

export function offered<Context extends ActionsContext>(
  context: Context,
  event: ActionOffered<unknown>,
): Step<Context> {
  return advance(context, event.hash, 'offered', [{ type: 'record', row: 'offer', offer: event.offer }]);
}

/** Stored before the coordinator signs: the next step of the driver does that. */
export function walletSigned<Context extends ActionsContext>(
  context: Context,
  { hash, offer, signature }: WalletSigned,
): Step<Context> {
  return advance(context, hash, 'leased', [offerRecord(offer, 'signed', signature), driveWork(hash, 0)]);
}

export function offerDead<Context extends ActionsContext>(
  context: Context,
  { hash, offer }: OfferDead,
): Step<Context> {
  return advance(context, hash, 'queued', [offerRecord(offer, 'dead', null)]);
}

/** The attempt is a row before it is sent (I16); the driver's next step sends exactly these bytes. */
export function signed<Context extends ActionsContext>(
  context: Context,
  event: ActionSigned<unknown>,
): Step<Context> {
  const action = actionByHash(context, event.hash);
  if (action === undefined) return { context, effects: [] };
  const counted = withAction(context, { ...action, attempts: action.attempts + 1 });
  const used: Effect[] = event.offer === null ? [] : [offerRecord(event.offer, 'countersigned', null)];
  return advance(counted, event.hash, 'signed', [
    { type: 'record', row: 'attempt', attempt: event.attempt },
    ...used,
  ]);
}

export function moved<Context extends ActionsContext>(context: Context, event: ActionMoved): Step<Context> {
  const state = event.type === 'action.landed' ? 'landed' : 'sent';
  return advance(context, event.hash, state, [attemptRecord(event.signature, state, null)]);
}

/** First look-up of a proof of death: nothing ends yet. */
export function attemptAbsent<Context extends ActionsContext>(
  context: Context,
  { signature, detail }: AttemptEnded,
): Step<Context> {
  return { context, effects: [attemptRecord(signature, 'absent', detail)] };
}

/** Looked after from now on under the signature that landed. What a person looks at stays theirs until that is final. */
export function attemptReplaced<Context extends ActionsContext>(
  context: Context,
  { hash, signature, attempt }: AttemptReplaced,
): Step<Context> {
  const effects: Effect[] = [
    attemptRecord(signature, 'dead', `landed as ${attempt.signature}`),
    { type: 'record', row: 'attempt', attempt },
    attemptRecord(attempt.signature, 'sent', null),
  ];
  const isReviewed = actionByHash(context, hash)?.state === 'review';
  return isReviewed ? { context, effects } : advance(context, hash, 'sent', effects);
}

export function endedAttempt(event: AttemptEnded): Effect {
  return attemptRecord(event.signature, event.type === 'attempt.dead' ? 'dead' : 'failed', event.detail);
}

export function finalAttempt(signature: string): Effect {
  return attemptRecord(signature, 'final', null);
}

/** What became of it is not known, or is not ours: only a person ends it. */
export function toReview<Context extends ActionsContext>(
  context: Context,
  action: OpenAction,
  reason: string,
): Step<Context> {
  return {
    context: withAction(context, { ...action, state: 'review' }),
    effects: [
      stateRecord(action.hash, 'review', reason),
      { type: 'record', row: 'review', entity: action.hash, reason },
      alert('action_review', action.hash, 'critical', reason),
    ],
  };
}

export function blocked<Context extends ActionsContext>(
  context: Context,
  event: ActionForReview,
): Step<Context> {
  return { context, effects: [alert('action_blocked', event.hash, 'warning', event.reason)] };
}

function stateRecord(hash: string, state: ActionState, detail: string | null): RecordEffect {
  return { type: 'record', row: 'actionState', hash, state, detail };
}

function attemptRecord(
  signature: string,
  state: 'sent' | 'absent' | 'landed' | 'final' | 'failed' | 'dead',
  detail: string | null,
): RecordEffect {
  return { type: 'record', row: 'attemptState', signature, state, detail };
}

function offerRecord(
  id: string,
  state: 'signed' | 'dead' | 'countersigned',
  signature: string | null,
): RecordEffect {
  return { type: 'record', row: 'offerState', id, state, signature };
}
