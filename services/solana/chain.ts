/** The chain and the keys as the objects see them (durable-objects/ports.ts), over the providers of the settings. */
import type {
  Absence,
  AccountsAt,
  ChainPort,
  Commitment,
  HistoryEntry,
  HistoryRange,
  LookedFor,
  ObservedInstruction,
  ObservedTransaction,
  Pda,
  PreparedOffer,
  PreparedTransaction,
  SendOutcome,
  SignatureStatus,
  SignerPort,
  TransactionPlan,
  WalletFault,
} from '../../durable-objects/ports.ts';
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import type { ProviderReport, ProviderStanding } from '../../durable-objects/wire/objects.ts';
import { absenceAt } from './absence.ts';
import { accountsAnswer, lamports } from './answers.ts';
import { connect, type SolanaDeps, type SolanaParts } from './connect.ts';
import { isStrictKey } from './ed25519.ts';
import { SolanaError } from './errors.ts';
import type { Provider } from './json-rpc.ts';
import { publicKey } from './keys.ts';
import { fetchHistory } from './observe.ts';
import { countersigned, offerOf, walletSignatureIn } from './offers.ts';
import { finalizedPositionAt, statusAt, transactionAt, type Witnesses } from './outcome.ts';
import { sendTo } from './send.ts';
import type { SolanaSettings } from './settings.ts';

import { signedWire } from './transactions.ts';
import { type ReadAccounts, readWitnessed } from './witnesses.ts';

/** The chain's limit for one call, and so for one slot. */
const MAX_ACCOUNTS = 100;
/**
 * Bytes of an account that are read: more than any of the program's has (the registry's 4,680), and a hundred such fit
 * an answer. A player may have megabytes on their wallet: they must not hide the accounts of everybody else.
 */
const MAX_DATA = 8_192;

/** `settings`: from `parseSettings`. Code: `secret_invalid`. */
export function createChain(settings: SolanaSettings, deps: SolanaDeps): ChainPort & SignerPort {
  return new SolanaChain(connect(settings, deps));
}

export class SolanaChain implements ChainPort, SignerPort {
  readonly cluster: string;
  readonly programId: string;
  readonly coordinator: string;
  readonly #parts: SolanaParts;

  constructor(parts: SolanaParts) {
    this.#parts = parts;
    this.cluster = parts.settings.cluster;
    this.programId = parts.settings.programId;
    this.coordinator = parts.signers.coordinator;
  }

  pda(name: Pda['name'], of?: string): Pda {
    return this.#parts.pdas.derive(name, of);
  }

  async accounts(addresses: readonly string[], minSlot?: number): Promise<AccountsAt> {
    if (addresses.length === 0 || addresses.length > MAX_ACCOUNTS) {
      throw new SolanaError('bad_account_count', `${addresses.length}, 1 to ${MAX_ACCOUNTS} fit`);
    }
    for (const address of addresses) publicKey(address);
    const { pool, sightings, settings } = this.#parts;
    const read: ReadAccounts = (provider, least) => readAccounts(provider, addresses, least);
    return await readWitnessed({ pool, sightings, witnesses: settings.readWitnesses, read }, minSlot);
  }

