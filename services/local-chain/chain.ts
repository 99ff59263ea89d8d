/**
 * A Solana chain in one process, for development and tests: blocks, commitments, statuses and history over LiteSVM.
 * It knows no wall clock, no socket and no randomness; the same calls give the same chain. `rpc/` speaks for it.
 */

import { BLOCKHASH_WINDOW, deriveHash } from './blockhashes.ts';
import type { Block } from './blocks.ts';
import { ChainError, invalidParams, RPC_CODE } from './errors.ts';
import { FAUCET_LAMPORTS, Faucet, SYSTEM_PROGRAM } from './faucet.ts';
import { Followers } from './follower.ts';
import { MAX_TRANSACTIONS } from './history.ts';
import { Ledger } from './ledger.ts';
import { ChainNode } from './node.ts';
import type { AccountFields, LocalChainOptions } from './options.ts';
import { FINALITY_DEPTH, RENT_EXEMPT_EPOCH } from './options.ts';
import { PendingPool } from './pending.ts';
import type { SlotTime } from './slot-clock.ts';
import { SlotClock } from './slot-clock.ts';
import type { ChainAccount } from './svm.ts';
import { Svm } from './svm.ts';
import { MAX_LAG_SLOTS, Trail } from './trail.ts';
import type { WireTransaction } from './transaction.ts';

export class LocalChain extends ChainNode {
  readonly genesisHash: string;
  readonly faucetAddress: string;
  readonly slotMs: number;
  protected readonly ledger: Ledger;
  readonly #trail: Trail;
  readonly #followers: Followers;
  readonly #clock: SlotClock;
  readonly #pending = new PendingPool();
  readonly #faucet: Faucet;
  readonly #listeners = new Set<(block: Block) => void>();

  constructor(options: LocalChainOptions) {
    super();
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
    const historyLimit = options.historyLimit ?? MAX_TRANSACTIONS;
    this.ledger = Ledger.genesis(svm, this.#clock.take(), {
      genesisHash: this.genesisHash,
      finalityDepth: options.finalityDepth ?? FINALITY_DEPTH,
      blockhashWindow: options.blockhashWindow ?? BLOCKHASH_WINDOW,
      historyLimit,
    });
    this.#trail = new Trail(this.ledger, historyLimit);
    this.#followers = new Followers({
      genesisHash: this.genesisHash,
      faucetAddress: this.faucetAddress,
      slotMs: this.slotMs,
      ledger: this.ledger,
      trail: this.#trail,
      forward: (tx) => this.forward(tx),
      airdrop: (address, lamports) => this.airdrop(address, lamports),
      setAccount: (address, fields) => this.setAccount(address, fields),
    });
  }

  get frozen(): boolean {
    return this.#clock.frozen;
  }

  /** Transactions accepted and not yet in a block. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Unix ms at which the next block is due. */
  get nextBlockAt(): number {
    return this.#clock.nextAt;
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
    for (let i = 0; i < due; i += 1) this.#produce(this.#clock.take(), this.#pending.take());
    return due;
  }

  /** Produces the next block now, its time one slot after the last. Throws while frozen. */
  produceBlock(): void {
    this.#requireRunning();
    this.#produce(this.#clock.take(), this.#pending.take());
  }

  /** So many empty blocks at once, beyond those that are due: blockhashes expire. Throws while frozen. */
  produceEmpty(blocks: number): void {
    this.#requireRunning();
    for (let i = 0; i < blocks; i += 1) this.#produce(this.#clock.takeEarly(), []);
  }

  /** The next slots bring no block: the tip stands still until they have passed. */
  skipSlots(slots: number): void {
    this.#clock.skip(slots);
  }

  /** The on-chain clock falls so far behind the blocks' own time, or with a negative lag runs ahead. */
  lagClock(seconds: number): void {
    this.#clock.lag(seconds * 1_000);
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
    return this.#drop(fromSlot).map((tx) => tx.signature);
  }

  /**
   * A fork without the newest blocks, so many; returns the signatures that it undid. With `repool` their transactions
   * wait for the next block, and land in another slot if their blockhash is not of a block that is gone. Throws
   * `ChainError` -32602 where fewer blocks are not finalized.
   */
  fork(depth: number, { repool = false }: { readonly repool?: boolean } = {}): string[] {
    const dropped = this.#drop(this.ledger.slotAtDepth(depth));
    if (repool) this.#pending.putBack(dropped);
    return dropped.map((tx) => tx.signature);
  }

  /**
   * Ends a halt as Solana's are ended: the cluster goes on from an earlier slot. The blocks of the last slots are gone,
   * so many or all that are not final, and so is what was pending; slots go on from the old tip. Returns the signatures that it undid. Throws
   * `ChainError` -32602 where the slots are finalized.
   */
  restart(depth: number = this.slot - this.finalizedSlot): string[] {
    const dropped = depth === 0 ? [] : this.#drop(this.slot - depth + 1);
    this.#pending.clear();
    this.thaw();
    return dropped.map((tx) => tx.signature);
  }

  /**
   * The chain as a node knows it that is so many slots behind, 1,000 at most and for ever: at every commitment, with
   * forks and `setAccount` as late as blocks. Of a busy chain it may be less, see `trail.ts`.
   */
  behind(slots: number): ChainNode {
    if (slots === 0) return this;
    if (!Number.isInteger(slots) || slots < 0 || slots > MAX_LAG_SLOTS)
      throw invalidParams(`a node can be 0 to ${MAX_LAG_SLOTS} slots behind`);
    return this.#followers.behind(slots);
  }

  airdrop(address: string, lamports: bigint): string {
    const { blockhash } = this.getLatestBlockhash();
    return this.sendTransaction(this.#faucet.transfer(address, lamports, blockhash));
  }

  setAccount(address: string, fields: AccountFields): void {
    const account = accountOf(fields);
    this.ledger.patch(address, account);
    this.#trail.add({ kind: 'patch', address, account });
  }

  protected forward(tx: WireTransaction): void {
    this.#pending.add(tx);
  }

  #requireRunning(): void {
    if (this.#clock.frozen)
      throw new ChainError(RPC_CODE.internal, 'the chain is frozen: no block can be produced');
  }

  #produce(time: SlotTime, candidates: readonly WireTransaction[]): void {
    const block = this.ledger.produce(time, candidates);
    this.#trail.add({ kind: 'block', time, transactions: block.transactions });
    for (const listener of this.#listeners) listener(block);
  }

  #drop(fromSlot: number): WireTransaction[] {
    const dropped = this.ledger.drop(fromSlot);
    this.#trail.add({ kind: 'drop', fromSlot });
    return dropped;
  }
}

function accountOf({ lamports, data, owner, executable = false }: AccountFields): ChainAccount {
  return { lamports, data, owner, executable, rentEpoch: RENT_EXEMPT_EPOCH };
}
