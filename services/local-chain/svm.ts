/**
 * The one place that touches LiteSVM. It speaks to the package's byte-level class (`litesvm/dist/internal.js`), not
 * to the public wrapper, whose address codec costs 65 us per account read (measured; the execution itself is 75).
 *
 * LiteSVM has no blocks and knows one blockhash only, so its own blockhash and duplicate checks are off: `chain.ts`
 * keeps the 150-block window and the statuses itself.
 */

import type { FailedTransactionMetadata } from 'litesvm/dist/internal.js';
import {
  Account,
  Clock,
  LiteSvm,
  SimulatedTransactionInfo,
  TransactionMetadata,
} from 'litesvm/dist/internal.js';
import { decodeExact, encodeBase58 } from './base58.ts';
import { invalidParams } from './errors.ts';
import { loadLookups } from './lookup-tables.ts';
import type { TransactionErrorJson } from './svm-errors.ts';
import { transactionErrorJson } from './svm-errors.ts';
import type { WireTransaction } from './transaction.ts';

/** Agave's default limit of a transaction's log. */
const LOG_BYTES = 10_000n;

/** Slots in an epoch, as on mainnet. */
export const SLOTS_PER_EPOCH = 432_000;

/**
 * LiteSVM's own first slot (epoch 1036, slot index 0). Programs are loaded as deployed there and would be invisible
 * at an earlier clock. It also differs visibly from the block height, which starts at 0: whoever mixes them is seen.
 */
export const FIRST_SLOT = 447_552_000;

export interface ChainAccount {
  readonly lamports: bigint;
  readonly data: Uint8Array;
  /** Base58 address of the owning program. */
  readonly owner: string;
  readonly executable: boolean;
  readonly rentEpoch: bigint;
}

export interface InnerInstructions {
  /** Index of the top-level instruction. */
  readonly index: number;
  readonly instructions: readonly {
    readonly programIdIndex: number;
    readonly accounts: readonly number[];
    readonly data: Uint8Array;
    readonly stackHeight: number;
  }[];
}

/** What a transaction did, or would do. */
export interface Outcome {
  readonly err: TransactionErrorJson | null;
  readonly logs: readonly string[];
  readonly unitsConsumed: bigint;
  readonly innerInstructions: readonly InnerInstructions[];
  readonly returnData: { readonly programId: string; readonly data: Uint8Array } | null;
}

export interface Execution extends Outcome {
  /** Lamports charged; 0 exactly when the transaction was refused before its fee payer paid, so has no place in a block. */
  readonly fee: bigint;
  /** Static keys, then those loaded from lookup tables: writable, then read-only. */
  readonly accountKeys: readonly string[];
  readonly loadedAddresses: { readonly writable: readonly string[]; readonly readonly: readonly string[] };
  readonly preBalances: readonly bigint[];
  readonly postBalances: readonly bigint[];
}

/** Base58 to the 32 bytes of an address; throws `ChainError` -32602. */
export function addressBytes(address: string): Uint8Array {
  const bytes = decodeExact(address, 32);
  if (bytes === undefined) throw invalidParams(`Invalid param: not an address: ${address.slice(0, 64)}`);
  return bytes;
}

/** Applies also to a restored copy: a snapshot does not carry these switches. */
function configure(inner: LiteSvm): LiteSvm {
  inner.setBlockhashCheck(false);
  inner.setTransactionHistory(0n);
  inner.setLogBytesLimit(LOG_BYTES);
  return inner;
}

/** LiteSVM lists every top-level instruction; Solana only those that called others. */
function innerInstructionsOf(meta: TransactionMetadata): InnerInstructions[] {
  return meta
    .innerInstructions()
    .map((list, index) => ({
      index,
      instructions: list.map((inner) => {
        const ix = inner.instruction();
        return {
          programIdIndex: ix.programIdIndex(),
          accounts: [...ix.accounts()],
          data: ix.data(),
          stackHeight: inner.stackHeight(),
        };
      }),
    }))
    .filter((entry) => entry.instructions.length > 0);
}

/** LiteSVM reports return data always, with the last program's id; Solana reports it only if there is any. */
function outcomeOf(meta: TransactionMetadata, err: TransactionErrorJson | null): Outcome {
  const returned = meta.returnData();
  const data = returned.data();
  return {
    err,
    logs: meta.logs(),
    unitsConsumed: meta.computeUnitsConsumed(),
    innerInstructions: innerInstructionsOf(meta),
    returnData: data.length === 0 ? null : { programId: encodeBase58(returned.programId()), data },
  };
}

/** One state of all accounts, and the machine that changes it. */
export class Svm {
  readonly #inner: LiteSvm;

  private constructor(inner: LiteSvm) {
    this.#inner = configure(inner);
  }

