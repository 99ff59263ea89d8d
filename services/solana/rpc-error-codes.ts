/**
 * JSON-RPC error codes of a Solana node and what they mean to us (platform facts: D1). A code says that this provider
 * cannot answer now, or that it understood and refused; none of them says anything about the chain's state.
 */
import type { ChainUnavailable } from '../../durable-objects/ports.ts';

/** Why a provider gave no usable answer. */
export type Fault =
  /** Its own limit or ban, not the chain's trouble: it is left alone as long as it asks for. */
  | 'limited'
  /** The node has not reached `minContextSlot`: the same one again within two slots, then another. */
  | 'behind'
  /** The node says itself that it lags: set aside, longer each time. */
  | 'unhealthy'
  /** Its archive has a gap where the answer would be: another may have it. */
  | 'archive_gap'
  /** It cannot say: history switched off, or its store out of reach. Unknown, and never "it does not exist". */
  | 'unknown'
  /** The transaction is of a newer version than the highest that is decoded here, which is what was asked for. */
  | 'version'
  /** It does not offer this method: not asked for it again for a while. */
  | 'no_method'
  /** Silent, broken, garbled or unheard of: to know nothing is the safe reading of an unknown error. */
  | 'failed';

export type RpcReaction =
  | Fault
  /** The request itself was judged, by this node and in its present state. */
  | 'refused'
  /** The bytes themselves were judged: no node in any state will take them. */
  | 'poison';

export const PREFLIGHT_FAILED = -32002;

const REACTIONS: ReadonlyMap<number, RpcReaction> = new Map([
  [PREFLIGHT_FAILED, 'refused'],
  [-32003, 'poison'], // signature verification failed
  [-32006, 'poison'], // precompile verification failed
  [-32013, 'poison'], // signature length mismatch
  [-32600, 'refused'], // invalid request
  [-32602, 'refused'], // invalid parameters: too large, undecodable
  [-32001, 'archive_gap'], // block cleaned up
  [-32004, 'archive_gap'], // block not available
  [-32007, 'archive_gap'], // slot skipped, or missing after a restart of the ledger
  [-32009, 'archive_gap'], // slot skipped, or missing in long-term storage
  [-32005, 'unhealthy'], // node unhealthy: numSlotsBehind
  [-32011, 'unknown'], // transaction history not available
  [-32014, 'unknown'], // block status not yet available
  [-32019, 'unknown'], // long-term storage unreachable
  [-32021, 'unknown'], // slot not in its history
  [-32015, 'version'],
  [-32016, 'behind'],
  [-32601, 'no_method'],
  [429, 'limited'], // gateways repeat the HTTP status as the code
  [-32429, 'limited'],
]);

export function rpcReaction(code: number): RpcReaction {
  return REACTIONS.get(code) ?? 'failed';
}

export function isPoison(code: number): boolean {
  return REACTIONS.get(code) === 'poison';
}

/** As the objects see it: to them there is one more witness, or there is not. */
export function codeOfFault(fault: Fault): ChainUnavailable['code'] {
  if (fault === 'limited') return 'rate_limited';
  return fault === 'behind' ? 'stale' : 'unavailable';
}
