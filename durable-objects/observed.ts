/** Reading landed transactions: what they ran, which action they name, and where they are found. */
import {
  base58Decode,
  base58Encode,
  decodeInstruction,
  fromHex,
  type MoneyInstruction,
  toHex,
} from '../core/index.ts';
import type { InstructionPlace } from '../machines/match/events.ts';
import {
  type ChainPort,
  HISTORY_PAGE,
  type HistoryEntry,
  type ObservedInstruction,
  type ObservedTransaction,
} from './ports.ts';
import { UnseenTransaction } from './unseen.ts';

const MEMO_PROGRAM = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
/** Characters of 32 bytes in base58, at most. */
const HASH_TEXT = 44;
/** Looked through for a memo: beyond so many transactions that somebody has paid for, a person has to look. */
const MOST_ENTRIES = 20 * HISTORY_PAGE;
/** ... and of those that carry it, which anyone can write. */
const MOST_NAMED = 64;

export interface Call {
  /** As a fact's token spells it. */
  readonly place: InstructionPlace;
  readonly instruction: ObservedInstruction;
}

/**
 * Every instruction that a transaction ran, in the order of running: a program of anybody's may call the money program, and
 * what it does then is as true as what the transaction names itself.
 */
export function callsIn({
  instructions,
  inner,
}: Pick<ObservedTransaction, 'instructions' | 'inner'>): Call[] {
  return instructions.flatMap((instruction, top) => [
    { place: top, instruction },
    ...inner
      .filter(({ of }) => of === top)
      .flatMap((within) => within.instructions)
      .map((called, k): Call => ({ place: `${top}.${k}`, instruction: called })),
  ]);
}

/** null: not a money instruction that we know; what it did shows in the comparison. */
export function moneyInstruction(instruction: ObservedInstruction): MoneyInstruction | null {
  try {
    return decodeInstruction(instruction.data);
  } catch {
    return null;
  }
}

/**
 * The hash of the action that the transaction names: in the first of its memos, where that is one. Out of the signed
 * bytes, not of the listing: a provider that leaves its memos out would have money captured from elsewhere, for good.
 */
export function actionIn({ instructions }: Pick<ObservedTransaction, 'instructions'>): string | null {
  const memo = instructions.find(({ programId }) => programId === MEMO_PROGRAM);
  try {
    // Longer is no hash, and decoding takes the square of the length.
    if (memo === undefined || memo.data.length > HASH_TEXT) return null;
    const bytes = base58Decode(String.fromCharCode(...memo.data));
    return bytes.length === 32 ? toHex(bytes) : null;
  } catch {
    return null;
  }
}

/** A transaction that a finalized history lists. A provider's index may be ahead of what it can show: that is waited for. */
export async function listedTransaction(
  chain: ChainPort,
  entry: Pick<HistoryEntry, 'signature' | 'slot'>,
): Promise<ObservedTransaction> {
  const observed = await chain.transaction(entry.signature, 'finalized');
  if (observed !== null) return observed;
  throw new UnseenTransaction(entry);
}

/**
 * The first that `isIt` among those of `address` whose memo names the action. Null: by a node that is at `minSlot` or
 * further, there is none. Throws where noise hides it: that proves nothing.
 */
export async function findNamed(
  chain: ChainPort,
  address: string,
  { actionHash, minSlot }: { readonly actionHash: string; readonly minSlot: number },
  isIt: (observed: ObservedTransaction) => boolean,
): Promise<ObservedTransaction | null> {
  const memo = base58Encode(fromHex(actionHash));
  const entries = await chain.history(address, null, { minSlot, most: MOST_ENTRIES });
  const named = entries.filter((entry) => !entry.failed && entry.memo?.includes(memo) === true);
  if (entries.length >= MOST_ENTRIES || named.length > MOST_NAMED)
    throw new Error(`the history of ${address} is too long to say what became of ${actionHash}`);
  for (const entry of named) {
    const observed = await listedTransaction(chain, entry);
    if (isIt(observed)) return observed;
  }
  return null;
}
