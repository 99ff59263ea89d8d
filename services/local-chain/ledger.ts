/**
 * Blocks and their two states. The tip executes a block as it is produced; a second SVM holds the finalized state and
 * executes the same block again when it is `finalityDepth` deep. So a read at `finalized` really is of another state,
 * and a fork is the tip rebuilt from the finalized state without some blocks (design: section 12).
 */

import { BlockhashWindow, deriveHash } from './blockhashes.ts';
import type { Block, BlockHeader, Commitment } from './blocks.ts';
import { HeaderLog } from './blocks.ts';
import { invalidParams } from './errors.ts';
import type { TransactionRecord } from './history.ts';
import { History } from './history.ts';
import { memoOf } from './memo.ts';
import type { SlotTime } from './slot-clock.ts';
import type { ChainAccount } from './svm.ts';
import { Svm } from './svm.ts';
import type { WireTransaction } from './transaction.ts';

export interface LedgerOptions {
  readonly genesisHash: string;
  readonly finalityDepth: number;
  readonly blockhashWindow: number;
  readonly historyLimit: number;
}

/** A state that can be read, and the block that it is the state after. */
export interface View {
  readonly svm: Svm;
  readonly block: BlockHeader;
}

/**
 * All that a ledger is at one moment, but for what was final by then. Both states, since the tip cannot be had from the
 * finalized one: that holds a patch already while it has not executed the blocks before the patch.
 */
export interface LedgerSnapshot {
  readonly finalized: Uint8Array;
  readonly tip: Uint8Array;
  readonly root: BlockHeader;
  /** Blocks above the root, and the records of their transactions, oldest first. */
  readonly recent: readonly Block[];
  readonly records: readonly TransactionRecord[];
}

interface Start {
  readonly finalized: Svm;
  readonly tip: Svm;
  readonly root: BlockHeader;
  readonly recent: readonly Block[];
  readonly history: History;
  readonly headers: HeaderLog;
}

export class Ledger {
  readonly history: History;
  readonly headers: HeaderLog;
  readonly blockhashes: BlockhashWindow;
  readonly #options: LedgerOptions;
  #tip: Svm;
  /** Never copied from the tip after the start: that it agrees with the tip 32 blocks later is the proof of replay. */
  readonly #finalized: Svm;
  /** The newest finalized block. */
  #root: BlockHeader;
  /** Blocks above the root, oldest first: `finalityDepth` of them at most. */
  #recent: Block[] = [];
  /** The finalized state as it was last copied, until it changes: of an idle chain one copy serves every snapshot. */
  #copied: Uint8Array | undefined;

  private constructor({ finalized, tip, root, recent, history, headers }: Start, options: LedgerOptions) {
    this.#options = options;
    this.history = history;
    this.headers = headers;
    this.blockhashes = new BlockhashWindow(options.blockhashWindow);
    this.#finalized = finalized;
    this.#tip = tip;
    this.#root = root;
    this.#recent = [...recent];
    for (const header of headers) this.blockhashes.add(header.hash, header.height);
    this.blockhashes.prune(root.height);
    finalized.setClock(root.slot, root.blockTime);
    tip.setClock(this.tip.block.slot, this.tip.block.blockTime);
  }

  static genesis(svm: Svm, time: SlotTime, options: LedgerOptions): Ledger {
    const root = headerOf(time, undefined, options.genesisHash);
    const headers = new HeaderLog();
    headers.add(root);
    const history = new History(options.historyLimit);
    return new Ledger({ finalized: svm.copy(), tip: svm, root, recent: [], history, headers }, options);
  }

