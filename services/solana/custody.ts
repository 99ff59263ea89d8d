/**
 * Custody keys: every PLATFORM user's deposit authority is derived from one secret and the user id (design: section 6,
 * "Keys"), so that no key has to be stored.
 *
 *   seed = HKDF-SHA-256(ikm = custody secret, salt = "money-match/custody/v1", info = user id in UTF-8, 32 bytes)
 *   key  = Ed25519 of that seed
 *
 * This is where players' money is. Another salt, another spelling of the id, another library that normalises text: the
 * deposits would still be there, under keys that nobody can name. The fixed vectors in test/unit/solana hold it still.
 */
import { ed25519 } from '@noble/curves/ed25519';
import { hkdf } from '@noble/hashes/hkdf';
import { sha256 } from '@noble/hashes/sha2';
import { base58Encode, fromHex } from '../../core/index.ts';
import { userIdText } from '../../durable-objects/wire/requests.ts';
import { BoundedCache } from './bounded-cache.ts';
import { SolanaError } from './errors.ts';

/** Where the custody keys are. Two adapters: derived here, or behind a signing service (remote-custody.ts). */
export interface CustodySigner {
  /** Deposit authority of the user, base58. Codes: `user_id_invalid`, `custody_mismatch`; `SignerUnavailable`. */
  address(userId: string): Promise<string>;
  /** Ed25519 over the bytes by that key. Codes: as `address`. */
  sign(userId: string, bytes: Uint8Array): Promise<Uint8Array>;
}

const SALT = new TextEncoder().encode('money-match/custody/v1');
export const CACHED_ADDRESSES = 1_024;

export class DerivedCustody implements CustodySigner {
  readonly #secret: Uint8Array;
  /** Addresses only. A secret key lives for the one signature that it makes. */
  readonly #addresses = new BoundedCache<string>(CACHED_ADDRESSES);

  /** `secretHex`: as `SolanaSettingsInput.custodySecret`. */
  constructor(secretHex: string) {
    this.#secret = fromHex(secretHex);
  }

  async address(userId: string): Promise<string> {
    return this.#addresses.getOrMake(userId, () => base58Encode(ed25519.getPublicKey(this.#seed(userId))));
  }

  async sign(userId: string, bytes: Uint8Array): Promise<Uint8Array> {
    return ed25519.sign(bytes, this.#seed(userId));
  }

  #seed(userId: string): Uint8Array {
    checkUserId(userId);
    return hkdf(sha256, this.#secret, SALT, new TextEncoder().encode(userId), 32);
  }
}

/** Refuses lone surrogates too: UTF-8 would turn two such ids into one and the same key. Code: `user_id_invalid`. */
export function checkUserId(userId: string): void {
  if (!userIdText.safeParse(userId).success) {
    throw new SolanaError('user_id_invalid', '1-64 bytes of UTF-8 without NUL');
  }
}
