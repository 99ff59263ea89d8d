/**
 * Surfpool, the judge: a Solana for development by others, embedded from its platform package. The package is an
 * optional dependency and exists for three platforms; elsewhere the comparison is skipped and says why.
 */

import { createRequire } from 'node:module';
import type { Endpoint } from './interview.ts';

/** It hangs for good at 10 ms and is fine from 50 ms on (platform-facts: D3). */
const SLOT_MS = 50;

/** What is used of the native module; it ships no types. */
interface Surfnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  deploy(options: { programId: string; soPath: string }): unknown;
  stop(): void;
}

interface SurfpoolModule {
  readonly Surfnet: { startWithConfig(config: Readonly<Record<string, unknown>>): Surfnet };
}

export interface Judge extends Endpoint {
  stop(): void;
}

const PACKAGE = `@solana/surfpool-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;

/** The native module, or the reason why there is none. */
function load(): { module: SurfpoolModule } | { reason: string } {
  try {
    // SAFETY: the package's only export, as found in version 1.5.0; a change fails in `startJudge`.
    return { module: createRequire(import.meta.url)(PACKAGE) as SurfpoolModule };
  } catch (error) {
    return {
      reason: `${PACKAGE} is not installed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

const loaded = load();

/** Why the judge cannot be asked here; `undefined` if it can. */
export const unavailable: string | undefined = 'reason' in loaded ? loaded.reason : undefined;

/** Starts a judge with the program deployed. Call only if it is available. */
export function startJudge(program: { address: string; path: string }): Judge {
  if ('reason' in loaded) throw new Error(loaded.reason);
  const surfnet = loaded.module.Surfnet.startWithConfig({
    offline: true,
    slotTimeMs: SLOT_MS,
    blockProductionMode: 'clock',
  });
  surfnet.deploy({ programId: program.address, soPath: program.path });
  return { rpcUrl: surfnet.rpcUrl, wsUrl: surfnet.wsUrl, stop: () => surfnet.stop() };
}
