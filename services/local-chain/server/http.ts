/** The HTTP side of the skin: JSON-RPC by POST, one path an endpoint, and the control of faults. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { LocalChain } from '../chain.ts';
import { ChainError } from '../errors.ts';
import type { Json } from '../rpc/json.ts';
import { stringify } from '../rpc/json.ts';
import { chainCommand, command } from './chain-commands.ts';
import { endpointOf } from './endpoint-path.ts';
import type { Endpoints } from './endpoints.ts';
import type { FaultBoard } from './faults.ts';
import { endpointFault } from './faults.ts';
import { field, parseJson } from './json-fields.ts';
import type { Plan } from './plan.ts';

/** Agave's limit of a request body (MAX_REQUEST_BODY_SIZE), batches included. */
export const MAX_BODY_BYTES = 50 * 1024;

/** A connection that is never to be answered is cut after this, for clients that wait for ever. */
const MAX_HANG_MS = 120_000;

/** Browsers may talk to the RPC, as they may to a Solana node's. Not so to /faults, which has no such header. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': 'content-type, solana-client',
  'access-control-max-age': '86400',
};

function reply(response: ServerResponse, status: number, type: string, body: string, headers = {}): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}

function replyJson(response: ServerResponse, status: number, body: Json, headers = {}): void {
  reply(response, status, 'application/json', stringify(body), headers);
}

/** The body as text; `undefined` once it is longer than the limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isJson(request: IncomingMessage): boolean {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === 'application/json';
}

export class HttpSkin {
  readonly #chain: LocalChain;
  readonly #faults: FaultBoard;
  readonly #endpoints: Endpoints;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(chain: LocalChain, faults: FaultBoard, endpoints: Endpoints) {
    this.#chain = chain;
    this.#faults = faults;
    this.#endpoints = endpoints;
  }

  /** Never rejects: what goes wrong with one request ends that request. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch {
      // The client went away in mid-request, or a reply could not be written: there is nobody to tell.
      response.destroy();
    }
  }

  /** Ends every wait, so that the process can. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0];
    if (path === '/faults') return this.#control(request, response);
    if (path === '/health' && request.method === 'GET') return reply(response, 200, 'text/plain', 'ok', CORS);
    const endpoint = endpointOf(request.url);
    if (endpoint === undefined) return reply(response, 404, 'text/plain', 'no such endpoint');
    if (request.method === 'OPTIONS') return reply(response, 204, 'text/plain', '', CORS);
    if (request.method !== 'POST') {
      return reply(
        response,
        405,
        'text/plain',
        'Used HTTP Method is not allowed. POST or OPTIONS is required',
      );
    }
    const text = await readBody(request);
    if (text === undefined) return tooLarge(response);
    const reception = this.#endpoints.receive(endpoint, text, isJson(request));
    if (reception.delayMs > 0) await this.#wait(reception.delayMs);
    return this.#carry(reception.respond(), response);
  }

  async #carry(plan: Plan, response: ServerResponse): Promise<void> {
    if (plan.kind === 'answer') {
      response.writeHead(plan.status, { ...CORS, ...plan.headers });
      response.end(plan.body);
      return;
    }
    if (plan.kind === 'hang') await this.#wait(MAX_HANG_MS);
    response.destroy();
  }

  async #control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return replyJson(response, 200, this.#state());
    if (request.method !== 'POST') return reply(response, 405, 'text/plain', 'GET or POST');
    // A page of another site can post a form or plain text here, but not JSON without asking first.
    if (!isJson(request)) return replyJson(response, 415, { code: 'json_required' });
    const text = await readBody(request);
    if (text === undefined) return tooLarge(response);
    const complaints = this.#apply(parseJson(text)?.value);
    if (complaints !== undefined)
      return replyJson(response, 400, { code: 'invalid_fault', detail: complaints });
    return replyJson(response, 200, this.#state());
  }

  /** What is wrong with the body, if anything; then nothing is changed. */
  #apply(body: unknown): string[] | undefined {
    try {
      if (field(body, 'chain') !== undefined) command(this.#chain, chainCommand.parse(body));
      else {
        const { endpoint, fault } = endpointFault.parse(body);
        this.#faults.set(endpoint, fault);
      }
      return undefined;
    } catch (error) {
      if (error instanceof z.ZodError) {
        return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
      }
      // Understood and not possible: finalized blocks stay, and followers have a bound.
      if (error instanceof ChainError || error instanceof RangeError) return [error.message];
      throw error;
    }
  }

  #state(): Json {
    // SAFETY: faults are what zod parsed from JSON.
    const endpoints = this.#faults.list() as unknown as Json;
    return { chain: this.#chain.frozen ? 'frozen' : 'running', endpoints };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  }
}

/** The rest of the body is not read: the connection cannot be used again. */
function tooLarge(response: ServerResponse): void {
  reply(response, 413, 'text/plain', `request body larger than ${MAX_BODY_BYTES} bytes`, {
    connection: 'close',
  });
}
