/** To whom stored bytes are sent. Always the same bytes, so a second provider can do no more than the first one did. */
import { ChainUnavailable, type PreparedTransaction, type SendOutcome } from '../../durable-objects/ports.ts';
import type { RpcPool } from './rpc-pool.ts';
import { submit } from './submit.ts';

/** Expired, or unknown to a node that is behind: which of the two, only another one can say (platform facts: D1). */
const BLOCKHASH_NOT_FOUND = 'BlockhashNotFound';

/**
 * The provider of the blockhash first: it is sure to know it. The first time one after the other, not hedged: of a send
 * without an answer nobody knows whether it is on its way, so the next is asked once that is all that will come. `again`,
 * where the bytes were taken and the chain shows nothing of them, at all of them at once: who took them the first time may
 * have dropped them, and would take them for ever. The first word about the transaction stands. What a lagging node would
 * say as well, or one that garbled the bytes, is asked of the next. Throws `ChainUnavailable`: then it may or may not be
 * on its way.
 */
export async function sendTo(
  pool: RpcPool,
  attempt: PreparedTransaction,
  again = false,
): Promise<SendOutcome> {
  const sends = pool
    .ordered(attempt.provider)
    .map((provider) => () => pool.patiently(provider, (asked) => submit(asked, attempt)));
  if (!again) return await firstWord(sends);
  const told = await Promise.allSettled(sends.map((send) => send()));
  return await firstWord(told.map((one) => () => reopened(one)));
}

async function firstWord(sends: readonly (() => Promise<SendOutcome>)[]): Promise<SendOutcome> {
  let failure: ChainUnavailable | null = null;
  let doubtful: SendOutcome | null = null;
  for (const send of sends) {
    try {
      const outcome = await send();
      if (!isDoubtful(outcome)) return outcome;
      // Whoever looked for the blockhash had nothing against the bytes.
      if (doubtful?.kind !== 'preflight_failed') doubtful = outcome;
    } catch (error) {
      if (!(error instanceof ChainUnavailable)) throw error;
      failure = error;
    }
  }
  // Somebody was silent, and may have taken it.
  if (failure !== null) throw failure;
  if (doubtful === null) throw new ChainUnavailable('unavailable', 'pool', 'no provider in use');
  return doubtful;
}

async function reopened<T>(told: PromiseSettledResult<T>): Promise<T> {
  if (told.status === 'rejected') throw told.reason;
  return told.value;
}

function isDoubtful(outcome: SendOutcome): boolean {
  if (outcome.kind === 'preflight_failed') return outcome.error === BLOCKHASH_NOT_FOUND;
  return outcome.kind === 'bytes_refused';
}
