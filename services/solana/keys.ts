/** Addresses in and out of web3.js's `PublicKey`. */
import { PublicKey } from '@solana/web3.js';
import { SolanaError } from './errors.ts';

export const SYSTEM_PROGRAM = new PublicKey('11111111111111111111111111111111');

/** SPL Memo v3 (any UTF-8 is taken, signers are optional). */
export const MEMO_PROGRAM = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');

/** Code: `address_invalid`. */
export function publicKey(address: string): PublicKey {
  let key: PublicKey;
  try {
    key = new PublicKey(address);
  } catch {
    throw new SolanaError('address_invalid', address.slice(0, 64));
  }
  // web3.js pads short texts with zeros: "11" would pass for the system program.
  if (key.toBase58() !== address) throw new SolanaError('address_invalid', address.slice(0, 64));
  return key;
}
