/** Methods about the chain itself: identity, blocks, blockhashes. */

import * as z from 'zod';
import { ChainError, invalidParams, RPC_CODE } from '../errors.ts';
import { feeOf } from '../fees.ts';
import { SLOTS_PER_EPOCH } from '../svm.ts';
import type { Message } from '../transaction.ts';
import { parseMessage } from '../transaction.ts';
import { CORE_VERSION, inContext } from './context.ts';
import { u64 } from './json.ts';
import type { Method } from './params.ts';
import { blockhash, integer, method, plainConfig } from './params.ts';

/** Two codes, because clients wait for the first and give up at the second: not yet, and never or no more. */
const getBlockTime = method([integer], (chain, [slot]) => {
  if (slot > chain.slot)
    throw new ChainError(RPC_CODE.blockNotAvailable, `Block not available for slot ${slot}`);
  const header = chain.headerAt(slot);
  if (header !== undefined) return header.blockTime;
  const message = `Slot ${slot} was skipped, or missing in long-term storage`;
  throw new ChainError(RPC_CODE.slotSkipped, message);
});

/** Clients take `absoluteSlot` and `blockHeight` of one answer as belonging together, so both are of one header. */
const getEpochInfo = method([plainConfig], (chain, [{ commitment, minContextSlot }]) => {
  chain.requireSlot(commitment, minContextSlot);
  const { slot, height } = chain.header(commitment);
  return {
    absoluteSlot: slot,
    blockHeight: height,
    epoch: Math.floor(slot / SLOTS_PER_EPOCH),
    slotIndex: slot % SLOTS_PER_EPOCH,
    slotsInEpoch: SLOTS_PER_EPOCH,
    transactionCount: chain.transactionCount,
  };
});

const getLatestBlockhash = method([plainConfig], (chain, [options]) =>
  inContext(chain, options, () => ({ ...chain.getLatestBlockhash(options.commitment) })),
);

const isBlockhashValid = method([blockhash, plainConfig], (chain, [hash, options]) =>
  inContext(chain, options, () => chain.isBlockhashValid(hash, options.commitment)),
);

/** The text is bare message bytes: a whole transaction in its place is a client's mistake, not the chain's. */
function messageOf(text: string): Message {
  try {
    return parseMessage(Buffer.from(text, 'base64'));
  } catch (error) {
    throw invalidParams(`Invalid params: ${error instanceof Error ? error.message : 'not a message'}`);
  }
}

/** Null for an expired blockhash: Solana prices nothing that cannot land. */
const getFeeForMessage = method([z.string(), plainConfig], (chain, [text, options]) =>
  inContext(chain, options, () => {
    const message = messageOf(text);
    return chain.isBlockhashValid(message.recentBlockhash, options.commitment) ? u64(feeOf(message)) : null;
  }),
);

export const clusterMethods: Readonly<Record<string, Method>> = {
  getVersion: method([], () => ({ 'feature-set': 0, 'local-chain': '1', 'solana-core': CORE_VERSION })),
  getGenesisHash: method([], (chain) => chain.genesisHash),
  // A node is healthy while it keeps up with its peers; a lone one always does, halted or not.
  getHealth: method([], () => 'ok'),
  getSlot: method([plainConfig], (chain, [{ commitment, minContextSlot }]) => {
    chain.requireSlot(commitment, minContextSlot);
    return chain.header(commitment).slot;
  }),
  getBlockHeight: method([plainConfig], (chain, [{ commitment, minContextSlot }]) => {
    chain.requireSlot(commitment, minContextSlot);
    return chain.header(commitment).height;
  }),
  getTransactionCount: method([plainConfig], (chain) => chain.transactionCount),
  getFirstAvailableBlock: method([], (chain) => chain.firstAvailableSlot),
  minimumLedgerSlot: method([], (chain) => chain.firstAvailableSlot),
  getBlockTime,
  getEpochInfo,
  getLatestBlockhash,
  isBlockhashValid,
  getFeeForMessage,
};
