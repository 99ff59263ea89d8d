/**
 * One provider, one question, one checked answer. web3.js's `Connection` is not used: it keeps sockets, retries by
 * itself and reads amounts into floats, while here every answer must be classified, bounded in time and in size, and
 * exact (design: sections 6 and 8).
 */
import * as z from 'zod';
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import { BodyFault, errorName, readBounded } from './bounded-body.ts';
import { withDeadline } from './deadline.ts';
import { ProviderFault, RpcError } from './errors.ts';
import { parseLossless } from './lossless-json.ts';
import type { ProviderGuard } from './provider-guard.ts';
import { retryAtOf } from './retry-after.ts';
import { rpcReaction } from './rpc-error-codes.ts';

export interface HttpRequest {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** The part of `fetch` that is used; the simulation injects an in-process JSON-RPC handler. */
export type Fetch = (url: string, request: HttpRequest) => Promise<Response>;

export interface RpcProviderOptions {
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  /** Genesis hash that the provider must show before anything it says is believed. */
  readonly cluster: string;
  readonly fetch: Fetch;
  readonly guard: ProviderGuard;
  /** Unix ms. */
  now(): number;
}

/** Whom a question is put to. Throws `ChainUnavailable` where nothing usable came, `RpcError` where it was refused. */
export interface Provider {
  readonly name: string;
  call<T>(method: string, params: readonly unknown[], result: z.ZodType<T>): Promise<T>;
}

/**
 * 100 accounts of the largest kind that we read (the 4,680-byte registry) are 0.6 MB in base64, 1,000 history entries
 * with memos of ours 0.4 MB; with a stranger's they have no bound (observe.ts). An isolate has 128 MB for many objects.
 */
export const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

/** The provider has more to say than is read at once: a smaller question has a smaller answer. */
export class AnswerTooLarge extends ChainUnavailable {
  constructor(provider: string, detail: string) {
    super('malformed', provider, detail);
  }
}

const envelope = z.object({
  jsonrpc: z.literal('2.0'),
  // null where the server could not read the request.
  id: z.int().nullable(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
const errorObject = z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() });

export class RpcProvider implements Provider {
  readonly name: string;
  readonly guard: ProviderGuard;
  readonly #options: RpcProviderOptions;
  #nextId = 1;
  #clusterVerified = false;

  constructor(options: RpcProviderOptions) {
    this.name = options.name;
    this.guard = options.guard;
    this.#options = options;
  }

  async call<T>(
    method: string,
    params: readonly unknown[],
    result: z.ZodType<T>,
    cancel?: AbortSignal,
  ): Promise<T> {
    await this.#verifyCluster(cancel);
    return await this.#ask(method, params, result, cancel);
  }

  /** The same provider, whose every question ends when `cancel` aborts. */
  until(cancel: AbortSignal): Provider {
    return {
      name: this.name,
      call: (method, params, result) => this.call(method, params, result, cancel),
    };
  }

  /**
   * A misdirected address must not pass for an empty chain. Remembered as a flag, not as a shared promise: in workerd a
   * promise of one request must not be awaited by another.
   */
  async #verifyCluster(cancel: AbortSignal | undefined): Promise<void> {
    if (this.#clusterVerified) return;
    const genesis = await this.#ask('getGenesisHash', [], z.string(), cancel);
    if (genesis !== this.#options.cluster) throw this.#malformed(`another cluster: ${genesis.slice(0, 44)}`);
    this.#clusterVerified = true;
  }

  async #ask<T>(
    method: string,
    params: readonly unknown[],
    result: z.ZodType<T>,
    cancel: AbortSignal | undefined,
  ): Promise<T> {
    if (cancel?.aborted) throw this.#silent(`${method}: no longer wanted`);
    this.guard.admit(method);
    try {
      const answer = await this.#exchange(method, params, result, cancel);
      this.guard.answered();
      return answer;
    } catch (error) {
      // Who was not waited for has not failed.
      if (!cancel?.aborted) this.#remember(method, error);
      throw error;
    }
  }

  #remember(method: string, error: unknown): void {
    if (error instanceof ProviderFault) this.guard.met(error.fault, method, error.retryAt);
    else if (error instanceof RpcError || error instanceof AnswerTooLarge) this.guard.answered();
  }

  async #exchange<T>(
    method: string,
    params: readonly unknown[],
    result: z.ZodType<T>,
    cancel: AbortSignal | undefined,
  ): Promise<T> {
    const id = this.#nextId++;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const text = await withDeadline(
      this.#options.timeoutMs,
      () => this.#silent(`${method}: ${this.#options.timeoutMs} ms`),
      (signal) => this.#post(body, signal),
      cancel,
    );
    const parsed = result.safeParse(this.#open(text, id));
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.join('.') ?? '';
      throw this.#malformed(`${method}: unexpected result at "${where}"`);
    }
    return parsed.data;
  }

  async #post(body: string, signal: AbortSignal): Promise<string> {
    let response: Response;
    try {
      response = await this.#options.fetch(this.#options.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        // A redirect could lead to a stranger; a provider's own address does not redirect a POST.
        redirect: 'manual',
        signal,
      });
    } catch (cause) {
      // An injected transport on a virtual clock reports its own deadline by this name, as `AbortSignal.timeout` does.
      if (errorName(cause) === 'TimeoutError') throw this.#silent('transport');
      throw this.#unavailable(`no connection: ${errorName(cause)}`);
    }
    const { status } = response;
    if (status >= 200 && status <= 299) return await this.#read(response);
    // Unread it would keep one of the six connections, for as long as the provider likes (platform facts: A5).
    void response.body?.cancel().catch(() => {});
    throw this.#refused(response);
  }

  #refused({ status, headers }: Response): ProviderFault {
    const retryAt = retryAtOf(headers.get('retry-after'), this.#options.now());
    const fault = status === 429 || status === 403 ? 'limited' : 'failed';
    return new ProviderFault(fault, this.name, `http ${status}`, { retryAt });
  }

  async #read(response: Response): Promise<string> {
    try {
      return await readBounded(response, MAX_RESPONSE_BYTES);
    } catch (cause) {
      if (!(cause instanceof BodyFault)) throw cause;
      if (cause.code === 'too_large') throw new AnswerTooLarge(this.name, cause.message);
      throw cause.code === 'lost' ? this.#unavailable(cause.message) : this.#malformed(cause.message);
    }
  }

  #open(text: string, id: number): unknown {
    let json: unknown;
    try {
      json = parseLossless(text);
    } catch {
      throw this.#malformed('not JSON');
    }
    const answer = envelope.safeParse(json);
    if (!answer.success) throw this.#malformed('not a JSON-RPC answer');
    // Another question's answer would be believed as ours: gateways that mix them up exist.
    if (answer.data.id !== id) throw this.#malformed('answer to another request');
    const error = answer.data.error;
    if (error !== undefined && error !== null) throw this.#rpcError(error);
    if (answer.data.result === undefined) throw this.#malformed('neither result nor error');
    return answer.data.result;
  }

  #rpcError(error: unknown): Error {
    const parsed = errorObject.safeParse(error);
    if (!parsed.success) return this.#malformed('error without code or message');
    const { code, message, data } = parsed.data;
    const reaction = rpcReaction(code);
    const detail = message.slice(0, 200);
    if (reaction === 'refused' || reaction === 'poison') return new RpcError(code, detail, data, this.name);
    return new ProviderFault(reaction, this.name, `rpc error ${code}: ${detail}`);
  }

  #malformed(detail: string): ProviderFault {
    return new ProviderFault('failed', this.name, detail, { code: 'malformed' });
  }

  #silent(detail: string): ProviderFault {
    return new ProviderFault('failed', this.name, detail, { code: 'timeout' });
  }

  #unavailable(detail: string): ProviderFault {
    return new ProviderFault('failed', this.name, detail);
  }
}
