import { describe, expect, it } from 'vitest';
import { ChainUnavailable } from '../../../durable-objects/ports.ts';
import { createProviders } from '../../../services/solana/connect.ts';
import { RpcError } from '../../../services/solana/errors.ts';
import type { Provider } from '../../../services/solana/json-rpc.ts';
import { RpcPool } from '../../../services/solana/rpc-pool.ts';
import { scripted, settings } from './fixtures.ts';

const { fetch } = scripted(() => ({ result: null }));
const providers = createProviders(settings(), { fetch, now: Date.now });
const pool = new RpcPool(providers);

function recorder(answers: Record<string, () => string>) {
  const asked: string[] = [];
  const question = async ({ name }: Provider): Promise<string> => {
    asked.push(name);
    return answers[name]?.() ?? 'nothing';
  };
  return { asked, question };
}

const silent = (name: string) => () => {
  throw new ChainUnavailable('timeout', name, 'late');
};
const refusing = (name: string) => () => {
  throw new RpcError(-32602, 'no', null, name);
};

describe('the pool', () => {
  it('asks in the order of the settings, and the preferred provider first', () => {
    const names = (first?: string) => pool.ordered(first).map(({ name }) => name);
    expect([names(), names('b'), names('gone')]).toEqual([
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ]);
  });

  it('asks nobody more than once, and reports the last failure', async () => {
    const { asked, question } = recorder({ a: silent('a'), b: silent('b') });
    await expect(pool.read(question)).rejects.toMatchObject({ code: 'timeout', provider: 'b' });
    expect(asked).toEqual(['a', 'b']);
  });

  it('takes a refusal for silence in a read', async () => {
    const { asked, question } = recorder({ a: refusing('a'), b: () => 'fine' });
    expect(await pool.read(question)).toBe('fine');
    expect(asked).toEqual(['a', 'b']);
  });

  it('lets a fault of its own code through at once', async () => {
    const { asked, question } = recorder({
      a: () => {
        throw new TypeError('a bug');
      },
    });
    await expect(pool.read(question)).rejects.toBeInstanceOf(TypeError);
    expect(asked).toEqual(['a']);
  });
});
