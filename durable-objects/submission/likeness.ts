/** What makes a transaction on the chain an action's own: every instruction, account and amount that was signed. */
import { base58Encode, fromHex, toHex } from '../../core/index.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Attempt } from '../kernel/records.ts';
import {
  type ChainPort,
  HISTORY_PAGE,
  type HistoryEntry,
  type ObservedInstruction,
  type ObservedTransaction,
} from '../ports.ts';

/** Looked through for a twin: beyond so many transactions that somebody has paid for, a person has to look. */
const MOST_ENTRIES = 20 * HISTORY_PAGE;
/** ... and of those that carry our memo, which anyone can write. */
const MOST_NAMED = 64;

/** Instruction, accounts and amounts are the action's; anything else with the same look is a foreign effect. */
export function isActions(attempt: Attempt, observed: ObservedTransaction): boolean {
  return observed.error === null && instructionsText(observed.instructions) === attempt.expected;
}

export function instructionsText(instructions: readonly ObservedInstruction[]): string {
  return JSON.stringify(
    instructions.map(({ programId, accounts, data }) => [programId, accounts, toHex(data)]),
  );
}

/**
 * The signature under which the very same message landed, found by the memo that names the action: a wallet can sign a
 * message twice, and its owner can put the second signature beside the coordinator's. Null: by a node that is at `slot` or
 * further, there is none. Throws where noise hides what happened: that is no proof of death.
 */
export async function twinOf(
  chain: ChainPort,
  action: PendingAction,
  attempt: Attempt,
  slot: number,
): Promise<string | null> {
  const touched = action.seeds[0]?.address;
  if (touched === undefined) return null;
  const entries = await chain.history(touched, null, { minSlot: slot, most: MOST_ENTRIES });
  if (entries.length >= MOST_ENTRIES) throw new Error(`${touched} has too long a history to find a twin in`);
  const memo = base58Encode(fromHex(action.hash));
  const named = entries.filter((entry) => mayBeTwin(entry, attempt, memo));
  if (named.length > MOST_NAMED)
    throw new Error(`${named.length} transactions carry the memo of ${action.hash}`);
  for (const { signature } of named) {
    const observed = await chain.transaction(signature, 'finalized');
    if (observed === null) throw new Error(`finalized transaction ${signature} cannot be read`);
    if (isActions(attempt, observed)) return signature;
  }
  return null;
}

function mayBeTwin(
  { failed, signature, memo: theirs }: HistoryEntry,
  attempt: Attempt,
  memo: string,
): boolean {
  return !failed && signature !== attempt.signature && theirs?.includes(memo) === true;
}
