/**
 * What an open action of a match would be on the chain at this moment: slots, indices and lamports from finalized state
 * (design: section 6). Account state here only stops a signature; it never proves that something happened. How money
 * leaves the escrow is `settlement-plans.ts`.
 */
import { type ConfigAccount, decodeConfig, decodeMatch, type MatchAccount } from '../../core/index.ts';
import {
  isWalletSigned,
  type MatchContext,
  type Seat,
  seatByHash,
  type Terms,
} from '../../machines/match/context.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { ChainPort, InstructionPlan } from '../ports.ts';
import { compareMatch } from './comparison.ts';
import { blocked, type MatchPlan, type PlannerAccounts, type Planning, plan, review } from './plan.ts';
import { planDistribute, planEnd, planRefund } from './settlement-plans.ts';

/**
 * Lamports without which nothing is signed: a create takes 13,641,600 of rent (interface: section 2), a transaction has
 * two signatures at 5,000, and the payer itself must keep 890,880.
 */
const PAYER_MINIMUM = 20_000_000n;
/** What a wallet pays for its own join: its signature and the coordinator's, at 5,000 each. */
const WALLET_FEE = 10_000n;

export async function planMatchAction(
  chain: ChainPort,
  context: MatchContext,
  action: PendingAction,
  accounts: PlannerAccounts,
): Promise<MatchPlan> {
  const { terms } = context;
  if (terms === null) return review('a match without terms has no actions');
  if (accounts.config === null) return blocked('the program has no config account');
  const config = decodeConfig(accounts.config.data);
  // Signed all the same, it would never reach a block, and its death would have to be proved again and again.
  if ((accounts.payer?.lamports ?? 0n) < PAYER_MINIMUM) return blocked('the fee payer is empty');
  if (action.kind === 'create') return planCreate(terms, action, config, accounts);
  if (accounts.match === null) return review('the match account is gone from the chain');
  const match = decodeMatch(accounts.match.data);
  const stranger = notOurs(context, terms, match);
  if (stranger !== null) return review(stranger);
  const planning = { chain, context, terms, action, accounts, match, config };
  switch (action.kind) {
    case 'join':
      return planJoin(planning);
    case 'start':
      return planStart(planning);
    case 'end':
      return planEnd(planning);
    case 'distribute':
      return planDistribute(planning);
    case 'refund':
      return planRefund(planning);
    default:
      return review(`a match does not drive ${action.kind}`);
  }
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
): MatchPlan {
  if (accounts.match !== null || accounts.escrow !== null) {
    return review('a match or an escrow with our id is on the chain already');
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
  return plan(terms, action, [create], null);
}

async function planJoin(planning: Planning): Promise<MatchPlan> {
  const { chain, context, terms, action, match, config, accounts } = planning;
  const seat = seatByHash(context, action.hash);
  if (seat === undefined) return review('no seat belongs to this join');
  // A stranger may take a player's id first (H-15): the real player can then not be seated here at all.
  if (match.playerIds.includes(seat.userId)) return review("another transaction took this player's place");
  if (match.phase !== 0) return review('the match on the chain takes no more players');
  // No stake goes to a table that a stranger sits at, or whose escrow is not what was paid in: it could never start.
  const table = compareMatch(context, { ...accounts, escrowRent: 0n, programId: terms.programId });
  if (table.kind === 'broken') return review(table.breaks.map(({ detail }) => detail).join('; '));
  if (config.isPaused) return blocked('the program is paused');
  if (isWalletSigned(seat)) {
    const short = await shortOf(chain, seat, terms, accounts.slot);
    if (short !== null) return { kind: 'refused', code: 'insufficient_funds', detail: short };
  }
  const { matchId } = terms;
  const source =
    seat.payer === 'wallet'
      ? ({ kind: 'wallet', wallet: seat.wallet } as const)
      : ({ kind: 'deposit', authority: seat.authority } as const);
  return {
    kind: 'plan',
    plan: {
      actionHash: action.hash,
      coordinator: terms.coordinator,
      custody: isWalletSigned(seat) ? null : { userId: seat.userId, authority: seat.authority },
      wallet: isWalletSigned(seat) ? seat.wallet : null,
      instructions: [{ kind: 'join_match', matchId, userId: seat.userId, source }],
    },
    figures: null,
  };
}

/** A wallet that cannot pay is asked for no signature. It may end at exactly nothing, or has to keep its rent minimum. */
async function shortOf(chain: ChainPort, seat: Seat, terms: Terms, slot: number): Promise<string | null> {
  const [{ accounts }, rent] = await Promise.all([chain.accounts([seat.wallet], slot), chain.rentMinimum(0)]);
  const has = accounts[0]?.lamports ?? 0n;
  const needs = (seat.payer === 'wallet' ? BigInt(terms.entryFee) : 0n) + WALLET_FEE;
  const rest = has - needs;
  return rest === 0n || rest >= rent ? null : `the wallet has ${has} lamports, the join takes ${needs}`;
}

/** Signed only when the chain's seats and stakes are the mirror's: nobody else's player is started. */
function planStart({ context, terms, action, accounts }: Planning): MatchPlan {
  const table = compareMatch(context, { ...accounts, escrowRent: 0n, programId: terms.programId });
  if (table.kind !== 'clean') return review('seats, stakes or phase on the chain are not the mirrored ones');
  return plan(terms, action, [{ kind: 'start_match', matchId: terms.matchId }], null);
}
