/**
 * What a fault does to a request, without a socket or a clock: the HTTP skin writes the plan to a connection, the
 * simulation makes it the answer of its `fetch`. Both therefore meet the same providers.
 */

import { deriveHash } from '../blockhashes.ts';
import type { LocalChain } from '../chain.ts';
import { RPC_CODE } from '../errors.ts';
import type { ChainNode } from '../node.ts';
import type { Bend, RpcReply } from '../rpc/handle.ts';
import { errorReply, handleRpc, replyText } from '../rpc/handle.ts';
import type { Json } from '../rpc/json.ts';
import { stringify } from '../rpc/json.ts';
import type { Method } from '../rpc/params.ts';
import { pretendToSend } from '../rpc/transactions.ts';
import { archiveGap, blocksBelow } from './archive-gap.ts';
import { HTML_PAGE, spoil } from './corrupt.ts';
import type { MetFault } from './fault-in-force.ts';
import type { FaultBoard } from './faults.ts';
import { field, numberIn, parseJson } from './json-fields.ts';
import type { Plan, Reception } from './plan.ts';

type Of<Kind extends MetFault['kind']> = Extract<MetFault, { kind: Kind }>;

const CONTENT_TYPE = 'Supplied content type is not allowed. Content-Type: application/json is required';

function answer(
  executed: boolean,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): Plan {
  return { kind: 'answer', executed, status, headers: { 'content-type': type, ...headers }, body };
}

/** What a request or batch calls, for faults that are limited to some methods. */
function methodsOf(request: unknown): string[] {
  const all = Array.isArray(request) ? request : [request];
  return all.map((one) => field(one, 'method')).filter((name) => typeof name === 'string');
}

/** The same JSON-RPC error for each request of a batch, with its id. */
function rpcError(request: unknown, { code, message, data }: Of<'erring'> & { as: 'rpc' }): Json {
  const one = (asked: unknown): Json => {
    const id = field(asked, 'id');
    const known = typeof id === 'string' || typeof id === 'number' ? id : null;
    return { ...errorReply(known, code, message, data) };
  };
  return Array.isArray(request) ? request.map(one) : one(request);
}

/** `Retry-After` in whole seconds, or as a date, which is a second later at most. */
function retryAfter(fault: Of<'rateLimited'>, now: number): Record<string, string> {
  const { retryAfterSeconds: seconds, retryAfterAs: form } = fault;
  if (seconds === undefined) return {};
  const at = new Date(Math.ceil(now / 1_000 + seconds) * 1_000);
  return { 'retry-after': form === 'date' ? at.toUTCString() : String(seconds) };
}

/** An older blockhash with the last height it was good for, or a stranger's with the height of a good one. */
function oldBlockhash({ blocks, foreign }: Of<'oldBlockhash'>, real: Method): Method {
  return (chain, params) => {
    const latest = real(chain, params);
    const context = field(latest, 'context') ?? null;
    const slot = numberIn(context, 'slot') ?? 0;
    const lastValid = numberIn(field(latest, 'value'), 'lastValidBlockHeight') ?? 0;
    if (foreign) {
      const blockhash = deriveHash('block', 'another cluster', slot);
      return { context, value: { blockhash, lastValidBlockHeight: lastValid } };
    }
    const old = blocksBelow(chain, slot, blocks);
    const age = blocksBelow(chain, slot, 0).height - old.height;
    return { context, value: { blockhash: old.hash, lastValidBlockHeight: lastValid - age } };
  };
}

/** Faults that leave the answer its form and make it untrue. */
function bendOf(fault: MetFault | undefined): Bend | undefined {
  if (fault?.kind === 'archiveGap') return archiveGap(fault);
  if (fault?.kind === 'oldBlockhash')
    return (name, real) => (name === 'getLatestBlockhash' ? oldBlockhash(fault, real) : real);
  if (fault?.kind === 'dropped') return (name, real) => (name === 'sendTransaction' ? pretendToSend : real);
  return undefined;
}

/** Faults that carry nothing out; `undefined` for those that do. */
function refuse(fault: MetFault, request: unknown, now: number): Plan | undefined {
  if (fault.kind === 'off') return { kind: 'destroy', executed: false };
  if (fault.kind === 'hang') return { kind: 'hang', executed: false };
  if (fault.kind === 'rateLimited') {
    const error = stringify({ ...errorReply(null, 429, 'Too many requests') });
    return answer(false, 429, 'application/json', error, retryAfter(fault, now));
  }
  if (fault.kind !== 'erring') return undefined;
  if (fault.as === 'rpc') return answer(false, 200, 'application/json', stringify(rpcError(request, fault)));
  if (fault.as === 'html') return answer(false, fault.status, 'text/html', HTML_PAGE);
  return answer(false, fault.status, 'text/plain', 'upstream error');
}

/** What becomes of an answer that was worked out: most arrive. */
function deliver(fault: MetFault | undefined, reply: RpcReply | RpcReply[] | undefined): Plan {
  // Executed by now, which is the point: the sender cannot know.
  if (fault?.kind === 'replyLost') return { kind: fault.how, executed: true };
  if (fault?.kind === 'corrupt') {
    const { type, body } = spoil(reply, fault.how);
    return answer(true, 200, type, body);
  }
  return answer(true, 200, 'application/json', replyText(reply));
}

export class Endpoints {
  readonly #chain: LocalChain;
  readonly #faults: FaultBoard;
  readonly #now: () => number;

  /** `now`: Unix ms, for the date form of `Retry-After` only. */
  constructor(chain: LocalChain, faults: FaultBoard, now: () => number = Date.now) {
    this.#chain = chain;
    this.#faults = faults;
    this.#now = now;
  }

  /** Takes a request in. `json`: whether its sender has said that it is JSON. */
  receive(endpoint: string, text: string, json = true): Reception {
    const parsed = parseJson(text);
    const fault = this.#faults.take(endpoint, methodsOf(parsed?.value));
    return {
      delayMs: fault?.kind === 'slow' ? fault.delayMs : 0,
      respond: () => {
        // Before any other check: an endpoint that is off or erring does not look at what it is sent.
        const refusal = fault && refuse(fault, parsed?.value, this.#now());
        if (refusal !== undefined) return refusal;
        if (!json) return answer(false, 415, 'text/plain', CONTENT_TYPE);
        return deliver(fault, this.#carryOut(parsed, fault));
      },
    };
  }

  #carryOut(parsed: { value: unknown } | undefined, fault: MetFault | undefined) {
    if (parsed === undefined) return errorReply(null, RPC_CODE.parseError, 'Parse error');
    const node: ChainNode = fault?.kind === 'stale' ? this.#chain.behind(fault.slots) : this.#chain;
    return handleRpc(node, parsed.value, bendOf(fault));
  }
}
