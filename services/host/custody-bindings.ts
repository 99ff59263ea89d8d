/** Where the players' custody keys are, as the platform hands it over: a secret, or a signing service. */
import type { SolanaSettingsInput } from '../solana/settings.ts';

export interface CustodyBindings {
  /** Secret, lower-case hex. Every player's custody key derives from it. */
  readonly CUSTODY_SECRET?: string;
  /** Of the signing service that has the keys (services/solana/remote-custody.ts). */
  readonly CUSTODY_SIGNER_URL?: string;
  /** Secret. Its bearer token. */
  readonly CUSTODY_SIGNER_TOKEN?: string;
  readonly CUSTODY_SIGNER_TIMEOUT_MS?: string;
}

/** As it was given: that it is exactly one of the two, and whole, is checked with the other settings. */
export function custodyInput(
  bindings: CustodyBindings,
): Pick<SolanaSettingsInput, 'custodySecret' | 'custodySigner'> {
  const { CUSTODY_SECRET: secret, CUSTODY_SIGNER_URL: url, CUSTODY_SIGNER_TOKEN: token } = bindings;
  const { CUSTODY_SIGNER_TIMEOUT_MS: timeout } = bindings;
  const isRemote = url !== undefined || token !== undefined;
  // Half a service is passed on as one: it must be refused, not overlooked.
  const custodySigner = {
    url: url ?? '',
    token: token ?? '',
    ...(timeout === undefined ? {} : { timeoutMs: Number(timeout) }),
  };
  return {
    ...(secret === undefined ? {} : { custodySecret: secret }),
    ...(isRemote ? { custodySigner } : {}),
  };
}
