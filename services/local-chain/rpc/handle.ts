/** JSON-RPC 2.0 over the chain, without a socket: a request object in, a response object out. */

import * as z from 'zod';
import { ChainError, RPC_CODE } from '../errors.ts';
import type { ChainNode } from '../node.ts';
import { accountMethods } from './accounts.ts';
import { clusterMethods } from './cluster.ts';
import { developmentMethods } from './development.ts';
import type { Json } from './json.ts';
import { stringify } from './json.ts';
import type { Method } from './params.ts';
import { transactionMethods } from './transactions.ts';

const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({ ...clusterMethods, ...accountMethods, ...transactionMethods, ...developmentMethods }),
);

/** Echoed as it came: clients match answers to questions by it. */
export type RpcId = string | number | null;

export type RpcReply =
  | { readonly jsonrpc: '2.0'; readonly id: RpcId; readonly result: Json }
  | {
      readonly jsonrpc: '2.0';
      readonly id: RpcId;
      readonly error: { code: number; message: string; data?: Json };
    };

/** A request, over HTTP and WebSocket alike. Named parameters (an object) are refused, as Solana refuses them. */
export const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.array(z.unknown()).nullish(),
});

export function errorReply(id: RpcId, code: number, message: string, data?: Json): RpcReply {
  return { jsonrpc: '2.0', id, error: data === undefined ? { code, message } : { code, message, data } };
}

/** A refusal keeps its code. Anything else is a defect of this chain: the client gets -32603 and the server goes on. */
function errorOf(id: RpcId, error: unknown): RpcReply {
  if (error instanceof ChainError) {
    // SAFETY: the chain puts plain JSON into `data`: error names, logs, numbers.
    return errorReply(id, error.code, error.message, error.data as Json | undefined);
  }
  const message = error instanceof Error ? error.message : String(error);
  return errorReply(id, RPC_CODE.internal, `Internal error: ${message}`);
}

/** Makes another method out of one: how an endpoint lies. */
export type Bend = (name: string, method: Method) => Method;

const straight: Bend = (_, method) => method;

function handleOne(chain: ChainNode, request: unknown, bend: Bend): RpcReply | undefined {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) return errorReply(null, RPC_CODE.invalidRequest, 'Invalid request');
  const { id, method: name, params } = parsed.data;
  // A notification wants no answer, and no method here is worth calling without one.
  if (id === undefined) return undefined;
  const method = METHODS.get(name);
  if (method === undefined) return errorReply(id, RPC_CODE.methodNotFound, 'Method not found');
  try {
    return { jsonrpc: '2.0', id, result: bend(name, method)(chain, params ?? []) };
  } catch (error) {
    return errorOf(id, error);
  }
}

/**
 * Answers one request or a batch; `undefined` where nothing is to be answered (notifications). Integers come as
 * `number` where that is exact, else as `bigint`; `handleRpcText` writes both as plain JSON numbers.
 */
export function handleRpc(
  chain: ChainNode,
  request: unknown,
  bend: Bend = straight,
): RpcReply | RpcReply[] | undefined {
  if (!Array.isArray(request)) return handleOne(chain, request, bend);
  if (request.length === 0) return errorReply(null, RPC_CODE.invalidRequest, 'Invalid request');
  const replies = request.map((one) => handleOne(chain, one, bend)).filter((reply) => reply !== undefined);
  return replies.length === 0 ? undefined : replies;
}

/** JSON text of a reply; the empty text where nothing is to be answered. */
export function replyText(reply: RpcReply | RpcReply[] | undefined): string {
  return reply === undefined ? '' : stringify(reply);
}

/** The same over texts, exactly as the HTTP skin serves it. */
export function handleRpcText(chain: ChainNode, text: string): string {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return replyText(errorReply(null, RPC_CODE.parseError, 'Parse error'));
  }
  return replyText(handleRpc(chain, request));
}
