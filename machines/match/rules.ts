/**
 * What a match refuses, and why: one function an event, used both as the guard of its transition and as the reason the
 * caller is given, so that the two can never differ. A rule never throws: what the core refuses is a refusal here.
 */
import { feeBreakdown, matchStateHash, prizeDistribution } from '../../core/index.ts';
import { isNewerEpoch, linkVerdict } from '../link.ts';
import { isSealed } from '../pending-action.ts';
import { type Refusal, type RefusalCode, refusal } from '../refusals.ts';
import {
  actionByHash,
  countedSeats,
  type MatchContext,
  mirroredState,
  seatByHash,
  type Terms,
  totalEntry,
} from './context.ts';
import type {
  ActionSigned,
  CompareEnded,
  CreateRequested,
  EndRequested,
  JoinRequested,
  MatchEvent,
  StartRequested,
} from './events.ts';
import { isDrained, isReady, mayBeReported } from './readiness.ts';

/** Design section 6: 64 open actions a match; ten places are kept for the match's own, which have no limit. */
const PLAYER_ACTIONS = 54;
const MAX_NOT_AFTER_MS = 72 * 3_600_000;
/** Bytes of a legacy transaction on the wire: IPv6 MTU 1,280 less headers. */
const TRANSACTION_BYTES = 1_232;

export type Verdict = Refusal | null;

/** Refuses with `code` where a condition that must hold does not. */
function unless(holds: boolean, code: RefusalCode, detail?: string): Verdict {
  return holds ? null : refusal(code, detail);
}

/** The first refusal, evaluated in order: identity before business. */
function first(...checks: (() => Verdict)[]): Verdict {
  for (const check of checks) {
    const verdict = check();
    if (verdict !== null) return verdict;
  }
  return null;
}

const exists = (context: MatchContext): Verdict => unless(context.terms !== null, 'match_not_found');
const notPaused = (context: MatchContext): Verdict => unless(context.link.pausedFor === null, 'match_paused');

/** The reason why this match does not take the event, or null where it does. Which states take it is the machine's. */
export function matchVerdict(context: MatchContext, event: MatchEvent): Verdict {
  switch (event.type) {
    case 'match.create':
      return createVerdict(context, event);
    case 'player.join':
      return joinVerdict(context, event);
    case 'match.start':
      return startVerdict(context, event);
    case 'match.end':
      return endVerdict(context, event);
    case 'hold.granted':
    case 'hold.refused':
      return unless(
        seatByHash(context, event.hash)?.state === 'requested',
        'event_ignored',
        'no seat waits for it',
      );
    case 'action.signed':
      return signVerdict(context, event);
    case 'timer.expire':
      return expiryVerdict(context, event.hash);
    case 'compare.clean':
      return goOnlineVerdict(context, event);
    case 'compare.mismatch':
      return exists(context) ?? unless(event.breaks.length > 0, 'event_ignored', 'no break');
    case 'compare.surplus':
      return exists(context);
    case 'chain.online':
    case 'chain.degraded':
    case 'chain.down':
    case 'chain.recovering':
    case 'operator.pause':
    case 'operator.resume':
      return exists(context) ?? linkVerdict(context.link, event);
    default:
      return unless(
        mayBeReported(actionByHash(context, event.hash), event.type),
        'event_ignored',
        'no open action is there yet, or still',
      );
  }
}

function createVerdict(context: MatchContext, event: CreateRequested): Verdict {
  return first(
    () => unless(context.terms === null, 'match_exists'),
    () => unless(isSealed(event.action), 'action_hash_mismatch'),
    () => unless(event.terms.paymentMethod === 1, 'payment_method_unsupported'),
    () => unless(event.terms.entryFee !== '0', 'free_match_unsupported'),
    // The whole pool must be payable: no seat may be sold whose fee the program could not compute.
    () => poolVerdict(event.terms, event.terms.maxPlayers),
  );
}

