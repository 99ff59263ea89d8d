/** One request to the probe, and what the `.wasm` makes of the same input. */

import { CoreError } from '../../../core/index.ts';

export interface Case {
  readonly request: Uint8Array;
  /**
   * The answer that the `.wasm` gives, as bytes. The chain's is passed in for the one thing that only the mirror's
   * decoders judge: content that the chain stores without looking at it.
   */
  wasm(chain: Uint8Array): Uint8Array;
}

export const accepted = (result: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(0), result]);
export const refused = (code: string): Uint8Array => Buffer.concat([Uint8Array.of(1), Buffer.from(code)]);

/** The result, or the code of the refusal. */
export function attempt(run: () => Uint8Array): Uint8Array {
  try {
    return accepted(run());
  } catch (error) {
    if (error instanceof CoreError) return refused(error.code);
    throw error;
  }
}
