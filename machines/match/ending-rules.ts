/** How a match may end: by a result, by being called off, or by the word of a person. */
import { openActionOf } from '../actions/open-action.ts';
import { isSealed, type PendingAction } from '../pending-action.ts';
import { refusal } from '../refusals.ts';
import { first, unless, type Verdict } from '../verdict.ts';
import { REASON } from './cancellation.ts';
import {
  countedSeats,
  isPaidOut,
  type MatchContext,
  type OwnKind,
  type RankedShare,
  type Seat,
  seatOf,
  type Terms,
} from './context.ts';
import type {
  CancelRequested,
  EndRequested,
  PresenceReported,
  ReviewResolved,
  SettlementActions,
} from './events.ts';
import { sharesVerdict } from './figure-rules.ts';
import { owesLateStake } from './late-stake.ts';
import { endedOtherwise } from './resolution.ts';

const OWN_KINDS: readonly OwnKind[] = ['start', 'end', 'distribute', 'refund'];

/** Bytes of a legacy transaction on the wire: IPv6 MTU 1,280 less headers. */
export const TRANSACTION_BYTES = 1_232;

export function endVerdict(context: MatchContext, terms: Terms, event: EndRequested): Verdict {
  const played = context.seats.filter((seat) => seat.played);
  return first(
    () => unless(context.result === null, 'result_already_accepted'),
    () => resultVerdict(terms, played, event.shares),
    () => settlementVerdict(event.settlement),
  );
}

function settlementVerdict({ end, distribute, transactionBytes }: SettlementActions): Verdict {
  return first(
    () => unless(isSealed(end) && sealedOrNone(distribute), 'action_hash_mismatch'),
    () =>
      unless(
        transactionBytes <= TRANSACTION_BYTES || distribute !== null,
        'result_too_large',
        `${transactionBytes} bytes`,
      ),
  );
}

export function resultVerdict(terms: Terms, seats: readonly Seat[], shares: readonly RankedShare[]): Verdict {
  const users = shares.map((share) => share.userId);
  if (new Set(users).size !== users.length) return refusal('result_invalid', 'a player is listed twice');
  const stranger = users.find((user) => !seats.some((seat) => seat.userId === user));
  if (stranger !== undefined) return refusal('result_invalid', 'a listed player has no played seat');
  return sharesVerdict(
    terms,
    seats.length,
    shares.map((share) => share.shareBps),
  );
}

/** Possible until an `end` is accepted (design: section 4), and only with every played seat final (section 3, rule 4). */
export function cancelVerdict(context: MatchContext, terms: Terms, event: CancelRequested): Verdict {
  const seats = countedSeats(context);
  return first(
    () =>
      unless(mayCancel(terms, event), 'forbidden', 'only the host, an operator or the clock calls it off'),
    () => unless(context.result === null, 'result_already_accepted'),
    () => reasonVerdict(context, terms, event),
    () =>
      unless(
        seats.every((seat) => !seat.played || seat.state === 'final'),
        'played_seats_not_final',
      ),
    () => refundVerdict(context, event.action),
  );
}

function mayCancel({ host }: Terms, { by }: CancelRequested): boolean {
  return by === null || by.role === 'operator' || by.userId === host;
}

function reasonVerdict(context: MatchContext, terms: Terms, event: CancelRequested): Verdict {
  const { by, reason, abandonedUserId } = event;
  const started = context.seats.some((seat) => seat.played);
  const invalid = (why: string): Verdict => refusal('cancel_reason_invalid', why);
  // Whoever is named forfeits their stake (interface: section 5): that takes a grace that is over.
  if (abandonedUserId !== null && reason !== REASON.graceExpired) return invalid('nobody can be named');
  switch (reason) {
    case REASON.platformFault:
      return by?.role === 'operator' ? null : invalid('platform_fault: an operator says so');
    case REASON.insufficientPlayers:
      if (started) return invalid('insufficient_players: the match has started');
      return countedSeats(context).length < terms.minPlayers
        ? null
        : invalid('insufficient_players: there are enough');
    case REASON.timeout:
      return by?.role === 'player' ? invalid('timeout: the clock or an operator says so') : null;
    case REASON.graceExpired: {
      const gone = context.absences.find(({ userId }) => userId === abandonedUserId);
      return by === null && gone !== undefined && gone.until <= event.at
        ? null
        : invalid('nobody has gone for good');
    }
    default:
      return invalid(`reason ${reason}`);
  }
}

