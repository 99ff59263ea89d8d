/** The envelope of answers that belong to one state. */

import type { Commitment } from '../blocks.ts';
import type { LocalChain } from '../chain.ts';
import type { Json } from './json.ts';

/** Written into every context, as Agave does. */
const API_VERSION = '4.2.0';

interface ContextOptions {
  readonly commitment: Commitment;
  readonly minContextSlot?: number | undefined;
}

export function wrap(slot: number, value: Json): Json {
  return { context: { apiVersion: API_VERSION, slot }, value };
}

/** `{context: {slot}, value}`: the value is read of the state after exactly that slot. */
export function inContext(chain: LocalChain, options: ContextOptions, read: () => Json): Json {
  chain.requireSlot(options.commitment, options.minContextSlot);
  return wrap(chain.header(options.commitment).slot, read());
}
