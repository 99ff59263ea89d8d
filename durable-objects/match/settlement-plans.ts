/**
 * How money leaves the escrow: prizes and refunds. Signed only where the chain at `finalized` shows the mirror's seats and
 * stakes; payees are those of the joins, never what a request names (H-01).
 */
import {
  decodeUserDeposit,
  feeBreakdown,
  prizeDistribution,
  refundBreakdown,
  refundFeasible,
} from '../../core/index.ts';
import {
  type MatchContext,
  type Seat,
  seatOf,
  stakedSeats,
  totalEntry,
} from '../../machines/match/context.ts';
import type { SettlementFigures } from '../../machines/match/events.ts';
import type { ChainPort, InstructionPlan, Payee } from '../ports.ts';
import { compareMatch } from './comparison.ts';
import { blocked, type MatchPlan, type Planning, plan, review } from './plan.ts';

/** Bytes of an escrow account (interface: section 2); its rent is what it holds beyond what it owes. */
export const ESCROW_BYTES = 192;

type Winners = Extract<InstructionPlan, { kind: 'distribute_prizes' }>['winners'];
type Settling = Pick<Planning, 'terms'>['terms'];

/** `end_match` and `distribute_prizes` as they will be signed; before they are decided they serve to be measured. */
export function settlementInstructions(
  { matchId }: Pick<Settling, 'matchId'>,
  end: { readonly matchHash: string | null; readonly hotUrl: string | null },
  treasury: string,
  winners: Winners,
): readonly [InstructionPlan, InstructionPlan] {
  const { matchHash, hotUrl } = end;
  return [
    { kind: 'end_match', matchId, matchHash, hotUrl },
    { kind: 'distribute_prizes', matchId, treasury, winners },
  ];
}

/** Where a seat's winnings and refunds go: to the deposit that paid, or to the wallet that did. */
export function payeeOf(seat: Seat): Payee {
  return seat.payer === 'wallet'
    ? { payee: seat.wallet, platform: false }
    : { payee: seat.authority, platform: true };
}

/** Signed only when the chain at `finalized` shows phase 1 and the mirror's seats and stakes (design: section 4). */
export async function planEnd(planning: Planning): Promise<MatchPlan> {
  const { context, terms, action, config } = planning;
  const { result } = context;
  if (result === null) return review('no result was accepted');
  const difference = tableBreak(planning, false);
  if (difference !== null) return review(difference);
  if (config.isPaused) return blocked('the program is paused');
  const prizes = await prizesOf(planning, result.shares);
  if ('kind' in prizes) return prizes;
  const [end, distribute] = settlementInstructions(terms, result, config.treasuryMultisig, prizes.winners);
  return result.separate
    ? plan(terms, action, [end], null)
    : plan(terms, action, [end, distribute], prizes.figures);
}

/** Behind its `end`, which is confirmed at least; or alone, where the match ended otherwise. */
export async function planDistribute(planning: Planning): Promise<MatchPlan> {
  const { context, terms, action, config } = planning;
  const { result } = context;
  if (result === null) return review('no result was accepted');
  const difference = tableBreak(planning, true);
  if (difference !== null) return review(difference);
  if (config.isPaused) return blocked('the program is paused');
  const prizes = await prizesOf(planning, result.shares);
  if ('kind' in prizes) return prizes;
  const [, distribute] = settlementInstructions(terms, result, config.treasuryMultisig, prizes.winners);
  return plan(terms, action, [distribute], prizes.figures);
}

/**
 * Every seat with a stake, in one call (H-06). The program takes fee and forfeited stake on top of full refunds: what
 * the escrow cannot pay is not signed, and a person is given the figures (H-02).
 */
export async function planRefund(planning: Planning): Promise<MatchPlan> {
  const { context, terms, action, match, config, accounts, chain } = planning;
  const { cancellation } = context;
  if (cancellation === null) return review('the match was not called off');
  const difference = tableBreak(planning, false);
  if (difference !== null) return review(difference);
  if (match.phase === 2) return review('an ended match cannot be refunded');
  if (config.isPaused) return blocked('the program is paused');
  const seats = stakedSeats(context);
  const found = seats.findIndex(({ userId }) => userId === cancellation.abandonedUserId);
  const abandoned = found < 0 ? null : found;
  const total = totalEntry(terms, seats.length);
  const breakdown = refundBreakdown({
    totalEntry: total,
    stakes: seats.map(() => BigInt(terms.entryFee)),
    listed: seats.map((_, index) => index),
    reason: cancellation.reason,
    cancellationFeeBps: config.cancellationFeeBps,
    abandoned,
  });
  const { payouts, treasury } = breakdown;
  const rent = await chain.rentMinimum(ESCROW_BYTES);
  const has = accounts.escrow?.lamports ?? 0n;
  if (!refundFeasible(breakdown, has, rent)) {
    const paid = payouts.reduce((sum, payout) => sum + payout, 0n);
    return review(
      `the refund cannot be paid (H-02): ${paid} to the players and ${treasury} to the treasury make ${paid + treasury} lamports, ` +
        `the escrow has ${has - rent} beyond its rent; ${paid + treasury - (has - rent)} are missing. ` +
        'Send them to the escrow and retry, or void the match as a fault of the platform',
    );
  }
  const paid = seats.map((seat, index) => ({ seat, lamports: payouts[index] ?? 0n }));
  const objection =
    (await inPlayShort(chain, paid, accounts.slot)) ??
    (await belowRent(
      chain,
      [
        ...paid.map(({ seat, lamports }) => ({ ...payeeOf(seat), lamports })),
        { payee: config.treasuryMultisig, platform: false, lamports: treasury },
      ],
      accounts.slot,
    ));
  if (objection !== null) return review(objection);
  const refund: InstructionPlan = {
    kind: 'refund_escrow',
    matchId: terms.matchId,
    treasury: treasury > 0n ? config.treasuryMultisig : null,
    players: seats.map((seat) => ({ ...payeeOf(seat), index: seat.index ?? 0 })),
    reason: cancellation.reason,
    abandonedIndex: abandoned === null ? null : (seats[abandoned]?.index ?? null),
  };
  return plan(terms, action, [refund], {
    kind: 'refunds',
    totalEntry: total.toString(),
    cancellationFeeBps: config.cancellationFeeBps,
    refunds: paid.map(({ seat, lamports }) => ({ userId: seat.userId, lamports: lamports.toString() })),
    treasury: treasury.toString(),
  });
}