function joinVerdict(context: MatchContext, event: JoinRequested): Verdict {
  const { terms } = context;
  if (terms === null) return refusal('match_not_found');
  return first(
    () => notPaused(context),
    () => unless(isSealed(event.action), 'action_hash_mismatch'),
    () => unless(event.action.user?.id === event.user.id, 'action_hash_mismatch', 'user'),
    () => unless(event.paymentMethod === terms.paymentMethod, 'payment_method_mismatch'),
    () => unless(event.entryFee === terms.entryFee, 'entry_fee_mismatch', terms.entryFee),
    () => notSeated(context, event),
    () => unless(context.seats.length < terms.maxPlayers, 'match_full'),
    () => unless(context.actions.length < PLAYER_ACTIONS, 'too_many_actions'),
    () =>
      unless(
        event.notAfter > event.at && event.notAfter <= event.at + MAX_NOT_AFTER_MS,
        'not_after_out_of_range',
      ),
    () => shownFiguresVerdict(terms, countedSeats(context).length + 1, event.feeBreakdown),
  );
}

function startVerdict(context: MatchContext, event: StartRequested): Verdict {
  const { terms } = context;
  if (terms === null) return refusal('match_not_found');
  const seats = countedSeats(context);
  return first(
    () => mayDirect(terms, event.caller),
    () => notPaused(context),
    () => unless(isSealed(event.action), 'action_hash_mismatch'),
    () => unless(seats.length >= terms.minPlayers, 'not_enough_seats'),
    // Rule 4 of design section 3: played provisionally only once `create` is final, else a stranger's match under our
    // id could be the one that takes the stakes.
    () => unless(context.facts.createdAt !== null, 'create_not_final'),
    () => unless(event.allowProvisional || seats.every((seat) => seat.state === 'final'), 'seats_not_final'),
    // A join past its notAfter gets no new signature: played, it could neither land nor end, and `start` would wait for ever.
    () =>
      unless(!context.actions.some((action) => action.doomed), 'seats_not_final', 'an expired join is open'),
  );
}

function endVerdict(context: MatchContext, event: EndRequested): Verdict {
  const { terms } = context;
  if (terms === null) return refusal('match_not_found');
  return first(
    () => mayDirect(terms, event.caller),
    () => notPaused(context),
    () => unless(context.result === null, 'result_already_accepted'),
    () => unless(isSealed(event.action), 'action_hash_mismatch'),
    () => resultVerdict(context, terms, event),
    () =>
      unless(
        event.transactionBytes <= TRANSACTION_BYTES,
        'result_too_large',
        `${event.transactionBytes} bytes`,
      ),
  );
}

/** What a person looks at may have attempts outstanding: only that person ends it. */
function expiryVerdict(context: MatchContext, hash: string): Verdict {
  return first(
    () => unless(seatByHash(context, hash)?.played === false, 'event_ignored', 'played or gone'),
    () => unless(actionByHash(context, hash)?.state !== 'review', 'event_ignored', 'a person decides'),
  );
}

/** No effect on the chain starts while paused, while the chain is down, or under an older verdict than the newest seen. */
function signVerdict(context: MatchContext, event: ActionSigned): Verdict {
  const action = actionByHash(context, event.hash);
  return first(
    () => exists(context),
    () => notPaused(context),
    () => unless(context.link.level !== 'down', 'chain_unreadable'),
    () =>
      unless(!isNewerEpoch(context.link.epoch ?? event.healthEpoch, event.healthEpoch), 'not_ready', 'epoch'),
    () => unless(mayBeReported(action, event.type), 'event_ignored'),
    () => unless(action?.doomed === false, 'event_ignored', 'doomed'),
    () => unless(action !== undefined && isReady(context, action), 'not_ready', 'waits for another action'),
    () => unless(event.attempt.hash === event.hash, 'action_hash_mismatch'),
    () => (action?.kind === 'end' ? figuresVerdict(context, event) : null),
  );
}

