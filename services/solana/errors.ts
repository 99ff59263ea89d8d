import { ChainUnavailable } from '../../durable-objects/ports.ts';
import { codeOfFault, type Fault } from './rpc-error-codes.ts';

/**
 * What this folder refuses by itself, before or without asking a chain. What a provider failed to answer is
 * `ChainUnavailable` (durable-objects/ports.ts); what it answered with an error is `RpcError`.
 */
export type SolanaErrorCode =
  /** A setting is missing or malformed; the message names the field, never its value. */
  | 'settings_invalid'
  /** Fewer providers than a proof of absence needs (design: section 6). */
  | 'too_few_providers'
  /** A key or secret has the wrong length, spelling, or public half. */
  | 'secret_invalid'
  | 'address_invalid'
  | 'user_id_invalid'
  | 'match_id_invalid'
  | 'hash_invalid'
  /** A plan that no transaction can be made of. */
  | 'plan_invalid'
  /** The user's custody key is another one than before, or than the plan says; or it did not make this signature. */
  | 'custody_mismatch'
  /** A stored offer that is not what this mirror prepares: nothing is signed. */
  | 'offer_invalid'
  /** A wallet's signature that is not one over the offered message. */
  | 'signature_invalid'
  /** More than the 1,232 bytes that a legacy transaction may have. */
  | 'transaction_too_large'
  /** `accounts` takes 1 to 100 addresses a call. */
  | 'bad_account_count'
  /** A development helper was called with production settings. */
  | 'development_only'
  /** A development helper's transaction failed, or was not final within its bound. */
  | 'development_failed';

export class SolanaError extends Error {
  readonly code: SolanaErrorCode;
  constructor(code: SolanaErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'SolanaError';
    this.code = code;
  }
}

/** A well-formed JSON-RPC error: the provider understood and refused. `data` is as it came, unchecked. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;
  readonly provider: string;
  constructor(code: number, message: string, data: unknown, provider: string) {
    super(`${provider}: rpc error ${code}: ${message}`);
    this.name = 'RpcError';
    this.code = code;
    this.data = data;
    this.provider = provider;
  }
}

/** A provider gave no usable answer. What it was is kept for its guard; the objects see a `ChainUnavailable`. */
export class ProviderFault extends ChainUnavailable {
  readonly fault: Fault;
  /** Unix ms: when it wants to be asked again, where it said so. */
  readonly retryAt: number | null;
  constructor(
    fault: Fault,
    provider: string,
    detail: string,
    {
      code = codeOfFault(fault),
      retryAt = null,
    }: { readonly code?: ChainUnavailable['code']; readonly retryAt?: number | null } = {},
  ) {
    super(code, provider, detail);
    this.fault = fault;
    this.retryAt = retryAt;
  }
}
