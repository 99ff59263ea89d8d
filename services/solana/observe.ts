/**
 * What the chain holds of us: landed transactions and the history of an address. A transaction is read as bytes and
 * decoded here, and its first signature is checked over its message: a provider can hide a transaction, but it cannot
 * show us one that nobody signed.
 */
import { VersionedTransaction } from '@solana/web3.js';
import type * as z from 'zod';
import { base58Decode, base58Encode } from '../../core/index.ts';
import {
  ChainUnavailable,
  type Commitment,
  HISTORY_PAGE,
  type HistoryEntry,
  type HistoryRange,
  type InnerInstructions,
  type ObservedTransaction,
} from '../../durable-objects/ports.ts';
import { customCodeOf, errorText, historyAnswer, transactionAnswer } from './answers.ts';
import { BoundedCache } from './bounded-cache.ts';
import { verifyStrict } from './ed25519.ts';
import { AnswerTooLarge, type Provider } from './json-rpc.ts';
import { accountKeys, type LoadedAddresses, observedInstructions, spelledOut } from './message.ts';

/** Version 1 exists since 2026; asking for less makes a node refuse such a transaction (-32015). */
const MAX_TRANSACTION_VERSION = 1;
const V1_PREFIX = 0x81;
const SIGNATURE_BYTES = 64;
/** `[44] ` and a hash in base58; several are joined. */
const MAX_MEMO = 256;

/** What has landed is read again until it is final, and each check takes 3 ms: 512 kB at most. */
const VERIFIED_KEPT = 128;
/** The message that a signature has held over, its payer's key within. */
const verified = new BoundedCache<Uint8Array>(VERIFIED_KEPT);

/** Characters of as many bytes in base58 as a whole transaction has (1,232). */
const MAX_DATA = 1_683;

type Meta = NonNullable<NonNullable<z.infer<typeof transactionAnswer>>['meta']>;
type InnerAnswer = NonNullable<Meta['innerInstructions']>;

/** null where this provider does not know the signature at that commitment. */
export async function fetchTransaction(
  provider: Provider,
  signature: string,
  commitment: Commitment,
): Promise<ObservedTransaction | null> {
  const options = {
    commitment,
    encoding: 'base64',
    maxSupportedTransactionVersion: MAX_TRANSACTION_VERSION,
  };
  const answer = await provider.call('getTransaction', [signature, options], transactionAnswer);
  return answer === null ? null : observe(answer, signature, provider.name);
}

/**
 * Anyone may name an address, beside a memo of some kilobytes: a page that is larger than an answer may be is read in
 * parts, or a hundred strangers' transactions would hide a player's history for ever. All parts are this provider's:
 * one that does not know where the last part ended answers that nothing came before it.
 */
export async function fetchHistory(
  provider: Provider,
  address: string,
  until: string | null,
  { minSlot, most = HISTORY_PAGE, oldest }: HistoryRange,
): Promise<readonly HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  let size = HISTORY_PAGE;
  for (let seen = 0; seen < most; ) {
    const limit = Math.min(size, most - seen);
    const before = entries.at(-1)?.signature;
    const asked = historyPart(provider, address, { until, minSlot, before, limit });
    const part = await asked.catch((error: unknown) => {
      if (error instanceof AnswerTooLarge && limit > 1) return null;
      throw error;
    });
    if (part === null) {
      size = limit >> 1;
      continue;
    }
    seen += part.length;
    entries.push(...part);
    // However many a stranger has paid for, no more of them are in memory than are asked for.
    if (oldest !== undefined) entries.splice(0, entries.length - oldest);
    if (part.length < limit) return entries;
  }
  if (oldest === undefined) return entries;
  throw new ChainUnavailable('unavailable', provider.name, `a history of more than ${most} transactions`);
}

interface HistoryPart {
  readonly until: string | null;
  readonly minSlot: number | undefined;
  readonly before: string | undefined;
  readonly limit: number;
}

async function historyPart(
  provider: Provider,
  address: string,
  { until, minSlot, before, limit }: HistoryPart,
): Promise<readonly HistoryEntry[]> {
  const options = {
    commitment: 'finalized',
    limit,
    ...(until === null ? {} : { until }),
    ...(minSlot === undefined ? {} : { minContextSlot: minSlot }),
    ...(before === undefined ? {} : { before }),
  };
  const entries = await provider.call('getSignaturesForAddress', [address, options], historyAnswer);
  return entries.map(({ signature, slot, err, memo }) => ({
    signature,
    slot,
    failed: err !== null,
    // Longer is none of ours, and pages of them would fill an isolate's memory.
    memo: memo == null || memo.length > MAX_MEMO ? null : memo,
  }));
}

