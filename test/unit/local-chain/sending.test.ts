import { describe, expect, it } from 'vitest';
import { ChainError } from '../../../services/local-chain/index.ts';
import { funded, keypair, memo, newChain, onTip, produce, SOL, signed, transfer } from './support.ts';

/** The error of a call that must fail. */
function failure(call: () => unknown): ChainError {
  try {
    call();
  } catch (error) {
    if (error instanceof ChainError) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}

describe('the blockhash window', () => {
  it('takes a transaction on a tip 150 blocks above its blockhash and refuses it one block later', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const { blockhash, lastValidBlockHeight } = chain.getLatestBlockhash();
    expect(lastValidBlockHeight).toBe(chain.blockHeight + 150);
    produce(chain, 150);
    expect(chain.blockHeight).toBe(lastValidBlockHeight);
    expect(chain.isBlockhashValid(blockhash)).toBe(true);
    const signature = chain.sendTransaction(signed(from, blockhash, memo('just in time')));
    chain.produceBlock();
    expect(chain.getSignatureStatuses([signature])[0]?.err).toBeNull();
    expect(chain.isBlockhashValid(blockhash)).toBe(false);
    const error = failure(() => chain.sendTransaction(signed(from, blockhash, memo('too late'))));
    expect([error.code, error.message]).toEqual([
      -32002,
      'Transaction simulation failed: Blockhash not found',
    ]);
    expect(error.data).toMatchObject({ err: 'BlockhashNotFound', logs: [] });
  });

  it('drops a pending transaction whose blockhash has expired, without a trace', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const bytes = onTip(chain, from, memo('late'));
    produce(chain, 151);
    const before = chain.getBalance(from.publicKey.toBase58());
    const signature = chain.sendTransaction(bytes, { skipPreflight: true });
    chain.produceBlock();
    expect(chain.pendingCount).toBe(0);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
    expect(chain.getBalance(from.publicKey.toBase58())).toBe(before);
  });

  it('does not know the blockhash of the tip at finalized', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    produce(chain, 40);
    const { blockhash } = chain.getLatestBlockhash('confirmed');
    expect(chain.isBlockhashValid(blockhash, 'confirmed')).toBe(true);
    expect(chain.isBlockhashValid(blockhash, 'finalized')).toBe(false);
    const bytes = signed(from, blockhash, memo('x'));
    const error = failure(() => chain.sendTransaction(bytes, { preflightCommitment: 'finalized' }));
    expect(error.data).toMatchObject({ err: 'BlockhashNotFound' });
    const old = chain.getLatestBlockhash('finalized');
    expect(old.lastValidBlockHeight).toBe(chain.blockHeight - 32 + 150);
    chain.sendTransaction(signed(from, old.blockhash, memo('x')), { preflightCommitment: 'finalized' });
  });
});

