import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../services/host/env.ts';
import { ObjectPeers } from '../../services/host/peers.ts';
import { failureOf } from '../../services/host/platform-failure.ts';
import { CLUSTER, only, PROGRAM } from '../unit/api/fixtures.ts';

/** Peers whose directory fails as often as there are errors; answers how many stubs were taken. */
function directory(errors: Error[]) {
  const asked: string[] = [];
  const namespace = {
    getByName: (name: string) => {
      asked.push(name);
      const error = errors.shift();
      return { list: async () => (error === undefined ? [] : Promise.reject(error)) };
    },
  };
  // SAFETY: only the directory's namespace is used here; any other is the test's failure.
  const env = only<Env>({ DIRECTORY: namespace as unknown as Env['DIRECTORY'] });
  return { peers: new ObjectPeers(env, { cluster: CLUSTER, programId: PROGRAM }), asked };
}

const moved = () => Object.assign(new Error('moved'), { retryable: true });
const busy = () => Object.assign(new Error('busy'), { retryable: true, overloaded: true });

describe('a call to another object', () => {
  it('is tried once more on a fresh stub where the platform failed', async () => {
    const { peers, asked } = directory([moved()]);
    expect(await peers.directory(3).list('', 10, true)).toEqual([]);
    expect(asked).toEqual(['directory/shard-3', 'directory/shard-3']);
  });

  it('is not tried a third time', async () => {
    const { peers, asked } = directory([moved(), moved()]);
    await expect(peers.directory(3).list('', 10, true)).rejects.toThrow('moved');
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['overloaded', busy],
    ['wrong', () => new Error('a fault of ours')],
  ])('is not repeated where the object is %s', async (_what, make) => {
    const { peers, asked } = directory([make()]);
    await expect(peers.directory(0).list('', 10, true)).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });
});

describe('a call to an object that is silent', () => {
  it('is given up where nobody but the mirror itself waits for it', async () => {
    const silent = {
      getByName: () => ({ publish: () => new Promise(() => {}), chainVerdict: () => new Promise(() => {}) }),
    };
    // SAFETY: only these namespaces are used here; any other is the test's failure.
    const env = only<Env>({ DIRECTORY: silent, MATCHES: silent } as unknown as Partial<Env>);
    const peers = new ObjectPeers(env, { cluster: CLUSTER, programId: PROGRAM });
    const verdict = { level: 'down', epoch: { generation: 1, counter: 1 }, asOf: 1 } as const;
    vi.useFakeTimers();
    try {
      const calls = [
        peers.directory(1).publish({ verdict, program: null, providers: [] }),
        peers.match('match/a').chainVerdict(verdict),
      ].map((call) => call.then(String, String));
      await vi.advanceTimersByTimeAsync(5_000);
      for (const call of calls) expect(await call).toContain('no answer within 5000 ms');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what the platform says of a failure', () => {
  it('is taken from its marks alone', () => {
    expect(failureOf(busy())).toEqual({ retryable: false, overloaded: true });
    expect(failureOf(moved())).toEqual({ retryable: true, overloaded: false });
    for (const odd of [null, undefined, 'text', { retryable: 'yes' }]) {
      expect(failureOf(odd)).toEqual({ retryable: false, overloaded: false });
    }
  });
});
