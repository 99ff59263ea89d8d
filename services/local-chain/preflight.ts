/** What a node checks before it takes a transaction: a simulation on the state of a commitment. */

import type { Commitment } from './blocks.ts';
import { ChainError, RPC_CODE } from './errors.ts';
import type { Ledger, View } from './ledger.ts';
import type { SimulateOptions } from './options.ts';
import type { Outcome } from './svm.ts';
import { transactionErrorText } from './svm-errors.ts';
import type { WireTransaction } from './transaction.ts';

/** Fields of a simulation's answer that this chain does not work out; Solana sends them, so they are sent as null. */
export const NOT_SIMULATED = {
  accounts: null,
  fee: null,
  loadedAccountsDataSize: null,
  loadedAddresses: null,
  postBalances: null,
  postTokenBalances: null,
  preBalances: null,
  preTokenBalances: null,
} as const;

function refused(err: string): Outcome {
  return { err, logs: [], unitsConsumed: 0n, innerInstructions: [], returnData: null };
}

/** Runs a transaction on a state and keeps nothing. Blockhash and duplicate come first, as a bank checks them. */
export function simulateOn(
  ledger: Ledger,
  view: View,
  tx: WireTransaction,
  options: SimulateOptions,
): Outcome {
  const { height } = view.block;
  const anyBlockhash = options.replaceRecentBlockhash ?? false;
  if (!anyBlockhash && !ledger.blockhashes.isValid(tx.message.recentBlockhash, height)) {
    return refused('BlockhashNotFound');
  }
  const known = ledger.history.get(tx.signature);
  // A state knows the transactions of its own blocks only: `finalized` does not see what is 32 blocks younger.
  if (known !== undefined && known.height <= height) return refused('AlreadyProcessed');
  return view.svm.simulate(tx, options.sigVerify ?? false);
}

/** Throws `ChainError`: -32003 for a bad signature, -32002 for anything else that would fail, with the logs in `data`. */
export function preflight(ledger: Ledger, tx: WireTransaction, commitment: Commitment): void {
  const { err, logs, unitsConsumed } = simulateOn(ledger, ledger.view(commitment), tx, { sigVerify: true });
  if (err === null) return;
  if (err === 'SignatureFailure') {
    throw new ChainError(RPC_CODE.signatureVerificationFailure, 'Transaction signature verification failure');
  }
  const message = `Transaction simulation failed: ${transactionErrorText(err)}`;
  throw new ChainError(RPC_CODE.preflightFailure, message, {
    ...NOT_SIMULATED,
    err,
    innerInstructions: null,
    logs,
    replacementBlockhash: null,
    returnData: null,
    unitsConsumed: Number(unitsConsumed),
  });
}
