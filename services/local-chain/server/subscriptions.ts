/** What a WebSocket client can subscribe to, as functions of the chain's blocks. */

import * as z from 'zod';
import type { Block, Commitment } from '../blocks.ts';
import type { LocalChain } from '../chain.ts';
import { ChainError, invalidParams, RPC_CODE } from '../errors.ts';
import { wrap } from '../rpc/context.ts';
import { encodeAccount } from '../rpc/encoding.ts';
import type { Json } from '../rpc/json.ts';
import { stringify } from '../rpc/json.ts';
import { address, commitment, signature } from '../rpc/params.ts';

/** A subscription: what to say after a block, if anything, and whether that was the last word. */
export interface Subscription {
  readonly notification: string;
  poll(block: Block | undefined): { result: Json; last?: boolean } | undefined;
}

/** A commitment reached includes those below it. */
const RANK: Readonly<Record<Commitment, number>> = { processed: 0, confirmed: 1, finalized: 2 };

const signatureParams = z.tuple([
  signature,
  z
    .object({ commitment })
    .nullish()
    .transform((options) => options ?? { commitment: 'finalized' as const }),
]);

/** One notification, when the transaction has reached the commitment (at once if it already has); then it is over. */
function signatureSubscription(chain: LocalChain, params: readonly unknown[]): Subscription {
  const parsed = signatureParams.safeParse([params[0], params[1]]);
  if (!parsed.success) throw invalidParams('Invalid params: signatureSubscribe(signature, {commitment})');
  const [name, options] = parsed.data;
  return {
    notification: 'signatureNotification',
    poll: () => {
      const [status] = chain.getSignatureStatuses([name], true);
      if (!status || RANK[status.confirmationStatus] < RANK[options.commitment]) return undefined;
      return { result: wrap(chain.header(options.commitment).slot, { err: status.err }), last: true };
    },
  };
}

const accountParams = z.tuple([
  address,
  z
    .object({ commitment, encoding: z.enum(['binary', 'base58', 'base64', 'jsonParsed']).nullish() })
    .nullish()
    .transform((options) => options ?? { commitment: 'finalized' as const, encoding: null }),
]);

/** A notification after each block that left the account different at the commitment. */
function accountSubscription(chain: LocalChain, params: readonly unknown[]): Subscription {
  const parsed = accountParams.safeParse([params[0], params[1]]);
  if (!parsed.success)
    throw invalidParams('Invalid params: accountSubscribe(address, {commitment, encoding})');
  const [key, options] = parsed.data;
  const read = () => encodeAccount(chain.getAccount(key, options.commitment), options.encoding ?? 'binary');
  // Compared as text: cheaper to keep than a copy of the data, and exactly what the client would see change.
  let seen = stringify(read());
  return {
    notification: 'accountNotification',
    poll: () => {
      const value = read();
      const text = stringify(value);
      if (text === seen) return undefined;
      seen = text;
      return { result: wrap(chain.header(options.commitment).slot, value) };
    },
  };
}

/** Told of each block as it comes, never of one before the subscription. */
function slotSubscription(chain: LocalChain): Subscription {
  return {
    notification: 'slotNotification',
    poll: (block) =>
      block && { result: { parent: block.parentSlot, root: chain.finalizedSlot, slot: block.slot } },
  };
}

/** Told when finality has moved. */
function rootSubscription(chain: LocalChain): Subscription {
  let seen = chain.finalizedSlot;
  return {
    notification: 'rootNotification',
    poll: () => {
      if (chain.finalizedSlot === seen) return undefined;
      seen = chain.finalizedSlot;
      return { result: seen };
    },
  };
}

const KINDS: ReadonlyMap<string, (chain: LocalChain, params: readonly unknown[]) => Subscription> = new Map([
  ['signature', signatureSubscription],
  ['account', accountSubscription],
  ['slot', slotSubscription],
  ['root', rootSubscription],
]);

export function isKind(kind: string): boolean {
  return KINDS.has(kind);
}

/** Makes the subscription of a `<kind>Subscribe`. Throws `ChainError` -32601 or -32602. */
export function subscribe(chain: LocalChain, kind: string, params: readonly unknown[]): Subscription {
  const make = KINDS.get(kind);
  if (make === undefined) throw new ChainError(RPC_CODE.methodNotFound, 'Method not found');
  return make(chain, params);
}
