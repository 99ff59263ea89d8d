/** Facts for the users' ledgers: each stake is debited once, and paid out once, as prizes or as refunds. */
import { feeBreakdown } from '../../core/index.ts';
import { type MatchContext, type Seat, seatByHash, seatedOnChain } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { type Asked, askedBy, messages } from './effect-invariants.ts';
import { CANCELLATION_FEE_BPS } from './figures.ts';
import { type MatchState, must, type Taken } from './must.ts';

export function checkMoney(before: MatchState, event: MatchEvent, { state, effects }: Taken): void {
  const [was, is] = [before.context, state.context];
  const facts = messages(effects, 'fact').map(askedBy);
  const concluded = messages(effects, 'conclude').map((each) => askedBy(each).holdToken);
  must(new Set(facts.map((fact) => fact.token)).size === facts.length, 'each payment is a fact of its own');
  const isDistributed = is.facts.distributed && !was.facts.distributed;
  const isRefunded = is.facts.refunded !== null && was.facts.refunded === null;
  const isWrong = event.type === 'foreign.settled' && event.wrong !== null;
  if (isWrong)
    must(facts.length === 0, 'whom a stranger paid is not guessed: the deposits see for themselves');
  else if (isDistributed) checkPrizes(is, facts);
  else if (isRefunded) checkRefunds(is, facts);
  else checkStake(was, is, event, facts);
  const isOver = isDistributed || isRefunded;
  const paid = isOver ? seatedOnChain(is).filter((seat) => seat.payer !== 'wallet') : [];
  must(
    concluded.toSorted().join() ===
      paid
        .map(({ hash }) => hash)
        .toSorted()
        .join(),
    'every stake of a deposit is concluded once, when the match is paid out',
  );
}

function checkStake(was: MatchContext, is: MatchContext, event: MatchEvent, facts: readonly Asked[]): void {
  const seat = event.type === 'action.final' ? seatByHash(was, event.hash) : undefined;
  if (seat === undefined || seat.payer === 'wallet') {
    must(facts.length === 0, 'no fact without a final effect on a deposit');
    return;
  }
  const [fact] = facts;
  must(facts.length === 1 && fact?.direction === 'debit', 'one debit for a final join');
  must(fact?.amount === is.terms?.entryFee && fact?.holdToken === seat.hash, '... that captures its hold');
}

/** Prizes sum to the net pool; those of wallets are no business of any deposit. */
function checkPrizes(context: MatchContext, facts: readonly Asked[]): void {
  const { terms, result } = context;
  const { netPool, platformFee } = feeBreakdown(stakes(context), terms?.platformFeeBps ?? 0);
  const prizes = (result?.prizes ?? []).map(BigInt);
  must(result !== null && result.settlement !== null, 'prizes are those of a result, by a transaction');
  must(sum(prizes) === netPool, 'prizes sum to the net pool');
  must(sum(prizes) + platformFee === stakes(context), 'prizes and fee are the stakes');
  const winners = (result?.shares ?? []).map(({ userId }, rank) => ({
    userId,
    lamports: prizes[rank] ?? 0n,
  }));
  checkCredits(context, facts, winners);
}

/** The program takes its fee on top of what it pays back (H-02): beyond it, what goes out is what came in. */
function checkRefunds(context: MatchContext, facts: readonly Asked[]): void {
  const { cancellation } = context;
  const refunds = (cancellation?.refunds ?? []).map(({ userId, lamports }) => ({
    userId,
    lamports: BigInt(lamports),
  }));
  const seats = seatedOnChain(context);
  must(
    refunds.map(({ userId }) => userId).join() === seats.map(({ userId }) => userId).join(),
    'every stake is paid back in the one refund',
  );
  const entryFee = BigInt(context.terms?.entryFee ?? '0');
  const { reason, abandonedUserId } = cancellation ?? { reason: 0, abandonedUserId: null };
  const forfeited = reason === 0 || abandonedUserId === null ? 0n : entryFee;
  const fee = reason === 0 ? 0n : (stakes(context) * BigInt(CANCELLATION_FEE_BPS)) / 10_000n;
  const treasury = fee + forfeited;
  must(
    sum(refunds.map(({ lamports }) => lamports)) + treasury === stakes(context) + fee,
    'refunds and what the treasury takes are the stakes and the fee',
  );
  checkCredits(context, facts, refunds);
}

function checkCredits(
  context: MatchContext,
  facts: readonly Asked[],
  paid: readonly { readonly userId: string; readonly lamports: bigint }[],
): void {
  const isDeposit = (userId: string) =>
    context.seats.some((seat: Seat) => seat.userId === userId && seat.payer !== 'wallet');
  const expected = paid.filter(({ userId, lamports }) => isDeposit(userId) && lamports > 0n);
  must(
    facts.every((fact) => fact.direction === 'credit') &&
      facts.map((fact) => fact.amount).join() === expected.map(({ lamports }) => lamports).join(),
    'every deposit is credited exactly what its player was paid',
  );
}

function stakes(context: MatchContext): bigint {
  return BigInt(context.terms?.entryFee ?? '0') * BigInt(seatedOnChain(context).length);
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
