/** Measures every provider; the object of the same name judges (design: section 8). */
import { ChainUnavailable, type Probe, type ProbePort } from '../durable-objects/ports.ts';
import { accountsAnswer, epochAnswer } from './solana/answers.ts';
import { createProviders, type SolanaDeps } from './solana/connect.ts';
import type { RpcProvider } from './solana/json-rpc.ts';
import { PdaTable } from './solana/pda.ts';
import type { SolanaSettings } from './solana/settings.ts';

export interface ProbeDeps extends SolanaDeps {
  /** Unix ms. */
  now(): number;
}

/** Providers are asked at the same time, each bounded by `timeoutMs`; `probe` itself never throws. */
export function createProbes(settings: SolanaSettings, deps: ProbeDeps): ProbePort {
  const providers = createProviders(settings, deps);
  const config = new PdaTable(settings.programId).derive('config').address;
  return {
    providers: providers.map(({ name }) => name),
    probe: () => Promise.all(providers.map((provider) => probeOne(provider, config, deps.now))),
  };
}

/**
 * Two questions at once: the tip (slot and block height of one instant), and a finalized read of the program's config,
 * since that is the read that money waits for. Two and not three, because a Worker has six connections at a time and
 * three providers are usual (platform facts: A5). `getHealth` is not asked: on a halted chain it says "ok" (D1).
 */
async function probeOne(provider: RpcProvider, config: string, now: () => number): Promise<Probe> {
  const at = now();
  const base = { provider: provider.name, at };
  try {
    const [tip, finalized] = await Promise.all([
      provider.call('getEpochInfo', [{ commitment: 'processed' }], epochAnswer),
      provider.call(
        'getMultipleAccounts',
        [[config], { commitment: 'finalized', encoding: 'base64' }],
        accountsAnswer,
      ),
    ]);
    return {
      ...base,
      ms: now() - at,
      ok: true,
      slot: tip.absoluteSlot,
      finalizedSlot: finalized.context.slot,
      blockHeight: tip.blockHeight,
      fingerprint: null,
      error: null,
      retryAt: null,
    };
  } catch (cause) {
    // Anything but the classified failures would be a fault of ours; the monitor must still get its sample.
    const error = cause instanceof ChainUnavailable ? cause.code : 'unavailable';
    const nothing = { slot: null, finalizedSlot: null, blockHeight: null, fingerprint: null, retryAt: null };
    return { ...base, ms: now() - at, ok: false, ...nothing, error };
  }
}
