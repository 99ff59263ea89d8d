/**
 * A Solana chain in one process, for development and tests: blocks, commitments, statuses and history over LiteSVM.
 * It knows no wall clock, no socket and no randomness; the same calls give the same chain. `rpc/` speaks for it.
 */

import { BLOCKHASH_WINDOW, deriveHash } from './blockhashes.ts';
import type { Block, BlockHeader, Commitment } from './blocks.ts';
import { ChainError, invalidParams, RPC_CODE } from './errors.ts';
import { FAUCET_LAMPORTS, Faucet, SYSTEM_PROGRAM } from './faucet.ts';
import type { HistoryQuery, TransactionRecord } from './history.ts';
import { MAX_TRANSACTIONS } from './history.ts';
import { Ledger } from './ledger.ts';
import type {
  AccountFields,
  LocalChainOptions,
  SendOptions,
  SignatureStatus,
  SimulateOptions,
} from './options.ts';
import { FINALITY_DEPTH, RECENT_STATUSES, RENT_EXEMPT_EPOCH } from './options.ts';
import { PendingPool } from './pending.ts';
import { preflight, simulateOn } from './preflight.ts';
import { SlotClock } from './slot-clock.ts';
import type { ChainAccount, Outcome } from './svm.ts';
import { Svm } from './svm.ts';
import { parseTransaction } from './transaction.ts';

export class LocalChain {
  readonly genesisHash: string;
  readonly faucetAddress: string;
  readonly slotMs: number;
  readonly #ledger: Ledger;
  readonly #clock: SlotClock;
  readonly #pending = new PendingPool();
  readonly #faucet: Faucet;
  readonly #listeners = new Set<(block: Block) => void>();

