/**
 * Several providers behind one question. Who is asked, and in which order, follows from what the monitor says of them
 * and what this isolate has met lately (provider-guard.ts).
 */
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import type { ProviderReport, ProviderStanding } from '../../durable-objects/wire/objects.ts';
import type { Wait } from './deadline.ts';
import { RpcError } from './errors.ts';
import { firstUsable, type Hedge } from './hedge.ts';
import type { Provider, RpcProvider } from './json-rpc.ts';
import type { Readiness } from './provider-guard.ts';

/** A node that has not reached `minContextSlot` may have in a slot or two; those take 250 to 400 ms each (D1). */
const BEHIND_WAIT_MS = 400;

const ORDER: Readonly<Record<Readiness, number>> = { ready: 0, aside: 1, waiting: 2, open: 3 };

export interface PoolOptions {
  /** 0: a silent provider is waited for. */
  readonly hedgeMs?: number;
  /** Without it nothing is waited for: no hedge, and no second try at a node that is behind. */
  readonly wait?: Wait | undefined;
}

/** What one of several answered, and whom to ask again. */
export interface AskedOne<T> {
  readonly provider: RpcProvider;
  readonly answer: T;
}

export class RpcPool {
  /** As configured. A proof of absence asks all of them: it needs its witnesses, whatever else they are good for. */
  readonly all: readonly RpcProvider[];
  readonly #wait: Wait | null;
  readonly #hedge: Hedge | null;

  constructor(providers: readonly RpcProvider[], { hedgeMs = 0, wait }: PoolOptions = {}) {
    this.all = providers;
    this.#wait = wait ?? null;
    this.#hedge = wait === undefined || hedgeMs === 0 ? null : { afterMs: hedgeMs, wait };
  }

  /**
   * In the order to be asked; with `first`, that one leads among its equals.
   *
   * Whose breaker is open is left out while another may be asked: the monitor has opened it on the word of many
   * isolates, and each call to it costs the action in hand a time limit and the provider its recovery. But a breaker
   * only says who is worse. Where nobody else may be asked, an open one is asked as well: it may know, and a mirror
   * that asks nobody can never learn that it was wrong.
   */
  ordered(first?: string): readonly RpcProvider[] {
    const ranked = this.all
      .map((provider) => ({ provider, readiness: provider.guard.readiness }))
      .sort(
        (a, b) =>
          ORDER[a.readiness] - ORDER[b.readiness] ||
          Number(b.provider.name === first) - Number(a.provider.name === first),
      );
    const isUsable = ranked.some(({ readiness }) => readiness === 'ready' || readiness === 'aside');
    return ranked
      .filter(({ readiness }) => readiness !== 'open' || !isUsable)
      .map(({ provider }) => provider);
  }

  /** The first usable answer; a refused request means no more here than no answer. */
  async read<T>(question: (provider: Provider) => Promise<T>): Promise<T> {
    return await this.readUntil(question, () => true);
  }

  /**
   * Reads on until an answer is `enough`: a provider that does not know a signature may only lag behind one that does.
   * When none is enough, the last answer stands. `first` leads among its equals.
   */
  async readUntil<T>(
    question: (provider: Provider) => Promise<T>,
    enough: (answer: T) => boolean,
    first?: string,
  ): Promise<T> {
    const questions = this.ordered(first).map(
      (provider) => (signal: AbortSignal) => this.#readAt(provider, question, signal),
    );
    return await firstUsable(questions, enough, this.#hedge);
  }

  /**
   * One answer each of `wanted` providers, asked at the same time; another takes the place of one that has none. Fewer
   * where no more are ready: one provider down is not Solana down. At least one, or the last failure is thrown.
   */
  async readAtEach<T>(
    wanted: number,
    question: (provider: Provider) => Promise<T>,
  ): Promise<readonly [AskedOne<T>, ...AskedOne<T>[]]> {
    const waiting = [...this.ordered()];
    const ready = waiting.filter(({ guard }) => guard.readiness === 'ready').length;
    const answers: AskedOne<T>[] = [];
    let failure = new ChainUnavailable('unavailable', 'pool', 'no provider in use');
    const askOn = async (): Promise<void> => {
      for (let provider = waiting.shift(); provider !== undefined; provider = waiting.shift()) {
        try {
          answers.push({ provider, answer: await this.#readAt(provider, question) });
          return;
        } catch (error) {
          if (!(error instanceof ChainUnavailable)) throw error;
          failure = error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(wanted, ready)) }, askOn));
    const [first, ...others] = answers;
    if (first === undefined) throw failure;
    return [first, ...others];
  }

  /** One provider, a second time where it is behind what was asked for. Nothing follows for its place in the order. */
  async patiently<T>(
    provider: RpcProvider,
    question: (provider: Provider) => Promise<T>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<T> {
    const asked = provider.until(signal);
    if (this.#wait === null) return await question(asked);
    try {
      return await question(asked);
    } catch (error) {
      if (!isBehind(error)) throw error;
      await this.#wait(BEHIND_WAIT_MS, signal);
      return await question(asked);
    }
  }

  /** False for one whose breaker is open: it is no witness of where the chain is. */
  isHeard(provider: string): boolean {
    return this.all.some(({ name, guard }) => name === provider && guard.readiness !== 'open');
  }

  heed(providers: readonly ProviderStanding[]): void {
    for (const { name, guard } of this.all) guard.heed(providers.find((each) => each.name === name) ?? null);
  }

  takeReports(): readonly ProviderReport[] {
    return this.all.map(({ guard }) => guard.takeReport()).filter((report) => report !== null);
  }

  async #readAt<T>(
    provider: RpcProvider,
    question: (provider: Provider) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await this.patiently(provider, question, signal);
    } catch (error) {
      if (error instanceof RpcError) throw new ChainUnavailable('unavailable', error.provider, error.message);
      if (isBehind(error) && !signal?.aborted) provider.guard.setAside();
      throw error;
    }
  }
}

function isBehind(error: unknown): boolean {
  return error instanceof ChainUnavailable && error.code === 'stale';
}
