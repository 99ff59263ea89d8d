/**
 * JSON-RPC error codes of a Solana node and what they mean to us (platform facts D1). A code says either that this
 * provider cannot answer now, or that it understood and refused.
 */
export type RpcReaction =
  /** The provider's own limit, not the chain's trouble. */
  | 'rate_limited'
  /** The node has not reached `minContextSlot`. */
  | 'stale'
  /** No usable answer here: behind, without that history, or without that method. Never "it does not exist". */
  | 'unavailable'
  /** The request itself was judged; another provider would say the same. */
  | 'refused';

export const PREFLIGHT_FAILED = -32002;

const REACTIONS: ReadonlyMap<number, RpcReaction> = new Map([
  [-32016, 'stale'], // minContextSlot not reached
  [429, 'rate_limited'], // gateways repeat the HTTP status as the code
  [-32429, 'rate_limited'],
  [PREFLIGHT_FAILED, 'refused'],
  [-32003, 'refused'], // signature verification failed
  [-32006, 'refused'], // precompile verification failed
  [-32013, 'refused'], // signature length mismatch
  [-32600, 'refused'], // invalid request
  [-32602, 'refused'], // invalid parameters: too large, undecodable
]);

/** A code that is not listed is `unavailable`: to know nothing is the safe reading of an unknown error. */
export function rpcReaction(code: number): RpcReaction {
  return REACTIONS.get(code) ?? 'unavailable';
}
