import { ed25519 } from '@noble/curves/ed25519';
import {
  AddressLookupTableAccount,
  type Keypair,
  PublicKey,
  SystemProgram,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { toBase64 } from '../../../services/solana/base64.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { keypair, PROGRAM_ID, scripted, settings } from './fixtures.ts';

const PAYER = keypair(40);
const TARGET = keypair(41).publicKey;
const BLOCKHASH = keypair(50).publicKey.toBase58();
const INSTRUCTION = new TransactionInstruction({
  programId: new PublicKey(PROGRAM_ID),
  keys: [
    { pubkey: PAYER.publicKey, isSigner: true, isWritable: true },
    { pubkey: TARGET, isSigner: false, isWritable: true },
    { pubkey: SystemProgram.programId, isSigner: false, isWritable: false },
  ],
  data: Buffer.from([1, 2, 3]),
});
const OBSERVED = {
  programId: PROGRAM_ID,
  accounts: [PAYER.publicKey, TARGET, SystemProgram.programId].map(String),
  data: Uint8Array.of(1, 2, 3),
};

const message = () =>
  new TransactionMessage({
    payerKey: PAYER.publicKey,
    recentBlockhash: BLOCKHASH,
    instructions: [INSTRUCTION],
  });

function signed(transaction: VersionedTransaction): { signature: string; wire: Uint8Array } {
  transaction.sign([PAYER]);
  const [first = new Uint8Array()] = transaction.signatures;
  return { signature: base58Encode(first), wire: transaction.serialize() };
}

const LEGACY = signed(new VersionedTransaction(message().compileToLegacyMessage()));

/** One figure for each of so many accounts: 1,000 and more before, one less after. */
function balances(accounts: number) {
  const preBalances = Array.from({ length: accounts }, (_, index) => 1_000 + index);
  return { preBalances, postBalances: preBalances.map((lamports) => lamports - 1) };
}

function transaction(signature: string, wire: Uint8Array, meta: object | null = {}, accounts = 4) {
  const answer = {
    slot: 12,
    transaction: [toBase64(wire), 'base64'],
    meta: meta && { err: null, ...balances(accounts), ...meta },
  };
  const { fetch, asked } = scripted(() => ({ result: answer }));
  const found = createChain(settings(), { fetch, now: Date.now }).transaction(signature, 'finalized');
  return found.then((observed) => ({ observed, asked }));
}

describe('a landed transaction', () => {
  it('is decoded from its own bytes', async () => {
    const { observed, asked } = await transaction(LEGACY.signature, LEGACY.wire);
    expect(observed).toEqual({
      signature: LEGACY.signature,
      slot: 12,
      error: null,
      customCode: null,
      instructions: [OBSERVED],
      inner: [],
      balances: [PAYER.publicKey, TARGET, new PublicKey(PROGRAM_ID), SystemProgram.programId].map(
        (key, index) => ({
          address: key.toBase58(),
          before: BigInt(1_000 + index),
          after: BigInt(999 + index),
        }),
      ),
    });
    expect(asked.at(-1)?.params).toEqual([
      LEGACY.signature,
      { commitment: 'finalized', encoding: 'base64', maxSupportedTransactionVersion: 1 },
    ]);
  });

  it('is not believed with another message, though its signature held over its own a moment ago', async () => {
    await transaction(LEGACY.signature, LEGACY.wire);
    // The last byte is one of the instruction's data.
    const changed = LEGACY.wire.with(-1, 99);
    await expect(transaction(LEGACY.signature, changed)).rejects.toMatchObject({ code: 'malformed' });
    expect((await transaction(LEGACY.signature, LEGACY.wire)).observed).not.toBeNull();
  });

  it.each([
    ['a failure', { err: 'AccountInUse' }],
    ['other amounts', { postBalances: [1_000, 1_000, 1_001, 1_002] }],
  ])('is not believed where a second provider shows it with %s', async (_, other) => {
    const shown = { slot: 12, transaction: [toBase64(LEGACY.wire), 'base64'] };
    const good = { err: null, ...balances(4) };
    const { fetch } = scripted(({ host }) => ({
      result: { ...shown, meta: host === 'a' ? good : { ...good, ...other } },
    }));
    const chain = createChain(settings(), { fetch, now: () => 1_000_000 });
    const found = chain.transaction(LEGACY.signature, 'finalized');
    await expect(found).rejects.toMatchObject({ code: 'disagreement' });
    // Not final, it may be on two forks.
    expect(await chain.transaction(LEGACY.signature, 'confirmed')).not.toBeNull();
  });

  it('shows its failure', async () => {
    const err = { InstructionError: [0, { Custom: 6_005 }] };
    const { observed } = await transaction(LEGACY.signature, LEGACY.wire, { err });
    expect(observed).toMatchObject({ error: JSON.stringify(err), customCode: 6_005 });
  });

  it('shows the balances to the lamport, beyond what a float can hold', async () => {
    const text = (lamports: string) => `[1,2,3,${lamports}]`;
    const raw = (before: string, after: string) =>
      new Response(
        `{"jsonrpc":"2.0","id":2,"result":{"slot":12,"transaction":["${toBase64(LEGACY.wire)}","base64"],` +
          `"meta":{"err":null,"preBalances":${text(before)},"postBalances":${text(after)}}}}`,
      );
    const observed = (before: string, after: string) =>
      createChain(settings(), { fetch: scripted(() => raw(before, after)).fetch, now: Date.now }).transaction(
        LEGACY.signature,
        'finalized',
      );
    const found = await observed('18446744073709551615', '9007199254740993');
    expect(found?.balances[3]).toMatchObject({
      before: 18_446_744_073_709_551_615n,
      after: 9_007_199_254_740_993n,
    });
    await expect(observed('18446744073709551616', '1')).rejects.toMatchObject({ code: 'malformed' });
    await expect(observed('1', '-1')).rejects.toMatchObject({ code: 'malformed' });
    await expect(observed('1', '1.5')).rejects.toMatchObject({ code: 'malformed' });
  });

  it('with a balance too few or too many is not believed: each would be taken for another account', async () => {
    for (const accounts of [0, 3, 5]) {
      await expect(transaction(LEGACY.signature, LEGACY.wire, {}, accounts)).rejects.toMatchObject({
        code: 'malformed',
      });
    }
  });

  it('of version 0 is decoded with the addresses of its tables', async () => {
    const table = new AddressLookupTableAccount({
      key: keypair(60).publicKey,
      state: {
        deactivationSlot: 18_446_744_073_709_551_615n,
        lastExtendedSlot: 0,
        lastExtendedSlotStartIndex: 0,
        addresses: [TARGET],
      },
    });
    const { signature, wire } = signed(new VersionedTransaction(message().compileToV0Message([table])));
    const loadedAddresses = { writable: [TARGET.toBase58()], readonly: [] };
    const { observed } = await transaction(signature, wire, { loadedAddresses });
    expect(observed?.instructions).toEqual([OBSERVED]);
    // Those of the tables come last.
    expect(observed?.balances[3]).toEqual({ address: TARGET.toBase58(), before: 1_003n, after: 1_002n });
    // Without them every later account would be taken for another one.
    await expect(transaction(signature, wire)).rejects.toMatchObject({ code: 'malformed' });
    const misplaced = { writable: [], readonly: [TARGET.toBase58()] };
    await expect(transaction(signature, wire, { loadedAddresses: misplaced })).rejects.toMatchObject({
      code: 'malformed',
    });
  });

  it('tells what its instructions called, and nothing that names no account or no instruction', async () => {
    const call = { programIdIndex: 2, accounts: [0, 1], data: 'Ldp', stackHeight: 2 };
    const within = (innerInstructions: unknown) =>
      transaction(LEGACY.signature, LEGACY.wire, { innerInstructions });
    const keys = (await within([])).observed?.balances.map(({ address }) => address) ?? [];
    const { observed } = await within([
      { index: 0, instructions: [call, { ...call, accounts: [], data: '' }] },
    ]);
    expect(observed?.inner).toEqual([
      {
        of: 0,
        instructions: [
          { programId: keys[2], accounts: [keys[0], keys[1]], data: Uint8Array.of(1, 2, 3) },
          { programId: keys[2], accounts: [], data: new Uint8Array() },
        ],
      },
    ]);
    expect((await within(null)).observed?.inner).toEqual([]);
    // Decoding base58 takes the square of its length: of what no transaction could carry nothing is read.
    const long = await within([{ index: 0, instructions: [{ ...call, data: '1'.repeat(10_000) }] }]);
    expect(long.observed?.inner[0]?.instructions[0]?.data).toEqual(new Uint8Array());
    for (const bad of [
      [{ index: 1, instructions: [call] }],
      [{ index: 0, instructions: [{ ...call, programIdIndex: 4 }] }],
      [{ index: 0, instructions: [{ ...call, accounts: [9] }] }],
      [{ index: 0, instructions: [{ ...call, data: '0OIl' }] }],
      [{ index: -1, instructions: [call] }],
      'none',
    ])
      await expect(within(bad)).rejects.toMatchObject({ code: 'malformed' });
  });

  it('of version 1 is decoded, its signatures behind the message', async () => {
    const { signature, wire } = versionOne(PAYER, TARGET);
    expect((await transaction(signature, wire)).observed?.instructions).toEqual([OBSERVED]);
  });

  it('is null where no provider knows it, each asked once', async () => {
    const { fetch, asked } = scripted(() => ({ result: null }));
    expect(
      await createChain(settings(), { fetch, now: Date.now }).transaction(LEGACY.signature, 'confirmed'),
    ).toBeNull();
    expect(asked.filter(({ method }) => method === 'getTransaction').length).toBe(2);
  });
});

describe('a look-alike', () => {
  const malformed = (signature: string, wire: Uint8Array) =>
    expect(transaction(signature, wire)).rejects.toMatchObject({ code: 'malformed' });

  it('with another signature is not believed', async () => {
    await malformed(base58Encode(new Uint8Array(64).fill(5)), LEGACY.wire);
  });

  it('with one byte changed under our signature is not believed', async () => {
    // The last byte is instruction data: an amount, say.
    const forged = LEGACY.wire.slice();
    forged[forged.length - 1] = 9;
    await malformed(LEGACY.signature, forged);
  });

  it('that is no transaction is not believed', async () => {
    await malformed(LEGACY.signature, LEGACY.wire.subarray(0, 100));
    await malformed(LEGACY.signature, new Uint8Array());
  });

  it('without its outcome says nothing', async () => {
    await expect(transaction(LEGACY.signature, LEGACY.wire, null)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

/** web3.js decodes version 1 and does not write it, so it is spelled out here: one instruction, no budget. */
function versionOne(payer: Keypair, target: PublicKey): { signature: string; wire: Uint8Array } {
  const keys = [payer.publicKey, target, SystemProgram.programId, new PublicKey(PROGRAM_ID)];
  const bytes = Uint8Array.from([
    ...[0x81, 1, 0, 2, 0, 0, 0, 0], // version, header, config mask
    ...new PublicKey(BLOCKHASH).toBytes(),
    ...[1, keys.length],
    ...keys.flatMap((key) => [...key.toBytes()]),
    ...[3, 3, 3, 0], // program index, 3 accounts, 3 bytes of data
    ...[0, 1, 2],
    ...[1, 2, 3],
  ]);
  const signature = ed25519.sign(bytes, payer.secretKey.subarray(0, 32));
  return { signature: base58Encode(signature), wire: Uint8Array.from([...bytes, ...signature]) };
}
