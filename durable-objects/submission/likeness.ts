/** What makes a transaction on the chain an action's own: every instruction, account and amount that was signed. */
import { toHex } from '../../core/index.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Attempt } from '../kernel/records.ts';
import { findNamed } from '../observed.ts';
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
  const named = { actionHash: action.hash, minSlot: slot };
  const isTwin = (observed: ObservedTransaction): boolean =>
    observed.signature !== attempt.signature && isActions(attempt, observed);
  return (await findNamed(chain, touched, named, isTwin))?.signature ?? null;
}
