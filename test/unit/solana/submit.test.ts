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
  return { chain: createChain(settings(), { fetch }), asked };
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
    ['a blockhash that is not known', 'BlockhashNotFound', null],
    ['an empty fee payer', { InsufficientFundsForRent: { account_index: 0 } }, null],
  ])('reports a preflight refusal for %s', async (_, err, customCode) => {
    const { chain, asked } = node(() => preflight(err));
    const error = typeof err === 'string' ? err : JSON.stringify(err);
    expect(await chain.send(ATTEMPT)).toEqual({ kind: 'preflight_failed', error, customCode });
    // An answer is an answer: it is not shopped around.
    expect(methods(asked)).toEqual(['b:sendTransaction']);
  });

  it('reports a refusal of the bytes themselves in the same way', async () => {
    const { chain } = node(() => ({ error: { code: -32003, message: 'signature verification failure' } }));
    expect(await chain.send(ATTEMPT)).toMatchObject({ kind: 'preflight_failed', customCode: null });
  });

  it('takes a preflight refusal without a reason for a refusal', async () => {
    const { chain } = node(() => ({ error: { code: -32002, message: 'simulation failed' } }));
    expect(await chain.send(ATTEMPT)).toMatchObject({ kind: 'preflight_failed', customCode: null });
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
