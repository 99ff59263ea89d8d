/**
 * What the finalized history of a deposit account says happened to it: each successful money instruction that names the
 * account, as facts (design: section 7). Read from transactions, never from balances, so that nothing is guessed.
 */
import {
  base58Decode,
  decodeInstruction,
  decodeMatch,
  type MoneyInstruction,
  toHex,
} from '../../core/index.ts';
import type { ChainPort, HistoryEntry, ObservedInstruction, ObservedTransaction } from '../ports.ts';
import type { ChainFact } from '../wire/objects.ts';

/** Account positions (interface: section 4). */
const DEPOSIT_SOL_ACCOUNT = 0;
const JOIN_MATCH = 0;
const JOIN_DEPOSIT = 3;
const DISTRIBUTE_FIRST_DEPOSIT = 14;

/** Longest page that an RPC gives; a longer gap is read oldest first by several passes of the cursor. */
export const HISTORY_PAGE = 1_000;

export interface HistoryFacts {
  readonly facts: readonly ChainFact[];
  /** Newest signature that was read; null when there is none yet. */
  readonly cursor: string | null;
}

/** Facts since `cursor`, oldest first. Throws where a transaction cannot be read: then nothing is booked. */
export async function readHistory(
  chain: ChainPort,
  depositPda: string,
  cursor: string | null,
): Promise<HistoryFacts> {
  const entries = await chain.history(depositPda, cursor);
  if (entries.length >= HISTORY_PAGE)
    throw new Error(`more than ${HISTORY_PAGE} transactions since the cursor`);
  const facts: ChainFact[] = [];
  for (const entry of entries.toReversed()) {
    if (entry.failed) continue;
    const observed = await chain.transaction(entry.signature, 'finalized');
    if (observed === null) throw new Error(`finalized transaction ${entry.signature} cannot be read`);
    if (observed.error === null) facts.push(...(await factsOf(chain, depositPda, observed, entry)));
  }
  return { facts, cursor: entries[0]?.signature ?? cursor };
}

async function factsOf(
  chain: ChainPort,
  depositPda: string,
  observed: ObservedTransaction,
  entry: HistoryEntry,
): Promise<ChainFact[]> {
  const facts: ChainFact[] = [];
  for (const [index, instruction] of observed.instructions.entries()) {
    if (instruction.programId !== chain.programId || !instruction.accounts.includes(depositPda)) continue;
    const decoded = decodedOf(instruction);
    if (decoded === null) continue;
    const amounts = await amountsOf(chain, depositPda, instruction, decoded);
    for (const { position, direction, amount } of amounts) {
      const token = `chain:${observed.signature}:${index}:${position}`;
      facts.push({
        token,
        direction,
        amount: amount.toString(),
        holdToken: actionIn(entry.memo),
        ref: decoded.kind,
      });
    }
  }
  return facts;
}

interface Amount {
  readonly position: number;
  readonly direction: 'credit' | 'debit';
  readonly amount: bigint;
}

async function amountsOf(
  chain: ChainPort,
  pda: string,
  instruction: ObservedInstruction,
  decoded: MoneyInstruction,
): Promise<Amount[]> {
  const { accounts } = instruction;
  switch (decoded.kind) {
    case 'deposit_sol':
      return accounts[DEPOSIT_SOL_ACCOUNT] === pda
        ? [{ position: 0, direction: 'credit', amount: decoded.amount }]
        : [];
    case 'join_match':
      if (accounts[JOIN_DEPOSIT] !== pda) return [];
      return [
        { position: 0, direction: 'debit', amount: await entryFeeOf(chain, accounts[JOIN_MATCH] ?? '') },
      ];
    case 'distribute_prizes':
      return decoded.prizeAmounts.flatMap((amount, position) =>
        accounts[DISTRIBUTE_FIRST_DEPOSIT + position] === pda
          ? [{ position, direction: 'credit' as const, amount }]
          : [],
      );
    default:
      return [];
  }
}

/** A match's fee never changes; a match that is gone leaves the debit unexplained, and the comparison says so. */
async function entryFeeOf(chain: ChainPort, match: string): Promise<bigint> {
  const { accounts } = await chain.accounts([match]);
  const account = accounts[0];
  if (account == null) throw new Error(`match ${match} of a join is gone`);
  return decodeMatch(account.data).entryFee;
}

function decodedOf(instruction: ObservedInstruction): MoneyInstruction | null {
  try {
    return decodeInstruction(instruction.data);
  } catch {
    // Not a money instruction that we know: what it did shows in the comparison.
    return null;
  }
}

/** `[44] <base58>`, several joined by `; `: the hash of the action, hex, where a memo is one. */
export function actionIn(memo: string | null): string | null {
  const text = memo?.split('; ')[0]?.replace(/^\[\d+\] /, '') ?? '';
  try {
    const bytes = base58Decode(text);
    return bytes.length === 32 ? toHex(bytes) : null;
  } catch {
    return null;
  }
}
