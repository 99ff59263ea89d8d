/**
 * What the finalized history of a deposit account says happened to it: each successful money instruction that names the
 * account, as facts (design: section 7). Read from transactions, never from balances, so that nothing is guessed.
 */
import { base58Decode, type MoneyInstruction, toHex } from '../../core/index.ts';
import {
  type ChainPort,
  HISTORY_PAGE,
  type HistoryEntry,
  type ObservedInstruction,
  type ObservedTransaction,
} from '../ports.ts';
import type { ChainFact } from '../wire/objects.ts';
import { type MatchTerms, moneyInstruction, termsBefore } from './match-terms.ts';

/** Account positions (interface: section 4). */
const DEPOSIT_SOL_ACCOUNT = 0;
const JOIN_MATCH = 0;
const JOIN_DEPOSIT = 3;
const DISTRIBUTE_MATCH = 1;
const DISTRIBUTE_FIRST_DEPOSIT = 14;

const PLATFORM = 1;

/** Transactions read in one pass. A longer gap is read oldest first, by several passes of the cursor. */
const PASS = 200;
/** Pages looked through for the oldest: beyond 20,000 transactions that somebody has paid for, a person has to look. */
const MAX_PAGES = 20;

/** What the ledger knows already, so that it need not be asked of the chain again. */
export interface Ledger {
  isBooked(token: string): boolean;
  /** Lamports of the hold that an action has or had here; null where it never had one. */
  heldFor(actionHash: string): bigint | null;
}

export interface HistoryFacts {
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
  const facts: ChainFact[] = [];
  for (const entry of entries) {
    if (entry.failed) continue;
    const observed = await chain.transaction(entry.signature, 'finalized');
    if (observed === null) throw new Error(`finalized transaction ${entry.signature} cannot be read`);
    if (observed.error === null) facts.push(...(await factsOf(chain, depositPda, observed, entry, ledger)));
  }
  const newest = entries.at(-1);
  const isWhole = entries.length === unread.length;
  return { facts, cursor: newest?.signature ?? cursor, slot: newest?.slot ?? 0, isWhole };
}

/** Oldest first. */
async function entriesSince(
  chain: ChainPort,
  depositPda: string,
  cursor: string | null,
  minSlot: number,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const last = entries.at(-1);
    const before = last === undefined ? {} : { before: last.signature };
    const found = await chain.history(depositPda, cursor, { minSlot, ...before });
    entries.push(...found);
    if (found.length < HISTORY_PAGE) return entries.reverse();
  }
  throw new Error(`more than ${MAX_PAGES * HISTORY_PAGE} transactions since the cursor`);
}

async function factsOf(
  chain: ChainPort,
  depositPda: string,
  observed: ObservedTransaction,
  entry: HistoryEntry,
  ledger: Ledger,
): Promise<ChainFact[]> {
  const facts: ChainFact[] = [];
  const holdToken = actionIn(entry.memo);
  for (const [index, instruction] of observed.instructions.entries()) {
    if (instruction.programId !== chain.programId) continue;
    const decoded = moneyInstruction(instruction);
    if (decoded === null) continue;
    for (const moved of movesOf(depositPda, instruction, decoded)) {
      const token = `chain:${observed.signature}:${index}:${moved.position}`;
      if (ledger.isBooked(token)) continue;
      const held = moved.kind === 'join' && holdToken !== null ? ledger.heldFor(holdToken) : null;
      const amount =
        held ?? (await amountOf(moved, (match) => termsBefore(chain, match, observed.signature, index)));
      if (amount === null) continue;
      const direction = moved.kind === 'join' ? 'debit' : 'credit';
      facts.push({
        token,
        direction,
        amount: amount.toString(),
        holdToken,
        ref: decoded.kind,
        slot: observed.slot,
      });
    }
  }
  return facts;
}

/** What an instruction moves in or out of a deposit, as far as it tells by itself. */
type Move =
  | { readonly kind: 'deposit'; readonly position: number; readonly amount: bigint }
  | { readonly kind: 'join'; readonly position: number; readonly match: string }
  | { readonly kind: 'prize'; readonly position: number; readonly match: string; readonly amount: bigint };

function movesOf(pda: string, { accounts }: ObservedInstruction, decoded: MoneyInstruction): Move[] {
  switch (decoded.kind) {
    case 'deposit_sol':
      return accounts[DEPOSIT_SOL_ACCOUNT] === pda
        ? [{ kind: 'deposit', position: 0, amount: decoded.amount }]
        : [];
    case 'join_match':
      return accounts[JOIN_DEPOSIT] === pda
        ? [{ kind: 'join', position: 0, match: accounts[JOIN_MATCH] ?? '' }]
        : [];
    case 'distribute_prizes': {
      const match = accounts[DISTRIBUTE_MATCH] ?? '';
      return decoded.prizeAmounts.flatMap((amount, position) =>
        accounts[DISTRIBUTE_FIRST_DEPOSIT + position] === pda
          ? [{ kind: 'prize' as const, position, match, amount }]
          : [],
      );
    }
    default:
      return [];
  }
}

/**
 * null: nothing moved, or nobody can tell. A WALLET match takes a deposit account into its lists too, and neither debits
 * nor credits it: who names our deposit there must not make us book what never came.
 */
async function amountOf(
  move: Move,
  termsOf: (match: string) => Promise<MatchTerms | null>,
): Promise<bigint | null> {
  if (move.kind === 'deposit') return move.amount;
  const terms = await termsOf(move.match);
  if (terms?.paymentMethod !== PLATFORM) return null;
  return move.kind === 'join' ? terms.entryFee : move.amount;
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
