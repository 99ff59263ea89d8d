import {
  AddressLookupTableAccount,
  PublicKey,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import {
  funded,
  keypair,
  MEMO_V1_PROGRAM,
  memo,
  newChain,
  onTip,
  produce,
  SOL,
  transfer,
} from './support.ts';

/** A chain on which one account sent `count` memos, one a block, all of them confirmed. */
function withMemos(count: number, historyLimit = 20_000) {
  const chain = newChain({ historyLimit });
  const from = funded(chain, 1);
  const address = from.publicKey.toBase58();
  const signatures: string[] = [];
  for (let i = 0; i < count; i += 1) {
    signatures.unshift(chain.sendTransaction(onTip(chain, from, memo(`note ${i}`))));
    chain.produceBlock();
  }
  chain.produceBlock();
  const list = (query = {}) => chain.getSignaturesForAddress(address, { commitment: 'confirmed', ...query });
  return { chain, from, signatures, list };
}

describe('history by address', () => {
  it('lists newest first, with memos as Solana writes them', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const send = (...parts: Parameters<typeof onTip>[2][]) =>
      chain.sendTransaction(onTip(chain, from, ...parts));
    send(memo('first'), memo('größer'));
    chain.produceBlock();
    send(memo('old program', MEMO_V1_PROGRAM));
    send(transfer(from, keypair(2), SOL));
    produce(chain, 2);
    const listed = chain.getSignaturesForAddress(from.publicKey.toBase58(), { commitment: 'confirmed' });
    expect(listed.map((record) => record.memo)).toEqual([
      null,
      '[11] old program',
      '[5] first; [8] größer',
      null,
    ]);
    expect(listed.map((record) => record.height)).toEqual([3, 3, 2, 1]);
  });

  it('writes a memo that is not UTF-8 as unparseable', () => {
    const { chain, from } = withMemos(0);
    const bytes = onTip(chain, from, memo(new Uint8Array([0xff, 0xfe])));
    chain.sendTransaction(bytes, { skipPreflight: true });
    produce(chain, 2);
    const [record] = chain.getSignaturesForAddress(from.publicKey.toBase58(), { commitment: 'confirmed' });
    expect(record).toMatchObject({
      memo: '[2] (unparseable)',
      err: { InstructionError: [0, expect.any(String)] },
    });
  });

  it('pages by before, until and limit', () => {
    const { signatures, list } = withMemos(10);
    const names = (query: object) => list(query).map((record) => record.signature);
    expect(names({ limit: 3 })).toEqual(signatures.slice(0, 3));
    expect(names({ limit: 3, before: signatures[2] })).toEqual(signatures.slice(3, 6));
    expect(names({ before: signatures[2], until: signatures[5] })).toEqual(signatures.slice(3, 5));
    expect(names({ until: signatures[0] })).toEqual([]);
    expect(names({ until: keypair(3).publicKey.toBase58() })).toHaveLength(11);
    expect(names({ before: keypair(3).publicKey.toBase58() })).toEqual([]);
  });

  it('pages on while new transactions arrive, without repeating or losing any', () => {
    const { chain, from, signatures, list } = withMemos(6);
    const first = list({ limit: 3 }).map((record) => record.signature);
    chain.sendTransaction(onTip(chain, from, memo('newer')));
    produce(chain, 2);
    const rest = list({ before: first.at(-1), limit: 3 }).map((record) => record.signature);
    expect([...first, ...rest]).toEqual(signatures);
  });

  it('shows at finalized only what is final', () => {
    const { chain, list } = withMemos(3);
    expect(list({ commitment: 'finalized' })).toEqual([]);
    produce(chain, 29);
    expect(list({ commitment: 'finalized' }).map((record) => record.memo)).toEqual(['[6] note 0', null]);
  });

  it('forgets the oldest beyond its limit, and says from which slot on it is complete', () => {
    const { chain, signatures, list } = withMemos(10, 4);
    expect(list().map((record) => record.signature)).toEqual(signatures.slice(0, 4));
    const [oldestForgotten] = signatures.slice(4);
    expect(chain.getSignatureStatuses([oldestForgotten ?? ''], true)).toEqual([null]);
    const kept = list().at(-1);
    expect(chain.firstAvailableSlot).toBe(kept?.slot);
    expect(newChain().firstAvailableSlot).toBe(newChain().slot);
  });
});