/** Throws `ChainUnavailable` (`malformed`) where the answer does not prove itself. */
export function observe(
  answer: NonNullable<z.infer<typeof transactionAnswer>>,
  signature: string,
  provider: string,
): ObservedTransaction {
  if (answer.meta === null)
    throw new ChainUnavailable('unavailable', provider, 'a transaction without its outcome');
  const { err, loadedAddresses, preBalances, postBalances, innerInstructions } = answer.meta;
  const loaded = loadedAddresses ?? { writable: [], readonly: [] };
  const decoded = decode(answer.transaction, signature, loaded);
  const balances = decoded && balancesOf(decoded.keys, preBalances, postBalances);
  const inner = decoded && innerOf(decoded, innerInstructions ?? []);
  if (decoded === null || balances === null || inner === null) {
    throw new ChainUnavailable('malformed', provider, `not the transaction ${signature}`);
  }
  return {
    signature,
    slot: answer.slot,
    error: err === null ? null : errorText(err),
    customCode: customCodeOf(err),
    instructions: decoded.instructions,
    inner,
    balances,
  };
}

/** null where one belongs to no instruction, or names no account: the rest is not believed either. */
function innerOf({ keys, instructions }: Decoded, inner: InnerAnswer): ObservedTransaction['inner'] | null {
  const observed: InnerInstructions[] = [];
  for (const { index, instructions: within } of inner) {
    const compiled = within.map(({ programIdIndex, accounts, data }) => {
      const bytes = innerData(data);
      return bytes && { programIdIndex, accountKeyIndexes: accounts, data: bytes };
    });
    if (index >= instructions.length || !compiled.every((each) => each !== null)) return null;
    const spelled = spelledOut(keys, compiled);
    if (spelled === null) return null;
    observed.push({ of: index, instructions: spelled });
  }
  return observed;
}

/** null: not base58. Of what no transaction could name itself, nothing: decoding takes the square of the length. */
function innerData(text: string): Uint8Array | null {
  if (text.length > MAX_DATA) return new Uint8Array();
  try {
    return base58Decode(text);
  } catch {
    return null;
  }
}

/** null unless there is one figure for every account: else each would be taken for another's. */
function balancesOf(
  keys: readonly string[],
  before: readonly bigint[],
  after: readonly bigint[],
): ObservedTransaction['balances'] | null {
  if (before.length !== keys.length || after.length !== keys.length) return null;
  return keys.map((address, index) => ({
    address,
    before: before[index] ?? 0n,
    after: after[index] ?? 0n,
  }));
}

interface Decoded {
  readonly keys: readonly string[];
  readonly instructions: ObservedTransaction['instructions'];
}

/** null for anything but a whole, signed transaction with that signature. */
function decode(wire: Uint8Array, signature: string, loaded: LoadedAddresses): Decoded | null {
  let transaction: VersionedTransaction;
  try {
    transaction = VersionedTransaction.deserialize(wire);
  } catch {
    return null;
  }
  const { message, signatures } = transaction;
  const [first] = signatures;
  const payer = message.staticAccountKeys[0];
  if (first === undefined || payer === undefined || base58Encode(first) !== signature) return null;
  if (!lookupsResolved(transaction, loaded)) return null;
  if (!isVerified(signature, messageBytes(wire, signatures.length), payer.toBytes())) return null;
  const instructions = observedInstructions(message, loaded);
  return instructions && { keys: accountKeys(message, loaded), instructions };
}

/** As the chain verifies: the runtime's own check, or the library's, would take more. */
function isVerified(signature: string, message: Uint8Array, payer: Uint8Array): boolean {
  const known = verified.get(signature);
  if (known?.length === message.length && known.every((byte, index) => byte === message[index])) return true;
  if (!verifyStrict(base58Decode(signature), message, payer)) return false;
  verified.getOrMake(signature, () => message.slice());
  return true;
}

/** Every looked-up account must be there, or all later indices would name another account. */
function lookupsResolved({ message }: VersionedTransaction, loaded: LoadedAddresses): boolean {
  const lookups = message.addressTableLookups;
  const writable = lookups.reduce((sum, { writableIndexes }) => sum + writableIndexes.length, 0);
  const readonly = lookups.reduce((sum, { readonlyIndexes }) => sum + readonlyIndexes.length, 0);
  return writable === loaded.writable.length && readonly === loaded.readonly.length;
}

/** Version 1 puts the signatures after the message, the others before it behind their number. */
function messageBytes(wire: Uint8Array, signatures: number): Uint8Array {
  const length = signatures * SIGNATURE_BYTES;
  return wire[0] === V1_PREFIX ? wire.subarray(0, wire.length - length) : wire.subarray(1 + length);
}
