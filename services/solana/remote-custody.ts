/**
 * Custody keys behind a signing service, so that they may live in an HSM or with another company. Its whole interface,
 * JSON over HTTPS with a bearer token:
 *
 *   POST <url>/address  {"userId": text}                                    → {"address": base58}
 *   POST <url>/sign     {"userId": text, "address": base58, "message": base64} → {"address": base58, "signature": base58}
 *
 * `message` is an action's 32 hash bytes, or a transaction's message; the signature is plain Ed25519 over those bytes. A
 * user has one address for good: another one later would be money under a key that nobody here can name.
 *
 * What does not answer, or not in this form, is `SignerUnavailable`, and the work waits. What answers with another key, or
 * with a signature that is not of this key over these bytes, is a fault that a person must see, and is never used.
 */
import * as z from 'zod';
import { base58Decode } from '../../core/index.ts';
import { SignerUnavailable } from '../../durable-objects/ports.ts';
import { addressText, signatureText } from '../../durable-objects/wire/requests.ts';
import { toBase64 } from './base64.ts';
import { BodyFault, errorName, readBounded } from './bounded-body.ts';
import { BoundedCache } from './bounded-cache.ts';
import { CACHED_ADDRESSES, type CustodySigner, checkUserId } from './custody.ts';
import { withDeadline } from './deadline.ts';
import { isStrictKey, verifyStrict } from './ed25519.ts';
import { SolanaError } from './errors.ts';
import type { Fetch } from './json-rpc.ts';

export interface RemoteCustodyOptions {
  readonly url: string;
  readonly token: string;
  /** For one call, body included; ms. */
  readonly timeoutMs: number;
  readonly fetch: Fetch;
}

/** Two short texts and what a server may add to them. */
export const MAX_ANSWER_BYTES = 4_096;

const addressAnswer = z.object({ address: addressText });
const signAnswer = z.object({ address: addressText, signature: signatureText });

export class RemoteCustody implements CustodySigner {
  readonly #options: RemoteCustodyOptions;
  /** What the service said first. Only answers are kept: a promise of one request must not be awaited by another's. */
  readonly #addresses = new BoundedCache<string>(CACHED_ADDRESSES);

  constructor(options: RemoteCustodyOptions) {
    this.#options = options;
  }

  async address(userId: string): Promise<string> {
    checkUserId(userId);
    const known = this.#addresses.get(userId);
    if (known !== undefined) return known;
    const { address } = await this.#ask('address', { userId }, addressAnswer);
    if (!isStrictKey(address)) throw mismatch('an address that is no key');
    return this.#pinned(userId, address);
  }

  async sign(userId: string, bytes: Uint8Array): Promise<Uint8Array> {
    const address = await this.address(userId);
    const answer = await this.#ask('sign', { userId, address, message: toBase64(bytes) }, signAnswer);
    if (answer.address !== address) throw mismatch('signed with another key than before');
    const signature = base58Decode(answer.signature);
    if (!verifyStrict(signature, bytes, base58Decode(address))) throw mismatch('not a signature of this key');
    return signature;
  }

  /** Of two answers on their way at the same time, the first counts. */
  #pinned(userId: string, address: string): string {
    if (this.#addresses.getOrMake(userId, () => address) !== address)
      throw mismatch('another key than before');
    return address;
  }

  async #ask<T>(what: 'address' | 'sign', body: object, schema: z.ZodType<T>): Promise<T> {
    const { timeoutMs } = this.#options;
    const text = await withDeadline(
      timeoutMs,
      () => new SignerUnavailable(`${what}: ${timeoutMs} ms`),
      (signal) => this.#post(what, JSON.stringify(body), signal),
    );
    const parsed = schema.safeParse(jsonOf(text));
    if (!parsed.success) throw new SignerUnavailable(`${what}: not the documented answer`);
    return parsed.data;
  }

  async #post(what: string, body: string, signal: AbortSignal): Promise<string> {
    const { url, token, fetch } = this.#options;
    try {
      const response = await fetch(`${url}/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
        // A redirect would carry the token, and the message, to a stranger.
        redirect: 'manual',
        signal,
      });
      if (!response.ok) throw new SignerUnavailable(`${what}: http ${response.status}`);
      return await readBounded(response, MAX_ANSWER_BYTES);
    } catch (cause) {
      if (cause instanceof SignerUnavailable) throw cause;
      const detail = cause instanceof BodyFault ? cause.message : `no connection: ${errorName(cause)}`;
      throw new SignerUnavailable(`${what}: ${detail}`);
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mismatch(detail: string): SolanaError {
  return new SolanaError('custody_mismatch', `signing service: ${detail}`);
}
