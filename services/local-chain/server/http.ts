/** The HTTP side of the skin: JSON-RPC by POST, one path an endpoint, and the control of faults. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalChain } from '../chain.ts';
import { RPC_CODE } from '../errors.ts';
import { errorReply, handleRpc, replyText } from '../rpc/handle.ts';
import type { Json } from '../rpc/json.ts';
import { stringify } from '../rpc/json.ts';
import type { ActiveFault } from './fault-kinds.ts';
import type { FaultBoard } from './faults.ts';
import { DEFAULT_ENDPOINT, ENDPOINT_NAME, faultsBody } from './faults.ts';

/** Agave's limit of a request body (MAX_REQUEST_BODY_SIZE), batches included. */
export const MAX_BODY_BYTES = 50 * 1024;

/** A reply held back by `replyLost: hang` is cut after this, for clients that wait for ever. */
const MAX_HANG_MS = 120_000;

/** Paths that are no endpoints. */
const CONTROL_PATHS: ReadonlySet<string> = new Set(['faults', 'health']);

/** Browsers may talk to the RPC, as they may to a Solana node's. Not so to /faults, which has no such header. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': 'content-type, solana-client',
  'access-control-max-age': '86400',
};

/** The endpoint that a path names; `undefined` if it names none. */
export function endpointOf(url: string | undefined): string | undefined {
  const path = (url ?? '/').split('?')[0]?.slice(1) ?? '';
  if (path === '') return DEFAULT_ENDPOINT;
  return ENDPOINT_NAME.test(path) && !CONTROL_PATHS.has(path) ? path : undefined;
}

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

/** Wrapped, since `undefined` must mean "no JSON" and JSON has values that are falsy. */
function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: 'method' | 'id'): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

/** What a request or batch calls, for faults that are limited to some methods. */
function methodsOf(request: unknown): string[] {
  const all = Array.isArray(request) ? request : [request];
  return all.map((one) => field(one, 'method')).filter((name) => typeof name === 'string');
}

/** Faults that answer instead of the chain. True: the request is over. */
function refuse(fault: ActiveFault, request: unknown, response: ServerResponse): boolean {
  if (fault.kind === 'off') {
    response.destroy();
    return true;
  }
  if (fault.kind === 'rateLimited') {
    const { retryAfterSeconds: seconds } = fault;
    const headers = seconds === undefined ? CORS : { ...CORS, 'retry-after': String(seconds) };
    const error = errorReply(null, 429, 'Too many requests');
    replyJson(response, 429, { ...error }, headers);
    return true;
  }
  if (fault.kind !== 'erring') return false;
  if (fault.as === 'rpc') {
    const answer = (one: unknown): Json => {
      const id = field(one, 'id');
      const known = typeof id === 'string' || typeof id === 'number' ? id : null;
      return { ...errorReply(known, fault.code, fault.message) };
    };
    replyJson(response, 200, Array.isArray(request) ? request.map(answer) : answer(request), CORS);
    return true;
  }
  const page = `<html><head><title>${fault.status}</title></head><body><h1>${fault.status} Bad gateway</h1></body></html>`;
  if (fault.as === 'html') reply(response, fault.status, 'text/html', page, CORS);
  else reply(response, fault.status, 'text/plain', 'upstream error', CORS);
  return true;
}

export class HttpSkin {
  readonly #chain: LocalChain;
  readonly #faults: FaultBoard;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(chain: LocalChain, faults: FaultBoard) {
    this.#chain = chain;
    this.#faults = faults;
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
    return this.#rpc(endpoint, request, text, response);
  }

  async #rpc(
    endpoint: string,
    request: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): Promise<void> {
    // Before any other check: an endpoint that is off or erring does not look at what it is sent.
    const parsed = parseJson(text);
    const fault = this.#faults.take(endpoint, methodsOf(parsed?.value));
    if (fault?.kind === 'slow') await this.#wait(fault.delayMs);
    else if (fault !== undefined && refuse(fault, parsed?.value, response)) return;
    if (!isJson(request)) {
      const message = 'Supplied content type is not allowed. Content-Type: application/json is required';
      return reply(response, 415, 'text/plain', message, CORS);
    }
    const answer = parsed
      ? handleRpc(this.#chain, parsed.value)
      : errorReply(null, RPC_CODE.parseError, 'Parse error');
    // Executed by now, which is the point: the sender cannot know.
    if (fault?.kind === 'replyLost') {
      if (fault.how === 'hang') await this.#wait(MAX_HANG_MS);
      response.destroy();
      return;
    }
    reply(response, 200, 'application/json', replyText(answer), CORS);
  }

  async #control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return replyJson(response, 200, this.#state());
    if (request.method !== 'POST') return reply(response, 405, 'text/plain', 'GET or POST');
    // A page of another site can post a form or plain text here, but not JSON without asking first.
    if (!isJson(request)) return replyJson(response, 415, { code: 'json_required' });
    const text = await readBody(request);
    if (text === undefined) return tooLarge(response);
    const body = faultsBody.safeParse(parseJson(text)?.value);
    if (!body.success) {
      const detail = body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
      return replyJson(response, 400, { code: 'invalid_fault', detail });
    }
    this.#apply(body.data);
    return replyJson(response, 200, this.#state());
  }

  #apply(body: ReturnType<typeof faultsBody.parse>): void {
    if ('fault' in body) this.#faults.set(body.endpoint, body.fault);
    else if (body.chain === 'frozen') this.#chain.freeze();
    else if (body.chain === 'running') this.#chain.thaw();
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
