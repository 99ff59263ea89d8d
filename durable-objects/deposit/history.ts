/**
 * What the finalized history of a deposit account says happened to it: each successful money instruction that names the
 * account, as facts (design: section 7). Read from transactions, never from balances, so that nothing is guessed.
 */
import { actionIn, listedTransaction } from '../observed.ts';
import { type ChainPort, HISTORY_PAGE, type HistoryEntry } from '../ports.ts';
import type { ChainFact } from '../wire/objects.ts';
import { type Ledger, type Moved, movedBy } from './moves.ts';

/** Transactions read in one pass. A longer gap is read oldest first, by several passes of the cursor. */
const PASS = 200;
/** Looked through for the oldest. To write so many into a history takes a stranger some SOL, and stops it no longer. */
const MOST = 500 * HISTORY_PAGE;

export interface HistoryFacts extends Moved {
  readonly facts: readonly ChainFact[];
  /** Newest signature that was read; null when there is none yet. */
  readonly cursor: string | null;
  /** Its slot; 0 where nothing was new. */
  readonly slot: number;
  /** False where a later pass has to read on: until then the ledger lags behind the account. */
  readonly isWhole: boolean;
}

/** Facts since `cursor` that are not booked yet, oldest first, by a node that is at `minSlot` or further. Throws where a transaction cannot be read: then nothing is booked. */
export async function readHistory(
  chain: ChainPort,
  depositPda: string,
  { cursor, minSlot }: { readonly cursor: string | null; readonly minSlot: number },
  ledger: Ledger,
): Promise<HistoryFacts> {
  const unread = await entriesSince(chain, depositPda, cursor, minSlot);
  const entries = unread.slice(0, PASS);
  const moved: Moved[] = [];
  for (const entry of entries) {
    if (entry.failed) continue;
    const observed = await listedTransaction(chain, entry);
    if (observed.error === null)
      moved.push(await movedBy(chain, depositPda, observed, actionIn(observed), ledger));
  }
  const newest = entries.at(-1);
  return {
    facts: moved.flatMap(({ facts }) => facts),
    treasuries: moved.flatMap(({ treasuries }) => treasuries),
    cursor: newest?.signature ?? cursor,
    slot: newest?.slot ?? 0,
    isWhole: entries.length === unread.length,
  };
}

/** Oldest first; one more than a pass reads, where there are more. */
async function entriesSince(
  chain: ChainPort,
  depositPda: string,
  cursor: string | null,
  minSlot: number,
): Promise<HistoryEntry[]> {
  const entries = await chain.history(depositPda, cursor, { minSlot, most: MOST, oldest: PASS + 1 });
  return entries.toReversed();
}
