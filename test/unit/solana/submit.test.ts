import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import type { ChainPort, PreparedTransaction } from '../../../durable-objects/ports.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { type Answer, type Asked, methods, scripted, settings } from './fixtures.ts';

const SIGNATURE = base58Encode(new Uint8Array(64).fill(5));
const ATTEMPT: PreparedTransaction = {
  signature: SIGNATURE,
  bytes: 'AQID',
  blockhash: '11111111111111111111111111111111',
  lastValidBlockHeight: 150,
  blockhashSlot: 77,
  provider: 'b',
};

function node(script: (asked: Asked) => Answer): { chain: ChainPort; asked: Asked[] } {
  const { fetch, asked } = scripted(script);
  return { chain: createChain(settings(), { fetch, now: Date.now }), asked };
}

const preflight = (err: unknown) => ({
  error: { code: -32002, message: 'simulation failed', data: { err } },
});

describe('send', () => {
  it('gives the stored bytes to the provider of the blockhash, with preflight and without its retries', async () => {
    const { chain, asked } = node(() => ({ result: SIGNATURE }));
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
    expect(methods(asked)).toEqual(['b:sendTransaction']);
    expect(asked.at(-1)?.params).toEqual([
      'AQID',
      {
        encoding: 'base64',
        skipPreflight: false,
        preflightCommitment: 'confirmed',
        maxRetries: 0,
        minContextSlot: 77,
      },
    ]);
  });

  it.each([
    ['a program error', { InstructionError: [0, { Custom: 6_013 }] }, 6_013],
    ['an error of an instruction', { InstructionError: [1, 'InvalidAccountData'] }, null],
    ['an empty fee payer', { InsufficientFundsForRent: { account_index: 0 } }, null],
  ])('reports a preflight refusal for %s', async (_, err, customCode) => {
    const { chain, asked } = node(() => preflight(err));
    const error = typeof err === 'string' ? err : JSON.stringify(err);
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'preflight_failed', error, customCode });
    // An answer is an answer: it is not shopped around.
    expect(methods(asked)).toEqual(['b:sendTransaction']);
  });

  it.each([-32003, -32006, -32013])(
    'reports a refusal of the bytes themselves (%i) as that',
    async (code) => {
      const { chain } = node(() => ({ error: { code, message: 'signature verification failure' } }));
      const sent = await chain.send(ATTEMPT);
      expect(sent).toEqual({ kind: 'bytes_refused', error: expect.stringContaining('verification') });
    },
  );

  it('takes a preflight refusal without a reason for a refusal', async () => {
    const { chain } = node(() => ({ error: { code: -32002, message: 'simulation failed' } }));
    expect(await chain.send(ATTEMPT)).toMatchObject({ kind: 'preflight_failed', customCode: null });
  });

  it('asks the next provider about a blockhash that one does not know: it may only be behind', async () => {
    const behind = node(({ host }) =>
      host === 'b' ? preflight('BlockhashNotFound') : { result: SIGNATURE },
    );
    expect(await behind.chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
    const [first, second] = behind.asked.filter(({ method }) => method === 'sendTransaction');
    expect([first?.host, second?.host]).toEqual(['b', 'a']);
    expect(second?.params).toEqual(first?.params);
    const expired = node(() => preflight('BlockhashNotFound'));
    expect(await expired.chain.send(ATTEMPT)).toEqual({
      kind: 'preflight_failed',
      error: 'BlockhashNotFound',
      customCode: null,
    });
    expect(methods(expired.asked)).toEqual(['b:sendTransaction', 'a:sendTransaction']);
  });

  it('asks the next provider where one is behind the blockhash, or says that it is unhealthy', async () => {
    for (const code of [-32016, -32005]) {
      const { chain, asked } = node(({ host }) =>
        host === 'b' ? { error: { code, message: 'behind' } } : { result: SIGNATURE },
      );
      expect(await chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
      expect(methods(asked)).toEqual(['b:sendTransaction', 'a:sendTransaction']);
    }
  });

  it('takes the bytes for refused only by the word of everybody who could be asked', async () => {
    const bad = { error: { code: -32003, message: 'signature verification failure' } };
    const one = node(({ host }) => (host === 'b' ? bad : { result: SIGNATURE }));
    expect(await one.chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
    const silent = node(({ host }) => (host === 'b' ? bad : new Response('', { status: 503 })));
    await expect(silent.chain.send(ATTEMPT)).rejects.toMatchObject({ code: 'unavailable' });
    // Who looked for the blockhash has checked the signatures before.
    const looked = node(({ host }) => (host === 'b' ? bad : preflight('BlockhashNotFound')));
    expect(await looked.chain.send(ATTEMPT)).toMatchObject({ kind: 'preflight_failed' });
  });

  it('tells a transaction that is already processed from one that is refused', async () => {
    const { chain } = node(() => preflight('AlreadyProcessed'));
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'already_processed' });
  });

  it('understands the same in words, from a provider that gives no reason as data', async () => {
    const message = 'Transaction error: This transaction has already been processed';
    const { chain } = node(() => ({ error: { code: -32002, message } }));
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'already_processed' });
  });

  it('sends the same bytes to the next provider when the first gives no answer', async () => {
    const { chain, asked } = node(({ host }) =>
      host === 'b' ? new Response('', { status: 503 }) : { result: SIGNATURE },
    );
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'accepted' });
    expect(methods(asked)).toEqual(['b:sendTransaction', 'a:sendTransaction']);
  });

  it('again gives them to everybody at once: who took them the first time may have dropped them', async () => {
    const { chain, asked } = node(() => ({ result: SIGNATURE }));
    expect(await chain.send(ATTEMPT, true)).toEqual({ kind: 'accepted' });
    expect(methods(asked)).toEqual(['b:sendTransaction', 'a:sendTransaction']);
  });

  it('again hears the first word about them, whoever is silent', async () => {
    const { chain } = node(({ host }) =>
      host === 'b' ? new Response('', { status: 503 }) : preflight('AlreadyProcessed'),
    );
    expect(await chain.send(ATTEMPT, true)).toEqual({ kind: 'already_processed' });
  });

  it('knows nothing when no provider answers, each asked once', async () => {
    const { chain, asked } = node(() => new Response('', { status: 429 }));
    await expect(chain.send(ATTEMPT)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(methods(asked)).toEqual(['b:sendTransaction', 'a:sendTransaction']);
  });

  it('knows nothing when a provider names another transaction', async () => {
    const { chain } = node(() => ({ result: base58Encode(new Uint8Array(64).fill(6)) }));
    await expect(chain.send(ATTEMPT)).rejects.toMatchObject({ code: 'malformed' });
  });
});
