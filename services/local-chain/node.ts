/**
 * What one node knows of a chain, and what can be asked of it. The chain itself is a node that knows everything at
 * once; `follower.ts` is one that learns it late. `rpc/` speaks for either.
 */

import type { BlockHeader, Commitment } from './blocks.ts';
import { ChainError, RPC_CODE } from './errors.ts';
import type { HistoryQuery, TransactionRecord } from './history.ts';
import type { Ledger } from './ledger.ts';
import type { AccountFields, SendOptions, SignatureStatus, SimulateOptions } from './options.ts';
import { RECENT_STATUSES } from './options.ts';
import { preflight, simulateOn } from './preflight.ts';
import type { ChainAccount, Outcome } from './svm.ts';
import type { WireTransaction } from './transaction.ts';
import { parseTransaction } from './transaction.ts';

export abstract class ChainNode {
  abstract readonly genesisHash: string;
  abstract readonly faucetAddress: string;
  abstract readonly slotMs: number;
  protected abstract readonly ledger: Ledger;

  /** Puts a transaction that passed the preflight where the next block is made from. */
  protected abstract forward(tx: WireTransaction): void;

  /** Sends lamports from the faucet: an ordinary transaction, which lands in the next block. Returns its signature. */
  abstract airdrop(address: string, lamports: bigint): string;

  /** Overwrites an account at every commitment at once, as no transaction could: for tests that tamper. */
  abstract setAccount(address: string, fields: AccountFields): void;

  /** Slot of the tip. */
  get slot(): number {
    return this.ledger.tip.block.slot;
  }

  get blockHeight(): number {
    return this.ledger.tip.block.height;
  }

  get finalizedSlot(): number {
    return this.ledger.root.block.slot;
  }

  get transactionCount(): number {
    return this.ledger.history.count;
  }

  /** From this slot on no transaction has been forgotten. */
  get firstAvailableSlot(): number {
    return this.ledger.history.firstAvailableSlot;
  }

  /** The newest block of a commitment. */
  header(commitment: Commitment): BlockHeader {
    return this.ledger.view(commitment).block;
  }

  /** The block of a slot; `undefined` if the slot was skipped, dropped by a fork, or is too old or to come. */
  headerAt(slot: number): BlockHeader | undefined {
    return this.ledger.headers.get(slot);
  }

  /**
   * Takes a signed transaction for the next block and returns its signature. Throws `ChainError`: -32602 malformed,
   * -32016 minContextSlot, -32003 bad signature, -32002 preflight (`data.err`, `data.logs`), -32603 pool full.
   */
  sendTransaction(bytes: Uint8Array, options: SendOptions = {}): string {
    const tx = this.#accept(bytes, options);
    this.forward(tx);
    return tx.signature;
  }

  /** The same answers as of `sendTransaction`, and nothing is sent. */
  pretendToSend(bytes: Uint8Array, options: SendOptions = {}): string {
    return this.#accept(bytes, options).signature;
  }

  /** Runs a transaction on a state without keeping anything. */
  simulate(bytes: Uint8Array, options: SimulateOptions = {}): { slot: number; outcome: Outcome } {
    const view = this.ledger.view(options.commitment ?? 'processed');
    const tx = parseTransaction(bytes);
    const outcome = simulateOn(this.ledger, view, tx, options);
    return { slot: view.block.slot, outcome };
  }

  getAccount(address: string, commitment: Commitment = 'confirmed'): ChainAccount | null {
    return this.ledger.view(commitment).svm.getAccount(address);
  }

  /** All of one state: the answer belongs to `header(commitment).slot`. */
  getMultipleAccounts(
    addresses: readonly string[],
    commitment: Commitment = 'confirmed',
  ): (ChainAccount | null)[] {
    const { svm } = this.ledger.view(commitment);
    return addresses.map((address) => svm.getAccount(address));
  }

  getProgramAccounts(
    program: string,
    commitment: Commitment = 'confirmed',
    keep: (account: ChainAccount) => boolean = () => true,
  ): { address: string; account: ChainAccount }[] {
    const all = this.ledger.view(commitment).svm.getProgramAccounts(program);
    return all.filter(({ account }) => account.lamports > 0n && keep(account));
  }

  /** Lamports. */
  getBalance(address: string, commitment: Commitment = 'confirmed'): bigint {
    return this.ledger.view(commitment).svm.getBalance(address);
  }

  /** Lamports that make an account of this many bytes exempt from rent. */
  minimumBalance(dataLength: number): bigint {
    return this.ledger.tip.svm.minimumBalance(dataLength);
  }

  getLatestBlockhash(commitment: Commitment = 'confirmed'): {
    blockhash: string;
    lastValidBlockHeight: number;
  } {
    const { hash, height } = this.header(commitment);
    return { blockhash: hash, lastValidBlockHeight: this.ledger.blockhashes.lastValidBlockHeight(height) };
  }

  isBlockhashValid(blockhash: string, commitment: Commitment = 'confirmed'): boolean {
    return this.ledger.blockhashes.isValid(blockhash, this.header(commitment).height);
  }

  /** In the order asked; without the search only what the last 300 blocks hold. */
  getSignatureStatuses(
    signatures: readonly string[],
    searchTransactionHistory = false,
  ): (SignatureStatus | null)[] {
    const tip = this.blockHeight;
    return signatures.map((signature) => {
      const record = this.ledger.history.get(signature);
      if (record === undefined) return null;
      if (!searchTransactionHistory && tip - record.height > RECENT_STATUSES) return null;
      const confirmationStatus = this.ledger.commitmentOf(record.height);
      const confirmations = confirmationStatus === 'finalized' ? null : tip - record.height;
      return { slot: record.slot, confirmations, err: record.err, confirmationStatus };
    });
  }

  /** Transactions that name the address, newest first, failed ones included. */
  getSignaturesForAddress(
    address: string,
    query: HistoryQuery & { readonly commitment?: Commitment | undefined } = {},
  ): TransactionRecord[] {
    const maxHeight = this.ledger.maxHeight(query.commitment ?? 'finalized');
    return this.ledger.history.list(address, maxHeight, query);
  }

  getTransaction(signature: string, commitment: Commitment = 'finalized'): TransactionRecord | null {
    const record = this.ledger.history.get(signature);
    return record === undefined || record.height > this.ledger.maxHeight(commitment) ? null : record;
  }

  commitmentOf(record: TransactionRecord): Commitment {
    return this.ledger.commitmentOf(record.height);
  }

  /** Throws `ChainError` -32016 if the commitment's newest block is below the slot. */
  requireSlot(commitment: Commitment, minContextSlot: number | undefined): void {
    const contextSlot = this.header(commitment).slot;
    if (minContextSlot === undefined || contextSlot >= minContextSlot) return;
    const message = 'Minimum context slot has not been reached';
    throw new ChainError(RPC_CODE.minContextSlotNotReached, message, { contextSlot });
  }

  #accept(bytes: Uint8Array, options: SendOptions): WireTransaction {
    const tx = parseTransaction(bytes);
    const commitment = options.preflightCommitment ?? 'processed';
    this.requireSlot(commitment, options.minContextSlot);
    if (options.skipPreflight !== true) preflight(this.ledger, tx, commitment);
    return tx;
  }
}
