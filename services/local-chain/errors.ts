/** Errors of the chain and its JSON-RPC skin. Codes are Solana's own, so that clients react as they do in production. */

export const RPC_CODE = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  preflightFailure: -32002,
  signatureVerificationFailure: -32003,
  blockNotAvailable: -32004,
  slotSkipped: -32009,
  slotSkippedOrMissing: -32007,
  historyNotAvailable: -32011,
  longTermStorageUnreachable: -32019,
  unsupportedTransactionVersion: -32015,
  minContextSlotNotReached: -32016,
} as const;

export type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE];

/** A refusal of the chain: `code` and `data` are what a Solana node's JSON-RPC error carries. */
export class ChainError extends Error {
  readonly code: RpcCode;
  readonly data: unknown;

  constructor(code: RpcCode, message: string, data?: unknown) {
    super(message);
    this.name = 'ChainError';
    this.code = code;
    this.data = data;
  }
}

export function invalidParams(message: string): ChainError {
  return new ChainError(RPC_CODE.invalidParams, message);
}
