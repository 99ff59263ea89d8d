/** The WebSocket side of the skin: subscriptions, one connection at a time. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Block } from '../blocks.ts';
import type { LocalChain } from '../chain.ts';
import { ChainError, RPC_CODE } from '../errors.ts';
import type { RpcId } from '../rpc/handle.ts';
import { errorReply, requestSchema } from '../rpc/handle.ts';
import type { Json } from '../rpc/json.ts';
import { stringify } from '../rpc/json.ts';
import { endpointOf } from './endpoint-path.ts';
import type { FaultBoard } from './faults.ts';
import { MAX_BODY_BYTES } from './http.ts';
import type { Subscription } from './subscriptions.ts';
import { isKind, subscribe } from './subscriptions.ts';

/** Of one connection; one more is refused. */
const MAX_SUBSCRIPTIONS = 1_000;
/** A client that reads too slowly is cut off rather than served from ever more memory. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

/** A connection and what it has subscribed to, by the number that it was told. */
interface Client {
  readonly socket: WebSocket;
  readonly endpoint: string;
  readonly subscriptions: Map<number, Subscription>;
}

/** What a message is answered with, and the subscription that it began. */
interface Answer {
  readonly reply?: Json;
  readonly fresh?: number;
}

/** `accountUnsubscribe` → `account`, `Unsubscribe`. */
const CALL = /^([a-z]+)(Subscribe|Unsubscribe)$/;

/** `undefined` for what is not JSON, which is then no valid request either. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class SocketSkin {
  readonly #chain: LocalChain;
  readonly #faults: FaultBoard;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES });
  readonly #clients = new Set<Client>();
  readonly #stop: () => void;
  #nextSubscription = 0;

  constructor(chain: LocalChain, faults: FaultBoard) {
    this.#chain = chain;
    this.#faults = faults;
    this.#stop = chain.onBlock((block) => this.#announce(block));
    faults.watch((endpoint) => this.#cut(endpoint));
  }

  /** Takes a connection over from the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const endpoint = endpointOf(request.url);
    if (endpoint === undefined) {
      socket.destroy();
      return;
    }
    // Looked at first, taken only if it applies: a counted `slow` is meant for a request.
    const kind = this.#faults.get(endpoint)?.kind;
    const applies = kind === 'off' || kind === 'erring' || kind === 'rateLimited';
    const fault = applies ? this.#faults.take(endpoint, []) : undefined;
    if (fault?.kind === 'off') {
      socket.destroy();
      return;
    }
    if (fault !== undefined) {
      const status = fault.kind === 'rateLimited' ? '429 Too Many Requests' : '503 Service Unavailable';
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws, endpoint));
  }

  /** Cuts every connection: a client must not keep the process alive. */
  close(): void {
    this.#stop();
    for (const { socket } of this.#clients) socket.terminate();
    this.#server.close();
  }

  #welcome(socket: WebSocket, endpoint: string): void {
    const client: Client = { socket, endpoint, subscriptions: new Map() };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    // A broken frame closes the connection; `close` follows and cleans up.
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => this.#receive(client, data));
  }

  #receive(client: Client, data: RawData): void {
    const { reply, fresh } = this.#answer(client, String(data));
    if (reply !== undefined) this.#send(client, reply);
    // What is true already (a transaction that has landed) is told at once, but after the subscription's number.
    const subscription = fresh === undefined ? undefined : client.subscriptions.get(fresh);
    if (fresh !== undefined && subscription !== undefined) this.#poll(client, fresh, subscription, undefined);
  }

  #answer(client: Client, text: string): Answer {
    const parsed = requestSchema.safeParse(parseJson(text));
    if (!parsed.success)
      return { reply: { ...errorReply(null, RPC_CODE.invalidRequest, 'Invalid request') } };
    const { id, method, params } = parsed.data;
    // web3.js sends a `ping` notification every five seconds, which wants no answer.
    if (id === undefined) return {};
    try {
      return this.#call(client, id, method, params ?? []);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      return { reply: { ...errorReply(id, error.code, error.message) } };
    }
  }

  #call(client: Client, id: RpcId, method: string, params: readonly unknown[]): Answer {
    const [, kind = '', verb] = CALL.exec(method) ?? [];
    if (!isKind(kind)) throw new ChainError(RPC_CODE.methodNotFound, 'Method not found');
    if (verb === 'Unsubscribe') {
      const [number] = params;
      const known = typeof number === 'number' && client.subscriptions.delete(number);
      if (!known) throw new ChainError(RPC_CODE.invalidParams, 'Invalid subscription id.');
      return { reply: { jsonrpc: '2.0', id, result: true } };
    }
    if (client.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new ChainError(RPC_CODE.internal, `at most ${MAX_SUBSCRIPTIONS} subscriptions`);
    }
    const fresh = this.#nextSubscription;
    this.#nextSubscription += 1;
    client.subscriptions.set(fresh, subscribe(this.#chain, kind, params));
    return { reply: { jsonrpc: '2.0', id, result: fresh }, fresh };
  }

  /** After each block, in the order of subscription. A subscription may end here; a Map allows that while iterated. */
  #announce(block: Block): void {
    for (const client of this.#clients) {
      for (const [number, subscription] of client.subscriptions)
        this.#poll(client, number, subscription, block);
    }
  }

  #poll(client: Client, number: number, subscription: Subscription, block: Block | undefined): void {
    const news = subscription.poll(block);
    if (news === undefined) return;
    if (news.last === true) client.subscriptions.delete(number);
    const params = { result: news.result, subscription: number };
    this.#send(client, { jsonrpc: '2.0', method: subscription.notification, params });
  }

  /** A socket that is closing drops what it is sent; its `close` cleans up. */
  #send(client: Client, message: Json): void {
    if (client.socket.bufferedAmount > MAX_BUFFERED_BYTES) client.socket.terminate();
    else client.socket.send(stringify(message));
  }

  /** An endpoint that goes off cuts its open connections. */
  #cut(endpoint: string): void {
    const fault = this.#faults.get(endpoint);
    if (fault?.kind !== 'off' || fault.methods !== undefined) return;
    for (const client of this.#clients) if (client.endpoint === endpoint) client.socket.terminate();
  }
}
