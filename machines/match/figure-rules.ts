/** Figures that somebody shows or signs: they must be the core's. A rule never throws: what the core refuses is a refusal. */
import { feeBreakdown, prizeDistribution, refundBreakdown } from '../../core/index.ts';
import type { OpenAction } from '../actions/open-action.ts';
import { refusal } from '../refusals.ts';
import { first, unless, type Verdict } from '../verdict.ts';
import { type MatchContext, stakedSeats, type Terms, totalEntry } from './context.ts';
import type { JoinRequested, SettlementFigures } from './events.ts';

/** What moves money carries exactly what the core computes of the chain's figures and of what was decided. */
export function figuresVerdict(
  context: MatchContext,
  action: OpenAction | undefined,
  figures: SettlementFigures | null,
): Verdict {
  const isAlone = context.result?.separate === true;
  if (action?.kind === 'distribute' || (action?.kind === 'end' && !isAlone))
    return figures?.kind === 'prizes'
      ? prizesVerdict(context, figures)
      : refusal('fee_breakdown_mismatch', 'no prizes');
  if (action?.kind === 'refund')
    return figures?.kind === 'refunds'
      ? refundsVerdict(context, figures)
      : refusal('fee_breakdown_mismatch', 'no refunds');
  return unless(figures === null, 'fee_breakdown_mismatch', 'moves no money');
}

function prizesVerdict(
  { terms, result, ...context }: MatchContext,
  figures: Extract<SettlementFigures, { kind: 'prizes' }>,
): Verdict {
  if (terms === null || result === null) return refusal('result_invalid', 'figures');
  const seated = context.seats.filter((seat) => seat.state === 'final').length;
  return unlessRefused(() => {
    const total = BigInt(figures.totalEntry);
    const { netPool } = feeBreakdown(total, figures.platformFeeBps);
    const { prizes } = prizeDistribution(
      netPool,
      result.shares.map((share) => share.shareBps),
    );
    const same = sameTexts(prizes, figures.prizes);
    return unless(same && total === totalEntry(terms, seated), 'fee_breakdown_mismatch', 'settlement');
  });
}

function refundsVerdict(
  context: MatchContext,
  figures: Extract<SettlementFigures, { kind: 'refunds' }>,
): Verdict {
  const { terms, cancellation } = context;
  if (terms === null || cancellation === null) return refusal('wrong_phase', 'not called off');
  const seats = stakedSeats(context);
  const abandoned = seats.findIndex(({ userId }) => userId === cancellation.abandonedUserId);
  return unlessRefused(() => {
    const total = totalEntry(terms, seats.length);
    const { payouts, treasury } = refundBreakdown({
      totalEntry: total,
      stakes: seats.map(() => BigInt(terms.entryFee)),
      listed: seats.map((_, index) => index),
      reason: cancellation.reason,
      cancellationFeeBps: figures.cancellationFeeBps,
      abandoned: abandoned < 0 ? null : abandoned,
    });
    return first(
      () => unless(figures.totalEntry === total.toString(), 'fee_breakdown_mismatch', 'total entry'),
      () =>
        unless(
          sameTexts(
            payouts,
            figures.refunds.map(({ lamports }) => lamports),
          ),
          'fee_breakdown_mismatch',
          'refunds',
        ),
      () =>
        unless(
          figures.refunds.every(({ userId }, index) => seats[index]?.userId === userId),
          'fee_breakdown_mismatch',
          'payees',
        ),
      () => unless(figures.treasury === treasury.toString(), 'fee_breakdown_mismatch', 'treasury'),
    );
  });
}

export function shownFiguresVerdict(
  terms: Terms,
  seats: number,
  shown: JoinRequested['feeBreakdown'],
): Verdict {
  if (shown === null) return null;
  return unlessRefused(() => {
    const own = feeBreakdown(totalEntry(terms, seats), terms.platformFeeBps);
    const same =
      shown.totalEntry === own.totalEntry.toString() &&
      shown.platformFee === own.platformFee.toString() &&
      shown.netPool === own.netPool.toString();
    return unless(same, 'fee_breakdown_mismatch', own.netPool.toString());
  });
}

/** The whole pool must be payable: no seat may be sold whose fee the program could not compute. */
export function poolVerdict(terms: Terms): Verdict {
  try {
    const { netPool } = feeBreakdown(totalEntry(terms, terms.maxPlayers), terms.platformFeeBps);
    return unless(netPool > 0n, 'entry_fee_out_of_range', 'no prize is left');
  } catch {
    return refusal('entry_fee_out_of_range', 'overflow');
  }
}

/** Shares that the core can split over the pool of so many seats. */
export function sharesVerdict(terms: Terms, seats: number, shares: readonly number[]): Verdict {
  try {
    const { netPool } = feeBreakdown(totalEntry(terms, seats), terms.platformFeeBps);
    prizeDistribution(netPool, shares);
    return null;
  } catch {
    return refusal('result_invalid', 'shares');
  }
}

function sameTexts(amounts: readonly bigint[], texts: readonly string[]): boolean {
  return (
    amounts.length === texts.length && amounts.every((amount, index) => texts[index] === amount.toString())
  );
}

function unlessRefused(check: () => Verdict): Verdict {
  try {
    return check();
  } catch {
    return refusal('fee_breakdown_mismatch', 'core');
  }
}
