/** The probe (core/core-probe) in an SVM and as a native process: batches of requests in, the core's answers out. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AccountMeta } from '@solana/web3.js';
import { Keypair, PublicKey, Transaction, TransactionInstruction } from '@solana/web3.js';
import { Account, ComputeBudget, LiteSvm, TransactionMetadata } from 'litesvm/dist/internal.js';
import { le } from './interface.ts';

const VENDORED = new URL('../../core/core-probe/artifact/core_probe.so', import.meta.url);

/** Bytes of requests in one transaction: far below what an account may hold. */
const MAX_BATCH = 1_000_000;

/** Requests in a row, each after its length. */
export function frame(requests: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(requests.flatMap((request) => [le(request.length, 4), request]));
}

/** The first `count` answers of a row. */
function unframe(row: Uint8Array, count: number): Uint8Array[] {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.length);
  const answers: Uint8Array[] = [];
  for (let at = 0; answers.length < count; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    answers.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return answers;
}

export type Probe = (requests: readonly Uint8Array[]) => Uint8Array[];

/** The probe as the chain runs it: the vendored ELF, or what `CORE_PROBE_SO` names. */
export function chainProbe(): Probe {
  const svm = new LiteSvm();
  svm.setSigverify(false);
  svm.setBlockhashCheck(false);
  svm.setTransactionHistory(0n);
  const budget = new ComputeBudget();
  budget.computeUnitLimit = 10_000_000_000n;
  svm.setComputeBudget(budget);
  const [program, payer, batch, answers] = Array.from({ length: 4 }, () => Keypair.generate().publicKey);
  if (!program || !payer || !batch || !answers) throw new Error('no keys');
  svm.addProgram(program.toBytes(), readFileSync(process.env.CORE_PROBE_SO ?? VENDORED));
  svm.airdrop(payer.toBytes(), 1_000_000_000n);
  const run = (requests: readonly Uint8Array[]): Uint8Array[] => {
    const input = frame(requests);
    const room = new Uint8Array(input.length + 32 * requests.length);
    svm.setAccount(batch.toBytes(), new Account(10n ** 12n, input, PublicKey.default.toBytes(), false, 0n));
    svm.setAccount(answers.toBytes(), new Account(10n ** 12n, room, program.toBytes(), false, 0n));
    const meta = (pubkey: PublicKey, isWritable: boolean): AccountMeta => ({
      pubkey,
      isSigner: false,
      isWritable,
    });
    const keys = [meta(batch, false), meta(answers, true)];
    const transaction = new Transaction().add(new TransactionInstruction({ programId: program, keys }));
    transaction.feePayer = payer;
    transaction.recentBlockhash = PublicKey.default.toBase58();
    const wire = transaction.serialize({ requireAllSignatures: false, verifySignatures: false });
    const result = svm.sendLegacyTransaction(wire);
    if (!(result instanceof TransactionMetadata)) {
      throw new Error(`the probe failed: ${result.meta().logs().slice(-3).join('; ')}`);
    }
    return unframe(svm.getAccount(answers.toBytes())?.data() ?? new Uint8Array(), requests.length);
  };
  return (requests) => inBatches(requests, run);
}

function inBatches(requests: readonly Uint8Array[], run: Probe): Uint8Array[] {
  const answers: Uint8Array[] = [];
  let batch: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    if (batch.length > 0) answers.push(...run(batch));
    [batch, size] = [[], 0];
  };
  for (const request of requests) {
    if (size + request.length > MAX_BATCH) flush();
    batch.push(request);
    size += request.length + 4;
  }
  flush();
  return answers;
}

/** The probe as a native executable, which `cargo build --package core-probe` makes. */
export function nativeProbe(executable: string): Probe {
  return (requests) => {
    const child = spawnSync(executable, { input: frame(requests), maxBuffer: 2 ** 30 });
    if (child.status !== 0) throw new Error(`${executable}: ${child.stderr}`);
    return unframe(child.stdout, requests.length);
  };
}
