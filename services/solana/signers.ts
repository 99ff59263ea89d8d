/** The keys this process holds: coordinators by address, custody keys by user. Nothing here leaves as a secret. */
import { ed25519 } from '@noble/curves/ed25519';
import { Keypair } from '@solana/web3.js';
import { base58Decode, base58Encode, fromHex } from '../../core/index.ts';
import type { SignerPort } from '../../durable-objects/ports.ts';
import { hash32Text } from '../../durable-objects/wire/requests.ts';
import { CustodyKeys } from './custody.ts';
import { SolanaError } from './errors.ts';
import type { SolanaSettings } from './settings.ts';

export class Signers implements SignerPort {
  /** Address of the coordinator key that new matches are created with: the first configured. */
  readonly coordinator: string;
  readonly custody: CustodyKeys;
  /** The key that created a match signs for it until it is settled, so a rotated key stays here until then. */
  readonly #coordinators: ReadonlyMap<string, Keypair>;

  /** Code: `secret_invalid`. */
  constructor(settings: Pick<SolanaSettings, 'coordinatorSecrets' | 'custodySecret'>) {
    const keypairs = settings.coordinatorSecrets.map(coordinatorKeypair);
    this.#coordinators = new Map(keypairs.map((keypair) => [keypair.publicKey.toBase58(), keypair]));
    const [first] = this.#coordinators.keys();
    if (first === undefined) throw new SolanaError('secret_invalid', 'coordinatorSecrets: none');
    this.coordinator = first;
    this.custody = new CustodyKeys(settings.custodySecret);
  }

  /** Code: `unknown_coordinator`. */
  coordinatorKeypair(address: string): Keypair {
    const keypair = this.#coordinators.get(address);
    if (keypair === undefined) throw new SolanaError('unknown_coordinator', address.slice(0, 64));
    return keypair;
  }

  /** Code: `user_id_invalid`. */
  async custodyAuthority(userId: string): Promise<string> {
    return this.custody.address(userId);
  }

  /** Codes: `hash_invalid`, `unknown_coordinator`, `user_id_invalid`. */
  async signHash(
    hash: string,
    by: { readonly coordinator: string } | { readonly custodyOf: string },
  ): Promise<{ readonly signer: string; readonly signature: string }> {
    const keypair =
      'coordinator' in by ? this.coordinatorKeypair(by.coordinator) : this.custody.keypair(by.custodyOf);
    const signature = ed25519.sign(actionHashBytes(hash), keypair.secretKey.subarray(0, 32));
    return { signer: keypair.publicKey.toBase58(), signature: base58Encode(signature) };
  }
}

/** Code: `hash_invalid` unless 32 bytes as lower-case hex. */
export function actionHashBytes(hash: string): Uint8Array {
  if (!hash32Text.safeParse(hash).success) throw new SolanaError('hash_invalid', hash.slice(0, 64));
  return fromHex(hash);
}

/** The message never repeats the text: it is, or nearly is, a secret. */
function coordinatorKeypair(text: string, index: number): Keypair {
  try {
    // Checks the length and that the public half belongs to the seed.
    return Keypair.fromSecretKey(base58Decode(text));
  } catch {
    throw new SolanaError('secret_invalid', `coordinatorSecrets.${index}: not a matching 64-byte key pair`);
  }
}
