import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { TokenBucket } from '../../../services/solana/token-bucket.ts';
import { type Asked, address, methods, scripted, settings, withSlot } from './fixtures.ts';

describe('a budget', () => {
  it('is spent at once up to its burst, and comes back with time, never beyond it', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
    const taken = (now: number) => [1, 2, 3, 4].filter(() => bucket.take(now)).length;
    expect([taken(0), taken(99), taken(100), taken(300), taken(60_000)]).toEqual([3, 0, 1, 2, 3]);
  });

  it('is neither lost nor paid twice by a clock that goes back', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 1_000);
    expect([bucket.take(1_000), bucket.take(500), bucket.take(550), bucket.take(600)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('the budget of a provider', () => {
  const SIGNATURE = base58Encode(new Uint8Array(64).fill(5));
  const ATTEMPT = {
    signature: SIGNATURE,
    bytes: 'AQID',
    blockhash: address(50),
    lastValidBlockHeight: 150,
    blockhashSlot: 77,
    provider: 'a',
  };
  const limitedTo = (burst: number, names: readonly string[]) => {
    const { fetch, asked } = scripted(({ method }: Asked) =>
      method === 'sendTransaction' ? { result: SIGNATURE } : withSlot(60, [null]),
    );
    let now = 1_000;
    const providers = names.map((name) => ({
      name,
      url: `https://${name}.test/`,
      ...(name === 'a' ? { requestsPerSecond: 1, burst } : {}),
    }));
    const given = settings({ providers, absenceProviders: 1, readWitnesses: 1, development: true });
    const chain = createChain(given, { fetch, now: () => now });
    return {
      chain,
      asked,
      later: (ms: number): void => {
        now += ms;
      },
      read: () => chain.accounts([address(30)]),
    };
  };

  it('has the next asked beyond it, and this one again when it is back', async () => {
    const { read, later, asked } = limitedTo(5, ['a', 'b']);
    const providers: string[] = [];
    // The first of five goes to the question for its cluster, the last is not for reads.
    for (let count = 0; count < 4; count += 1) providers.push((await read()).provider);
    later(1_000);
    providers.push((await read()).provider);
    expect(providers).toEqual(['a', 'a', 'a', 'b', 'a']);
    expect(methods(asked).filter((each) => each.startsWith('a')).length).toBe(4);
  });

  it('names the provider where there is no other, and says nothing about it to the monitor', async () => {
    const { chain, read } = limitedTo(5, ['a']);
    for (let count = 0; count < 3; count += 1) await read();
    await expect(read()).rejects.toMatchObject({ code: 'rate_limited', provider: 'a' });
    expect(chain.takeReports()).toEqual([]);
  });

  it('keeps the last of it for what moves money', async () => {
    const { chain, read } = limitedTo(10, ['a']);
    for (let count = 0; count < 7; count += 1) await read();
    await expect(read()).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
    await expect(chain.send(ATTEMPT)).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