/** The fee is re-read here, immediately before signing: it may have changed since players were shown it (H-18). */
async function prizesOf(
  { chain, context, terms, match, config, accounts }: Planning,
  shares: NonNullable<MatchContext['result']>['shares'],
): Promise<{ readonly winners: Winners; readonly figures: SettlementFigures } | MatchPlan> {
  const total = totalEntry(terms, match.playerCount);
  const { netPool, platformFee } = feeBreakdown(total, config.platformFeeBps);
  const { prizes } = prizeDistribution(
    netPool,
    shares.map((share) => share.shareBps),
  );
  const winners = shares.flatMap((share, rank) => {
    const seat = seatOf(context, share.userId);
    const lamports = prizes[rank];
    if (seat === undefined || lamports === undefined) return [];
    return [{ ...payeeOf(seat), index: match.playerIds.indexOf(seat.userId), lamports }];
  });
  if (winners.length !== shares.length) return review('a winner has no seat');
  const treasury = { payee: config.treasuryMultisig, platform: false, lamports: platformFee };
  const objection = await belowRent(chain, [...winners, treasury], accounts.slot);
  if (objection !== null) return review(objection);
  const figures: SettlementFigures = {
    kind: 'prizes',
    totalEntry: total.toString(),
    platformFeeBps: config.platformFeeBps,
    prizes: prizes.map((prize) => prize.toString()),
  };
  return { winners, figures };
}

/** H-20: one payee that stays below the rent minimum reverts the whole settlement. Deposits have their rent. */
async function belowRent(
  chain: ChainPort,
  payees: readonly (Payee & { readonly lamports: bigint })[],
  slot: number,
): Promise<string | null> {
  const wallets = payees.filter(({ platform, lamports }) => !platform && lamports > 0n);
  if (wallets.length === 0) return null;
  const [{ accounts }, rent] = await Promise.all([
    chain.accounts(
      wallets.map(({ payee }) => payee),
      slot,
    ),
    chain.rentMinimum(0),
  ]);
  const poor = wallets.find(({ lamports }, place) => (accounts[place]?.lamports ?? 0n) + lamports < rent);
  return poor === undefined
    ? null
    : `payee ${poor.payee} would stay below the rent minimum of ${rent} lamports with ${poor.lamports} (H-20)`;
}

/** H-04: one deposit whose `in_play` is too low makes the refund fail for everybody in the call. */
async function inPlayShort(
  chain: ChainPort,
  paid: readonly { readonly seat: Seat; readonly lamports: bigint }[],
  slot: number,
): Promise<string | null> {
  const deposits = paid.filter(({ seat, lamports }) => seat.payer !== 'wallet' && lamports > 0n);
  if (deposits.length === 0) return null;
  const { accounts } = await chain.accounts(
    deposits.map(({ seat }) => chain.pda('deposit', seat.authority).address),
    slot,
  );
  for (const [place, { seat, lamports }] of deposits.entries()) {
    const account = accounts[place] ?? null;
    const inPlay = account === null ? 0n : decodeUserDeposit(account.data).inPlay;
    if (inPlay < lamports)
      return `deposit of ${seat.authority} has ${inPlay} lamports in play, the refund takes back ${lamports} (H-04)`;
  }
  return null;
}

/** What an own action in flight explains is no difference where the caller says so. */
function tableBreak(
  { context, terms, accounts }: Pick<Planning, 'context' | 'terms' | 'accounts'>,
  mayBeExplained: boolean,
): string | null {
  const table = compareMatch(context, { ...accounts, escrowRent: 0n, programId: terms.programId });
  if (table.kind === 'broken') return table.breaks.map(({ detail }) => detail).join('; ');
  return table.kind === 'clean' || mayBeExplained
    ? null
    : 'seats, stakes or phase on the chain are not the mirrored ones';
}