/** As long as `create` is not final there is no stake, and no identity to make an action of (formats). */
function refundVerdict(context: MatchContext, refund: PendingAction | null): Verdict {
  return first(
    () => unless(sealedOrNone(refund), 'action_hash_mismatch'),
    () => unless((refund === null) === (context.facts.createdAt === null), 'create_not_final'),
  );
}

/** Host and operators say who has gone; that somebody is back, that player too. */
export function presenceVerdict(context: MatchContext, terms: Terms, event: PresenceReported): Verdict {
  const { caller, userId, present } = event;
  const speaksForSelf = present && caller.userId === userId;
  const gone = context.absences.some((absence) => absence.userId === userId);
  return first(
    () => unless(speaksForSelf || isDirector(terms, caller), 'forbidden', 'only the host says who has gone'),
    () => unless(seatOf(context, userId)?.played === true, 'not_seated'),
    () => unless(context.result === null, 'result_already_accepted'),
    // Said twice it changes nothing, and above all not the time that is left.
    () => unless(present === gone, 'event_ignored', present ? 'not away' : 'away already'),
  );
}

export function isDirector(terms: Terms, caller: { userId: string; role: string }): boolean {
  return caller.role === 'operator' || caller.userId === terms.host;
}

/** A person may end anything but what may still happen by itself: a transaction that can land. */
export function resolveVerdict(context: MatchContext, terms: Terms, event: ReviewResolved): Verdict {
  return first(
    // Then a person can only take note of it.
    () => unless(!isPaidOut(context) || event.as === 'retry', 'event_ignored', 'the money is paid out'),
    () => {
      switch (event.as) {
        case 'retry':
          return retryVerdict(context);
        case 'settle':
          return settleVerdict(context, terms, event);
        case 'void':
          return voidVerdict(context, event);
      }
    },
  );
}

/** Where nothing is open that could pay back a stake, to go on would be to wait for ever. */
function retryVerdict(context: MatchContext): Verdict {
  return unless(!owesLateStake(context), 'wrong_phase', 'a stake is owed: void it');
}

function voidVerdict(context: MatchContext, event: ReviewResolved): Verdict {
  return first(
    () => unless(event.observed.phase !== 2 && context.facts.phase !== 2, 'void_impossible'),
    () => noneLive(context, event, ['end', 'distribute', 'refund']),
    () => refundVerdict(context, event.refund),
  );
}

function settleVerdict(context: MatchContext, terms: Terms, event: ReviewResolved): Verdict {
  const { result } = event;
  const kept = context.seats.filter((seat) => seat.state === 'final');
  const dropped = context.seats.filter((seat) => seat.state !== 'final');
  const shares = result?.shares ?? context.result?.shares ?? null;
  return first(
    // What has ended on the chain can only be settled (6043), also where it was called off before that was known.
    () => unless(context.cancellation === null || endedOtherwise(event), 'wrong_phase', 'called off'),
    () => unless(!dropped.some(({ hash }) => event.live.includes(hash)), 'attempts_outstanding'),
    () => unless(kept.length >= terms.minPlayers, 'not_enough_seats', 'void it instead'),
    () =>
      unless(
        result !== null || !endedOtherwise(event) || context.facts.phase === 2,
        'result_invalid',
        'the match ended otherwise: say who wins',
      ),
    () => (result === null ? null : newResultVerdict(context, event, result.settlement)),
    () => (shares === null ? null : resultVerdict(terms, kept, shares)),
  );
}

/** Only of a match that was played; what is replaced must be dead, and an ended match needs its prizes only. */
function newResultVerdict(
  context: MatchContext,
  event: ReviewResolved,
  settlement: SettlementActions,
): Verdict {
  const isEnded = endedOtherwise(event);
  return first(
    () => unless(isEnded || context.seats.some(({ played }) => played), 'wrong_phase', 'not played'),
    () => noneLive(context, event, isEnded ? OWN_KINDS : ['end', 'distribute']),
    () => settlementVerdict(settlement),
    () => unless(!isEnded || settlement.distribute !== null, 'result_invalid', 'it has ended already'),
  );
}

function noneLive(context: MatchContext, event: ReviewResolved, kinds: readonly OwnKind[]): Verdict {
  const isLive = kinds.some((kind) => event.live.includes(openActionOf(context, kind)?.hash ?? ''));
  return unless(!isLive, 'attempts_outstanding');
}

function sealedOrNone(action: PendingAction | null): boolean {
  return action === null || isSealed(action);
}
