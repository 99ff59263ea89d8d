/** Sending what is already stored. What comes back is the provider's word about its own preflight, no more. */
import * as z from 'zod';
import { ChainUnavailable, type PreparedTransaction, type SendOutcome } from '../../durable-objects/ports.ts';
import { chainError, customCodeOf, errorText, signatureText } from './answers.ts';
import { RpcError } from './errors.ts';
import type { Provider } from './json-rpc.ts';
import { isPoison, PREFLIGHT_FAILED } from './rpc-error-codes.ts';

const preflightData = z.object({ err: chainError });

/** Throws `ChainUnavailable`: then the transaction may or may not be on its way. */
export async function submit(provider: Provider, attempt: PreparedTransaction): Promise<SendOutcome> {
  const options = {
    encoding: 'base64',
    skipPreflight: false,
    // The blockhash was taken at `confirmed`; a preflight on an older state would not know it.
    preflightCommitment: 'confirmed',
    // The outbox resends the same bytes itself, and stops when they cannot land any more.
    maxRetries: 0,
    minContextSlot: attempt.blockhashSlot,
  };
  try {
    const signature = await provider.call('sendTransaction', [attempt.bytes, options], signatureText);
    if (signature !== attempt.signature) {
      throw new ChainUnavailable('malformed', provider.name, 'took another transaction than ours');
    }
    return { kind: 'accepted' };
  } catch (error) {
    if (error instanceof RpcError) return refusal(error);
    throw error;
  }
}

export function refusal(error: RpcError): SendOutcome {
  if (isPoison(error.code)) return { kind: 'bytes_refused', error: error.message };
  const data = error.code === PREFLIGHT_FAILED ? preflightData.safeParse(error.data) : null;
  const err = data?.success ? data.data.err : null;
  // In the status cache already: perhaps our own earlier send. The outcome is to be looked up, not guessed.
  // Some servers (Surfpool, gateways that drop `data`) say it in words only; to look it up can do no harm.
  const inWords = err === null && error.message.includes('already been processed');
  if (err === 'AlreadyProcessed' || inWords) return { kind: 'already_processed' };
  return {
    kind: 'preflight_failed',
    error: err === null ? error.message : errorText(err),
    customCode: customCodeOf(err),
  };
}
