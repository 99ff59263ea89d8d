/** What makes a transaction on the chain an action's own: every instruction, account and amount that was signed. */
import { base58Encode, fromHex, toHex } from '../../core/index.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Attempt } from '../kernel/records.ts';
import type { ChainPort, ObservedInstruction, ObservedTransaction } from '../ports.ts';

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
 * message twice, and its owner can put the second signature beside the coordinator's.
 */
export async function twinOf(
  chain: ChainPort,
  action: PendingAction,
  attempt: Attempt,
): Promise<string | null> {
  const touched = action.seeds[0]?.address;
  if (touched === undefined) return null;
  const memo = base58Encode(fromHex(action.hash));
  const named = (await chain.history(touched, null)).filter(
    (entry) => !entry.failed && entry.memo?.includes(memo) === true && entry.signature !== attempt.signature,
  );
  for (const { signature } of named) {
    const observed = await chain.transaction(signature, 'finalized');
    if (observed !== null && isActions(attempt, observed)) return signature;
  }
  return null;
}
