/**
 * A settlement that was not ours: anyone may pay out an escrow (H-01). It is right only where the mirror had decided the
 * very same, to the lamport and to the payee; found in the escrow's own history, since the account does not tell who was
 * paid (design: section 3, rule 7).
 */
import {
  decodeEscrow,
  decodeMatch,
  type MatchAccount,
  type MoneyInstruction,
  prizeDistribution,
} from '../../core/index.ts';
import { REASON } from '../../machines/match/cancellation.ts';
import {
  isPaidOut,
  type MatchContext,
  type Seat,
  seatedOnChain,
  seatOf,
  stakedSeats,
  type Terms,
} from '../../machines/match/context.ts';
import type { ForeignSettlement, InstructionPlace } from '../../machines/match/events.ts';
import type { Records } from '../kernel/records.ts';
import { callsIn, listedTransaction, moneyInstruction } from '../observed.ts';
import type { ChainAccount, ChainPort, ObservedInstruction } from '../ports.ts';
import { payeeOf } from './settlement-plans.ts';

/** An escrow has some dozen transactions; a stranger's noise beyond this many is not read through. */
const MAX_READ = 64;
const PLACES = 10;

/** Account positions (interface: sections 4.13 and 4.14). */
const ESCROW = 0;
const DISTRIBUTE = { treasury: 3, payees: 4, deposits: 14 } as const;
const REFUND = { treasury: 23, payees: 2, deposits: 12 } as const;

type Distribute = Extract<MoneyInstruction, { kind: 'distribute_prizes' }>;
type Refund = Extract<MoneyInstruction, { kind: 'refund_escrow' }>;

interface Found {
  readonly signature: string;
  readonly slot: number;
  readonly instruction: InstructionPlace;
  readonly accounts: readonly string[];
  readonly decoded: Distribute | Refund;
}

/** Accounts at one finalized slot, and the config's treasury in it. */
export interface Shown {
  readonly escrow: ChainAccount;
  readonly match: ChainAccount | null;
  readonly treasury: string;
}

/** Null: the escrow is as the mirror knows it, or what paid it out is ours, or cannot be found. */
export async function foreignSettlement(
  chain: ChainPort,
  { context, records }: { readonly context: MatchContext; readonly records: Records },
  terms: Terms,
  { escrow, match, treasury }: Shown,
): Promise<Omit<ForeignSettlement, 'type' | 'at'> | null> {
  if (isPaidOut(context) || !isShownPaidOut(escrow)) return null;
  const found = await settlementIn(chain, context, terms);
  if (found === null || records.isAttempt(found.signature)) return null;
  const { signature, slot, instruction, decoded } = found;
  const where = { signature, slot, instruction };
  if (decoded.kind === 'refund_escrow') {
    return {
      ...where,
      kind: 'refund',
      reason: decoded.reason,
      abandonedIndex: decoded.abandonedPlayerIndex,
      observed: null,
      payouts: refundsOf(context, terms, decoded),
      owed: owedIn(context, escrow),
      wrong: wrongRefund(chain, context, found.accounts, decoded, treasury),
    };
  }
  return {
    ...where,
    kind: 'distribute',
    reason: 0,
    abandonedIndex: null,
    observed: match === null || match.owner !== chain.programId ? null : endOf(decodeMatch(match.data)),
    payouts: decoded.winnerIndices.map((index, position) => ({
      userId: seatAt(context, index)?.userId ?? '',
      lamports: (decoded.prizeAmounts[position] ?? 0n).toString(),
    })),
    wrong: wrongPrizes(chain, context, found.accounts, decoded, treasury),
  };
}

/** What cannot be decoded shows nothing; the comparison says so. */
function isShownPaidOut(escrow: ChainAccount): boolean {
  try {
    const { distributed, cancelled } = decodeEscrow(escrow.data);
    return distributed || cancelled;
  } catch {
    return false;
  }
}

function endOf({ phase, endedAt, matchHash }: MatchAccount): NonNullable<ForeignSettlement['observed']> {
  return { phase, endedAt: endedAt.toString(), matchHash };
}

/**
 * The oldest successful one: that one moved the money. A refund can be repeated and relabelled without any (H-23); one
 * that comes after it pays only what was owed still.
 */
async function settlementIn(
  chain: ChainPort,
  context: MatchContext,
  { escrowPda }: Terms,
): Promise<Found | null> {
  const entries = await chain.history(escrowPda, null);
  const read = entries.slice(0, MAX_READ).filter(({ failed }) => !failed);
  for (const entry of read.toReversed()) {
    const observed = await listedTransaction(chain, entry);
    const { signature, slot } = observed;
    for (const { place, instruction } of callsIn(observed)) {
      const decoded = settles(chain, instruction, escrowPda);
      if (decoded !== null && isNews(context, decoded))
        return { signature, slot, instruction: place, accounts: instruction.accounts, decoded };
    }
  }
  return null;
}

