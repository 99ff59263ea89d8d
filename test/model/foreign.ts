/** Somebody else pays the escrow out, as its history tells: right, where it is what the mirror had decided, or wrong. */
import { feeBreakdown, prizeDistribution } from '../../core/index.ts';
import { type MatchContext, type Refund, seatedOnChain, totalEntry } from '../../machines/match/context.ts';
import type { ForeignSettlement } from '../../machines/match/events.ts';
import { AT, ENDED_AT, TERMS } from './events.ts';

export const WRONG = 'the money went to nobody that the mirror knows';

/** Prizes of an ended match: `wrong` unless a result was accepted. */
export function foreignPrizes(context: MatchContext, wrong: string | null = null): ForeignSettlement {
  const observed = { phase: 2, endedAt: ENDED_AT.toString(), matchHash: null } as const;
  return { ...settled(context, wrong), kind: 'distribute', observed, payouts: prizesOf(context) };
}

/** `wrong` unless the match was called off for that very reason. */
export function foreignRefund(context: MatchContext, wrong: string | null = null): ForeignSettlement {
  const { reason = 0, abandonedUserId = null } = context.cancellation ?? {};
  const seats = seatedOnChain(context);
  const abandoned = seats.find(({ userId }) => userId === abandonedUserId);
  return {
    ...settled(context, wrong),
    kind: 'refund',
    reason,
    abandonedIndex: abandoned?.index ?? null,
    payouts: seats.map(({ userId }) => ({
      userId,
      lamports: userId === abandonedUserId ? '0' : TERMS.entryFee,
    })),
  };
}

function settled({ facts }: MatchContext, wrong: string | null): ForeignSettlement {
  return {
    type: 'foreign.settled',
    at: AT,
    kind: 'refund',
    signature: 'sig-of-a-stranger',
    slot: facts.slot + 1,
    instruction: 0,
    reason: 0,
    abandonedIndex: null,
    observed: null,
    payouts: [],
    wrong,
  };
}

function prizesOf(context: MatchContext): readonly Refund[] {
  const seats = seatedOnChain(context);
  const shares = context.result?.shares ?? [{ userId: seats[0]?.userId ?? '', shareBps: 10_000 }];
  const { netPool } = feeBreakdown(totalEntry(TERMS, seats.length), TERMS.platformFeeBps);
  const { prizes } = prizeDistribution(
    netPool,
    shares.map(({ shareBps }) => shareBps),
  );
  return shares.map(({ userId }, rank) => ({ userId, lamports: (prizes[rank] ?? 0n).toString() }));
}
