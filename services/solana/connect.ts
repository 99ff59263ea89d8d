/** Puts the parts together once; the chain port, the probes and the development helpers share them. */
import { AccountLists } from './accounts-of.ts';
import { blockhashAnswer } from './answers.ts';
import { type CustodySigner, DerivedCustody } from './custody.ts';
import { InstructionBuilder } from './instructions.ts';
import { type Fetch, RpcProvider } from './json-rpc.ts';
import { PdaTable } from './pda.ts';
import { RemoteCustody } from './remote-custody.ts';
import { RpcPool } from './rpc-pool.ts';
import type { SolanaSettings } from './settings.ts';
import { Signers } from './signers.ts';
import { TransactionBuilder } from './transactions.ts';

export interface SolanaDeps {
  readonly fetch: Fetch;
}

export interface Blockhash {
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  /** Slot of the answer. */
  readonly slot: number;
  readonly provider: string;
}

export interface SolanaParts {
  readonly settings: SolanaSettings;
  readonly pool: RpcPool;
  readonly pdas: PdaTable;
  readonly lists: AccountLists;
  readonly signers: Signers;
  readonly instructions: InstructionBuilder;
  readonly transactions: TransactionBuilder;
  latestBlockhash(): Promise<Blockhash>;
}

/** Code: `secret_invalid`. */
export function connect(settings: SolanaSettings, deps: SolanaDeps): SolanaParts {
  const pool = new RpcPool(createProviders(settings, deps));
  const pdas = new PdaTable(settings.programId);
  const lists = new AccountLists(settings.programId, pdas);
  const signers = new Signers(settings, custodyOf(settings, deps));
  const instructions = new InstructionBuilder(lists);
  const transactions = new TransactionBuilder(instructions);
  const latestBlockhash = () => pool.read(fetchBlockhash);
  return { settings, pool, pdas, lists, signers, instructions, transactions, latestBlockhash };
}

function custodyOf({ custody }: SolanaSettings, { fetch }: SolanaDeps): CustodySigner {
  return custody.kind === 'derived'
    ? new DerivedCustody(custody.secret)
    : new RemoteCustody({ ...custody, fetch });
}

export function createProviders(settings: SolanaSettings, deps: SolanaDeps): readonly RpcProvider[] {
  const { cluster, timeoutMs } = settings;
  return settings.providers.map(
    ({ name, url }) => new RpcProvider({ name, url, timeoutMs, cluster, fetch: deps.fetch }),
  );
}

/** At `confirmed`: a finalized one would waste some 32 of its 150 blocks (platform facts: D1). */
async function fetchBlockhash(provider: RpcProvider): Promise<Blockhash> {
  const { context, value } = await provider.call(
    'getLatestBlockhash',
    [{ commitment: 'confirmed' }],
    blockhashAnswer,
  );
  return { ...value, slot: context.slot, provider: provider.name };
}
