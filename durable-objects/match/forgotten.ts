/**
 * A match that was restored to an earlier point has forgotten what it signed. Before a join or a start is signed for what
 * would be the first time, the chain is asked whether it has happened: by the memo that names the action (design: section 6).
 */
import { decodeMatch } from '../../core/index.ts';
import { type MatchContext, seatByHash, type Terms } from '../../machines/match/context.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { actionIn, findNamed, moneyInstruction } from '../observed.ts';
import type { ChainPort, ObservedTransaction } from '../ports.ts';
import type { PlannerAccounts } from './plan.ts';

/** Account positions (interface: sections 4.6 and 4.7). */
const MATCH = 0;
const PLAYER = 6;
const AUTHORITY = 3;

/** The transaction that did it; null where the account shows that nothing did, or where it was somebody else's. */
export async function forgotten(
  chain: ChainPort,
  context: MatchContext,
  terms: Terms,
  action: PendingAction,
  { match, slot }: PlannerAccounts,
): Promise<ObservedTransaction | null> {
  if (match === null || match.owner !== terms.programId) return null;
  const { phase, playerIds } = decodeMatch(match.data);
  const seat = seatByHash(context, action.hash);
  const isShown =
    seat === undefined ? action.kind === 'start' && phase >= 1 : playerIds.includes(seat.userId);
  if (!isShown) return null;
  const named = { actionHash: action.hash, minSlot: slot };
  return findNamed(chain, terms.matchPda, named, (observed) => isOurs(context, terms, action, observed));
}

/** Whoever must sign such an instruction is the player, or we: nobody else can have made it. */
function isOurs(
  context: MatchContext,
  terms: Terms,
  action: PendingAction,
  observed: ObservedTransaction,
): boolean {
  const [instruction] = observed.instructions;
  if (observed.error !== null || instruction === undefined || actionIn(observed) !== action.hash)
    return false;
  const { programId, accounts } = instruction;
  if (programId !== terms.programId || accounts[MATCH] !== terms.matchPda) return false;
  const decoded = moneyInstruction(instruction);
  if (decoded?.kind === 'start_match')
    return action.kind === 'start' && accounts[AUTHORITY] === terms.coordinator;
  const seat = seatByHash(context, action.hash);
  if (decoded?.kind !== 'join_match' || seat === undefined) return false;
  const payer = seat.payer === 'wallet' ? seat.wallet : seat.authority;
  return decoded.userId === seat.userId && accounts[PLAYER] === payer;
}
