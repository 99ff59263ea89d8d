/** Asks a chain through web3.js and keeps the raw answers, with what must differ from chain to chain masked. */

import type { ConnectionConfig } from '@solana/web3.js';
import { Connection } from '@solana/web3.js';

/** Where a chain is reached. */
export interface Endpoint {
  readonly rpcUrl: string;
  readonly wsUrl: string;
}

/** Raw JSON-RPC `result` or `error` by question. */
export type Answers = Map<string, unknown>;

/** Fields that no two chains share, and by what they are replaced wherever they appear. */
const MASKS: Readonly<Record<string, string>> = {
  slot: '<slot>',
  absoluteSlot: '<slot>',
  slotIndex: '<slot>',
  contextSlot: '<slot>',
  blockHeight: '<height>',
  lastValidBlockHeight: '<height>',
  blockTime: '<time>',
  blockhash: '<blockhash>',
  recentBlockhash: '<blockhash>',
  transactionCount: '<count>',
  confirmations: '<count>',
};

export class Interview {
  readonly connection: Connection;
  readonly answers: Answers = new Map();
  readonly #endpoint: Endpoint;
  /** Signatures and wire texts differ with the blockhash; they are told by name. */
  readonly #names = new Map<string, string>();
  #last: unknown;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    const config: ConnectionConfig = {
      commitment: 'confirmed',
      wsEndpoint: endpoint.wsUrl,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        const text = await response.text();
        this.#last = JSON.parse(text);
        return new Response(text, { status: response.status });
      },
    };
    this.connection = new Connection(endpoint.rpcUrl, config);
  }

  /** Calls the texts by that name in every answer. */
  name(name: string, ...texts: string[]): void {
    for (const text of texts) this.#names.set(text, `<${name}>`);
  }

  /** Keeps the raw answer to the one request that the call makes; a refusal by web3.js does not matter. */
  async ask<T>(question: string, call: () => Promise<T>): Promise<T | undefined> {
    this.#last = undefined;
    try {
      return await call();
    } catch {
      return undefined;
    } finally {
      this.#keep(question, this.#last);
    }
  }

  /** The same for a request that web3.js would not make. */
  async askRaw(question: string, body: unknown): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(this.#endpoint.rpcUrl, { method: 'POST', headers, body: text });
    this.#keep(question, JSON.parse(await response.text()));
  }

  call(question: string, method: string, ...params: unknown[]): Promise<void> {
    return this.askRaw(question, { jsonrpc: '2.0', id: 1, method, params });
  }

  /** Keeps what the script itself has found out. */
  note(question: string, value: unknown): void {
    this.answers.set(question, this.#mask(value, ''));
  }

  #keep(question: string, reply: unknown): void {
    if (this.answers.has(question)) throw new Error(`asked twice: ${question}`);
    const body = typeof reply === 'object' && reply !== null ? reply : { none: true };
    // SAFETY: both fields are unknown, and whatever they are is compared.
    const { result, error } = body as { result?: unknown; error?: unknown };
    this.answers.set(question, this.#mask(error === undefined ? { result } : { error }, ''));
  }

  #mask(value: unknown, key: string): unknown {
    const mask = MASKS[key];
    if (mask !== undefined && value !== null && typeof value !== 'object') return mask;
    // How deep a block is by the time of the question depends on the machine; the script asks for finality by itself.
    if (key === 'confirmationStatus' && value !== 'processed') return '<confirmed or finalized>';
    if (typeof value === 'string') return this.#names.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.#mask(item, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, this.#mask(field, name)]));
  }
}
