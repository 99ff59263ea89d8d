import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ChainUnavailable } from '../../../durable-objects/ports.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { waitFor } from '../../../services/solana/deadline.ts';
import { firstUsable, type Question } from '../../../services/solana/hedge.ts';
import { address, methods, scripted, settings, withSlot } from './fixtures.ts';

/** Questions whose ends a test decides, by hand; and a wait that it lets pass. */
class Table {
  readonly log: string[] = [];
  readonly cancelled: string[] = [];
  readonly #ends = new Map<string, { resolve: (answer: string) => void; reject: (error: Error) => void }>();
  #passes: (() => void) | null = null;
  waiting = 0;

  question(name: string): Question<string> {
    return (signal) => {
      this.log.push(name);
      signal.addEventListener('abort', () => this.cancelled.push(name));
      return new Promise((resolve, reject) => this.#ends.set(name, { resolve, reject }));
    };
  }

  readonly hedge = {
    afterMs: 500,
    wait: (_: number, signal: AbortSignal): Promise<void> => {
      this.waiting += 1;
      signal.addEventListener('abort', () => {
        this.waiting -= 1;
      });
      return new Promise((resolve) => {
        this.#passes = resolve;
      });
    },
  };

  async answer(name: string, text = name): Promise<void> {
    this.#ends.get(name)?.resolve(text);
    await sleep(0);
  }

  async fail(name: string, error: Error = new ChainUnavailable('timeout', name, 'late')): Promise<void> {
    this.#ends.get(name)?.reject(error);
    await sleep(0);
  }

  async slow(): Promise<void> {
    this.#passes?.();
    await sleep(0);
  }
}

function asked(table: Table, names: readonly string[], enough = (_: string): boolean => true) {
  const questions = names.map((name) => table.question(name));
  return firstUsable(questions, enough, table.hedge);
}

describe('a hedged read', () => {
  it('asks the next as well once the first is slow; the first usable answer wins and the loser is cancelled', async () => {
    const table = new Table();
    const first = asked(table, ['a', 'b', 'c']);
    expect(table.log).toEqual(['a']);
    await table.slow();
    expect(table.log).toEqual(['a', 'b']);
    await table.answer('b');
    expect(await first).toBe('b');
    expect(table.cancelled).toContain('a');
    expect(table.waiting).toBe(0);
  });

  it('still takes the first where that is quicker after all', async () => {
    const table = new Table();
    const first = asked(table, ['a', 'b']);
    await table.slow();
    await table.answer('a');
    expect(await first).toBe('a');
    expect(table.cancelled).toContain('b');
  });

  it('has never more than two under way, and the next at once where one fails', async () => {
    const table = new Table();
    const first = asked(table, ['a', 'b', 'c']);
    await table.slow();
    await table.slow();
    expect(table.log).toEqual(['a', 'b']);
    await table.fail('b');
    expect(table.log).toEqual(['a', 'b', 'c']);
    await table.answer('c');
    expect(await first).toBe('c');
  });

  it('reports a failure only when all have failed, and the last of them', async () => {
    const table = new Table();
    const first = asked(table, ['a', 'b']).catch((error: unknown) => error);
    await table.slow();
    await table.fail('b');
    await table.fail('a');
    expect(await first).toMatchObject({ code: 'timeout', provider: 'a' });
  });

  it('waits for the one that is under way where the others had not enough', async () => {
    const table = new Table();
    const first = asked(table, ['a', 'b'], (text) => text === 'seen');
    await table.slow();
    await table.answer('b', 'unknown');
    await table.answer('a', 'seen');
    expect(await first).toBe('seen');
  });

  it('lets a fault of our own code through, and cancels the rest', async () => {
    const table = new Table();
    const first = asked(table, ['a', 'b']).catch((error: unknown) => error);
    await table.slow();
    await table.fail('a', new TypeError('a bug'));
    expect(await first).toBeInstanceOf(TypeError);
    expect(table.cancelled).toContain('b');
  });
});

describe('a hedge on real timers', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const chainOf = (hang: string, hedgeMs: number) => {
    const signals: AbortSignal[] = [];
    const { fetch, asked: calls } = scripted(() => withSlot(60, [null]));
    const chain = createChain(settings({ readWitnesses: 1, hedgeMs, timeoutMs: 4_000 }), {
      fetch: (url, request) => {
        if (!url.includes(hang)) return fetch(url, request);
        signals.push(request.signal);
        return new Promise(() => {});
      },
      now: Date.now,
      wait: waitFor,
    });
    return { chain, calls, signals };
  };

  it('leaves no timer behind and the request of the loser aborted', async () => {
    vi.useFakeTimers();
    const { chain, signals } = chainOf('a.test', 20);
    const read = chain.accounts([address(30)]);
    await vi.advanceTimersByTimeAsync(20);
    expect((await read).provider).toBe('b');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not hold it against a provider that it was not waited for', async () => {
    const { chain, calls } = chainOf('a.test', 5);
    for (let count = 0; count < 5; count += 1) await chain.accounts([address(30)]);
    expect(chain.takeReports()).toEqual([]);
    expect(methods(calls).length).toBe(5);
  });

  it('is never made of a send', async () => {
    const { chain, calls } = chainOf('a.test', 5);
    const attempt = {
      signature: 'x',
      bytes: 'AQID',
      blockhash: address(50),
      lastValidBlockHeight: 1,
      blockhashSlot: 1,
      provider: 'a',
    };
    void chain.send(attempt).catch(() => {});
    await sleep(60);
    expect(calls).toEqual([]);
  });

  it('is off at 0', async () => {
    const { chain, calls } = chainOf('a.test', 0);
    void chain.accounts([address(30)]).catch(() => {});
    await sleep(60);
    expect(calls).toEqual([]);
  });
});
