/** What became of one attempt, as far as the chain can be read. "Not found" is never "did not happen". */
import type { Attempt } from '../kernel/records.ts';
import { type ChainPort, ChainUnavailable, type ObservedTransaction } from '../ports.ts';

export type Fate =
  /** Nothing new: looked at again later. */
  | { readonly kind: 'pending' }
  /** Unknown to the chain, and it can still land: the same bytes are sent again. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'landed'; readonly observed: ObservedTransaction }
  | { readonly kind: 'final'; readonly observed: ObservedTransaction }
  /** Finalized with an error. */
  | { readonly kind: 'failed'; readonly error: string; readonly customCode: number | null }
  /** It had landed, and a fork took it away. */
  | { readonly kind: 'dropped' }
  /** One full-history look-up found nothing, at every provider asked, past its last valid block height. */
  | { readonly kind: 'absent'; readonly finalizedSlot: number };

export async function fateOf(chain: ChainPort, attempt: Attempt, hasLanded: boolean): Promise<Fate> {
  const status = await chain.status(attempt.signature);
  if (status.kind === 'unknown') return hasLanded ? { kind: 'dropped' } : missing(chain, attempt);
  if (status.commitment === 'finalized') return settled(chain, attempt, status.failed);
  // A failure that is not finalized can still be forked away; a mere `processed` too.
  if (status.failed || status.commitment === 'processed' || hasLanded) return { kind: 'pending' };
  const observed = await chain.transaction(attempt.signature, 'confirmed');
  return observed === null ? { kind: 'pending' } : { kind: 'landed', observed };
}

async function settled(chain: ChainPort, attempt: Attempt, failed: boolean): Promise<Fate> {
  const observed = await chain.transaction(attempt.signature, 'finalized');
  if (observed === null) return { kind: 'pending' };
  // Two questions, and perhaps two who answered them: after a failure another is signed.
  if ((observed.error !== null) !== failed)
    throw new ChainUnavailable('disagreement', 'status and transaction', attempt.signature);
  if (observed.error !== null)
    return { kind: 'failed', error: observed.error, customCode: observed.customCode };
  return { kind: 'final', observed };
}

/** Past the last valid block height, by finalized height, it cannot land any more; the look-ups then have to agree. */
async function missing(chain: ChainPort, attempt: Attempt): Promise<Fate> {
  const { height } = await chain.finalizedHeight();
  if (height <= attempt.lastValidBlockHeight) return { kind: 'missing' };
  const answers = await chain.absence(attempt);
  const slots: number[] = [];
  for (const answer of answers) {
    if (answer.kind === 'unknown') throw new Error(`cannot prove the attempt dead: ${answer.reason}`);
    if (answer.kind === 'present') return { kind: 'pending' };
    // By the word of one it can still land, so it is sent on: the other may be wrong about how far the chain is.
    if (answer.kind === 'alive' || answer.finalizedHeight <= attempt.lastValidBlockHeight)
      return { kind: 'missing' };
    slots.push(answer.finalizedSlot);
  }
  if (slots.length === 0) throw new Error('cannot prove the attempt dead: no provider was asked');
  return { kind: 'absent', finalizedSlot: Math.min(...slots) };
}
