/**
 * One provider's word that it has never seen a signature (design: section 6, "Provably dead"). "Not found" alone is
 * never "did not happen": it counts only if the provider's history reaches back to the attempt's blockhash, and if the
 * look-up was made on a state at least as new as the finalized position that it is reported for.
 */
import { type Absence, ChainUnavailable, type LookedFor } from '../../durable-objects/ports.ts';
import { epochAnswer, slotNumber, statusAnswer, validAnswer } from './answers.ts';
import { RpcError } from './errors.ts';
import type { Provider } from './json-rpc.ts';

/** Asks all, so that one who saw it is heard; answers with `wanted` of them, the most telling first. */
export async function absenceAt(
  providers: readonly Provider[],
  wanted: number,
  attempt: LookedFor,
): Promise<readonly Absence[]> {
  const answers = await Promise.all(providers.map((provider) => lookUp(provider, attempt).catch(asUnknown)));
  const weight = { present: 0, alive: 1, absent: 2, unknown: 3 } as const;
  return answers.sort((a, b) => weight[a.kind] - weight[b.kind]).slice(0, wanted);
}

/**
 * The order of the questions matters. The position comes first, so that the look-up covers everything up to it; the first
 * available block comes last, so that nothing was pruned between the look-up and it. The last valid block height is one
 * provider's word, and a low one would bury what can still land: so each witness says itself that the blockhash is over.
 */
async function lookUp(
  provider: Provider,
  { signature, blockhash, blockhashSlot }: LookedFor,
): Promise<Absence> {
  const position = await provider.call('getEpochInfo', [{ commitment: 'finalized' }], epochAnswer);
  const status = await provider.call(
    'getSignatureStatuses',
    [[signature], { searchTransactionHistory: true }],
    statusAnswer,
  );
  if (status.value[0] !== null) return { kind: 'present' };
  // Behind one address there may be several nodes, and the second question may have met an older one.
  if (status.context.slot < position.absoluteSlot) {
    return unknown(provider, `looked up at slot ${status.context.slot}, before ${position.absoluteSlot}`);
  }
  const processed = { commitment: 'processed' };
  const valid = await provider.call('isBlockhashValid', [blockhash, processed], validAnswer);
  if (valid.value) return { kind: 'alive' };
  const firstSlot = await provider.call('getFirstAvailableBlock', [], slotNumber);
  if (firstSlot > blockhashSlot) {
    return unknown(provider, `history begins at slot ${firstSlot}, after ${blockhashSlot}`);
  }
  return { kind: 'absent', finalizedSlot: position.absoluteSlot, finalizedHeight: position.blockHeight };
}

function unknown(provider: Provider, reason: string): Absence {
  return { kind: 'unknown', reason: `${provider.name}: ${reason}` };
}

function asUnknown(error: unknown): Absence {
  if (error instanceof ChainUnavailable || error instanceof RpcError) {
    return { kind: 'unknown', reason: error.message };
  }
  throw error;
}
