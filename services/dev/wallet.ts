/** A player's own wallet: keys that the mirror never sees, and what they are asked to sign. */
import { ed25519 } from '@noble/curves/ed25519';
import { Keypair, VersionedTransaction } from '@solana/web3.js';
import { base58Encode, fromHex } from '../../core/index.ts';

const SEED_BYTES = 32;

export class Wallet {
  readonly #keys = Keypair.generate();

  get address(): string {
    return this.#keys.publicKey.toBase58();
  }

  /** An intent: the 32 bytes of an action's hash, base58. */
  signHash(hash: string): string {
    return base58Encode(ed25519.sign(fromHex(hash), this.#keys.secretKey.subarray(0, SEED_BYTES)));
  }

  /** As wallets do: the message as it is, its own signature in its own place. Base64, both ways. */
  signTransaction(transaction: string): string {
    const wire = VersionedTransaction.deserialize(Buffer.from(transaction, 'base64'));
    wire.sign([this.#keys]);
    return Buffer.from(wire.serialize()).toString('base64');
  }
}
