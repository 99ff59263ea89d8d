/**
 * The program in an SVM, without a chain around it: one instruction in, what became of it out.
 *
 * Signatures are not verified, so that any address can be made to sign; what the message says about signers and
 * writability still reaches the program. Fees are paid by an account of its own: balances in tests are the program's doing.
 */

import { readFileSync } from 'node:fs';
import type { TransactionInstruction } from '@solana/web3.js';
import { Keypair, PublicKey, Transaction } from '@solana/web3.js';
import { Account, Clock, LiteSvm, TransactionMetadata } from 'litesvm/dist/internal.js';
import { transactionErrorJson } from '../../services/local-chain/svm-errors.ts';
import { PROGRAM_ID, SYSTEM_PROGRAM } from './interface.ts';

const VENDORED = new URL('../../core/match-program/artifact/match_program.so', import.meta.url);

/** Unix seconds at which every test begins. */
export const NOW = 1_800_000_000n;

export const SOL = 1_000_000_000n;

/** `ok`, a custom error's code, or the name of a runtime error. */
export type Outcome = 'ok' | number | string;

/** The ELF under test: the vendored one, or what `MATCH_PROGRAM_SO` names. */
export function programBytes(): Uint8Array {
  return readFileSync(process.env.MATCH_PROGRAM_SO ?? VENDORED);
}

export class TestChain {
  readonly #svm = new LiteSvm();
  readonly #feePayer = Keypair.generate().publicKey;
  /** Log lines of the last transaction. */
  logs: readonly string[] = [];
  /** Compute units of the last transaction. */
  units = 0n;
  /** Bytes of the last transaction, signatures included. */
  size = 0;

  constructor(programId: PublicKey = PROGRAM_ID) {
    this.#svm.setSigverify(false);
    this.#svm.setBlockhashCheck(false);
    this.#svm.setTransactionHistory(0n);
    this.#svm.addProgram(programId.toBytes(), programBytes());
    this.setTime(NOW);
    this.fund(this.#feePayer, 1000n * SOL);
  }

  /** Runs one transaction of these instructions. */
  run(...instructions: TransactionInstruction[]): Outcome {
    const transaction = new Transaction().add(...instructions);
    transaction.feePayer = this.#feePayer;
    transaction.recentBlockhash = PublicKey.default.toBase58();
    const wire = transaction.serialize({ requireAllSignatures: false, verifySignatures: false });
    this.size = wire.length;
    const result = this.#svm.sendLegacyTransaction(wire);
    const meta = result instanceof TransactionMetadata ? result : result.meta();
    this.logs = meta.logs();
    this.units = meta.computeUnitsConsumed();
    return result instanceof TransactionMetadata ? 'ok' : outcomeOf(result.err());
  }

  /** A new key that holds `lamports`. */
  wallet(lamports = 10n * SOL): PublicKey {
    const key = Keypair.generate().publicKey;
    this.fund(key, lamports);
    return key;
  }

  fund(key: PublicKey, lamports: bigint): void {
    this.set(key, SYSTEM_PROGRAM, lamports, new Uint8Array());
  }

  /** Writes an account, whatever stood there. */
  set(key: PublicKey, owner: PublicKey, lamports: bigint, data: Uint8Array): void {
    this.#svm.setAccount(key.toBytes(), new Account(lamports, data, owner.toBytes(), false, 0n));
  }

  /** Overwrites part of an account's data: states that no instruction produces. */
  tamper(key: PublicKey, offset: number, part: Uint8Array): void {
    const data = Uint8Array.from(this.data(key));
    data.set(part, offset);
    this.set(key, PROGRAM_ID, this.lamports(key), data);
  }

  /** Adds lamports to an account, as anybody can. */
  send(key: PublicKey, lamports: bigint): void {
    this.set(key, PROGRAM_ID, this.lamports(key) + lamports, this.data(key));
  }

  lamports(key: PublicKey): bigint {
    return this.#svm.getBalance(key.toBytes()) ?? 0n;
  }

  /** The account's data; empty if there is none. */
  data(key: PublicKey): Uint8Array {
    return this.#svm.getAccount(key.toBytes())?.data() ?? new Uint8Array();
  }

  owner(key: PublicKey): string | undefined {
    const account = this.#svm.getAccount(key.toBytes());
    return account === null ? undefined : new PublicKey(account.owner()).toBase58();
  }

  setTime(unixSeconds: bigint): void {
    this.#svm.setClock(new Clock(1n, 0n, 0n, 0n, unixSeconds));
  }
}

function outcomeOf(err: unknown): Outcome {
  const json = transactionErrorJson(err);
  if (typeof json === 'string') return json;
  if ('InstructionError' in json) {
    const inner = json.InstructionError[1];
    return typeof inner === 'string' ? inner : inner.Custom;
  }
  return Object.keys(json)[0] ?? 'unknown';
}
