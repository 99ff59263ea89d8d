/**
 * A node that is behind: it goes the way of the chain some slots late, through the same blocks, forks and patches. It
 * knows nothing younger, at no commitment, and judges what it is sent by what it knows; then it forwards it.
 */

import { Ledger } from './ledger.ts';
import { ChainNode } from './node.ts';
import type { AccountFields } from './options.ts';
import type { Trail } from './trail.ts';
import type { WireTransaction } from './transaction.ts';

/** The chain that is followed. */
export interface Followed {
  readonly genesisHash: string;
  readonly faucetAddress: string;
  readonly slotMs: number;
  readonly ledger: Ledger;
  readonly trail: Trail;
  forward(tx: WireTransaction): void;
  airdrop(address: string, lamports: bigint): string;
  setAccount(address: string, fields: AccountFields): void;
}

export class Follower extends ChainNode {
  readonly genesisHash: string;
  readonly faucetAddress: string;
  readonly slotMs: number;
  readonly #source: Followed;
  readonly #lag: number;
  #ledger: Ledger;
  /** The next step of the trail to take. */
  #position: number;

  constructor(source: Followed, lag: number) {
    super();
    this.genesisHash = source.genesisHash;
    this.faucetAddress = source.faucetAddress;
    this.slotMs = source.slotMs;
    this.#source = source;
    this.#lag = lag;
    const { position, snapshot } = source.trail.stopFor(this.#until);
    this.#ledger = Ledger.resume(snapshot, source.ledger);
    this.#position = position;
  }

  /** Caught up when asked and not before: a follower that nobody asks costs nothing. */
  protected get ledger(): Ledger {
    for (;;) {
      const step = this.#source.trail.step(this.#position);
      if (step === 'forgotten') this.#beginAgain();
      else if (step === undefined || step.slot > this.#until) return this.#ledger;
      else {
        if (step.kind === 'block') this.#ledger.produce(step.time, step.transactions);
        else if (step.kind === 'drop') this.#ledger.drop(step.fromSlot);
        else this.#ledger.patch(step.address, step.account);
        this.#position += 1;
      }
    }
  }

  /** Paid by the chain's own faucet. */
  airdrop(address: string, lamports: bigint): string {
    return this.#source.airdrop(address, lamports);
  }

  /** Done to the chain; seen here as late as everything else. */
  setAccount(address: string, fields: AccountFields): void {
    this.#source.setAccount(address, fields);
  }

  protected forward(tx: WireTransaction): void {
    this.#source.forward(tx);
  }

  get #until(): number {
    return this.#source.trail.slot - this.#lag;
  }

  /** Not asked for so long that the way from where it stands is forgotten. */
  #beginAgain(): void {
    const { position, snapshot } = this.#source.trail.stopFor(this.#until);
    this.#ledger = Ledger.resume(snapshot, this.#source.ledger);
    this.#position = position;
  }
}

/** Two states each, some 20 MB: of more than these, the one not asked for longest is given up. */
export const MAX_FOLLOWERS = 8;

/** Followers by their lag, made when first asked. */
export class Followers {
  readonly #source: Followed;
  readonly #byLag = new Map<number, Follower>();

  constructor(source: Followed) {
    this.#source = source;
  }

  behind(lag: number): Follower {
    const follower = this.#byLag.get(lag) ?? new Follower(this.#source, lag);
    // A Map keeps its order of insertion: the first is the one not asked for longest.
    this.#byLag.delete(lag);
    this.#byLag.set(lag, follower);
    for (const oldest of this.#byLag.keys()) {
      if (this.#byLag.size <= MAX_FOLLOWERS) break;
      this.#byLag.delete(oldest);
    }
    return follower;
  }
}
