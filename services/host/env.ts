/** What the platform hands the Worker: bindings, and settings as text (wrangler.toml). */
import * as z from 'zod';
import { type MirrorSettings, mirrorSettings } from '../../durable-objects/settings.ts';
import { parseSettings, type SolanaSettings } from '../solana/settings.ts';
import { type CustodyBindings, custodyInput } from './custody-bindings.ts';
import type { UserDepositDO } from './deposit-host.ts';
import type { DirectoryDO } from './directory-host.ts';
import type { SolanaHealthMonitorDO } from './health-host.ts';
import type { MoneyMatchStateDO } from './match-host.ts';

export interface Env extends CustodyBindings {
  readonly MATCHES: DurableObjectNamespace<MoneyMatchStateDO>;
  readonly DEPOSITS: DurableObjectNamespace<UserDepositDO>;
  readonly HEALTH: DurableObjectNamespace<SolanaHealthMonitorDO>;
  readonly DIRECTORY: DurableObjectNamespace<DirectoryDO>;
  readonly ASSETS: Fetcher;
  readonly ENVIRONMENT?: string;
  /** Shortens every threshold together; 1 in production. */
  readonly SCALE: string;
  /** JSON list of `{name, url, requestsPerSecond?, burst?}`, in the order in which they are asked. */
  readonly RPC_PROVIDERS: string;
  readonly RPC_TIMEOUT_MS: string;
  /** Each with a default where it is left out (services/solana/settings.ts). */
  readonly RPC_HEDGE_MS?: string;
  readonly READ_WITNESSES?: string;
  readonly ABSENCE_PROVIDERS: string;
  /** Genesis hash and program id, base58. */
  readonly CLUSTER: string;
  readonly PROGRAM_ID: string;
  /** Secret. JSON list of 64-byte key pairs in base58; the first creates new matches. */
  readonly COORDINATOR_SECRETS: string;
  readonly VERSION: WorkerVersionMetadata;
  /** Development only: origin of the local chain, for its faults. */
  readonly LOCAL_CHAIN?: string;
}

/** Anything but the exact word is production: a typo must not open the development routes. */
export function isDevelopment(env: Env): boolean {
  return env.ENVIRONMENT === 'development';
}

const scale = z.coerce.number().gt(0).lte(1);
const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});

const optionalNumber = z.coerce.number().optional();

/** Throws where SCALE is not a factor in (0, 1]. */
export function mirrorScaleOf(env: Env): number {
  return scale.parse(env.SCALE);
}

export function mirrorSettingsOf(env: Env): MirrorSettings {
  return mirrorSettings(mirrorScaleOf(env));
}

/** Codes: `settings_invalid`, `too_few_providers`. */
export function solanaSettingsOf(env: Env): SolanaSettings {
  return parseSettings({
    providers: jsonText.parse(env.RPC_PROVIDERS),
    programId: env.PROGRAM_ID,
    cluster: env.CLUSTER,
    coordinatorSecrets: jsonText.parse(env.COORDINATOR_SECRETS),
    ...custodyInput(env),
    hedgeMs: optionalNumber.parse(env.RPC_HEDGE_MS),
    readWitnesses: optionalNumber.parse(env.READ_WITNESSES),
    timeoutMs: z.coerce.number().parse(env.RPC_TIMEOUT_MS),
    absenceProviders: z.coerce.number().parse(env.ABSENCE_PROVIDERS),
    development: isDevelopment(env),
  });
}
