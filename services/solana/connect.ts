/** Puts the parts together once; the chain port, the probes and the development helpers share them. */
import { AccountLists } from './accounts-of.ts';
import { type Blockhash, latestBlockhash } from './blockhash.ts';
import { type CustodySigner, DerivedCustody } from './custody.ts';
import type { Wait } from './deadline.ts';
import { InstructionBuilder } from './instructions.ts';
import { type Fetch, RpcProvider } from './json-rpc.ts';
import { PdaTable } from './pda.ts';
import { ProviderGuard } from './provider-guard.ts';
import { RemoteCustody } from './remote-custody.ts';
import { RpcPool } from './rpc-pool.ts';
import type { SolanaSettings } from './settings.ts';
import { Signers } from './signers.ts';
import { SlotSightings } from './slot-sightings.ts';
import { TransactionBuilder } from './transactions.ts';

export interface SolanaDeps {
  readonly fetch: Fetch;
  /** Unix ms. */
  now(): number;
  /** Left out, nothing is waited for: neither a slow provider, before the next is asked too, nor one that is behind. */
  readonly wait?: Wait;
}

export interface SolanaParts {
  readonly settings: SolanaSettings;
  readonly pool: RpcPool;
  /** Of what is finalized, and of the newest that each provider knows. */
  readonly sightings: SlotSightings;
  readonly tips: SlotSightings;
  readonly pdas: PdaTable;
  readonly lists: AccountLists;
  readonly signers: Signers;
  readonly instructions: InstructionBuilder;
  readonly transactions: TransactionBuilder;
  latestBlockhash(): Promise<Blockhash>;
  /** Unix ms. */
  now(): number;
}

/** Code: `secret_invalid`. */
export function connect(settings: SolanaSettings, deps: SolanaDeps): SolanaParts {
  const { wait, now } = deps;
  const pool = new RpcPool(createProviders(settings, deps), { hedgeMs: settings.hedgeMs, wait });
  const seen = (): SlotSightings => new SlotSightings(now, (provider) => pool.isHeard(provider));
  const pdas = new PdaTable(settings.programId);
  const lists = new AccountLists(settings.programId, pdas);
  const signers = new Signers(settings, custodyOf(settings, deps));
  const instructions = new InstructionBuilder(lists);
  const transactions = new TransactionBuilder(instructions);
  return {
    settings,
    pool,
    sightings: seen(),
    tips: seen(),
    pdas,
    lists,
    signers,
    instructions,
    transactions,
    latestBlockhash: () => latestBlockhash(pool),
    now,
  };
}

function custodyOf({ custody }: SolanaSettings, { fetch }: SolanaDeps): CustodySigner {
  return custody.kind === 'derived'
    ? new DerivedCustody(custody.secret)
    : new RemoteCustody({ ...custody, fetch });
}

export function createProviders(settings: SolanaSettings, deps: SolanaDeps): readonly RpcProvider[] {
  const { cluster, timeoutMs } = settings;
  const { fetch, now } = deps;
  return settings.providers.map(({ name, url, requestsPerSecond, burst = requestsPerSecond }) => {
    const guard = new ProviderGuard({ name, budget: { perSecond: requestsPerSecond, burst }, now });
    return new RpcProvider({ name, url, timeoutMs, cluster, fetch, guard, now });
  });
}
