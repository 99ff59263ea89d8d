/**
 * What an open action of a match would be on the chain at this moment: slots, indices and lamports from finalized state
 * (design: section 6). Account state here only stops a signature; it never proves that something happened.
 */
import {
  type ConfigAccount,
  decodeConfig,
  decodeMatch,
  feeBreakdown,
  type MatchAccount,
  matchStateFromAccounts,
  matchStateHash,
  prizeDistribution,
} from '../../core/index.ts';
import {
  type MatchContext,
  mirroredState,
  type Seat,
  seatByHash,
  type Terms,
  totalEntry,
} from '../../machines/match/context.ts';
import type { SettlementFigures } from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { ChainAccount, ChainPort, InstructionPlan, TransactionPlan } from '../ports.ts';
import type { Planned } from '../submission/driver.ts';
import { compareMatch } from './comparison.ts';

/**
 * Lamports without which nothing is signed: a create takes 13,641,600 of rent (interface: section 2), a transaction has
 * two signatures at 5,000, and the payer itself must keep 890,880.
 */
const PAYER_MINIMUM = 20_000_000n;

type Plan = Planned<SettlementFigures | null>;

/** Read in one call, so at one finalized slot. */
export interface PlannerAccounts {
  readonly slot: number;
  readonly match: ChainAccount | null;
  readonly escrow: ChainAccount | null;
  readonly config: ChainAccount | null;
  /** The coordinator's own account, which pays. */
  readonly payer: ChainAccount | null;
}

export async function readPlannerAccounts(
  chain: ChainPort,
  terms: Terms,
  minSlot: number,
): Promise<PlannerAccounts> {
  const addresses = [terms.matchPda, terms.escrowPda, chain.pda('config').address, terms.coordinator];
  const { slot, accounts } = await chain.accounts(addresses, minSlot);
  const [match = null, escrow = null, config = null, payer = null] = accounts;
  return { slot, match, escrow, config, payer };
}

export function planMatchAction(
  context: MatchContext,
  terms: Terms,
  action: PendingAction,
  accounts: PlannerAccounts,
): Plan {
  if (accounts.config === null) return blocked('the program has no config account');
  const config = decodeConfig(accounts.config.data);
  // Signed all the same, it would never reach a block, and its death would have to be proved again and again.
  if ((accounts.payer?.lamports ?? 0n) < PAYER_MINIMUM) return blocked('the fee payer is empty');
  if (action.kind === 'create') return planCreate(terms, action, config, accounts);
  if (accounts.match === null) return foreign('the match account is gone from the chain');
  const match = decodeMatch(accounts.match.data);
  const stranger = notOurs(context, terms, match);
  if (stranger !== null) return foreign(stranger);
  switch (action.kind) {
    case 'join':
      return planJoin(context, terms, action, match, { ...accounts, config });
    case 'start':
      return planStart(context, terms, action, accounts);
    case 'end':
      return planEnd(context, terms, action, match, config, accounts);
    default:
      return foreign(`a match does not drive ${action.kind}`);
  }
}

/** The settlement as it will be signed; before it is decided it serves to measure the transaction. */
export function settlementPlan(
  terms: Terms,
  hash: string,
  end: { readonly matchHash: string | null; readonly hotUrl: string | null },
  treasury: string,
  winners: Extract<InstructionPlan, { kind: 'distribute_prizes' }>['winners'],
): TransactionPlan {
  const { matchId } = terms;
  return planOf(terms, hash, null, [
    { kind: 'end_match', matchId, matchHash: end.matchHash, hotUrl: end.hotUrl },
    { kind: 'distribute_prizes', matchId, treasury, winners },
  ]);
}

/** A match of our id that is not ours in every term could take the stakes (design: section 6): nothing is signed on it. */
export function notOurs(context: MatchContext, terms: Terms, match: MatchAccount): string | null {
  const checks: readonly (readonly [boolean, string])[] = [
    [match.authority === terms.coordinator, 'authority'],
    [match.matchId === terms.matchId, 'id'],
    [match.gameType === terms.gameType, 'game'],
    [match.entryFee === BigInt(terms.entryFee), 'entry fee'],
    [match.matchType === 1, 'type'],
    [match.paymentMethod === terms.paymentMethod, 'payment method'],
    [
      context.facts.createdAt === null || match.createdAt.toString() === context.facts.createdAt,
      'created_at',
    ],
  ];
  const wrong = checks.find(([holds]) => !holds);
  return wrong === undefined ? null : `the match on the chain has another ${wrong[1]} than ours`;
}

