/** How a match may end, as its object asks for it: by a result, by being called off, or by the word of a person. */
import { REASON } from '../../machines/match/cancellation.ts';
import type { MatchContext, RankedShare } from '../../machines/match/context.ts';
import type {
  CancelRequested,
  EndRequested,
  PresenceReported,
  ReviewResolved,
  SettlementActions,
} from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { AT, body, HOST_CALL, OPERATOR, type Player, seal } from './requests.ts';

/** Two thirds and one third: a split that leaves a remainder. */
export const SHARES: readonly RankedShare[] = [
  { userId: 'ann', shareBps: 6_667 },
  { userId: 'bob', shareBps: 3_333 },
];

/** `apart`: the two instructions do not fit into one transaction. `nth`: a person decides anew. */
export function settlement(shares: readonly RankedShare[], apart = false, nth = 0): SettlementActions {
  const end = seal(body('end', 200_000 + nth, { result: shares, matchHash: null, hotUrl: null }));
  const distribute = apart ? seal(body('distribute', 300_000 + nth, { result: shares })) : null;
  return { end, distribute, transactionBytes: apart ? 1_300 : 900 };
}

export function end(shares: readonly RankedShare[] = SHARES, apart = false): EndRequested {
  return {
    type: 'match.end',
    at: AT,
    caller: HOST_CALL,
    shares,
    matchHash: null,
    hotUrl: null,
    settlement: settlement(shares, apart),
  };
}

/** None before `create` is final: there is nothing to pay back. */
export function refundAction(
  { facts, made }: MatchContext,
  reason: number,
  abandonedUserId: string | null = null,
): PendingAction | null {
  return facts.createdAt === null
    ? null
    : seal(body('refund', 400_000 + made.refund, { reason, abandonedUserId }));
}

type Called = Partial<Pick<CancelRequested, 'by' | 'reason' | 'abandonedUserId' | 'at'>>;

/** By an operator and as a fault of the platform, where nothing else is said: the way that is always open. */
export function cancel(context: MatchContext, called: Called = {}): CancelRequested {
  const { by = OPERATOR, reason = REASON.platformFault, abandonedUserId = null, at = AT } = called;
  const action = refundAction(context, reason, abandonedUserId);
  return { type: 'match.cancel', at, by, reason, abandonedUserId, action };
}

/** The clock calls it off: nobody came back in time. */
export function graceOver(context: MatchContext, player: Pick<Player, 'id'>): CancelRequested {
  const until = context.absences.find(({ userId }) => userId === player.id)?.until ?? AT;
  return cancel(context, {
    by: null,
    reason: REASON.graceExpired,
    abandonedUserId: player.id,
    at: until,
  });
}

export function away(player: Pick<Player, 'id'>, at = AT): PresenceReported {
  return { type: 'player.presence', at, caller: HOST_CALL, userId: player.id, present: false };
}

/** Nobody but the player needs to say that they are back. */
export function back(player: Pick<Player, 'id'>): PresenceReported {
  const caller = { userId: player.id, role: 'player' } as const;
  return { type: 'player.presence', at: AT, caller, userId: player.id, present: true };
}

type Resolved = Partial<Pick<ReviewResolved, 'live' | 'observed' | 'result'>>;

export function resolve(
  context: MatchContext,
  as: ReviewResolved['as'],
  { live = [], observed = shownEnd(context), result = null }: Resolved = {},
): ReviewResolved {
  return {
    type: 'review.resolve',
    at: AT,
    operator: OPERATOR.userId,
    reason: 'looked at',
    as,
    live,
    observed,
    refund: refundAction(context, REASON.platformFault),
    result,
  };
}

/** The chain as the mirror has it. */
function shownEnd({ facts }: MatchContext): ReviewResolved['observed'] {
  const { phase, endedAt, matchHash, slot } = facts;
  return { phase, endedAt, matchHash, slot };
}

export const ENDED_AT = 1_800_000_600n;

/** It ended without us (H-16). */
export function endedOtherwise({ facts }: MatchContext): ReviewResolved['observed'] {
  return { phase: 2, endedAt: ENDED_AT.toString(), matchHash: null, slot: facts.slot + 1 };
}

/** What a person decides is paid, each time another action. */
export function decided(context: MatchContext, shares = SHARES, apart = false): ReviewResolved['result'] {
  const nth = context.made.end + context.made.distribute + 1;
  return { shares, settlement: settlement(shares, apart, nth) };
}