  async rentMinimum(size: number): Promise<bigint> {
    return await this.#parts.pool.read((provider) =>
      provider.call('getMinimumBalanceForRentExemption', [size], lamports),
    );
  }

  size(plan: TransactionPlan): number {
    return this.#parts.transactions.size(plan);
  }

  expected(plan: TransactionPlan): readonly ObservedInstruction[] {
    return this.#parts.transactions.expected(plan);
  }

  async prepare(plan: TransactionPlan): Promise<PreparedTransaction> {
    const { signers, transactions } = this.#parts;
    if (plan.wallet !== null) throw new SolanaError('plan_invalid', 'a wallet signs this first');
    // Before the network: a plan that cannot be signed or sent must not cost a call on every retry.
    transactions.checkSize(plan);
    const keys = await signers.of(plan);
    const { slot, ...blockhash } = await this.#parts.latestBlockhash();
    const wire = await signedWire(transactions.compile(plan, blockhash.blockhash), keys);
    return { ...wire, ...blockhash, blockhashSlot: slot };
  }

  async offer(plan: TransactionPlan): Promise<PreparedOffer> {
    const { signers, transactions } = this.#parts;
    const { wallet } = plan;
    if (wallet === null) throw new SolanaError('plan_invalid', 'no wallet signs this');
    if (!isStrictKey(wallet)) throw new SolanaError('address_invalid', 'the wallet is no key that can sign');
    transactions.checkSize(plan);
    // Nobody signs here. But what could not be countersigned must not be shown to a player.
    await signers.of(plan);
    const { slot, ...blockhash } = await this.#parts.latestBlockhash();
    return {
      ...offerOf(transactions.compile(plan, blockhash.blockhash), wallet),
      ...blockhash,
      blockhashSlot: slot,
    };
  }

  walletSignature(
    offer: Pick<PreparedOffer, 'transaction' | 'wallet'>,
    returned: string,
  ): { readonly signature: string } | { readonly fault: WalletFault } {
    return walletSignatureIn(offer, returned);
  }

  async countersign(
    plan: Pick<TransactionPlan, 'coordinator' | 'custody'>,
    offer: PreparedOffer,
    walletSignature: string,
  ): Promise<PreparedTransaction> {
    const { signers } = this.#parts;
    return await countersigned(plan, offer, walletSignature, { programId: this.programId, signers });
  }

  async send(attempt: PreparedTransaction, again = false): Promise<SendOutcome> {
    return await sendTo(this.#parts.pool, attempt, again);
  }

  async status(signature: string): Promise<SignatureStatus> {
    return await statusAt(this.#witnesses, signature);
  }

  async transaction(signature: string, commitment: Commitment): Promise<ObservedTransaction | null> {
    return await transactionAt(this.#witnesses, signature, commitment);
  }

  async finalizedHeight(): Promise<{ readonly height: number; readonly slot: number }> {
    return await finalizedPositionAt(this.#witnesses);
  }

  async absence(attempt: LookedFor): Promise<readonly Absence[]> {
    const { pool, settings } = this.#parts;
    return await absenceAt(pool.all, settings.absenceProviders, attempt);
  }

  async history(
    address: string,
    until: string | null,
    range: HistoryRange = {},
  ): Promise<readonly HistoryEntry[]> {
    publicKey(address);
    const { pool, sightings } = this.#parts;
    return await pool.read(async (provider) => {
      const entries = await fetchHistory(provider, address, until, range);
      const [newest] = entries;
      if (newest !== undefined) sightings.check(provider.name, newest.slot);
      return entries;
    });
  }

  heed(providers: readonly ProviderStanding[]): void {
    this.#parts.pool.heed(providers);
  }

  takeReports(): readonly ProviderReport[] {
    return this.#parts.pool.takeReports();
  }

  async custodyAuthority(userId: string): Promise<string> {
    return await this.#parts.signers.custodyAuthority(userId);
  }

  async signHash(
    hash: string,
    by: { readonly coordinator: string } | { readonly custodyOf: string },
  ): Promise<{ readonly signer: string; readonly signature: string }> {
    return await this.#parts.signers.signHash(hash, by);
  }

  verifyHash(hash: string, wallet: string, signature: string): boolean {
    return this.#parts.signers.verifyHash(hash, wallet, signature);
  }

  get #witnesses(): Witnesses {
    const { pool, sightings, tips, settings, now } = this.#parts;
    return { pool, sightings, tips, witnesses: settings.readWitnesses, now };
  }
}

async function readAccounts(
  provider: Provider,
  addresses: readonly string[],
  minSlot: number | undefined,
): Promise<AccountsAt> {
  const options = {
    encoding: 'base64',
    commitment: 'finalized',
    dataSlice: { offset: 0, length: MAX_DATA },
    ...(minSlot === undefined ? {} : { minContextSlot: minSlot }),
  };
  const { context, value } = await provider.call('getMultipleAccounts', [addresses, options], accountsAnswer);
  if (value.length !== addresses.length) {
    throw new ChainUnavailable(
      'malformed',
      provider.name,
      `${value.length} accounts for ${addresses.length}`,
    );
  }
  // Not every gateway honours minContextSlot, and an older state may look like money that is gone.
  if (minSlot !== undefined && context.slot < minSlot) {
    throw new ChainUnavailable('stale', provider.name, `slot ${context.slot}, asked for ${minSlot}`);
  }
  return { slot: context.slot, provider: provider.name, accounts: value };
}