function isNews(context: MatchContext, decoded: Distribute | Refund): boolean {
  if (context.facts.refunded === null) return true;
  if (decoded.kind === 'distribute_prizes') return false;
  return decoded.playerIndices.some((index) => seatAt(context, index)?.owed === true);
}

/** Stakes that are there all the same: of joins that landed later (H-07), or of players who were not listed (H-06). */
function owedIn(context: MatchContext, escrow: ChainAccount): number[] {
  const { playerStakes } = decodeEscrow(escrow.data);
  return seatedOnChain(context)
    .map(({ index }) => index ?? -1)
    .filter((index) => (playerStakes[index] ?? 0n) > 0n);
}

function settles(
  chain: ChainPort,
  instruction: ObservedInstruction,
  escrowPda: string,
): Distribute | Refund | null {
  if (instruction.programId !== chain.programId || instruction.accounts[ESCROW] !== escrowPda) return null;
  const decoded = moneyInstruction(instruction);
  return decoded?.kind === 'distribute_prizes' || decoded?.kind === 'refund_escrow' ? decoded : null;
}

/** What the accepted result gives each winner of this net pool: summed by player, who may be listed twice (H-22). */
function wrongPrizes(
  chain: ChainPort,
  context: MatchContext,
  accounts: readonly string[],
  { winnerIndices, prizeAmounts }: Distribute,
  treasury: string,
): string | null {
  const { result } = context;
  if (result === null) return 'no result was accepted';
  const netPool = prizeAmounts.reduce((sum, amount) => sum + amount, 0n);
  const due = new Map<number, bigint>();
  const { prizes } = prizeDistribution(
    netPool,
    result.shares.map(({ shareBps }) => shareBps),
  );
  result.shares.forEach(({ userId }, rank) => {
    const index = seatOf(context, userId)?.index ?? -1;
    due.set(index, (due.get(index) ?? 0n) + (prizes[rank] ?? 0n));
  });
  for (const [position, index] of winnerIndices.entries())
    due.set(index, (due.get(index) ?? 0n) - (prizeAmounts[position] ?? 0n));
  if ([...due.values()].some((rest) => rest !== 0n)) return 'other prizes than the accepted result gives';
  if (accounts[DISTRIBUTE.treasury] !== treasury) return 'the fee went to another treasury (H-05)';
  return wrongPayee(chain, context, accounts, winnerIndices, DISTRIBUTE);
}

/** Every seat with a stake, for the reason that was decided. */
function wrongRefund(
  chain: ChainPort,
  context: MatchContext,
  accounts: readonly string[],
  refund: Refund,
  treasury: string,
): string | null {
  const { cancellation } = context;
  if (cancellation === null) return 'the match was not called off';
  const seats = stakedSeats(context);
  const abandoned = seats.find(({ userId }) => userId === cancellation.abandonedUserId)?.index ?? null;
  if (refund.reason !== cancellation.reason || refund.abandonedPlayerIndex !== abandoned)
    return 'another reason, or another player who left, than was decided';
  const listed = [...refund.playerIndices].toSorted((left, right) => left - right).join();
  if (listed !== seats.map(({ index }) => index).join()) return 'not every seat with a stake is in it (H-06)';
  // Where nothing is due to it, anyone can be named in its place.
  const paysTreasury =
    refund.reason !== REASON.platformFault && accounts[REFUND.treasury] !== chain.programId;
  if (paysTreasury && accounts[REFUND.treasury] !== treasury)
    return 'the fee went to another treasury (H-05)';
  return wrongPayee(chain, context, accounts, refund.playerIndices, REFUND);
}

/** The wallets and deposits of the joins; nothing on the chain ties a payee to a player (H-01). */
function wrongPayee(
  chain: ChainPort,
  context: MatchContext,
  accounts: readonly string[],
  indices: readonly number[],
  places: { readonly payees: number; readonly deposits: number },
): string | null {
  for (const [position, index] of indices.slice(0, PLACES).entries()) {
    const seat = seatAt(context, index);
    if (seat === undefined) return `a player at ${index} whom the mirror does not seat`;
    const { payee, platform } = payeeOf(seat);
    const paid = accounts[(platform ? places.deposits : places.payees) + position];
    const right = platform ? chain.pda('deposit', payee).address : payee;
    if (paid !== right) return `the money of ${seat.userId} went to ${paid ?? 'nobody'}`;
  }
  return null;
}

/** Amounts stand in the stakes, not in the instruction; a stake of ours is the entry fee. */
function refundsOf(context: MatchContext, { entryFee }: Terms, refund: Refund): ForeignSettlement['payouts'] {
  const forfeits = [1, 3, 4].includes(refund.reason);
  return refund.playerIndices.map((index) => ({
    userId: seatAt(context, index)?.userId ?? '',
    lamports: forfeits && index === refund.abandonedPlayerIndex ? '0' : entryFee,
  }));
}

function seatAt(context: MatchContext, index: number): Seat | undefined {
  return context.seats.find((seat) => seat.index === index);
}
