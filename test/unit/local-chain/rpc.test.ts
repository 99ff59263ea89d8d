import { Transaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import type { LocalChain } from '../../../services/local-chain/index.ts';
import { handleRpc, handleRpcText } from '../../../services/local-chain/index.ts';
import { funded, keypair, memo, newChain, onTip, produce, SOL, START, transfer } from './support.ts';

const SYSTEM = '11111111111111111111111111111111';

interface Reply {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

function rpc(chain: LocalChain, method: string, ...params: unknown[]): Reply {
  const text = handleRpcText(chain, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  // SAFETY: every test asserts on the fields that it reads.
  return JSON.parse(text) as Reply;
}

describe('JSON-RPC', () => {
  it('answers with the code that Solana uses for each kind of bad request', () => {
    const chain = newChain();
    produce(chain, 5);
    const cases: [number, string, ...unknown[]][] = [
      [-32601, 'getNothing'],
      [-32601, 'constructor'],
      [-32602, 'getBalance'],
      [-32602, 'getBalance', 'x'],
      [-32602, 'getBalance', 7],
      [-32602, 'getBalance', SYSTEM, { commitment: 'perhaps' }],
      [-32602, 'getBalance', SYSTEM, {}, 'more'],
      [-32016, 'getBalance', SYSTEM, { minContextSlot: chain.slot + 1, commitment: 'confirmed' }],
      [-32016, 'getSlot', { minContextSlot: chain.slot }],
      [-32602, 'getSlot', { minContextSlot: -1 }],
      [-32602, 'getSlot', { minContextSlot: 1e300 }],
      [-32602, 'getMultipleAccounts', Array(101).fill(SYSTEM)],
      [-32602, 'getSignatureStatuses', Array(257).fill('1'.repeat(64))],
      [-32602, 'getSignatureStatuses', ['x']],
      [-32602, 'getSignaturesForAddress', SYSTEM, { limit: 0 }],
      [-32602, 'getSignaturesForAddress', SYSTEM, { limit: 1_001 }],
      [-32602, 'getSignaturesForAddress', SYSTEM, { commitment: 'processed' }],
      [-32602, 'getTransaction', '1'.repeat(64), { commitment: 'processed' }],
      [-32602, 'getMinimumBalanceForRentExemption', 11 * 1024 * 1024],
      [-32602, 'getProgramAccounts', SYSTEM, { filters: [{ dataSize: 'big' }] }],
      [-32602, 'getProgramAccounts', SYSTEM, { filters: [{ memcmp: { offset: 0, bytes: '0' } }] }],
      [-32602, 'requestAirdrop', SYSTEM, 0],
      [-32602, 'requestAirdrop', SYSTEM, 1.5],
      [-32602, 'sendTransaction', '!!', { encoding: 'base64' }],
      [-32602, 'sendTransaction', 'AAAA', { encoding: 'base64' }],
      [-32602, 'sendTransaction', 'AAAA', { encoding: 'base32' }],
      [-32004, 'getBlockTime', chain.slot + 1],
      [-32009, 'getBlockTime', chain.slot - 100],
      [-32602, 'localchain_setAccount', SYSTEM, {}],
      [-32602, 'localchain_setAccount', SYSTEM, { lamports: 5 }],
      [-32602, 'localchain_setAccount', SYSTEM, { lamports: '-5' }],
      [-32602, 'localchain_setAccount', SYSTEM, { lamports: (1n << 64n).toString() }],
      [-32602, 'localchain_airdrop', keypair(1).publicKey.toBase58(), '0'],
    ];
    for (const [code, method, ...params] of cases) {
      expect(
        rpc(chain, method, ...params).error?.code,
        `${method} ${JSON.stringify(params).slice(0, 80)}`,
      ).toBe(code);
    }
    expect(chain.pendingCount).toBe(0);
  });

  it('answers what is no request, and not what is a notification', () => {
    const chain = newChain();
    // SAFETY: an answer without an error has no code, which fails the test.
    const code = (text: string) => (JSON.parse(handleRpcText(chain, text)) as Reply).error?.code;
    expect(code('{oops')).toBe(-32700);
    for (const text of ['[]', '{}', '7', 'null', '{"jsonrpc":"1.0","id":1,"method":"getSlot"}']) {
      expect(code(text), text).toBe(-32600);
    }
    expect(code('{"jsonrpc":"2.0","id":1,"method":"getSlot","params":{"commitment":"confirmed"}}')).toBe(
      -32600,
    );
    expect(handleRpcText(chain, '{"jsonrpc":"2.0","method":"getSlot"}')).toBe('');
    expect(handleRpc(chain, [{ jsonrpc: '2.0', method: 'getSlot' }])).toBeUndefined();
  });

  it('answers a batch in order, each with its own id', () => {
    const chain = newChain();
    const batch = [
      { jsonrpc: '2.0', id: 'a', method: 'getHealth' },
      { jsonrpc: '2.0', method: 'getHealth' },
      { jsonrpc: '2.0', id: 2, method: 'nope', params: [] },
    ];
    expect(handleRpc(chain, batch)).toEqual([
      { jsonrpc: '2.0', id: 'a', result: 'ok' },
      { jsonrpc: '2.0', id: 2, error: { code: -32601, message: 'Method not found' } },
    ]);
  });

  it('tells identity, slots and heights by commitment', () => {
    const chain = newChain();
    produce(chain, 40);
    const at = (method: string, commitment: string) => rpc(chain, method, { commitment }).result;
    expect([at('getSlot', 'confirmed'), at('getSlot', 'finalized')]).toEqual([chain.slot, chain.slot - 32]);
    expect(rpc(chain, 'getSlot').result).toBe(chain.finalizedSlot);
    expect([at('getBlockHeight', 'processed'), at('getBlockHeight', 'finalized')]).toEqual([40, 8]);
    expect(rpc(chain, 'getGenesisHash').result).toBe(chain.genesisHash);
    expect(rpc(chain, 'getVersion').result).toMatchObject({ 'solana-core': expect.any(String) });
    expect(rpc(chain, 'getBlockTime', chain.slot).result).toBe(START / 1_000 + 16);
    expect(rpc(chain, 'getFirstAvailableBlock').result).toBe(chain.slot - 40);
    expect(rpc(chain, 'minimumLedgerSlot').result).toBe(chain.slot - 40);
    expect(at('getEpochInfo', 'confirmed')).toEqual({
      absoluteSlot: chain.slot,
      blockHeight: 40,
      epoch: 1036,
      slotIndex: 40,
      slotsInEpoch: 432_000,
      transactionCount: 0,
    });
  });

  it('encodes an account as asked, and writes 64-bit numbers exactly', () => {
    const chain = newChain();
    const key = keypair(1).publicKey.toBase58();
    const data = Uint8Array.from({ length: 130 }, (_, index) => index);
    chain.setAccount(key, { lamports: (1n << 53n) + 1n, data, owner: SYSTEM });
    const text = handleRpcText(
      chain,
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'getAccountInfo',
        params: [key, { encoding: 'base64' }],
      }),
    );
    expect(text).toContain('"lamports":9007199254740993,');
    expect(text).toContain('"rentEpoch":18446744073709551615,');
    // SAFETY: the assertions below are on this very shape.
    const value = (config: object) =>
      rpc(chain, 'getAccountInfo', key, config).result as { value: { data: unknown } };
    expect(value({ encoding: 'base64' })).toMatchObject({
      context: { slot: chain.finalizedSlot },
      value: {
        data: [Buffer.from(data).toString('base64'), 'base64'],
        owner: SYSTEM,
        executable: false,
        space: 130,
      },
    });
    const dataSlice = { offset: 1, length: 2 };
    expect(value({ encoding: 'base58', dataSlice }).value.data).toEqual(['5T', 'base58']);
    expect(value({ dataSlice }).value.data).toBe('5T');
    expect(value({ encoding: 'jsonParsed', dataSlice }).value.data).toEqual(['AQI=', 'base64']);
    expect(rpc(chain, 'getAccountInfo', key, { encoding: 'base58' }).error?.code).toBe(-32600);
    expect(rpc(chain, 'getAccountInfo', key, { encoding: 'base64+zstd' }).error?.code).toBe(-32602);
    expect(rpc(chain, 'getAccountInfo', keypair(9).publicKey.toBase58()).result).toMatchObject({
      value: null,
    });
  });

  it('filters the accounts of a program by size and content', () => {
    const chain = newChain();
    const owner = keypair(50).publicKey.toBase58();
    const make = (number: number, bytes: number[]) =>
      chain.setAccount(keypair(number).publicKey.toBase58(), {
        lamports: SOL,
        data: Uint8Array.from(bytes),
        owner,
      });
    make(1, [1, 2, 3]);
    make(2, [1, 2, 4]);
    make(3, [1, 2]);
    // SAFETY: a refusal has no result, and reading its length fails the test.
    const found = (filters: unknown[], config = {}) =>
      (
        rpc(chain, 'getProgramAccounts', owner, { encoding: 'base64', filters, ...config })
          .result as unknown[]
      ).length;
    expect(found([])).toBe(3);
    expect(found([{ dataSize: 3 }])).toBe(2);
    expect(found([{ dataSize: 3 }, { memcmp: { offset: 2, bytes: '5' } }])).toBe(1);
    expect(found([{ memcmp: { offset: 1, bytes: 'AgM=', encoding: 'base64' } }])).toBe(1);
    expect(found([{ memcmp: { offset: 3, bytes: '5' } }])).toBe(0);
    const withContext = rpc(chain, 'getProgramAccounts', owner, { encoding: 'base64', withContext: true });
    expect(withContext.result).toMatchObject({
      context: { slot: chain.finalizedSlot },
      value: { length: 3 },
    });
  });

  it('sends in both encodings, with the preflight on the finalized state unless told otherwise', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const bytes = Buffer.from(onTip(chain, from, memo('x'), transfer(from, keypair(2), SOL)));
    const text = bytes.toString('base64');
    const refused = rpc(chain, 'sendTransaction', text, { encoding: 'base64' });
    expect(refused.error).toMatchObject({ code: -32002, data: { err: 'BlockhashNotFound' } });
    const sent = rpc(chain, 'sendTransaction', text, {
      encoding: 'base64',
      preflightCommitment: 'confirmed',
    });
    expect(sent.result).toEqual(expect.any(String));
    produce(chain, 2);
    const config = { encoding: 'json', commitment: 'confirmed', maxSupportedTransactionVersion: 0 };
    const asked = rpc(chain, 'getTransaction', sent.result, config).result;
    expect(asked).toMatchObject({
      slot: chain.slot - 1,
      version: 'legacy',
      transaction: { signatures: [sent.result], message: { header: { numRequiredSignatures: 1 } } },
      meta: {
        err: null,
        status: { Ok: null },
        fee: 5_000,
        innerInstructions: [],
        loadedAddresses: { writable: [] },
      },
    });
    const raw = rpc(chain, 'getTransaction', sent.result, { ...config, encoding: 'base64' }).result;
    expect(raw).toMatchObject({ transaction: [text, 'base64'] });
    expect(rpc(chain, 'getTransaction', sent.result, 'jsonParsed').result).toBeNull();
    expect(rpc(chain, 'getTransaction', sent.result, { ...config, encoding: 'jsonParsed' }).error?.code).toBe(
      -32602,
    );
    expect(rpc(chain, 'getTransaction', sent.result, { commitment: 'finalized' }).result).toBeNull();
  });

  it('simulates, prices a message and knows which blockhash is valid', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const bytes = Buffer.from(onTip(chain, from, transfer(from, keypair(2), 20n * SOL)));
    const config = { encoding: 'base64', commitment: 'confirmed' };
    expect(rpc(chain, 'simulateTransaction', bytes.toString('base64'), config).result).toMatchObject({
      context: { slot: chain.slot },
      value: { err: { InstructionError: [0, { Custom: 1 }] }, unitsConsumed: 150, accounts: null },
    });
    const both = { ...config, sigVerify: true, replaceRecentBlockhash: true };
    expect(rpc(chain, 'simulateTransaction', bytes.toString('base64'), both).error?.code).toBe(-32602);
    const message = Transaction.from(bytes).serializeMessage().toString('base64');
    expect(rpc(chain, 'getFeeForMessage', message, config).result).toMatchObject({ value: 5_000 });
    expect(rpc(chain, 'getFeeForMessage', message).result).toMatchObject({ value: null });
    expect(rpc(chain, 'getFeeForMessage', 'AAAA').error?.code).toBe(-32602);
    const { blockhash } = chain.getLatestBlockhash();
    const valid = (commitment: string) => rpc(chain, 'isBlockhashValid', blockhash, { commitment }).result;
    expect(valid('confirmed')).toMatchObject({ value: true });
    expect(valid('finalized')).toMatchObject({ value: false });
  });

  it('asks for the maximum version before it shows a version 0 transaction', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const legacy = Buffer.from(onTip(chain, from, memo('x')));
    // Version 0 without lookups: the version byte in front of the message, an empty list behind it.
    const message = Buffer.concat([Buffer.from([0x80]), legacy.subarray(65), Buffer.from([0])]);
    const bytes = Buffer.concat([legacy.subarray(0, 65), message]);
    expect(rpc(chain, 'sendTransaction', bytes.toString('base64'), { encoding: 'base64' }).error?.code).toBe(
      -32002,
    );
    const version = (number: number) => {
      const other = Buffer.from(bytes);
      other[65] = 0x80 + number;
      return rpc(chain, 'sendTransaction', other.toString('base64'), { encoding: 'base64' }).error?.message;
    };
    expect(version(1)).toContain('version 1 is not supported');
  });

  it('overwrites an account field by field, at every commitment', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const key = from.publicKey.toBase58();
    expect(rpc(chain, 'localchain_setAccount', key, { data: 'AQI=' }).result).toBe(true);
    expect(chain.getAccount(key, 'finalized')).toMatchObject({ lamports: 10n * SOL, owner: SYSTEM });
    expect(rpc(chain, 'localchain_setAccount', key, { lamports: '18446744073709551615' }).result).toBe(true);
    expect(chain.getAccount(key)).toMatchObject({ lamports: (1n << 64n) - 1n, data: new Uint8Array([1, 2]) });
    expect(rpc(chain, 'localchain_airdrop', keypair(2).publicKey.toBase58(), '1000000').result).toEqual(
      expect.any(String),
    );
  });

  it('airdrops in a block, twice the same amount in one block included', () => {
    const chain = newChain();
    const key = keypair(2).publicKey.toBase58();
    const signatures = [1, 2].map(() => rpc(chain, 'requestAirdrop', key, Number(SOL)).result);
    expect(new Set(signatures).size).toBe(2);
    expect(chain.getBalance(key)).toBe(0n);
    chain.produceBlock();
    expect(chain.getBalance(key)).toBe(2n * SOL);
  });
});
