/** The envelope of answers that belong to one state. */

import type { Commitment } from '../blocks.ts';
import type { ChainNode } from '../node.ts';
import type { Json } from './json.ts';

/** LiteSVM 1.5 is built on this Agave release. Agave writes its own into every context, and tells it by getVersion. */
export const CORE_VERSION = '4.2.0';

interface ContextOptions {
  readonly commitment: Commitment;
  readonly minContextSlot?: number | undefined;
}

export function wrap(slot: number, value: Json): Json {
  return { context: { apiVersion: CORE_VERSION, slot }, value };
}

/** `{context: {slot}, value}`: the value is read of the state after exactly that slot. */
export function inContext(chain: ChainNode, options: ContextOptions, read: () => Json): Json {
  chain.requireSlot(options.commitment, options.minContextSlot);
  return wrap(chain.header(options.commitment).slot, read());
}
