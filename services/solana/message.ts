/** Messages in both directions: compiled for sending, and taken apart into what the mirror compares. */
import {
  type Message,
  type PublicKey,
  type TransactionInstruction,
  TransactionMessage,
  type VersionedMessage,
} from '@solana/web3.js';
import type { ObservedInstruction } from '../../durable-objects/ports.ts';

/** The chain's packet limit for legacy transactions, signatures included. */
export const MAX_TRANSACTION_BYTES = 1_232;

const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
const HEADER_BYTES = 3;

/** Addresses that lookup tables brought in, as the chain resolved them: writable ones come first. */
export interface LoadedAddresses {
  readonly writable: readonly string[];
  readonly readonly: readonly string[];
}

export function compileLegacy(
  payer: PublicKey,
  blockhash: string,
  instructions: readonly TransactionInstruction[],
): Message {
  const message = new TransactionMessage({
    payerKey: payer,
    recentBlockhash: blockhash,
    instructions: [...instructions],
  });
  return message.compileToLegacyMessage();
}

/**
 * Bytes of the wire transaction. Counted, not measured by serialising: web3.js throws on what is too large, and the
 * caller wants the number before it accepts an `end` (design: section 6).
 */
export function wireSize(message: Message): number {
  const signatures = message.header.numRequiredSignatures;
  const body = message.compiledInstructions.reduce(
    (sum, { accountKeyIndexes, data }) =>
      sum + 1 + vectorSize(accountKeyIndexes.length, 1) + vectorSize(data.length, 1),
    compactLength(message.compiledInstructions.length),
  );
  return (
    vectorSize(signatures, SIGNATURE_BYTES) +
    HEADER_BYTES +
    vectorSize(message.accountKeys.length, KEY_BYTES) +
    KEY_BYTES + // the blockhash
    body
  );
}

function vectorSize(length: number, itemBytes: number): number {
  return compactLength(length) + length * itemBytes;
}

/** A compact-u16 has seven bits a byte. */
function compactLength(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
}

/** All accounts of a message in the order in which instructions and balances count them. */
export function accountKeys(
  message: VersionedMessage,
  loaded: LoadedAddresses = { writable: [], readonly: [] },
): readonly string[] {
  return [...message.staticAccountKeys.map((key) => key.toBase58()), ...loaded.writable, ...loaded.readonly];
}

/**
 * The instructions with their accounts spelled out. The same function reads what we are about to send and what the
 * chain shows, so that the two lists can be compared one to one. null where an index points nowhere.
 */
export function observedInstructions(
  message: VersionedMessage,
  loaded?: LoadedAddresses,
): readonly ObservedInstruction[] | null {
  return spelledOut(accountKeys(message, loaded), message.compiledInstructions);
}

interface Compiled {
  readonly programIdIndex: number;
  readonly accountKeyIndexes: Iterable<number>;
  readonly data: Uint8Array;
}

/** null where an index points nowhere. */
export function spelledOut(
  keys: readonly string[],
  compiled: readonly Compiled[],
): readonly ObservedInstruction[] | null {
  const observed: ObservedInstruction[] = [];
  for (const { programIdIndex, accountKeyIndexes, data } of compiled) {
    const programId = keys[programIdIndex];
    const accounts = [...accountKeyIndexes].map((index) => keys[index]);
    if (programId === undefined || !accounts.every((account) => account !== undefined)) return null;
    observed.push({ programId, accounts, data: Uint8Array.from(data) });
  }
  return observed;
}
