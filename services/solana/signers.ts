/** Who signs: coordinators by address, custody keys by user. Bytes go in and signatures come out; no key leaves. */
import { ed25519 } from '@noble/curves/ed25519';
import { Keypair } from '@solana/web3.js';
import { base58Decode, base58Encode, fromHex } from '../../core/index.ts';
import { type SignerPort, SignerUnavailable, type TransactionPlan } from '../../durable-objects/ports.ts';
import { hash32Text } from '../../durable-objects/wire/requests.ts';
import type { CustodySigner } from './custody.ts';
import { verifyByWallet } from './ed25519.ts';
import { SolanaError } from './errors.ts';
import type { SolanaSettings } from './settings.ts';

/** One key's signature over whatever message it is asked for. */
export interface MessageSigner {
  readonly address: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

export class Signers implements SignerPort {
  /** Address of the coordinator key that new matches are created with: the first configured. */
  readonly coordinator: string;
  readonly #custody: CustodySigner;
  /** The key that created a match signs for it until it is settled, so a rotated key stays here until then. */
  readonly #coordinators: ReadonlyMap<string, MessageSigner>;

  /** Code: `secret_invalid`. */
  constructor(settings: Pick<SolanaSettings, 'coordinatorSecrets'>, custody: CustodySigner) {
    const signers = settings.coordinatorSecrets.map(coordinatorSigner);
    this.#coordinators = new Map(signers.map((signer) => [signer.address, signer]));
    const [first] = this.#coordinators.keys();
    if (first === undefined) throw new SolanaError('secret_invalid', 'coordinatorSecrets: none');
    this.coordinator = first;
    this.#custody = custody;
  }

  /** `SignerUnavailable` (`unknown_coordinator`) where the plan names a key that this process does not hold. */
  coordinatorSigner(address: string): MessageSigner {
    const signer = this.#coordinators.get(address);
    if (signer === undefined)
      throw new SignerUnavailable(`no key of coordinator ${address.slice(0, 64)}`, 'unknown_coordinator');
    return signer;
  }

  /**
   * The user's custody key, if it is the one that the plan means: after a change of secret or service it would sign
   * nothing that the chain takes. Codes: `user_id_invalid`, `custody_mismatch`; `SignerUnavailable`.
   */
  async custodySigner({
    userId,
    authority,
  }: NonNullable<TransactionPlan['custody']>): Promise<MessageSigner> {
    if ((await this.#custody.address(userId)) !== authority) {
      throw new SolanaError('custody_mismatch', `the key of this user is not ${authority.slice(0, 64)}`);
    }
    return { address: authority, sign: (message) => this.#custody.sign(userId, message) };
  }

  /**
   * Those of a plan, the coordinator last: its signature is what makes the transaction landable. Codes: those of
   * `custodySigner`; `SignerUnavailable`.
   */
  async of(plan: Pick<TransactionPlan, 'coordinator' | 'custody'>): Promise<readonly MessageSigner[]> {
    const coordinator = this.coordinatorSigner(plan.coordinator);
    return plan.custody === null ? [coordinator] : [await this.custodySigner(plan.custody), coordinator];
  }

  async custodyAuthority(userId: string): Promise<string> {
    return await this.#custody.address(userId);
  }

  /** Codes: `hash_invalid`, `user_id_invalid`, `custody_mismatch`; `SignerUnavailable`. */
  async signHash(
    hash: string,
    by: { readonly coordinator: string } | { readonly custodyOf: string },
  ): Promise<{ readonly signer: string; readonly signature: string }> {
    const bytes = actionHashBytes(hash);
    const { address, sign } =
      'coordinator' in by ? this.coordinatorSigner(by.coordinator) : await this.#custodyOf(by.custodyOf);
    return { signer: address, signature: base58Encode(await sign(bytes)) };
  }

  verifyHash(hash: string, wallet: string, signature: string): boolean {
    return hash32Text.safeParse(hash).success && verifyByWallet(signature, fromHex(hash), wallet);
  }

  async #custodyOf(userId: string): Promise<MessageSigner> {
    return await this.custodySigner({ userId, authority: await this.#custody.address(userId) });
  }
}

/** Code: `hash_invalid` unless 32 bytes as lower-case hex. */
export function actionHashBytes(hash: string): Uint8Array {
  if (!hash32Text.safeParse(hash).success) throw new SolanaError('hash_invalid', hash.slice(0, 64));
  return fromHex(hash);
}

/** The message never repeats the text: it is, or nearly is, a secret. */
function coordinatorSigner(text: string, index: number): MessageSigner {
  try {
    // Checks the length and that the public half belongs to the seed.
    const keypair = Keypair.fromSecretKey(base58Decode(text));
    return keypairSigner(keypair);
  } catch {
    throw new SolanaError('secret_invalid', `coordinatorSecrets.${index}: not a matching 64-byte key pair`);
  }
}

export function keypairSigner({ publicKey, secretKey }: Keypair): MessageSigner {
  const seed = secretKey.slice(0, 32);
  return { address: publicKey.toBase58(), sign: async (message) => ed25519.sign(message, seed) };
}
