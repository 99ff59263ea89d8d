/**
 * What a match refuses, and why: one function an event, used both as the guard of its transition and as the reason the
 * caller is given, so that the two can never differ. A rule never throws: what the core refuses is a refusal here.
 */
import { matchStateHash } from '../../core/index.ts';
import type { ActionOffered, ActionSigned } from '../actions/events.ts';
import { actionByHash, isInFlight, type OpenAction } from '../actions/open-action.ts';
import { reportVerdict, signingVerdict } from '../actions/rules.ts';
import { linkVerdict, mayHaveForgotten } from '../link.ts';
import { isSealed } from '../pending-action.ts';
import { refusal } from '../refusals.ts';
import { first, unless, type Verdict } from '../verdict.ts';
import {
  countedSeats,
  isPaidOut,
  isWalletSigned,
  type MatchContext,
  mirroredState,
  seatByHash,
  type Terms,
  totalEntry,
} from './context.ts';
import { cancelVerdict, endVerdict, isDirector, presenceVerdict, resolveVerdict } from './ending-rules.ts';
import type {
  CompareEnded,
  CreateRequested,
  JoinRequested,
  JoinTakenBack,
  MatchEvent,
  SettlementFigures,
  StartRequested,
} from './events.ts';
import { figuresVerdict, poolVerdict, shownFiguresVerdict } from './figure-rules.ts';
import { isDrained, isReady } from './readiness.ts';

type Signing = ActionSigned<SettlementFigures | null> | ActionOffered<SettlementFigures | null>;

const MAX_NOT_AFTER_MS = 72 * 3_600_000;
const WALLET = 0;

const exists = (context: MatchContext): Verdict => unless(context.terms !== null, 'match_not_found');
const notPaused = (context: MatchContext): Verdict => unless(context.link.pausedFor === null, 'match_paused');

/** The reason why this match does not take the event, or null where it does. Which states take it is the machine's. */
export function matchVerdict(context: MatchContext, event: MatchEvent): Verdict {
  switch (event.type) {
    case 'match.create':
      return createVerdict(context, event);
    case 'player.join':
      return joinVerdict(context, event);
    case 'player.takeBack':
      return takeBackVerdict(context, event);
    case 'match.start':
      return startVerdict(context, event);
    case 'match.end':
      return withTerms(context, (terms) =>
        first(
          () => mayDirect(terms, event.caller),
          () => notPaused(context),
          () => endVerdict(context, terms, event),
        ),
      );
    case 'match.cancel':
      return withTerms(context, (terms) => notPaused(context) ?? cancelVerdict(context, terms, event));
    case 'player.presence':
      return withTerms(context, (terms) => presenceVerdict(context, terms, event));
    case 'review.resolve':
      return withTerms(context, (terms) => resolveVerdict(context, terms, event));
    case 'hold.granted':
    case 'hold.refused':
      return unless(
        seatByHash(context, event.hash)?.state === 'requested',
        'event_ignored',
        'no seat waits for it',
      );
    case 'action.leased':
      return first(
        () => reportVerdict(context, event),
        () => unless(!waitsForWallet(context, event.hash), 'event_ignored', 'its wallet signed the intent'),
      );
    case 'action.offered':
    case 'action.signed':
      return signVerdict(context, event);
    case 'foreign.settled':
      return exists(context) ?? unless(!isPaidOut(context), 'event_ignored', 'paid out before');
    case 'timer.expire':
    case 'timer.lapse':
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
      return reportVerdict(context, event);
  }
}

function createVerdict(context: MatchContext, event: CreateRequested): Verdict {
  return first(
    () => unless(context.terms === null, 'match_exists'),
    () => unless(isSealed(event.action), 'action_hash_mismatch'),
    () => unless(event.terms.entryFee !== '0', 'free_match_unsupported'),
    () => poolVerdict(event.terms),
  );
}

function joinVerdict(context: MatchContext, event: JoinRequested): Verdict {
  const { terms } = context;
  if (terms === null) return refusal('match_not_found');
  return first(
    () => notPaused(context),
    () => unless(isSealed(event.action), 'action_hash_mismatch'),
    () => unless(event.action.user?.id === event.user.id, 'action_hash_mismatch', 'user'),
    // One method a match, and one way to pay it: a mixed join is refused here, before the program does (6005).
    () => unless(event.paymentMethod === terms.paymentMethod, 'payment_method_mismatch'),
    () => unless((event.payer === 'wallet') === (terms.paymentMethod === WALLET), 'payment_method_mismatch'),
    () => unless(event.payer === 'custody' || event.intent?.signer === event.user.wallet, 'intent_required'),
    () => unless(event.entryFee === terms.entryFee, 'entry_fee_mismatch', terms.entryFee),
    () => notSeated(context, event),
    () => unless(context.seats.length < terms.maxPlayers, 'match_full'),
    () => unless(event.earlier < event.maxJoins, 'too_many_joins'),
    () =>
      unless(
        event.notAfter > event.at && event.notAfter <= event.at + MAX_NOT_AFTER_MS,
        'not_after_out_of_range',
      ),
    () => shownFiguresVerdict(terms, countedSeats(context).length + 1, event.feeBreakdown),
    () => unless(!isCapped(context, event), 'stake_capped', event.degradedMaxStake),
  );
}