  /** Begins again at a snapshot of another ledger, which lends the memory of what was final by then. */
  static resume(snapshot: LedgerSnapshot, source: Ledger): Ledger {
    const { root, recent, records } = snapshot;
    const history = source.history.upTo(root.height);
    for (const record of records) history.add(record);
    const headers = source.headers.upTo(root.height);
    for (const block of recent) headers.add(block);
    const [finalized, tip] = [Svm.fromBytes(snapshot.finalized), Svm.fromBytes(snapshot.tip)];
    return new Ledger({ finalized, tip, root, recent, history, headers }, source.#options);
  }

  snapshot(): LedgerSnapshot {
    this.#copied ??= this.#finalized.toBytes();
    const recent = [...this.#recent];
    const records = recent
      .flatMap(({ transactions }) => transactions.map(({ signature }) => this.history.get(signature)))
      .filter((record) => record !== undefined);
    const tip = recent.every(isIdle) ? this.#copied : this.#tip.toBytes();
    return { finalized: this.#copied, tip, root: this.#root, recent, records };
  }

  get tip(): View {
    return { svm: this.#tip, block: this.#recent.at(-1) ?? this.#root };
  }

  get root(): View {
    return { svm: this.#finalized, block: this.#root };
  }

  /** Slot of the block that is the given depth from the tip; the tip itself is 1. Finalized blocks have none. */
  slotAtDepth(depth: number): number {
    const block = this.#recent.at(-depth);
    if (block !== undefined) return block.slot;
    throw invalidParams(`only ${this.#recent.length} blocks are not finalized`);
  }

  view(commitment: Commitment): View {
    return commitment === 'finalized' ? this.root : this.tip;
  }

  /** What is known of a block at this height: a block is `confirmed` once another one is built on it. */
  commitmentOf(height: number): Commitment {
    if (height <= this.#root.height) return 'finalized';
    return height < this.tip.block.height ? 'confirmed' : 'processed';
  }

  /** The highest block height whose transactions are shown at a commitment. */
  maxHeight(commitment: Commitment): number {
    if (commitment === 'finalized') return this.#root.height;
    const tip = this.tip.block.height;
    return commitment === 'processed' ? tip : Math.max(this.#root.height, tip - 1);
  }

  /** Produces the next block out of the candidates, in order; those that may not be in a block are dropped. */
  produce(time: SlotTime, candidates: readonly WireTransaction[]): Block {
    const parent = this.tip.block;
    const header = headerOf(time, parent, this.#options.genesisHash);
    // Before the transactions: a program sees the time of the block that it runs in.
    this.#tip.setClock(header.slot, header.blockTime);
    const transactions = candidates.filter((tx) => this.#execute(tx, header, parent.height));
    const block: Block = { ...header, transactions, patches: [] };
    this.#recent.push(block);
    this.#register(header);
    this.#finalizeDue(header.height);
    return block;
  }

  /**
   * Overwrites an account at both commitments at once. It is also kept with the tip's block and applied again when
   * that block is finalized, or blocks executed in between would undo it there.
   */
  patch(address: string, account: ChainAccount): void {
    this.#tip.setAccount(address, account);
    this.#finalized.setAccount(address, account);
    this.#copied = undefined;
    const block = this.#recent.pop();
    if (block !== undefined)
      this.#recent.push({ ...block, patches: [...block.patches, { address, account }] });
  }

  /**
   * A fork: blocks of `fromSlot` and later never happened. The tip is rebuilt from the finalized state with the blocks
   * kept. Returns the transactions that are unknown again. Their slots are not used again.
   */
  drop(fromSlot: number): WireTransaction[] {
    if (fromSlot <= this.#root.slot) throw invalidParams(`slot ${fromSlot} is finalized`);
    const dropped = this.#recent.filter((block) => block.slot >= fromSlot);
    this.#recent = this.#recent.filter((block) => block.slot < fromSlot);
    this.#tip = this.#finalized.copy();
    for (const block of this.#recent) replay(this.#tip, block);
    const transactions = dropped.flatMap((block) => block.transactions);
    this.history.removeNewest(transactions.map((tx) => tx.signature));
    for (const block of dropped) {
      this.headers.remove(block.slot);
      this.blockhashes.remove(block.hash);
    }
    return transactions;
  }

  #register(header: BlockHeader): void {
    this.headers.add(header);
    this.blockhashes.add(header.hash, header.height);
    // The root is the oldest state that can still be asked whether it knows a blockhash.
    this.blockhashes.prune(this.#root.height);
  }

  /** True if the transaction is in the block: a failed one is, as long as its fee payer could pay. */
  #execute(tx: WireTransaction, header: BlockHeader, parentHeight: number): boolean {
    if (this.history.get(tx.signature) !== undefined) return false;
    if (!this.blockhashes.isValid(tx.message.recentBlockhash, parentHeight)) return false;
    const execution = this.#tip.execute(tx, true);
    // Refused before its payer paid (no funds, bad signature, unknown program): a leader leaves it out of the block.
    if (execution.fee === 0n) return false;
    const { slot, height, blockTime } = header;
    const { signature, signatures, bytes, message } = tx;
    const memo = memoOf(message);
    this.history.add({ ...execution, signature, signatures, slot, height, blockTime, bytes, message, memo });
    return true;
  }

  #finalizeDue(tipHeight: number): void {
    for (let oldest = this.#recent[0]; oldest !== undefined; oldest = this.#recent[0]) {
      if (tipHeight - oldest.height < this.#options.finalityDepth) return;
      this.#recent.shift();
      replay(this.#finalized, oldest);
      // Its clock alone moves with every block, and is set anew where a snapshot is taken up.
      if (!isIdle(oldest)) this.#copied = undefined;
      this.#root = oldest;
    }
  }
}

function headerOf(time: SlotTime, parent: BlockHeader | undefined, genesisHash: string): BlockHeader {
  return {
    slot: time.slot,
    parentSlot: parent?.slot ?? time.slot,
    height: parent === undefined ? 0 : parent.height + 1,
    // A clock that is set back stands still, as the Clock sysvar's does.
    blockTime: Math.max(parent?.blockTime ?? 0, Math.floor(time.at / 1_000)),
    hash: deriveHash('block', genesisHash, time.slot),
  };
}

function isIdle({ transactions, patches }: Block): boolean {
  return transactions.length === 0 && patches.length === 0;
}

/** Executes a block that was valid before; its signatures were checked then. */
function replay(svm: Svm, block: Block): void {
  svm.setClock(block.slot, block.blockTime);
  for (const tx of block.transactions) svm.execute(tx, false);
  for (const patch of block.patches) svm.setAccount(patch.address, patch.account);
}
