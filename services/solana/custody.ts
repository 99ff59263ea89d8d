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
import { hkdf } from '@noble/hashes/hkdf';
import { sha256 } from '@noble/hashes/sha2';
import { Keypair } from '@solana/web3.js';
import { fromHex } from '../../core/index.ts';
import { userIdText } from '../../durable-objects/wire/requests.ts';
import { BoundedCache } from './bounded-cache.ts';
import { SolanaError } from './errors.ts';

const SALT = new TextEncoder().encode('money-match/custody/v1');
const CACHE_ENTRIES = 1_024;

export class CustodyKeys {
  readonly #secret: Uint8Array;
  /** Addresses only. A secret key lives for the one signature that it makes. */
  readonly #addresses = new BoundedCache<string>(CACHE_ENTRIES);

  /** `secretHex`: as `SolanaSettings.custodySecret`. */
  constructor(secretHex: string) {
    this.#secret = fromHex(secretHex);
  }

  /** Deposit authority of the user, base58. Code: `user_id_invalid`. */
  address(userId: string): string {
    return this.#addresses.getOrMake(userId, () => this.keypair(userId).publicKey.toBase58());
  }

  /** Code: `user_id_invalid`. */
  keypair(userId: string): Keypair {
    // Refuses lone surrogates too: UTF-8 would turn two such ids into one and the same key.
    if (!userIdText.safeParse(userId).success) {
      throw new SolanaError('user_id_invalid', '1-64 bytes of UTF-8 without NUL');
    }
    const info = new TextEncoder().encode(userId);
    return Keypair.fromSeed(hkdf(sha256, this.#secret, SALT, info, 32));
  }
}