/** Slow is worse than down for who pays: what is tried may land or not, and nobody knows for long (design: section 4). */
function isCapped({ link }: MatchContext, { entryFee, degradedMaxStake }: JoinRequested): boolean {
  return link.level === 'degraded' && BigInt(entryFee) > BigInt(degradedMaxStake);
}

/**
 * Over the limit the join is not refused here: it is recorded for a person, and the player is told (design: section 6,
 * Limits). Only joins count against it: settlement has no limit.
 */
export function isOverLimit({ terms, seats, actions }: MatchContext, event: JoinRequested): boolean {
  if (terms === null) return false;
  const open = seats.filter(({ state }) => state !== 'final').length;
  return actions.length >= event.maxActions || totalEntry(terms, open + 1) > BigInt(event.maxLamports);
}

/**
 * Only while nothing of it is signed: then it ends at once, and for certain. What is signed may land whatever we say
 * (decision 0012), and what is played is owed to the others (design: section 3, rule 4).
 */
function takeBackVerdict(context: MatchContext, { userId, join, ended }: JoinTakenBack): Verdict {
  const seat = join === null ? undefined : seatByHash(context, join);
  if (seat?.userId !== userId) return ended === null ? refusal('not_seated') : refusal('action_ended', ended);
  const action = actionByHash(context, seat.hash);
  return first(
    () => unless(!seat.played, 'join_played'),
    () => unless(action !== undefined, 'join_final'),
    () => unless(action?.state !== 'review', 'match_in_review'),
    () => unless(action === undefined || !isInFlight(action), 'attempts_outstanding'),
    () => notPaused(context),
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
    // A WALLET seat must be final before it plays: else a loser would simply not sign.
    () =>
      unless(
        seats.every((seat) => seat.state === 'final' || (event.allowProvisional && !isWalletSigned(seat))),
        'seats_not_final',
      ),
    // A join past its notAfter gets no new signature: played, it could neither land nor end, and `start` would wait for ever.
    () =>
      unless(!context.actions.some((action) => action.doomed), 'seats_not_final', 'an expired join is open'),
  );
}

/** What a person looks at may have attempts outstanding: only that person ends it. So may what a restore has forgotten. */
function expiryVerdict(context: MatchContext, hash: string): Verdict {
  return first(
    () => unless(!mayHaveForgotten(context.link), 'match_paused'),
    () => unless(seatByHash(context, hash)?.played === false, 'event_ignored', 'played or gone'),
    () => unless(actionByHash(context, hash)?.state !== 'review', 'event_ignored', 'a person decides'),
  );
}

/** Beyond what holds for every owner: in its turn, and with the core's own figures. */
function signVerdict(context: MatchContext, event: Signing): Verdict {
  const action = actionByHash(context, event.hash);
  return first(
    () => exists(context),
    () => signingVerdict(context, event, 'match_paused'),
    () => unless(isSignedInTurn(context, action, event), 'event_ignored', 'the wallet first, by its offer'),
    () => unless(action !== undefined && isReady(context, action), 'not_ready', 'waits for another action'),
    () => figuresVerdict(context, action, event.figures),
  );
}

/**
 * The coordinator signs last, and only the offer that came back from its wallet: what never came back, and what has died
 * since, cannot become an attempt (design: section 6).
 */
function isSignedInTurn(context: MatchContext, action: OpenAction | undefined, event: Signing): boolean {
  if (!waitsForWallet(context, event.hash)) return event.type === 'action.signed' && event.offer === null;
  return event.type === 'action.offered'
    ? action?.state === 'queued'
    : action?.state === 'leased' && event.offer !== null;
}

function waitsForWallet(context: MatchContext, hash: string): boolean {
  const seat = seatByHash(context, hash);
  return seat !== undefined && isWalletSigned(seat);
}

/** `online` is reached only by a clean comparison: the chain's snapshot hashes to the mirror's, by the core. */
function goOnlineVerdict(context: MatchContext, event: CompareEnded): Verdict {
  return first(
    () => unless(context.link.level === 'online', 'chain_unreadable'),
    () => unless(isDrained(context), 'not_ready', 'drain'),
    () => unless(agrees(context, event.chainHash), 'not_ready', 'hash'),
  );
}

function notSeated(context: MatchContext, event: JoinRequested): Verdict {
  const { id, wallet } = event.user;
  const taken = context.seats.some(
    (seat) => seat.userId === id || seat.authority === event.authority || seat.wallet === wallet,
  );
  return unless(!taken && seatByHash(context, event.action.hash) === undefined, 'already_seated');
}

function mayDirect(terms: Terms, caller: { userId: string; role: string }): Verdict {
  return unless(isDirector(terms, caller), 'forbidden', 'only the host starts and ends a match');
}

function withTerms(context: MatchContext, verdict: (terms: Terms) => Verdict): Verdict {
  return context.terms === null ? refusal('match_not_found') : verdict(context.terms);
}

/**
 * Null on both sides before `create` is final, and once the money is paid out and somebody closed the account (H-13).
 * What the core cannot hash agrees with nothing.
 */
function agrees(context: MatchContext, chainHash: string | null): boolean {
  if (chainHash === null && isPaidOut(context)) return true;
  try {
    const mirrored = mirroredState(context);
    return (mirrored === null ? null : matchStateHash(mirrored)) === chainHash;
  } catch {
    return false;
  }
}
