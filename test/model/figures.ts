/** What the planner computes for a transaction that moves money, by the core; null for every other one. */
import { feeBreakdown, prizeDistribution, refundBreakdown } from '../../core/index.ts';
import { type MatchContext, seatedOnChain, totalEntry } from '../../machines/match/context.ts';
import type { SettlementFigures } from '../../machines/match/events.ts';

/** The program's default; it cannot be set to nothing (H-02). */
export const CANCELLATION_FEE_BPS = 250;

export function figuresFor(context: MatchContext, hash: string): SettlementFigures | null {
  const action = context.actions.find((each) => each.hash === hash);
  const isSeparate = context.result?.separate === true;
  if (action?.kind === 'distribute' || (action?.kind === 'end' && !isSeparate)) return prizesOf(context);
  return action?.kind === 'refund' ? refundsOf(context) : null;
}

function prizesOf(context: MatchContext): SettlementFigures | null {
  const { terms, result } = context;
  const seated = seatedOnChain(context).length;
  if (terms === null || result === null || seated === 0) return null;
  const total = totalEntry(terms, seated);
  const { netPool } = feeBreakdown(total, terms.platformFeeBps);
  const { prizes } = prizeDistribution(
    netPool,
    result.shares.map((share) => share.shareBps),
  );
  return {
    kind: 'prizes',
    totalEntry: total.toString(),
    platformFeeBps: terms.platformFeeBps,
    prizes: prizes.map((prize) => prize.toString()),
  };
}

/** The core's breakdown of the refund of every seat with a stake; null where there is none. */
export function breakdownOf(context: MatchContext) {
  const { terms, cancellation } = context;
  const seats = seatedOnChain(context);
  if (terms === null || cancellation === null || seats.length === 0) return null;
  const abandoned = seats.findIndex(({ userId }) => userId === cancellation.abandonedUserId);
  return refundBreakdown({
    totalEntry: totalEntry(terms, seats.length),
    stakes: seats.map(() => BigInt(terms.entryFee)),
    listed: seats.map((_, index) => index),
    reason: cancellation.reason,
    cancellationFeeBps: CANCELLATION_FEE_BPS,
    abandoned: abandoned < 0 ? null : abandoned,
  });
}

function refundsOf(context: MatchContext): SettlementFigures | null {
  const breakdown = breakdownOf(context);
  const { terms } = context;
  if (breakdown === null || terms === null) return null;
  const seats = seatedOnChain(context);
  return {
    kind: 'refunds',
    totalEntry: totalEntry(terms, seats.length).toString(),
    cancellationFeeBps: CANCELLATION_FEE_BPS,
    refunds: seats.map(({ userId }, index) => ({
      userId,
      lamports: (breakdown.payouts[index] ?? 0n).toString(),
    })),
    treasury: breakdown.treasury.toString(),
  };
}
