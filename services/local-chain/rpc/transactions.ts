/** Methods that send transactions and ask what became of them. */

import * as z from 'zod';
import { decodeBase58 } from '../base58.ts';
import { invalidParams } from '../errors.ts';
import { MAX_SIGNATURES_PAGE } from '../history.ts';
import { NOT_SIMULATED } from '../preflight.ts';
import { inContext, wrap } from './context.ts';
import { encodeInner, encodeReturnData, encodeTransaction, statusOf } from './encoding.ts';
import { u64 } from './json.ts';
import type { Method } from './params.ts';
import { address, commitment, config, integer, method, plainConfig, signature } from './params.ts';

/** Most signatures of one getSignatureStatuses, as on Solana. */
const MAX_STATUSES = 256;

const wireEncoding = z.enum(['base58', 'base64']).nullish();

/** History below `confirmed` is not kept by Solana, so it refuses to be asked for it. */
const historyCommitment = z
  .enum(['confirmed', 'finalized'], 'Method does not support commitment below `confirmed`')
  .nullish()
  .transform((value) => value ?? 'finalized');

/** Base58 is the default for the sake of clients of the first hour. */
function decodeWire(text: string, encoding: 'base58' | 'base64' | null | undefined): Uint8Array {
  const bytes = encoding === 'base64' ? Buffer.from(text, 'base64') : decodeBase58(text);
  if (bytes === undefined || bytes.length === 0) {
    throw invalidParams(`invalid ${encoding ?? 'base58'} encoding of a transaction`);
  }
  return bytes;
}

const sendConfig = config({
  encoding: wireEncoding,
  skipPreflight: z.boolean().nullish(),
  preflightCommitment: commitment,
  // Accepted and without effect: a transaction waits in the pool until it lands or its blockhash expires.
  maxRetries: integer.nullish(),
});

type Send = 'sendTransaction' | 'pretendToSend';

const sending = (send: Send): Method =>
  method([z.string(), sendConfig], (chain, [text, options]) =>
    chain[send](decodeWire(text, options.encoding), {
      skipPreflight: options.skipPreflight ?? false,
      preflightCommitment: options.skipPreflight === true ? 'processed' : options.preflightCommitment,
      minContextSlot: options.minContextSlot,
    }),
  );

/** Answers with the signature once the transaction is in the pool; whether it lands is another question. */
const sendTransaction = sending('sendTransaction');

/** No method of its own: what a provider does that takes a transaction and loses it. */
export const pretendToSend = sending('pretendToSend');

const simulateConfig = config({
  encoding: wireEncoding,
  sigVerify: z.boolean().nullish(),
  replaceRecentBlockhash: z.boolean().nullish(),
  innerInstructions: z.boolean().nullish(),
  accounts: z.null('simulated accounts are not supported here').optional(),
});

/** Signatures are not checked unless asked for, so that a wallet can simulate before the player has signed. */
const simulateTransaction = method([z.string(), simulateConfig], (chain, [text, options]) => {
  if (options.sigVerify === true && options.replaceRecentBlockhash === true) {
    throw invalidParams('sigVerify may not be used with replaceRecentBlockhash');
  }
  chain.requireSlot(options.commitment, options.minContextSlot);
  const { slot, outcome } = chain.simulate(decodeWire(text, options.encoding), {
    commitment: options.commitment,
    sigVerify: options.sigVerify ?? false,
    replaceRecentBlockhash: options.replaceRecentBlockhash ?? false,
  });
  const replacement =
    options.replaceRecentBlockhash === true ? { ...chain.getLatestBlockhash(options.commitment) } : null;
  return wrap(slot, {
    ...NOT_SIMULATED,
    err: outcome.err,
    innerInstructions: options.innerInstructions === true ? encodeInner(outcome.innerInstructions) : null,
    logs: outcome.logs,
    replacementBlockhash: replacement,
    returnData: encodeReturnData(outcome.returnData),
    unitsConsumed: u64(outcome.unitsConsumed),
  });
});

const statusConfig = config({ searchTransactionHistory: z.boolean().nullish() });

const getSignatureStatuses = method(
  [z.array(signature).max(MAX_STATUSES, `Too many inputs provided; max ${MAX_STATUSES}`), statusConfig],
  (chain, [signatures, options]) =>
    // The context is the tip's whatever is configured: a status tells its own commitment.
    inContext(chain, { commitment: 'processed' }, () =>
      chain
        .getSignatureStatuses(signatures, options.searchTransactionHistory ?? false)
        .map((status) => (status === null ? null : { ...status, status: statusOf(status.err) })),
    ),
);

const historyConfig = config({
  commitment: historyCommitment,
  before: signature.nullish().transform((value) => value ?? undefined),
  until: signature.nullish().transform((value) => value ?? undefined),
  limit: integer
    .min(1, 'Invalid limit; must be 1 to 1000')
    .max(MAX_SIGNATURES_PAGE, 'Invalid limit; max 1000')
    .nullish()
    .transform((value) => value ?? undefined),
});

/** A transaction is listed under every address that it names, as signer, account, program or from a lookup table. */
const getSignaturesForAddress = method([address, historyConfig], (chain, [key, options]) => {
  chain.requireSlot(options.commitment, options.minContextSlot);
  return chain.getSignaturesForAddress(key, options).map((record) => ({
    blockTime: record.blockTime,
    confirmationStatus: chain.commitmentOf(record),
    err: record.err,
    memo: record.memo,
    signature: record.signature,
    slot: record.slot,
  }));
});

const transactionConfig = config({
  commitment: historyCommitment,
  encoding: z.enum(['json', 'base58', 'base64', 'jsonParsed']).nullish(),
  maxSupportedTransactionVersion: integer.nullish().transform((value) => value ?? undefined),
});
/** The older form of the second parameter, still allowed: the encoding by itself. */
const transactionOptions = z.preprocess(
  (value) => (typeof value === 'string' ? { encoding: value } : value),
  transactionConfig,
);

/** Null means unknown at that commitment, which is not the same as "did not happen": see `History`. */
const getTransaction = method([signature, transactionOptions], (chain, [name, options]) => {
  const record = chain.getTransaction(name, options.commitment);
  if (record === null) return null;
  return encodeTransaction(record, options.encoding ?? 'json', options.maxSupportedTransactionVersion);
});

export const transactionMethods: Readonly<Record<string, Method>> = {
  sendTransaction,
  simulateTransaction,
  getSignatureStatuses,
  getSignaturesForAddress,
  getTransaction,
  requestAirdrop: method([address, integer.min(1), plainConfig], (chain, [key, lamports]) =>
    chain.airdrop(key, BigInt(lamports)),
  ),
};
