/** The driver (durable-objects/submission) and the planner, without their waiting: one step of one action a call. */
import {
  actionByHash,
  isInFlight,
  type OpenAction,
  openActionOf,
} from '../../machines/actions/open-action.ts';
import {
  isWalletSigned,
  type MatchContext,
  seatByHash,
  seatedOnChain,
} from '../../machines/match/context.ts';
import { isReady } from '../../machines/match/readiness.ts';
import type { ChainModel, Refunding, Tx } from './chain-model.ts';
import * as make from './events.ts';
import { breakdownOf } from './figures.ts';
import { must } from './must.ts';
import type { Play } from './play.ts';

/** True once the row of the action is finished. */
export function driven(play: Play, hash: string): boolean {
  const action = actionByHash(play.context, hash);
  if (action === undefined || action.state === 'review') return true;
  const attempt = play.attempts.get(hash);
  if (attempt === undefined) return play.offers.has(hash) ? offered(play, action) : first(play, action);
  if (attempt.state === 'signed') return sent(play, action, attempt.signature);
  const tx = play.chain.txs.get(attempt.signature);
  return tx === undefined || lookedUp(play, tx, attempt.state === 'absent');
}

function maySend({ value }: Play): boolean {
  return value.link !== 'paused' && value.link !== 'queued';
}

function maySign(play: Play, action: OpenAction): boolean {
  return !action.doomed && play.value.money !== 'review' && isReady(play.context, action) && maySend(play);
}

function byWallet(context: MatchContext, hash: string): boolean {
  const seat = seatByHash(context, hash);
  return seat !== undefined && isWalletSigned(seat);
}

function first(play: Play, action: OpenAction): boolean {
  const { hash, state, attempts } = action;
  if (!maySign(play, action)) return true;
  if (objected(play, action)) return true;
  if (byWallet(play.context, hash)) {
    const id = play.nextOffer(hash);
    must(play.commit(make.offered(play.context, hash, id)), 'what the driver may offer, the machine takes');
    return false;
  }
  if (state === 'queued' && attempts === 0) play.commit(make.leased(hash));
  else must(play.commit(attemptOf(play, hash, null)), 'what the driver may sign, the machine takes');
  return false;
}

/** Waits for the wallet, then signs last; what has died is told, and only then is the next one made. */
function offered(play: Play, action: OpenAction): boolean {
  const { hash } = action;
  const offer = play.offers.get(hash);
  if (offer === undefined) return false;
  if (offer.isExpired) {
    must(play.commit(make.offerDead(hash, offer.id)), 'what has died is told, wherever it was in hand');
    return false;
  }
  if (!offer.isSigned) return false;
  if (!maySign(play, action)) return true;
  if (objected(play, action)) return true;
  // Not taken where a person had it in hand meanwhile: then it is left to die.
  play.commit(attemptOf(play, hash, offer.id));
  return false;
}

/** No two signatures are alike, however often an action is taken up again. */
function attemptOf(play: Play, hash: string, offer: string | null) {
  const event = make.signed(play.context, hash, offer);
  return { ...event, attempt: { ...event.attempt, signature: play.nextSignature(hash) } };
}

/** What speaks against signing, told to the machine. */
function objected(play: Play, action: OpenAction): boolean {
  const { hash } = action;
  const seat = seatByHash(play.context, hash);
  if (seat !== undefined && play.poor.has(seat.userId)) return play.commit(make.unpayable(hash));
  return mayPlan(play, action) ? false : play.commit(make.review(hash));
}

/** The planner: nothing is signed on a table that is not the mirrored one. */
function mayPlan({ chain, context }: Play, action: OpenAction): boolean {
  const agrees = make.clean(context).chainHash === chain.hash();
  switch (action.kind) {
    case 'create':
      return !chain.created;
    case 'join':
      return isOurTable(chain, context) && !chain.players.includes(action.userId ?? '');
    case 'distribute':
      return agrees || openActionOf(context, 'end')?.state === 'landed';
    case 'refund': {
      const refund = refundingOf(context);
      return agrees && chain.phase !== 2 && refund !== null && chain.canPay(refund);
    }
    default:
      return agrees;
  }
}

/** Everybody at it is the mirror's, or on the way. */
function isOurTable(chain: ChainModel, context: MatchContext): boolean {
  const mine = context.seats.filter(({ hash, state }) => {
    const action = actionByHash(context, hash);
    return state === 'final' || (action !== undefined && isInFlight(action));
  });
  return (
    chain.phase === 0 &&
    chain.refunded === null &&
    chain.players.every((player) => mine.some(({ userId }) => userId === player)) &&
    seatedOnChain(context).every(({ userId }) => chain.players.includes(userId))
  );
}

export function refundingOf(context: MatchContext): Refunding | null {
  const breakdown = breakdownOf(context);
  if (breakdown === null || context.cancellation === null) return null;
  const { reason, abandonedUserId } = context.cancellation;
  const found = seatedOnChain(context).findIndex(({ userId }) => userId === abandonedUserId);
  const outflow = breakdown.payouts.reduce((sum, payout) => sum + payout, breakdown.treasury);
  return { reason, abandonedIndex: found < 0 ? null : found, outflow };
}

function sent(play: Play, { hash, kind, userId }: OpenAction, signature: string): boolean {
  if (!maySend(play)) return true;
  const { context } = play;
  const refund = kind === 'refund' ? refundingOf(context) : null;
  const isWhole = kind === 'end' && context.result?.separate === false;
  play.chain.receive({ signature, hash, kind, userId, refund, isWhole });
  play.commit({ ...make.moved('action.sent', context, hash), signature });
  return false;
}

function lookedUp(play: Play, tx: Tx, wasAbsent: boolean): boolean {
  const { hash, signature } = tx;
  const { context } = play;
  const moved = (type: 'action.dropped' | 'action.landed') =>
    play.commit({ ...make.moved(type, context, hash), signature });
  const ended = (type: 'attempt.absent' | 'attempt.dead' | 'attempt.failed') =>
    play.commit({ ...make.attemptEnd(type, context, hash, tx.ownFault), signature });
  const hasLanded = actionByHash(context, hash)?.state === 'landed';
  switch (tx.state) {
    case 'unseen':
      if (hasLanded) moved('action.dropped');
      // Sent again while it can land; where that is not allowed, whoever allows it again wakes the work.
      return !hasLanded && !maySend(play);
    case 'confirmed':
      if (!hasLanded) moved('action.landed');
      return false;
    case 'failed':
      ended('attempt.failed');
      return false;
    case 'expired':
      ended(wasAbsent ? 'attempt.dead' : 'attempt.absent');
      return false;
    case 'final':
      finalized(play, tx);
      return true;
  }
}

function finalized(play: Play, tx: Tx): void {
  const { chain } = play;
  const index = chain.players.indexOf(tx.userId ?? '');
  const endedAt = chain.phase === 2 ? make.ENDED_AT.toString() : '0';
  const event = { ...make.final(play.context, tx.hash), signature: tx.signature };
  play.commit({ ...event, seatIndex: index < 0 ? null : index, slot: chain.slot, endedAt });
}
