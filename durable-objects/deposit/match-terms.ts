/**
 * Fee and payment method of a match as a transaction met them. The match's account is not asked first: who closed an
 * ended match can create the same id again, with other terms (H-13). Its history can only be added to.
 */
import { decodeMatch } from '../../core/index.ts';
import { callsIn, listedTransaction, moneyInstruction } from '../observed.ts';
import type { ChainPort, ObservedInstruction } from '../ports.ts';

export interface MatchTerms {
  readonly entryFee: bigint;
  readonly paymentMethod: number;
}

/** A match has some dozen transactions; a stranger's noise beyond this many is not read through. */
const MAX_READ = 64;
const CREATE_MATCH = 0;

/**
 * Before what the transaction ran as its `index`th instruction. null: neither history nor account tell, so that the money of that
 * instruction is nobody's fact; the comparison shows whether it came. Throws where the chain cannot be read.
 */
export async function termsBefore(
  chain: ChainPort,
  matchPda: string,
  signature: string,
  index: number,
): Promise<MatchTerms | null> {
  const entries = await chain.history(matchPda, null);
  const at = entries.findIndex((entry) => entry.signature === signature);
  const earlier = at < 0 ? [] : entries.slice(at, at + MAX_READ).filter((entry) => !entry.failed);
  for (const entry of earlier) {
    const observed = await listedTransaction(chain, entry);
    const calls = callsIn(observed);
    const created = calls
      .slice(0, entry.signature === signature ? index : calls.length)
      .map(({ instruction }) => createdBy(chain, matchPda, instruction))
      .findLast((terms) => terms !== null);
    if (created !== undefined) return created;
  }
  return termsNow(chain, matchPda);
}

function createdBy(chain: ChainPort, matchPda: string, instruction: ObservedInstruction): MatchTerms | null {
  if (instruction.programId !== chain.programId || instruction.accounts[CREATE_MATCH] !== matchPda)
    return null;
  const decoded = moneyInstruction(instruction);
  if (decoded?.kind !== 'create_match') return null;
  return { entryFee: decoded.entryFee ?? 0n, paymentMethod: decoded.paymentMethod ?? 0 };
}

/** The create lies too far back. */
async function termsNow(chain: ChainPort, matchPda: string): Promise<MatchTerms | null> {
  const { accounts } = await chain.accounts([matchPda]);
  const [account] = accounts;
  if (account == null || account.owner !== chain.programId) return null;
  const { entryFee, paymentMethod } = decodeMatch(account.data);
  return { entryFee, paymentMethod };
}
