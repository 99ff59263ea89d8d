import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { createChain } from '../../../services/solana/chain.ts';
import {
  type Answer,
  type Asked,
  keypair,
  methods,
  PROGRAM_ID,
  scripted,
  settings,
  withSlot,
} from './fixtures.ts';

const ADDRESS = keypair(30).publicKey.toBase58();
const SIGNATURE = base58Encode(new Uint8Array(64).fill(5));

function node(script: (asked: Asked) => Answer) {
  const { fetch, asked } = scripted(script);
  return { chain: createChain(settings(), { fetch, now: () => 1_000_000 }), asked };
}

const account = { lamports: 5, owner: PROGRAM_ID, data: ['AQID', 'base64'], executable: false, space: 3 };

describe('accounts', () => {
  it('are read at finalized, in one call, with the slot that was asked for', async () => {
    const { chain, asked } = node(() => withSlot(60, [account, null]));
    expect(await chain.accounts([ADDRESS, PROGRAM_ID], 60)).toEqual({
      slot: 60,
      provider: 'a',
      accounts: [{ lamports: 5n, owner: PROGRAM_ID, data: Uint8Array.of(1, 2, 3) }, null],
    });
    expect(asked.at(-1)?.params).toEqual([
      [ADDRESS, PROGRAM_ID],
      {
        encoding: 'base64',
        commitment: 'finalized',
        dataSlice: { offset: 0, length: 8_192 },
        minContextSlot: 60,
      },
    ]);
  });

  it('keep every lamport of a balance beyond 2^53', async () => {
    const body = `{"jsonrpc":"2.0","id":2,"result":{"context":{"slot":1},"value":[
      {"lamports":9007199254740993,"owner":"${PROGRAM_ID}","data":["","base64"],"rentEpoch":18446744073709551615}]}}`;
    const { chain } = node(() => new Response(body));
    expect((await chain.accounts([ADDRESS])).accounts[0]?.lamports).toBe(9_007_199_254_740_993n);
  });

  it('are stale when every provider is behind, whether it says so or not', async () => {
    const behind = { error: { code: -32016, message: 'Minimum context slot has not been reached' } };
    const { chain, asked } = node(({ host }) => (host === 'a' ? behind : withSlot(59, [account])));
    await expect(chain.accounts([ADDRESS], 60)).rejects.toMatchObject({ code: 'stale' });
    expect(methods(asked)).toEqual(['a:getMultipleAccounts', 'b:getMultipleAccounts']);
  });

  it('come from the next provider when the first is limited', async () => {
    const { chain } = node(({ host }) =>
      host === 'a' ? new Response('', { status: 429 }) : withSlot(61, [account]),
    );
    expect((await chain.accounts([ADDRESS], 60)).provider).toBe('b');
  });

  it.each([
    ['another number of accounts', [account, account]],
    ['data in another encoding', [{ ...account, data: ['AQID', 'base58'] }]],
    ['data that is not base64', [{ ...account, data: ['*', 'base64'] }]],
    ['an owner that is not a key', [{ ...account, owner: '?' }]],
    ['a negative balance', [{ ...account, lamports: -1 }]],
  ])('are malformed with %s', async (_, value) => {
    const { chain } = node(() => withSlot(60, value));
    await expect(chain.accounts([ADDRESS])).rejects.toMatchObject({ code: 'malformed' });
  });

  it('are not asked for by a wrong address, nor none or more than a hundred at once', async () => {
    const { chain, asked } = node(() => withSlot(60, []));
    await expect(chain.accounts(['?'])).rejects.toMatchObject({ code: 'address_invalid' });
    await expect(chain.accounts([])).rejects.toMatchObject({ code: 'bad_account_count' });
    const many = Array<string>(101).fill(ADDRESS);
    await expect(chain.accounts(many)).rejects.toMatchObject({ code: 'bad_account_count' });
    expect(asked).toEqual([]);
  });

  it('are unavailable, not refused, when the request is refused: a read decides nothing', async () => {
    const { chain } = node(() => ({ error: { code: -32602, message: 'invalid params' } }));
    await expect(chain.accounts([ADDRESS])).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('status', () => {
  const seen = { slot: 9, confirmations: 3, err: null, confirmationStatus: 'confirmed' };
  const statusOf = (value: unknown) => node(() => withSlot(10, [value])).chain.status(SIGNATURE);

  it('searches the whole history', async () => {
    const { chain, asked } = node(() => withSlot(10, [seen]));
    await chain.status(SIGNATURE);
    expect(asked.at(-1)?.params).toEqual([[SIGNATURE], { searchTransactionHistory: true }]);
  });

  it.each([
    ['its commitment', seen, { commitment: 'confirmed', failed: false }],
    ['failure', { ...seen, err: { InstructionError: [0, 'X'] } }, { commitment: 'confirmed', failed: true }],
    [
      'a root without the word',
      { ...seen, confirmations: null, confirmationStatus: null },
      { commitment: 'finalized' },
    ],
    ['a sighting without the word', { ...seen, confirmationStatus: null }, { commitment: 'processed' }],
  ])('tells %s', async (_, value, expected) => {
    expect(await statusOf(value)).toMatchObject({ kind: 'seen', slot: 9, ...expected });
  });

  it('asks the next provider where the first has not seen it', async () => {
    const { chain, asked } = node(({ host }) => withSlot(10, [host === 'a' ? null : seen]));
    expect(await chain.status(SIGNATURE)).toMatchObject({ kind: 'seen' });
    expect(methods(asked)).toEqual(['a:getSignatureStatuses', 'b:getSignatureStatuses']);
  });

  it('is unknown where one has not seen it and the other is silent', async () => {
    const { chain } = node(({ host }) =>
      host === 'a' ? withSlot(10, [null]) : new Response('', { status: 500 }),
    );
    expect(await chain.status(SIGNATURE)).toEqual({ kind: 'unknown' });
  });
});

function signatureNo(index: number): string {
  return base58Encode(Uint8Array.from({ length: 64 }, (_, at) => [index >> 8, index & 255][at] ?? 5));
}

describe('history', () => {
  const entry = { signature: SIGNATURE, slot: 8, err: null, memo: '[5] hello', blockTime: 1 };

  it('is read at finalized up to the cursor, failed transactions and memos included', async () => {
    const failed = { ...entry, err: { InstructionError: [0, { Custom: 1 }] }, memo: null };
    const { chain, asked } = node(() => ({ result: [entry, failed] }));
    expect(await chain.history(ADDRESS, SIGNATURE)).toEqual([
      { signature: SIGNATURE, slot: 8, failed: false, memo: '[5] hello' },
      { signature: SIGNATURE, slot: 8, failed: true, memo: null },
    ]);
    const options = { commitment: 'finalized', limit: 1_000, until: SIGNATURE };
    expect(asked.at(-1)?.params).toEqual([ADDRESS, options]);
  });

  it('is unavailable, not empty, where a provider has no history', async () => {
    const { chain } = node(() => ({ error: { code: -32011, message: 'history not available' } }));
    await expect(chain.history(ADDRESS, null)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is read whole where strangers` memos make a page larger than an answer may be', async () => {
    // Control characters are six bytes each in JSON.
    const memo = `[3000] ${'\u0001'.repeat(3_000)}`;
    const all = Array.from({ length: 1_200 }, (_, index) => ({
      ...entry,
      signature: signatureNo(index),
      memo: index % 300 === 299 ? entry.memo : memo,
    }));
    const { chain, asked } = node(({ params }) => {
      const { limit, before } = params[1] as { limit: number; before?: string };
      const from = before === undefined ? 0 : all.findIndex(({ signature }) => signature === before) + 1;
      return { result: all.slice(from, from + limit) };
    });
    const read = await chain.history(ADDRESS, null);
    expect(read.map(({ signature }) => signature)).toEqual(all.slice(0, 1_000).map((one) => one.signature));
    expect(read[299]).toMatchObject({ memo: '[5] hello' });
    expect(read[0]).toMatchObject({ memo: null });
    expect(new Set(methods(asked))).toEqual(new Set(['a:getSignaturesForAddress']));
    expect(await chain.history(ADDRESS, null, { most: 2_000 })).toHaveLength(1_200);
  });

  it('is one provider`s from end to end: another would not know where the first one stopped', async () => {
    const all = Array.from({ length: 1_500 }, (_, index) => ({ ...entry, signature: signatureNo(index) }));
    const { chain, asked } = node(({ host, params }) => {
      const { limit, before } = params[1] as { limit: number; before?: string };
      if (host === 'a' && before !== undefined) return new Response('', { status: 500 });
      // It lags by ten: the oldest of the first page it knows, and so on; a signature it does not know has no past.
      const known = host === 'a' ? all : all.slice(10);
      const from = before === undefined ? 0 : known.findIndex(({ signature }) => signature === before) + 1;
      if (before !== undefined && from === 0) return { result: [] };
      return { result: known.slice(from, from + limit) };
    });
    const read = await chain.history(ADDRESS, null, { most: 2_000 });
    expect(read.map(({ signature }) => signature)).toEqual(all.slice(10).map((one) => one.signature));
    expect(methods(asked).map((each) => each[0])).toEqual(['a', 'a', 'b', 'b']);
  });

  it('is told from its oldest, where only those are asked for, and not at all where they are not reached', async () => {
    const all = Array.from({ length: 2_500 }, (_, index) => ({ ...entry, signature: signatureNo(index) }));
    const { chain } = node(({ params }) => {
      const { limit, before } = params[1] as { limit: number; before?: string };
      const from = before === undefined ? 0 : all.findIndex(({ signature }) => signature === before) + 1;
      return { result: all.slice(from, from + limit) };
    });
    const read = await chain.history(ADDRESS, null, { most: 5_000, oldest: 201 });
    expect(read.map(({ signature }) => signature)).toEqual(all.slice(-201).map((one) => one.signature));
    expect(await chain.history(ADDRESS, null, { most: 5_000, oldest: 4_000 })).toHaveLength(2_500);
    const beyond = chain.history(ADDRESS, null, { most: 2_000, oldest: 201 });
    await expect(beyond).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is malformed where a single entry is larger than an answer may be', async () => {
    const flood = { ...entry, memo: 'x'.repeat(3_000_000) };
    const { chain } = node(() => ({ result: [flood] }));
    await expect(chain.history(ADDRESS, null)).rejects.toMatchObject({ code: 'malformed' });
  });

  it('is malformed with more entries than were asked for', async () => {
    const { chain } = node(() => ({ result: Array(1_001).fill(entry) }));
    await expect(chain.history(ADDRESS, null)).rejects.toMatchObject({ code: 'malformed' });
  });
});

it('reads the finalized height and slot of one instant', async () => {
  const { chain, asked } = node(() => ({ result: { absoluteSlot: 70, blockHeight: 65, epoch: 0 } }));
  expect(await chain.finalizedHeight()).toEqual({ height: 65, slot: 70 });
  expect(asked.at(-1)?.params).toEqual([{ commitment: 'finalized' }]);
});

it('reads the rent minimum as lamports', async () => {
  const { chain } = node(() => ({ result: 11_414_400 }));
  expect(await chain.rentMinimum(1_512)).toBe(11_414_400n);
});
