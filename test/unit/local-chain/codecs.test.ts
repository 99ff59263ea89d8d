import { ComputeBudgetProgram, PublicKey, SystemProgram, Transaction } from '@solana/web3.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase58, decodeExact, encodeBase58 } from '../../../services/local-chain/base58.ts';
import { feeOf } from '../../../services/local-chain/fees.ts';
import { stringify } from '../../../services/local-chain/rpc/json.ts';
import { transactionErrorText } from '../../../services/local-chain/svm-errors.ts';
import { parseMessage, parseTransaction } from '../../../services/local-chain/transaction.ts';
import { funded, keypair, memo, newChain, onTip, produce, SOL, signed, transfer } from './support.ts';

const theirBase58 = (bytes: Uint8Array) => new PublicKey(bytes).toBase58();

describe('base58', () => {
  it('writes addresses as web3.js does, and reads back any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 80 }),
        (key, bytes) => {
          expect(encodeBase58(key)).toBe(theirBase58(key));
          expect(decodeBase58(encodeBase58(bytes))).toEqual(bytes);
        },
      ),
    );
  });

  it('refuses foreign characters, wrong lengths and endless texts', () => {
    expect(decodeBase58('0OIl')).toBeUndefined();
    expect(decodeExact('2', 32)).toBeUndefined();
    expect(decodeBase58('2'.repeat(2_000))).toBeUndefined();
    expect(decodeExact('1'.repeat(32), 32)).toEqual(new Uint8Array(32));
  });
});

describe('the wire format', () => {
  it('reads what web3.js writes', () => {
    const [from, to] = [keypair(1), keypair(2)];
    const bytes = signed(from, keypair(3).publicKey.toBase58(), memo('hello'), transfer(from, to, 7n));
    const theirs = Transaction.from(bytes);
    const { message, signature, signatures } = parseTransaction(bytes);
    expect(signatures).toEqual([signature]);
    expect(decodeExact(signature, 64)).toEqual(new Uint8Array(theirs.signature ?? []));
    expect(message.recentBlockhash).toBe(theirs.recentBlockhash);
    expect(message.staticKeys).toEqual(theirs.compileMessage().accountKeys.map((key) => key.toBase58()));
    expect(message.instructions.map((ix) => message.staticKeys[ix.programIdIndex])).toEqual(
      theirs.instructions.map((ix) => ix.programId.toBase58()),
    );
    expect(message.instructions.map((ix) => Buffer.from(ix.data))).toEqual(
      theirs.instructions.map((ix) => ix.data),
    );
  });

  it('answers any bytes with a transaction or with -32602, never another error', () => {
    const template = signed(keypair(1), keypair(3).publicKey.toBase58(), memo('hello'));
    const mutated = fc
      .array(fc.tuple(fc.nat(template.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = new Uint8Array(template);
        for (const [index, byte] of changes) bytes[index] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        try {
          expect(parseTransaction(bytes).signature.length).toBeGreaterThan(31);
        } catch (error) {
          expect(error).toMatchObject({ code: -32602 });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('survives any bytes being sent without preflight: blocks go on', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const template = onTip(chain, from, memo('hello'));
    const changes = fc.array(fc.tuple(fc.integer({ min: 65, max: template.length - 1 }), fc.nat(255)), {
      minLength: 1,
    });
    fc.assert(
      fc.property(changes, (list) => {
        const bytes = new Uint8Array(template);
        for (const [index, byte] of list) bytes[index] = byte;
        try {
          chain.sendTransaction(bytes, { skipPreflight: true });
        } catch (error) {
          expect(error).toMatchObject({ code: -32602 });
        }
        chain.produceBlock();
      }),
      { numRuns: 300 },
    );
    expect(chain.pendingCount).toBe(0);
  });
});

describe('fees', () => {
  it('are predicted as the chain then charges them, with and without a price', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const price = (microLamports: number) => ComputeBudgetProgram.setComputeUnitPrice({ microLamports });
    const limit = ComputeBudgetProgram.setComputeUnitLimit({ units: 5_001 });
    const variants = [
      [transfer(from, keypair(2), SOL)],
      [price(1_234_567), transfer(from, keypair(3), SOL)],
      [price(1_001), limit, transfer(from, keypair(4), SOL)],
      [price(99), memo('x'), transfer(from, keypair(5), SOL)],
    ];
    for (const instructions of variants) {
      const bytes = onTip(chain, from, ...instructions);
      const signature = chain.sendTransaction(bytes);
      produce(chain, 2);
      const message = parseMessage(Transaction.from(bytes).serializeMessage());
      expect(feeOf(message)).toBe(chain.getTransaction(signature, 'confirmed')?.fee);
    }
  });

  it('count every signature', () => {
    const [from, other] = [keypair(1), keypair(2)];
    const tx = new Transaction({
      feePayer: from.publicKey,
      recentBlockhash: keypair(3).publicKey.toBase58(),
    });
    tx.add(SystemProgram.transfer({ fromPubkey: other.publicKey, toPubkey: PublicKey.default, lamports: 1 }));
    expect(feeOf(parseMessage(tx.serializeMessage()))).toBe(10_000n);
  });
});

describe('texts', () => {
  it('writes integers beyond 2^53 exactly, and texts that look like them as texts', () => {
    const value = { big: (1n << 64n) - 1n, list: [1, 2n, '3'], text: '\u00001\u0000', none: null };
    expect(stringify(value)).toBe(
      '{"big":18446744073709551615,"list":[1,2,"3"],"text":"\\u00001\\u0000","none":null}',
    );
  });

  it('words errors as Solana does', () => {
    expect(transactionErrorText({ InstructionError: [2, { Custom: 6007 }] })).toBe(
      'Error processing Instruction 2: custom program error: 0x1777',
    );
    expect(transactionErrorText({ InstructionError: [0, 'InvalidSeeds'] })).toBe(
      'Error processing Instruction 0: Provided seeds do not result in a valid address',
    );
    expect(transactionErrorText({ InsufficientFundsForRent: { account_index: 3 } })).toBe(
      'Transaction results in an account (3) with insufficient funds for rent',
    );
    expect(transactionErrorText('ClusterMaintenance')).toBe('ClusterMaintenance');
  });
});