function planCreate(
  terms: Terms,
  action: PendingAction,
  config: ConfigAccount,
  accounts: PlannerAccounts,
): Plan {
  if (accounts.match !== null || accounts.escrow !== null) {
    return foreign('a match or an escrow with our id is on the chain already');
  }
  if (config.isPaused) return blocked('the program is paused');
  const { matchId, gameType, seed, entryFee, paymentMethod } = terms;
  const create: InstructionPlan = {
    kind: 'create_match',
    matchId,
    gameType,
    seed: BigInt(seed),
    entryFee: BigInt(entryFee),
    paymentMethod,
    matchType: 1,
    tournamentId: null,
  };
  return { kind: 'plan', plan: planOf(terms, action.hash, null, [create]), figures: null };
}

function planJoin(
  context: MatchContext,
  terms: Terms,
  action: PendingAction,
  match: MatchAccount,
  { config, ...accounts }: Omit<PlannerAccounts, 'config'> & { readonly config: ConfigAccount },
): Plan {
  const seat = seatByHash(context, action.hash);
  if (seat === undefined) return foreign('no seat belongs to this join');
  // A stranger may take a player's id first (H-15): the real player can then not be seated here at all.
  if (match.playerIds.includes(seat.userId)) return foreign("another transaction took this player's place");
  if (match.phase !== 0) return foreign('the match on the chain takes no more players');
  // No stake goes to a table that a stranger sits at, or whose escrow is not what was paid in: it could never start.
  const table = compareMatch(context, { ...accounts, escrowRent: 0n, programId: terms.programId });
  if (table.kind === 'broken') return foreign(table.breaks.map(({ detail }) => detail).join('; '));
  if (config.isPaused) return blocked('the program is paused');
  const { matchId, paymentMethod } = terms;
  const join: InstructionPlan = { kind: 'join_match', matchId, userId: seat.userId, paymentMethod };
  return { kind: 'plan', plan: planOf(terms, action.hash, seat.userId, [join]), figures: null };
}

/** Signed only when the chain's seats and stakes are the mirror's: nobody else's player is started. */
function planStart(
  context: MatchContext,
  terms: Terms,
  action: PendingAction,
  accounts: PlannerAccounts,
): Plan {
  const difference = differs(context, terms, accounts);
  if (difference !== null) return foreign(difference);
  return {
    kind: 'plan',
    plan: planOf(terms, action.hash, null, [{ kind: 'start_match', matchId: terms.matchId }]),
    figures: null,
  };
}

/** Signed only when the chain at `finalized` shows phase 1 and the mirror's seats and stakes (design: section 4). */
function planEnd(
  context: MatchContext,
  terms: Terms,
  action: PendingAction,
  match: MatchAccount,
  config: ConfigAccount,
  accounts: PlannerAccounts,
): Plan {
  const { result } = context;
  if (result === null) return foreign('no result was accepted');
  const difference = differs(context, terms, accounts);
  if (difference !== null) return foreign(difference);
  if (config.isPaused) return blocked('the program is paused');
  const total = totalEntry(terms, match.playerCount);
  const { netPool } = feeBreakdown(total, config.platformFeeBps);
  const { prizes } = prizeDistribution(
    netPool,
    result.shares.map((share) => share.shareBps),
  );
  const winners = result.shares.flatMap((share, rank) => {
    const seat = context.seats.find((each) => each.userId === share.userId);
    const lamports = prizes[rank];
    if (seat === undefined || lamports === undefined) return [];
    return [winner(seat, match, lamports)];
  });
  if (winners.length !== result.shares.length) return foreign('a winner has no seat');
  const plan = settlementPlan(terms, action.hash, result, config.treasuryMultisig, winners);
  const figures = {
    totalEntry: total.toString(),
    platformFeeBps: config.platformFeeBps,
    prizes: prizes.map((prize) => prize.toString()),
  };
  return { kind: 'plan', plan, figures };
}

/** Payees are those of the joins, never what a request names (H-01). */
function winner(seat: Seat, match: MatchAccount, lamports: bigint) {
  return { index: match.playerIds.indexOf(seat.userId), lamports, payee: seat.authority, platform: true };
}

function differs(context: MatchContext, terms: Terms, accounts: PlannerAccounts): string | null {
  const mirrored = mirroredState(context);
  if (mirrored === null || accounts.match === null || accounts.escrow === null)
    return 'match or escrow is gone from the chain';
  const onChain = matchStateFromAccounts(terms.matchPda, accounts.match.data, accounts.escrow.data);
  return matchStateHash(onChain) === matchStateHash(mirrored)
    ? null
    : 'seats, stakes or phase on the chain are not the mirrored ones';
}

function planOf(
  terms: Terms,
  actionHash: string,
  custodyOf: string | null,
  instructions: readonly InstructionPlan[],
): TransactionPlan {
  return { actionHash, coordinator: terms.coordinator, custodyOf, instructions };
}

function blocked(reason: string): Plan {
  return { kind: 'blocked', reason };
}

function foreign(reason: string): Plan {
  return { kind: 'foreign', reason };
}