/** `online` is reached only by a clean comparison: the chain's snapshot hashes to the mirror's, by the core. */
function goOnlineVerdict(context: MatchContext, event: CompareEnded): Verdict {
  return first(
    () => unless(context.link.level === 'online', 'chain_unreadable'),
    () => unless(isDrained(context), 'not_ready', 'drain'),
    () => unless(agrees(context, event.chainHash), 'not_ready', 'hash'),
  );
}

/** A settlement carries exactly what the core computes from the chain's total and the accepted result. */
function figuresVerdict(context: MatchContext, event: ActionSigned): Verdict {
  const { terms, result } = context;
  if (terms === null || result === null || event.figures === null)
    return refusal('result_invalid', 'figures');
  const { figures } = event;
  const seated = context.seats.filter((seat) => seat.state === 'final').length;
  try {
    const total = BigInt(figures.totalEntry);
    const { netPool } = feeBreakdown(total, figures.platformFeeBps);
    const { prizes } = prizeDistribution(
      netPool,
      result.shares.map((share) => share.shareBps),
    );
    const same =
      prizes.length === figures.prizes.length &&
      prizes.every((prize, rank) => figures.prizes[rank] === prize.toString());
    return unless(same && total === totalEntry(terms, seated), 'fee_breakdown_mismatch', 'settlement');
  } catch {
    return refusal('fee_breakdown_mismatch', 'core');
  }
}

function resultVerdict(context: MatchContext, terms: Terms, event: EndRequested): Verdict {
  const played = context.seats.filter((seat) => seat.played);
  const users = event.shares.map((share) => share.userId);
  if (new Set(users).size !== users.length) return refusal('result_invalid', 'a player is listed twice');
  const stranger = users.find((user) => !played.some((seat) => seat.userId === user));
  if (stranger !== undefined) return refusal('result_invalid', 'a listed player has no played seat');
  try {
    const { netPool } = feeBreakdown(totalEntry(terms, played.length), terms.platformFeeBps);
    prizeDistribution(
      netPool,
      event.shares.map((share) => share.shareBps),
    );
    return null;
  } catch {
    return refusal('result_invalid', 'shares');
  }
}

function shownFiguresVerdict(terms: Terms, seats: number, shown: JoinRequested['feeBreakdown']): Verdict {
  if (shown === null) return null;
  try {
    const own = feeBreakdown(totalEntry(terms, seats), terms.platformFeeBps);
    const same =
      shown.totalEntry === own.totalEntry.toString() &&
      shown.platformFee === own.platformFee.toString() &&
      shown.netPool === own.netPool.toString();
    return unless(same, 'fee_breakdown_mismatch', own.netPool.toString());
  } catch {
    return refusal('fee_breakdown_mismatch', 'core');
  }
}

function poolVerdict(terms: Terms, seats: number): Verdict {
  try {
    const { netPool } = feeBreakdown(totalEntry(terms, seats), terms.platformFeeBps);
    return unless(netPool > 0n, 'entry_fee_out_of_range', 'no prize is left');
  } catch {
    return refusal('entry_fee_out_of_range', 'overflow');
  }
}

function notSeated(context: MatchContext, event: JoinRequested): Verdict {
  const taken = context.seats.some(
    (seat) => seat.userId === event.user.id || seat.authority === event.authority,
  );
  return unless(!taken && seatByHash(context, event.action.hash) === undefined, 'already_seated');
}

function mayDirect(terms: Terms, caller: { userId: string; role: string }): Verdict {
  return unless(
    caller.role === 'operator' || caller.userId === terms.host,
    'forbidden',
    'only the host starts and ends a match',
  );
}

/** Null on both sides before `create` is final. What the core cannot hash agrees with nothing. */
function agrees(context: MatchContext, chainHash: string | null): boolean {
  try {
    const mirrored = mirroredState(context);
    return (mirrored === null ? null : matchStateHash(mirrored)) === chainHash;
  } catch {
    return false;
  }
}