describe('the record of a transaction', () => {
  it('holds its bytes, balances, fee and log', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const bytes = onTip(chain, from, transfer(from, to, SOL), memo('rent'));
    const signature = chain.sendTransaction(bytes);
    produce(chain, 2);
    const record = chain.getTransaction(signature, 'confirmed');
    expect(record).toMatchObject({
      err: null,
      fee: 5_000n,
      slot: chain.slot - 1,
      preBalances: expect.arrayContaining([10n * SOL, 0n]),
      postBalances: expect.arrayContaining([9n * SOL - 5_000n, SOL]),
      logs: expect.arrayContaining(['Program log: rent']),
    });
    expect(Buffer.from(record?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
  });

  it('holds inner instructions: creating a token account calls two other programs', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const system = new PublicKey('11111111111111111111111111111111');
    const token = new PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
    const ata = new PublicKey('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
    const mint = new PublicKey('So11111111111111111111111111111111111111112');
    const seeds = [from.publicKey.toBytes(), token.toBytes(), mint.toBytes()];
    const [account] = PublicKey.findProgramAddressSync(seeds, ata);
    const readonly = [from.publicKey, mint, system, token].map((pubkey) => ({
      pubkey,
      isSigner: false,
      isWritable: false,
    }));
    const create = new TransactionInstruction({
      programId: ata,
      keys: [
        { pubkey: from.publicKey, isSigner: true, isWritable: true },
        { pubkey: account, isSigner: false, isWritable: true },
        ...readonly,
      ],
      data: Buffer.from([1]),
    });
    const signature = chain.sendTransaction(onTip(chain, from, memo('before'), create));
    produce(chain, 2);
    const record = chain.getTransaction(signature, 'confirmed');
    const keys = record?.accountKeys ?? [];
    expect(record?.innerInstructions.map((inner) => inner.index)).toEqual([1]);
    const called = record?.innerInstructions[0]?.instructions.map((ix) => keys[ix.programIdIndex]);
    expect(new Set(called)).toEqual(new Set([system.toBase58(), token.toBase58()]));
    expect(chain.getAccount(account.toBase58())?.owner).toBe(token.toBase58());
  });

  it('holds the addresses that a version 0 transaction loaded from a table, and is listed under them', () => {
    const chain = newChain();
    const [from, to, table] = [funded(chain, 1), keypair(2), keypair(3)];
    const head = Buffer.alloc(56);
    head.writeUInt32LE(1, 0);
    head.writeBigUInt64LE((1n << 64n) - 1n, 4);
    const owner = 'AddressLookupTab1e1111111111111111111111111';
    const data = Buffer.concat([head, to.publicKey.toBytes()]);
    chain.setAccount(table.publicKey.toBase58(), { lamports: SOL, data, owner });
    const message = new TransactionMessage({
      payerKey: from.publicKey,
      recentBlockhash: chain.getLatestBlockhash().blockhash,
      instructions: [transfer(from, to, SOL)],
    }).compileToV0Message([
      new AddressLookupTableAccount({
        key: table.publicKey,
        state: AddressLookupTableAccount.deserialize(data),
      }),
    ]);
    const tx = new VersionedTransaction(message);
    tx.sign([from]);
    const signature = chain.sendTransaction(tx.serialize());
    produce(chain, 2);
    const address = to.publicKey.toBase58();
    expect(chain.getTransaction(signature, 'confirmed')?.loadedAddresses).toEqual({
      writable: [address],
      readonly: [],
    });
    expect(chain.getSignaturesForAddress(address, { commitment: 'confirmed' })[0]?.signature).toBe(signature);
    expect(chain.getBalance(address)).toBe(SOL);
  });
});

describe('a fork', () => {
  it('undoes the dropped blocks and what was in them, and keeps the others', () => {
    const chain = newChain();
    const [from, kept, lost] = [funded(chain, 1), keypair(2), keypair(3)];
    chain.sendTransaction(onTip(chain, from, transfer(from, kept, SOL)));
    chain.produceBlock();
    const { slot, blockHeight } = chain;
    const bytes = onTip(chain, from, transfer(from, lost, SOL));
    const signature = chain.sendTransaction(bytes);
    produce(chain, 3);
    const { blockhash } = chain.getLatestBlockhash();
    expect(chain.dropBlocks(slot + 1)).toEqual([signature]);
    expect([chain.slot, chain.blockHeight]).toEqual([slot, blockHeight]);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
    expect(chain.getBalance(kept.publicKey.toBase58())).toBe(SOL);
    expect(chain.getBalance(lost.publicKey.toBase58())).toBe(0n);
    expect(chain.isBlockhashValid(blockhash)).toBe(false);
    chain.produceBlock();
    expect(chain.slot).toBe(slot + 4);
    chain.sendTransaction(bytes);
    produce(chain, 33);
    expect(chain.getBalance(lost.publicKey.toBase58(), 'finalized')).toBe(SOL);
    expect(chain.getSignaturesForAddress(lost.publicKey.toBase58())).toHaveLength(1);
  });

  it('cannot reach behind finality', () => {
    const chain = newChain();
    produce(chain, 40);
    expect(() => chain.dropBlocks(chain.finalizedSlot)).toThrow(expect.objectContaining({ code: -32602 }));
    expect(chain.dropBlocks(chain.finalizedSlot + 1)).toEqual([]);
    expect(chain.slot).toBe(chain.finalizedSlot);
  });
});