  constructor(options: LocalChainOptions) {
    if (!Number.isSafeInteger(options.startAt) || !(options.slotMs >= 1)) {
      throw invalidParams('startAt must be Unix ms, slotMs at least 1');
    }
    const seed = `${options.seed ?? 'development'}:${options.startAt}`;
    this.slotMs = options.slotMs;
    this.genesisHash = deriveHash('genesis', seed, 0);
    this.#faucet = new Faucet(seed);
    this.faucetAddress = this.#faucet.address;
    this.#clock = new SlotClock(options.startAt, options.slotMs);
    const svm = Svm.genesis();
    for (const program of options.programs ?? []) svm.addProgram(program.address, program.elf);
    svm.setAccount(
      this.#faucet.address,
      accountOf({ lamports: FAUCET_LAMPORTS, data: new Uint8Array(), owner: SYSTEM_PROGRAM }),
    );
    this.#ledger = new Ledger(svm, this.#clock.take(), {
      genesisHash: this.genesisHash,
      finalityDepth: options.finalityDepth ?? FINALITY_DEPTH,
      blockhashWindow: options.blockhashWindow ?? BLOCKHASH_WINDOW,
      historyLimit: options.historyLimit ?? MAX_TRANSACTIONS,
    });
  }

  /** Slot of the tip. */
  get slot(): number {
    return this.#ledger.tip.block.slot;
  }

  get blockHeight(): number {
    return this.#ledger.tip.block.height;
  }

  get finalizedSlot(): number {
    return this.#ledger.root.block.slot;
  }

  get frozen(): boolean {
    return this.#clock.frozen;
  }

  /** Transactions accepted and not yet in a block. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  get transactionCount(): number {
    return this.#ledger.history.count;
  }

  /** Unix ms at which the next block is due. */
  get nextBlockAt(): number {
    return this.#clock.nextAt;
  }

  /** From this slot on no transaction has been forgotten. */
  get firstAvailableSlot(): number {
    return this.#ledger.history.firstAvailableSlot;
  }

  /** The newest block of a commitment. */
  header(commitment: Commitment): BlockHeader {
    return this.#ledger.view(commitment).block;
  }

  /** The block of a slot; `undefined` if the slot was skipped, dropped by a fork, or is too old or to come. */
  headerAt(slot: number): BlockHeader | undefined {
    return this.#ledger.headers.get(slot);
  }

  /** Calls the listener after each block; the returned function ends that. */
  onBlock(listener: (block: Block) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Produces every block that is due by then and returns how many. At most 512 (`MAX_BLOCKS_PER_ADVANCE`): of a longer
   * wait the earlier slots are skipped. Nothing is due while frozen, and the frozen time is not made up for.
   */
  advanceTo(unixMs: number): number {
    const due = this.#clock.due(unixMs);
    for (let i = 0; i < due; i += 1) this.#produce();
    return due;
  }

  /** Produces the next block now, its time one slot after the last. Throws while frozen. */
  produceBlock(): void {
    if (this.#clock.frozen)
      throw new ChainError(RPC_CODE.internal, 'the chain is frozen: no block can be produced');
    this.#produce();
  }

  /** The tip stands still. Sends are still taken into the pending pool, reads still answered. */
  freeze(): void {
    this.#clock.freeze();
  }

  thaw(): void {
    this.#clock.thaw();
  }

  /** A fork without the blocks of `fromSlot` and later; returns the signatures that it undid. */
  dropBlocks(fromSlot: number): string[] {
    return this.#ledger.drop(fromSlot);
  }

  /**
   * Takes a signed transaction for the next block and returns its signature. Throws `ChainError`: -32602 malformed,
   * -32016 minContextSlot, -32003 bad signature, -32002 preflight (`data.err`, `data.logs`), -32603 pool full.
   */
  sendTransaction(bytes: Uint8Array, options: SendOptions = {}): string {
    const tx = parseTransaction(bytes);
    const commitment = options.preflightCommitment ?? 'processed';
    this.requireSlot(commitment, options.minContextSlot);
    if (options.skipPreflight !== true) preflight(this.#ledger, tx, commitment);
    this.#pending.add(tx);
    return tx.signature;
  }

  /** Runs a transaction on a state without keeping anything. */
  simulate(bytes: Uint8Array, options: SimulateOptions = {}): { slot: number; outcome: Outcome } {
    const view = this.#ledger.view(options.commitment ?? 'processed');
    const tx = parseTransaction(bytes);
    const outcome = simulateOn(this.#ledger, view, tx, options);
    return { slot: view.block.slot, outcome };
  }

  getAccount(address: string, commitment: Commitment = 'confirmed'): ChainAccount | null {
    return this.#ledger.view(commitment).svm.getAccount(address);
  }

  /** All of one state: the answer belongs to `header(commitment).slot`. */
  getMultipleAccounts(
    addresses: readonly string[],
    commitment: Commitment = 'confirmed',
  ): (ChainAccount | null)[] {
    const { svm } = this.#ledger.view(commitment);
    return addresses.map((address) => svm.getAccount(address));
  }

  getProgramAccounts(
    program: string,
    commitment: Commitment = 'confirmed',
    keep: (account: ChainAccount) => boolean = () => true,
  ): { address: string; account: ChainAccount }[] {
    const all = this.#ledger.view(commitment).svm.getProgramAccounts(program);
    return all.filter(({ account }) => account.lamports > 0n && keep(account));
  }

  /** Lamports. */
  getBalance(address: string, commitment: Commitment = 'confirmed'): bigint {
    return this.#ledger.view(commitment).svm.getBalance(address);
  }

  /** Lamports that make an account of this many bytes exempt from rent. */
  minimumBalance(dataLength: number): bigint {
    return this.#ledger.tip.svm.minimumBalance(dataLength);
  }

  getLatestBlockhash(commitment: Commitment = 'confirmed'): {
    blockhash: string;
    lastValidBlockHeight: number;
  } {
    const { hash, height } = this.header(commitment);
    return { blockhash: hash, lastValidBlockHeight: this.#ledger.blockhashes.lastValidBlockHeight(height) };
  }

  isBlockhashValid(blockhash: string, commitment: Commitment = 'confirmed'): boolean {
    return this.#ledger.blockhashes.isValid(blockhash, this.header(commitment).height);
  }

  /** In the order asked; without the search only what the last 300 blocks hold. */
  getSignatureStatuses(
    signatures: readonly string[],
    searchTransactionHistory = false,
  ): (SignatureStatus | null)[] {
    const tip = this.blockHeight;
    return signatures.map((signature) => {
      const record = this.#ledger.history.get(signature);
      if (record === undefined) return null;
      if (!searchTransactionHistory && tip - record.height > RECENT_STATUSES) return null;
      const confirmationStatus = this.#ledger.commitmentOf(record.height);
      const confirmations = confirmationStatus === 'finalized' ? null : tip - record.height;
      return { slot: record.slot, confirmations, err: record.err, confirmationStatus };
    });
  }

  /** Transactions that name the address, newest first, failed ones included. */
  getSignaturesForAddress(
    address: string,
    query: HistoryQuery & { readonly commitment?: Commitment | undefined } = {},
  ): TransactionRecord[] {
    const maxHeight = this.#ledger.maxHeight(query.commitment ?? 'finalized');
    return this.#ledger.history.list(address, maxHeight, query);
  }

  getTransaction(signature: string, commitment: Commitment = 'finalized'): TransactionRecord | null {
    const record = this.#ledger.history.get(signature);
    return record === undefined || record.height > this.#ledger.maxHeight(commitment) ? null : record;
  }

  commitmentOf(record: TransactionRecord): Commitment {
    return this.#ledger.commitmentOf(record.height);
  }

  /** Sends lamports from the faucet: an ordinary transaction, which lands in the next block. Returns its signature. */
  airdrop(address: string, lamports: bigint): string {
    const { blockhash } = this.getLatestBlockhash();
    return this.sendTransaction(this.#faucet.transfer(address, lamports, blockhash));
  }

  /** Overwrites an account at every commitment at once, as no transaction could: for tests that tamper. */
  setAccount(address: string, fields: AccountFields): void {
    this.#ledger.patch(address, accountOf(fields));
  }

  /** Throws `ChainError` -32016 if the commitment's newest block is below the slot. */
  requireSlot(commitment: Commitment, minContextSlot: number | undefined): void {
    const contextSlot = this.header(commitment).slot;
    if (minContextSlot === undefined || contextSlot >= minContextSlot) return;
    const message = 'Minimum context slot has not been reached';
    throw new ChainError(RPC_CODE.minContextSlotNotReached, message, { contextSlot });
  }

  #produce(): void {
    const block = this.#ledger.produce(this.#clock.take(), this.#pending.take());
    for (const listener of this.#listeners) listener(block);
  }
}

function accountOf({ lamports, data, owner, executable = false }: AccountFields): ChainAccount {
  return { lamports, data, owner, executable, rentEpoch: RENT_EXEMPT_EPOCH };
}
