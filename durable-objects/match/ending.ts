/** How a match ends: by a result, by being called off, by the clock, or by the word of a person. */
import { decodeMatch } from '../../core/index.ts';
import { REASON } from '../../machines/match/cancellation.ts';
import type { ChainFacts, MatchContext, RankedShare, Terms } from '../../machines/match/context.ts';
import { countedSeats, seatOf } from '../../machines/match/context.ts';
import { TRANSACTION_BYTES } from '../../machines/match/ending-rules.ts';
import type {
  CancelRequested,
  EndRequested,
  MatchEvent,
  ReviewResolved,
  SettlementActions,
} from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Records } from '../kernel/records.ts';
import type { ObjectWorld } from '../ports.ts';
import type { Caller } from '../wire/objects.ts';
import type { CancelRequest, EndRequest, ResolveMatchRequest } from '../wire/requests.ts';
import { ownAction } from './actions.ts';
import { coordinatorPlan } from './plan.ts';
import { payeeOf, settlementInstructions } from './settlement-plans.ts';

interface Decided {
  readonly result: readonly RankedShare[];
  readonly matchHash: string | null;
  readonly hotUrl: string | null;
}

export function endEvent(
  world: ObjectWorld,
  context: MatchContext,
  terms: Terms,
  caller: Caller,
  request: EndRequest,
): EndRequested {
  const { result, matchHash = null, hotUrl = null } = request;
  return {
    type: 'match.end',
    at: world.clock.now(),
    caller,
    shares: result,
    matchHash,
    hotUrl,
    settlement: settlementActions(world, context, terms, { result, matchHash, hotUrl }),
  };
}

/** One transaction where it fits; else `end`, and `distribute` behind it. `alone`: the match ended otherwise. */
function settlementActions(
  { chain }: ObjectWorld,
  context: MatchContext,
  terms: Terms,
  { result, matchHash, hotUrl }: Decided,
  alone = false,
): SettlementActions {
  const shares = result.map(({ userId, shareBps }) => ({ userId, shareBps }));
  const end = ownAction(chain, context, terms, 'end', { result: shares, matchHash, hotUrl });
  const winners = result.flatMap((share, index) => {
    const seat = seatOf(context, share.userId);
    return seat === undefined ? [] : [{ ...payeeOf(seat), index, lamports: 1n }];
  });
  // A result of strangers only has no size; the rules refuse it.
  if (winners.length === 0) return { end, distribute: null, transactionBytes: 0 };
  // Any address measures like the treasury's, if it is not named otherwise: a message holds each address once.
  const treasury = chain.pda('registry').address;
  const whole = settlementInstructions(terms, { matchHash, hotUrl }, treasury, winners);
  const [, payout] = whole;
  const bytesOf = (instructions: Parameters<typeof coordinatorPlan>[2]): number =>
    chain.size(coordinatorPlan(terms, end.hash, instructions));
  const transactionBytes = bytesOf(whole);
  const mustPart = alone || transactionBytes > TRANSACTION_BYTES;
  const distribute =
    mustPart && bytesOf([payout]) <= TRANSACTION_BYTES
      ? ownAction(chain, context, terms, 'distribute', { result: shares })
      : null;
  return { end, distribute, transactionBytes };
}

const REASONS: { readonly [reason in CancelRequest['reason']]: number } = {
  platform_fault: REASON.platformFault,
  insufficient_players: REASON.insufficientPlayers,
  timeout: REASON.timeout,
};

export function cancelEvent(
  world: ObjectWorld,
  context: MatchContext,
  terms: Terms,
  caller: Caller,
  request: CancelRequest,
): CancelRequested {
  const reason = REASONS[request.reason];
  return called(world, context, terms, { by: caller, reason, abandonedUserId: null });
}

/** What a timer's row says, as it fires. Why a match is called off, and with which refund, follows from what it has come to. */
export function timerEvent(world: ObjectWorld, context: MatchContext, row: string): MatchEvent {
  // SAFETY: the machine wrote this event with its timer; `at` is when it fires.
  const event = { ...(JSON.parse(row) as object), at: world.clock.now() } as MatchEvent;
  return event.type === 'match.cancel' && context.terms !== null
    ? timedOut(world, context, context.terms, event.abandonedUserId)
    : event;
}

/** Nobody came back, or the match did not start or end in time. */
function timedOut(
  world: ObjectWorld,
  context: MatchContext,
  terms: Terms,
  abandonedUserId: string | null,
): CancelRequested {
  const started = context.seats.some((seat) => seat.played);
  const tooFew = !started && countedSeats(context).length < terms.minPlayers;
  const byClock = tooFew ? REASON.insufficientPlayers : REASON.timeout;
  const reason = abandonedUserId === null ? byClock : REASON.graceExpired;
  return called(world, context, terms, { by: null, reason, abandonedUserId });
}

function called(
  world: ObjectWorld,
  context: MatchContext,
  terms: Terms,
  decided: Pick<CancelRequested, 'by' | 'reason' | 'abandonedUserId'>,
): CancelRequested {
  const action = refundAction(world, context, terms, decided);
  return { type: 'match.cancel', at: world.clock.now(), ...decided, action };
}

/** None before `create` is final: there is no stake yet, and no identity to make an action of (formats). */
function refundAction(
  { chain }: ObjectWorld,
  context: MatchContext,
  terms: Terms,
  { reason, abandonedUserId }: { readonly reason: number; readonly abandonedUserId: string | null },
): PendingAction | null {
  return context.facts.createdAt === null
    ? null
    : ownAction(chain, context, terms, 'refund', { reason, abandonedUserId });
}

export function resolveEvent(
  world: ObjectWorld,
  { context, records }: { readonly context: MatchContext; readonly records: Records },
  terms: Terms,
  operator: Caller,
  request: ResolveMatchRequest,
  observed: ReviewResolved['observed'],
): ReviewResolved {
  const { matchHash = null, hotUrl = null } = context.result ?? {};
  const isEnded = request.as === 'settle' && observed.phase === 2;
  const result =
    request.result === undefined
      ? null
      : {
          shares: request.result,
          settlement: settlementActions(
            world,
            context,
            terms,
            { result: request.result, matchHash, hotUrl },
            isEnded,
          ),
        };
  return {
    type: 'review.resolve',
    at: world.clock.now(),
    operator: operator.userId,
    reason: request.reason,
    as: request.as,
    live: context.actions.map(({ hash }) => hash).filter((hash) => records.liveAttempt(hash) !== null),
    observed,
    refund: refundAction(world, context, terms, { reason: REASON.platformFault, abandonedUserId: null }),
    result,
  };
}

/** Phase and end as the chain shows them at `finalized`. An account that is gone is no phase: what was booked stands. */
export async function observedEnd(
  { chain }: ObjectWorld,
  { facts }: MatchContext,
  terms: Terms,
): Promise<ReviewResolved['observed']> {
  const { slot, accounts } = await chain.accounts([terms.matchPda], facts.slot);
  const account = accounts[0] ?? null;
  const { phase, endedAt, matchHash }: Omit<ReviewResolved['observed'], 'slot'> =
    account === null || account.owner !== chain.programId ? facts : ended(decodeMatch(account.data));
  return { phase, endedAt, matchHash, slot };
}

function ended(match: ReturnType<typeof decodeMatch>): Pick<ChainFacts, 'phase' | 'endedAt' | 'matchHash'> {
  return { phase: match.phase, endedAt: match.endedAt.toString(), matchHash: match.matchHash };
}
