/**
 * The chain, as far as one match can tell: what was sent may land, fail, be forked away or die. It keeps its own books,
 * so that the comparison of the model is a comparison of two sides.
 */
import { type MatchStateSnapshot, matchStateHash } from '../../core/index.ts';
import type { ActionKind } from '../../machines/pending-action.ts';
import { ENDED_AT, TERMS } from './events.ts';
import { must } from './must.ts';

/** `weight`: how often a random walk takes it, so that it gets deep before an operator or an outage stops it. */
export interface Move {
  readonly name: string;
  readonly weight: number;
  readonly run: () => void;
}

export type TxState = 'unseen' | 'confirmed' | 'final' | 'failed' | 'expired';

export interface Refunding {
  readonly reason: number;
  readonly abandonedIndex: number | null;
  /** All that leaves the escrow, for players and treasury. */
  readonly outflow: bigint;
}

export interface Tx {
  readonly signature: string;
  readonly hash: string;
  readonly kind: ActionKind;
  readonly userId: string | null;
  readonly refund: Refunding | null;
  /** `end` and `distribute` in one. */
  readonly isWhole: boolean;
  state: TxState;
  ownFault: boolean;
}

const CREATED_AT = 1_800_000_000n;

export class ChainModel {
  readonly txs = new Map<string, Tx>();
  /** Players by slot, as finalized. */
  readonly players: string[] = [];
  readonly paymentMethod: number;
  created = false;
  phase: 0 | 1 | 2 = 0;
  distributed = false;
  refunded: Refunding | null = null;
  /** Lamports that somebody sent to the escrow. */
  surplus = 0n;
  /** It ended without us (H-16). */
  endedOtherwise = false;
  slot = 0;

  constructor(paymentMethod: number) {
    this.paymentMethod = paymentMethod;
  }

  /** I16: no other signature of the same action could still land, or has. */
  receive(tx: Omit<Tx, 'state' | 'ownFault'>): void {
    if (this.txs.has(tx.signature)) return;
    const rivals = [...this.txs.values()].filter(({ hash }) => hash === tx.hash);
    must(
      rivals.every(({ state }) => state === 'failed' || state === 'expired'),
      'a new signature is sent only once every earlier one is dead',
    );
    this.txs.set(tx.signature, { ...tx, state: 'unseen', ownFault: false });
  }

  /** What may happen to a transaction next. */
  futures(tx: Tx): readonly Move[] {
    const to = (name: string, weight: number, state: TxState, ownFault = false): Move => ({
      name: `${name} ${tx.kind}`,
      weight,
      run: () => {
        tx.state = state;
        tx.ownFault = ownFault;
      },
    });
    if (tx.state === 'unseen')
      return [
        ...(this.#canExecute(tx) ? [to('land', 10, 'confirmed')] : []),
        to('expire', 2, 'expired'),
        to('fail', 1, 'failed'),
        // Only a player can have too little money.
        ...(tx.kind === 'join' ? [to('fail by own fault', 1, 'failed', true)] : []),
      ];
    if (tx.state === 'confirmed')
      return [
        ...(this.#canFinalize(tx)
          ? [{ name: `finalize ${tx.kind}`, weight: 10, run: () => this.#finalize(tx) }]
          : []),
        { name: `fork away ${tx.kind}`, weight: 1, run: () => this.#fork(tx) },
      ];
    return [];
  }

  /** Whoever holds a card may end a match that runs (H-16), as long as our own end has not landed. */
  showdown(): Move[] {
    const isEnding = this.phase !== 1 || this.refunded !== null || this.#hasLanded('end', 'refund');
    const run = () => {
      this.phase = 2;
      this.endedOtherwise = true;
      this.slot += 1;
    };
    return isEnding ? [] : [{ name: 'showdown', weight: 0.1, run }];
  }

  /** The kindest future: what was sent lands and is finalized, as far as it can. */
  settle(): void {
    for (const tx of this.txs.values()) {
      if (tx.state === 'unseen') tx.state = this.#canExecute(tx) ? 'confirmed' : 'failed';
      if (tx.state === 'confirmed' && this.#canFinalize(tx)) this.#finalize(tx);
    }
  }

  hash(): string | null {
    if (!this.created) return null;
    return matchStateHash(this.#snapshot());
  }

  /** H-02: what leaves the escrow must be in it. */
  canPay({ outflow }: Refunding): boolean {
    return outflow <= BigInt(TERMS.entryFee) * BigInt(this.players.length) + this.surplus;
  }

  #hasLanded(...kinds: readonly ActionKind[]): boolean {
    return [...this.txs.values()].some(({ kind, state }) => kinds.includes(kind) && state === 'confirmed');
  }

  #canExecute(tx: Tx): boolean {
    const isOwing = !this.distributed && this.refunded === null && !this.#hasLanded('distribute', 'refund');
    const phase = this.#hasLanded('end') ? 2 : this.phase;
    switch (tx.kind) {
      case 'create':
        return !this.created;
      case 'join':
        return this.created && this.phase === 0 && !this.players.includes(tx.userId ?? '');
      case 'start':
        return this.created && this.phase === 0;
      case 'end':
        return phase === 1 && (isOwing || !tx.isWhole);
      case 'distribute':
        return phase === 2 && isOwing;
      case 'refund':
        return phase !== 2 && isOwing && tx.refund !== null && this.canPay(tx.refund);
      default:
        return false;
    }
  }

  #canFinalize(tx: Tx): boolean {
    return tx.kind !== 'distribute' || this.phase === 2;
  }

  /** What builds on it goes with it. */
  #fork(tx: Tx): void {
    tx.state = 'unseen';
    if (tx.kind !== 'end') return;
    for (const other of this.txs.values())
      if (other.kind === 'distribute' && other.state === 'confirmed') other.state = 'unseen';
  }

  #finalize(tx: Tx): void {
    tx.state = 'final';
    this.slot += 1;
    if (tx.kind === 'create') this.created = true;
    if (tx.kind === 'join') this.players.push(tx.userId ?? '');
    if (tx.kind === 'start') this.phase = 1;
    if (tx.kind === 'end') this.phase = 2;
    const pays = tx.kind === 'distribute' || (tx.kind === 'end' && tx.isWhole);
    must(!(pays || tx.kind === 'refund') || !(this.distributed || this.refunded), 'the escrow pays once');
    if (pays) this.distributed = true;
    if (tx.kind === 'refund') this.refunded = tx.refund;
  }

  #snapshot(): MatchStateSnapshot {
    const fee = BigInt(TERMS.entryFee);
    const { distributed, refunded, players, phase } = this;
    const isOwing = !distributed && refunded === null;
    return {
      matchPda: TERMS.matchPda,
      matchId: TERMS.matchId,
      createdAt: CREATED_AT,
      gameType: TERMS.gameType,
      phase,
      matchType: 1,
      paymentMethod: this.paymentMethod,
      entryFee: fee,
      authority: TERMS.coordinator,
      playerIds: [...players],
      matchHash: null,
      endedAt: phase === 2 ? ENDED_AT : 0n,
      escrow: {
        totalEntry: isOwing ? fee * BigInt(players.length) : 0n,
        stakes: players.map(() => (refunded === null ? fee : 0n)),
        funded: players.length >= TERMS.minPlayers || phase >= 1,
        distributed,
        cancelled: refunded !== null,
        cancellationReason: refunded?.reason ?? 0,
        abandonedIndex: refunded?.abandonedIndex ?? null,
      },
    };
  }
}
