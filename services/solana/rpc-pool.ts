/**
 * Several providers, asked one after the other until one answers. It remembers nothing: what a provider is worth
 * belongs to the health monitor's rows, and `order` is where that judgement will come in.
 */
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import { RpcError } from './errors.ts';
import type { RpcProvider } from './json-rpc.ts';

export class RpcPool {
  readonly #providers: readonly RpcProvider[];
  readonly #order: (providers: readonly RpcProvider[]) => readonly RpcProvider[];

  constructor(
    providers: readonly RpcProvider[],
    order: (providers: readonly RpcProvider[]) => readonly RpcProvider[] = (all) => all,
  ) {
    this.#providers = providers;
    this.#order = order;
  }

  /** In the order to be asked; with `first`, that one leads if it is there. */
  ordered(first?: string): readonly RpcProvider[] {
    const ordered = this.#order(this.#providers);
    const preferred = ordered.filter(({ name }) => name === first);
    return [...preferred, ...ordered.filter(({ name }) => name !== first)];
  }

  /**
   * The first usable answer. Each provider is asked once, so a call takes at most providers x timeout; when none
   * answers, the last failure is thrown. `RpcError` passes through at once: it is an answer.
   */
  async ask<T>(question: (provider: RpcProvider) => Promise<T>, first?: string): Promise<T> {
    return await this.#askUntil(question, () => true, first);
  }

  /** The same for reads, where a refused request means no more than no answer. */
  async read<T>(question: (provider: RpcProvider) => Promise<T>): Promise<T> {
    return await this.ask((provider) => question(provider).catch(refusalAsSilence));
  }

  /**
   * Reads on until an answer is `enough`: a provider that does not know a signature may only lag behind one that does.
   * When none is enough, the last answer stands.
   */
  async readUntil<T>(
    question: (provider: RpcProvider) => Promise<T>,
    enough: (answer: T) => boolean,
  ): Promise<T> {
    return await this.#askUntil((provider) => question(provider).catch(refusalAsSilence), enough);
  }

  async #askUntil<T>(
    question: (provider: RpcProvider) => Promise<T>,
    enough: (answer: T) => boolean,
    first?: string,
  ): Promise<T> {
    let answered: { readonly answer: T } | null = null;
    let failure: ChainUnavailable | null = null;
    for (const provider of this.ordered(first)) {
      try {
        const answer = await question(provider);
        if (enough(answer)) return answer;
        answered = { answer };
      } catch (error) {
        if (!(error instanceof ChainUnavailable)) throw error;
        failure = error;
      }
    }
    if (answered !== null) return answered.answer;
    throw failure ?? new ChainUnavailable('unavailable', 'pool', 'no provider in use');
  }
}

function refusalAsSilence(error: unknown): never {
  if (error instanceof RpcError) throw new ChainUnavailable('unavailable', error.provider, error.message);
  throw error;
}
