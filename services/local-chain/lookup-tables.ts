/** Addresses that a version 0 transaction takes from lookup tables. */

import { encodeBase58 } from './base58.ts';
import type { ChainAccount } from './svm.ts';
import type { Message } from './transaction.ts';

/** Size of a table's head: discriminator, deactivation and extension slots, authority (LOOKUP_TABLE_META_SIZE). */
const TABLE_HEAD = 56;
const ADDRESS_BYTES = 32;

interface AccountReader {
  getAccount(address: string): ChainAccount | null;
}

/**
 * Loads what the message's lookups point at; what cannot be resolved is left out, and LiteSVM refuses the transaction
 * with the fitting error.
 */
export function loadLookups(
  svm: AccountReader,
  message: Message,
): { writable: string[]; readonly: string[] } {
  const loaded: { writable: string[]; readonly: string[] } = { writable: [], readonly: [] };
  for (const lookup of message.lookups) {
    const data = svm.getAccount(lookup.accountKey)?.data ?? new Uint8Array();
    const at = (index: number): string[] => {
      const start = TABLE_HEAD + index * ADDRESS_BYTES;
      const end = start + ADDRESS_BYTES;
      return end <= data.length ? [encodeBase58(data.subarray(start, end))] : [];
    };
    loaded.writable.push(...lookup.writableIndexes.flatMap(at));
    loaded.readonly.push(...lookup.readonlyIndexes.flatMap(at));
  }
  return loaded;
}
