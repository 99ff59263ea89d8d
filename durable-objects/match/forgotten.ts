/**
 * A match that was restored to an earlier point has forgotten what it signed. Before a join or a start is signed for what
 * would be the first time, the chain is asked whether it has happened: by the memo that names the action (design: section 6).
 */
import { base58Encode, decodeMatch, fromHex } from '../../core/index.ts';
import { type MatchContext, seatByHash, type Terms } from '../../machines/match/context.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { actionIn } from '../deposit/history.ts';
import { moneyInstruction } from '../deposit/match-terms.ts';
import { type ChainPort, HISTORY_PAGE, type ObservedTransaction } from '../ports.ts';
import type { PlannerAccounts } from './plan.ts';

/** Beyond so much noise nothing is signed either: a person has to look. */
const MOST_ENTRIES = 20 * HISTORY_PAGE;
const MOST_NAMED = 64;

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
  const memo = base58Encode(fromHex(action.hash));
  const entries = await chain.history(terms.matchPda, null, { minSlot: slot, most: MOST_ENTRIES });
  const named = entries.filter((entry) => !entry.failed && entry.memo?.includes(memo) === true);
  if (entries.length >= MOST_ENTRIES || named.length > MOST_NAMED)
    throw new Error(`the history of ${terms.matchPda} is too long to say what became of ${action.hash}`);
  for (const { signature } of named) {
    const observed = await chain.transaction(signature, 'finalized');
    if (observed === null) throw new Error(`finalized transaction ${signature} cannot be read`);
    if (isOurs(context, terms, action, observed)) return observed;
  }
  return null;
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