describe('sending', () => {
  it('executes a transaction once, however often it is sent', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const bytes = onTip(chain, from, transfer(from, to, SOL));
    const signature = chain.sendTransaction(bytes);
    expect(chain.sendTransaction(bytes)).toBe(signature);
    expect(chain.pendingCount).toBe(1);
    chain.produceBlock();
    const error = failure(() => chain.sendTransaction(bytes));
    expect([error.code, error.message]).toEqual([
      -32002,
      'Transaction simulation failed: This transaction has already been processed',
    ]);
    expect(error.data).toMatchObject({ err: 'AlreadyProcessed' });
    expect(chain.sendTransaction(bytes, { skipPreflight: true })).toBe(signature);
    chain.produceBlock();
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(SOL);
    expect(chain.getSignaturesForAddress(to.publicKey.toBase58(), { commitment: 'confirmed' })).toHaveLength(
      1,
    );
  });

  it('refuses in preflight what would fail, with the error and the log', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1, SOL), keypair(2)];
    const error = failure(() => chain.sendTransaction(onTip(chain, from, transfer(from, to, 2n * SOL))));
    expect([error.code, error.message]).toEqual([
      -32002,
      'Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1',
    ]);
    expect(error.data).toMatchObject({
      err: { InstructionError: [0, { Custom: 1 }] },
      logs: expect.arrayContaining(['Transfer: insufficient lamports 999995000, need 2000000000']),
    });
    expect(chain.pendingCount).toBe(0);
  });

  it('charges and lists a transaction that fails in its block, and undoes the rest of it', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1, SOL), keypair(2)];
    const bytes = onTip(chain, from, memo('paid for'), transfer(from, to, 2n * SOL));
    const signature = chain.sendTransaction(bytes, { skipPreflight: true });
    produce(chain, 2);
    const err = { InstructionError: [1, { Custom: 1 }] };
    expect(chain.getSignatureStatuses([signature])[0]?.err).toEqual(err);
    expect(chain.getBalance(from.publicKey.toBase58())).toBe(SOL - 5_000n);
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(0n);
    const record = chain.getTransaction(signature, 'confirmed');
    expect(record).toMatchObject({ err, fee: 5_000n, memo: '[8] paid for' });
    const [listed] = chain.getSignaturesForAddress(to.publicKey.toBase58(), { commitment: 'confirmed' });
    expect(listed).toMatchObject({ signature, err });
    produce(chain, 32);
    expect(chain.getBalance(from.publicKey.toBase58(), 'finalized')).toBe(SOL - 5_000n);
  });

  it('leaves no trace of a transaction whose payer cannot pay', () => {
    const chain = newChain();
    const poor = keypair(9);
    const bytes = onTip(chain, poor, memo('for free?'));
    expect(failure(() => chain.sendTransaction(bytes)).data).toMatchObject({ err: 'AccountNotFound' });
    const signature = chain.sendTransaction(bytes, { skipPreflight: true });
    produce(chain, 2);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
  });

  it('refuses a bad signature with -32003, and drops it if preflight was skipped', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const bytes = new Uint8Array(onTip(chain, from, transfer(from, to, SOL)));
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    expect(failure(() => chain.sendTransaction(bytes)).code).toBe(-32003);
    chain.sendTransaction(bytes, { skipPreflight: true });
    produce(chain, 2);
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(0n);
  });

  it('checks minContextSlot against the state that it simulates on', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    produce(chain, 40);
    const bytes = signed(from, chain.getLatestBlockhash('finalized').blockhash, memo('x'));
    const minContextSlot = chain.slot;
    const error = failure(() =>
      chain.sendTransaction(bytes, { preflightCommitment: 'finalized', minContextSlot }),
    );
    expect([error.code, error.data]).toEqual([-32016, { contextSlot: chain.finalizedSlot }]);
    chain.sendTransaction(bytes, { minContextSlot });
  });

  it('does not deserialize what is no transaction', () => {
    const chain = newChain();
    const from = funded(chain, 1);
    const good = onTip(chain, from, memo('x'));
    const cases = {
      nothing: new Uint8Array(),
      junk: new Uint8Array(200).fill(0xff),
      cut: good.subarray(0, good.length - 1),
      'trailing bytes': Buffer.concat([good, new Uint8Array(1)]),
      'too long': new Uint8Array(1_233),
      'no signature': Buffer.concat([new Uint8Array(1), good.subarray(65)]),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      expect(failure(() => chain.sendTransaction(bytes)).code, name).toBe(-32602);
    }
    expect(chain.pendingCount).toBe(0);
  });

  it('does not keep the memory of its caller', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const bytes = Buffer.from(onTip(chain, from, transfer(from, to, SOL)));
    chain.sendTransaction(bytes);
    bytes.fill(0);
    chain.produceBlock();
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(SOL);
  });

  it('says so when the pending pool is full', () => {
    const chain = newChain();
    chain.freeze();
    const { blockhash } = chain.getLatestBlockhash();
    const template = new Uint8Array(signed(keypair(1), blockhash, memo('x')));
    const send = (number: number) => {
      new DataView(template.buffer).setUint32(1, number);
      return chain.sendTransaction(template, { skipPreflight: true });
    };
    for (let number = 0; number < 10_000; number += 1) send(number);
    expect(failure(() => send(10_000)).code).toBe(-32603);
    expect(chain.pendingCount).toBe(10_000);
  });

  it('simulates without keeping anything, and without a valid blockhash if asked to replace it', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const stale = signed(from, keypair(7).publicKey.toBase58(), transfer(from, to, SOL));
    expect(chain.simulate(stale).outcome.err).toBe('BlockhashNotFound');
    const { slot, outcome } = chain.simulate(stale, { replaceRecentBlockhash: true });
    expect([slot, outcome.err, outcome.unitsConsumed]).toEqual([chain.slot, null, 150n]);
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(0n);
  });
});