  /** A state as a new cluster has it: built-in and SPL programs, sysvars, the mints of wrapped SOL. */
  static genesis(): Svm {
    const inner = new LiteSvm();
    inner.withNativeMints();
    return new Svm(inner);
  }

  /** An independent copy of the whole state (15-40 ms). */
  copy(): Svm {
    return Svm.fromBytes(this.toBytes());
  }

  /** The whole state (1.4 MB and 1 ms when empty). */
  toBytes(): Uint8Array {
    return this.#inner.toBytes();
  }

  static fromBytes(bytes: Uint8Array): Svm {
    return new Svm(LiteSvm.fromBytes(bytes));
  }

  addProgram(address: string, elf: Uint8Array): void {
    this.#inner.addProgram(addressBytes(address), elf);
  }

  /** Sets the Clock sysvar as it stands inside a block. */
  setClock(slot: number, unixSeconds: number): void {
    const epoch = BigInt(Math.floor(slot / SLOTS_PER_EPOCH));
    const now = BigInt(unixSeconds);
    const before = this.#inner.getClock();
    const epochStart = before.epoch === epoch ? before.epochStartTimestamp : now;
    this.#inner.setClock(new Clock(BigInt(slot), epochStart, epoch, epoch + 1n, now));
  }

  getAccount(address: string): ChainAccount | null {
    const account = this.#inner.getAccount(addressBytes(address));
    // An account without lamports does not exist for Solana; LiteSVM may still hold its empty shell.
    if (account === null || account.lamports() === 0n) return null;
    return fromAccount(account);
  }

  getProgramAccounts(program: string): { address: string; account: ChainAccount }[] {
    return this.#inner
      .getProgramAccounts(addressBytes(program))
      .map((entry) => ({ address: encodeBase58(entry.address), account: fromAccount(entry.account()) }));
  }

  getBalance(address: string): bigint {
    return this.#inner.getBalance(addressBytes(address)) ?? 0n;
  }

  minimumBalance(dataLength: number): bigint {
    return this.#inner.minimumBalanceForRentExemption(BigInt(dataLength));
  }

  setAccount(address: string, account: ChainAccount): void {
    const { lamports, data, owner, executable, rentEpoch } = account;
    const value = new Account(lamports, data, addressBytes(owner), executable, rentEpoch);
    this.#inner.setAccount(addressBytes(address), value);
  }

  /** Runs without keeping anything. */
  simulate(tx: WireTransaction, verifySignatures: boolean): Outcome {
    this.#inner.setSigverify(verifySignatures);
    const result = attempt(() =>
      tx.message.version === 'legacy'
        ? this.#inner.simulateLegacyTransaction(tx.bytes)
        : this.#inner.simulateVersionedTransaction(tx.bytes),
    );
    if (result instanceof SimulatedTransactionInfo) return outcomeOf(result.meta(), null);
    return failureOf(result);
  }

  /** Runs and keeps the effects; a failed transaction keeps its fee only. */
  execute(tx: WireTransaction, verifySignatures: boolean): Execution {
    const loadedAddresses = loadLookups(this, tx.message);
    const accountKeys = [...tx.message.staticKeys, ...loadedAddresses.writable, ...loadedAddresses.readonly];
    const keyBytes = accountKeys.map(addressBytes);
    const balances = () => keyBytes.map((key) => this.#inner.getBalance(key) ?? 0n);
    const preBalances = balances();
    this.#inner.setSigverify(verifySignatures);
    const result = attempt(() =>
      tx.message.version === 'legacy'
        ? this.#inner.sendLegacyTransaction(tx.bytes)
        : this.#inner.sendVersionedTransaction(tx.bytes),
    );
    const outcome = result instanceof TransactionMetadata ? outcomeOf(result, null) : failureOf(result);
    const postBalances = balances();
    // Programs cannot make or destroy lamports, so what is missing afterwards is the fee, to the lamport.
    const fee = sum(preBalances) - sum(postBalances);
    return { ...outcome, fee, accountKeys, loadedAddresses, preBalances, postBalances };
  }
}

/** LiteSVM throws where it cannot deserialize what our own parser let pass; a bank fails to sanitize such bytes. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function failureOf(result: FailedTransactionMetadata | undefined): Outcome {
  if (result !== undefined) return outcomeOf(result.meta(), transactionErrorJson(result.err()));
  return { err: 'SanitizeFailure', logs: [], unitsConsumed: 0n, innerInstructions: [], returnData: null };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function fromAccount(account: Account): ChainAccount {
  return {
    lamports: account.lamports(),
    data: account.data(),
    owner: encodeBase58(account.owner()),
    executable: account.executable(),
    rentEpoch: account.rentEpoch(),
  };
}
