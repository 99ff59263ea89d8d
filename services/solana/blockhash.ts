/**
 * A blockhash to sign over. What is signed over one that the chain does not know can never land, and that is found out
 * only when it is provably dead: so a second provider is asked first whether it knows it, too, and how long it can last. An
 * expired one, or one of another cluster, would else cost an action one of its attempts each time, until a person has to
 * look.
 */
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import { blockhashAnswer, epochAnswer, validAnswer } from './answers.ts';
import { RpcError } from './errors.ts';
import type { Provider, RpcProvider } from './json-rpc.ts';
import type { RpcPool } from './rpc-pool.ts';

/**
 * Blocks: twice the 150 that a blockhash lives, for nodes of one address that are apart. What is signed over one that is
 * said to live longer could never be proved dead, and its action would hang on it.
 */
const LONGEST_LIFE = 300;

export interface Blockhash {
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  /** Slot of the answer. */
  readonly slot: number;
  readonly provider: string;
}

/** Throws `ChainUnavailable`: `disagreement` where each provider's own is unknown to another. */
export async function latestBlockhash(pool: RpcPool): Promise<Blockhash> {
  const first = await pool.read(fetchBlockhash);
  if (await isKnown(pool, first)) return first;
  for (const provider of pool.ordered().filter(({ name }) => name !== first.provider)) {
    const other = await pool.patiently(provider, fetchBlockhash).catch(nullWhereSilent);
    if (other === null || !(await isKnown(pool, other))) continue;
    // It is like a node that lags: asked after the others for a while.
    setAside(pool, first.provider);
    return other;
  }
  throw new ChainUnavailable(
    'disagreement',
    first.provider,
    `blockhash ${first.blockhash} is not known elsewhere`,
  );
}

/** At `confirmed`: a finalized one would waste some 32 of its 150 blocks (platform facts: D1). */
async function fetchBlockhash(provider: Provider): Promise<Blockhash> {
  const { context, value } = await provider.call(
    'getLatestBlockhash',
    [{ commitment: 'confirmed' }],
    blockhashAnswer,
  );
  return { ...value, slot: context.slot, provider: provider.name };
}

/** By one other provider, where there is one that has reached its slot: to be alone with it is no reason to wait. */
async function isKnown(pool: RpcPool, newest: Blockhash): Promise<boolean> {
  const witness = pool
    .ordered()
    .find(({ name, guard }) => name !== newest.provider && guard.readiness === 'ready');
  if (witness === undefined) return true;
  const options = { commitment: 'confirmed', minContextSlot: newest.slot };
  const ask = <T>(question: (provider: Provider) => Promise<T>) =>
    pool.patiently(witness, question).catch(nullWhereSilent);
  const [valid, position] = await Promise.all([
    ask((asked) => asked.call('isBlockhashValid', [newest.blockhash, options], validAnswer)),
    ask((asked) => asked.call('getEpochInfo', [options], epochAnswer)),
  ]);
  // Not every gateway honours minContextSlot, and who is behind can tell neither.
  const isUnknown = valid?.value === false && valid.context.slot >= newest.slot;
  const isEndless =
    position !== null &&
    position.absoluteSlot >= newest.slot &&
    newest.lastValidBlockHeight > position.blockHeight + LONGEST_LIFE;
  return !isUnknown && !isEndless;
}

function setAside(pool: RpcPool, name: string): void {
  pool.all.find((provider: RpcProvider) => provider.name === name)?.guard.setAside();
}

function nullWhereSilent(error: unknown): null {
  if (error instanceof ChainUnavailable || error instanceof RpcError) return null;
  throw error;
}
