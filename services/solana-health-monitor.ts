/** Measures every provider; the object of the same name judges (design: section 8). */
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type * as z from 'zod';
import { ChainUnavailable, type Probe, type ProbePort } from '../durable-objects/ports.ts';
import { accountsAnswer, epochAnswer } from './solana/answers.ts';
import { createProviders, type SolanaDeps } from './solana/connect.ts';
import { ProviderFault } from './solana/errors.ts';
import type { Provider } from './solana/json-rpc.ts';
import { PdaTable } from './solana/pda.ts';
import type { SolanaSettings } from './solana/settings.ts';

/** Slot and time of the bank that is read: of two forks at one slot no two have the same. */
const CLOCK_SYSVAR = 'SysvarC1ock11111111111111111111111111111111';

/**
 * Providers are asked at the same time, each bounded by `timeoutMs`; `probe` itself never throws. They have budgets of
 * their own: what the objects ask must not make the chain look away. One that asked to be left alone is, and its probe
 * says so.
 */
export function createProbes(settings: SolanaSettings, deps: SolanaDeps): ProbePort {
  const providers = createProviders(settings, deps);
  const pdas = new PdaTable(settings.programId);
  const read = [pdas.derive('config').address, pdas.derive('registry').address, CLOCK_SYSVAR];
  return {
    providers: providers.map(({ name }) => name),
    probe: (leaveOut = []) => {
      const asked = providers.filter(({ name }) => !leaveOut.includes(name));
      return Promise.all(asked.map((provider) => probeOne(provider, read, deps.now)));
    },
  };
}

/**
 * Two questions at once: the tip (slot and block height of one instant), and a finalized read of what every match
 * depends on, since that is the read that money waits for. Two and not three, because a Worker has six connections at a
 * time and three providers are usual (platform facts: A5). `getHealth` is not asked: on a halted chain it says "ok" (D1).
 * Each keeps what it got: a tip that moves is a sign of life, also where `finalized` cannot be read.
 */
async function probeOne(provider: Provider, read: readonly string[], now: () => number): Promise<Probe> {
  const at = now();
  const [tip, finalized] = await Promise.allSettled([
    provider.call('getEpochInfo', [{ commitment: 'processed' }], epochAnswer),
    provider.call(
      'getMultipleAccounts',
      [read, { commitment: 'finalized', encoding: 'base64' }],
      accountsAnswer,
    ),
  ]);
  const failures = [tip, finalized].flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  return {
    provider: provider.name,
    at,
    ms: now() - at,
    ok: failures.length === 0,
    slot: tip.status === 'fulfilled' ? tip.value.absoluteSlot : null,
    blockHeight: tip.status === 'fulfilled' ? tip.value.blockHeight : null,
    finalizedSlot: finalized.status === 'fulfilled' ? finalized.value.context.slot : null,
    fingerprint: finalized.status === 'fulfilled' ? fingerprintOf(finalized.value) : null,
    error: errorOf(failures),
    retryAt: retryAtOf(failures),
  };
}

/** What two providers show of one slot is the same to the byte, or they disagree. */
function fingerprintOf({ context, value }: z.infer<typeof accountsAnswer>): string {
  const hash = sha256.create();
  const text = (part: string): void => void hash.update(new TextEncoder().encode(`${part} `));
  text(String(context.slot));
  for (const account of value) {
    text(account === null ? 'none' : `${account.lamports} ${account.owner} ${account.data.length}`);
    if (account !== null) hash.update(account.data);
  }
  return bytesToHex(hash.digest()).slice(0, 32);
}

/** A limit is the provider's own, whatever the other question met: it must not count against the chain. */
function errorOf(failures: readonly unknown[]): string | null {
  // Anything but the classified failures would be a fault of ours; the monitor must still get its sample.
  const codes = failures.map((each) => (each instanceof ChainUnavailable ? each.code : 'unavailable'));
  return codes.find((code) => code === 'rate_limited') ?? codes[0] ?? null;
}

function retryAtOf(failures: readonly unknown[]): number | null {
  const times = failures.map((each) => (each instanceof ProviderFault ? each.retryAt : null));
  return times.reduce((latest, at) => (at !== null && (latest === null || at > latest) ? at : latest), null);
}
