/**
 * The chain, as far as one match can tell: what was sent may land, fail, be forked away or die. It keeps its own books,
 * so that the comparison of the model is a comparison of two sides.
 */
import { type MatchStateSnapshot, matchStateHash } from '../../core/index.ts';
import type { ActionKind } from '../../machines/pending-action.ts';
import { TERMS } from './events.ts';
import { must } from './invariants.ts';

/** `weight`: how often a random walk takes it, so that it gets deep before an operator or an outage stops it. */
export interface Move {
  readonly name: string;
  readonly weight: number;
  readonly run: () => void;
}

export type TxState = 'unseen' | 'confirmed' | 'final' | 'failed' | 'expired';

export interface Tx {
  readonly signature: string;
  readonly hash: string;
  readonly kind: ActionKind;
  readonly userId: string | null;
  state: TxState;
  ownFault: boolean;
}

const CREATED_AT = 1_800_000_000n;
const ENDED_AT = 1_800_000_600n;

export class ChainModel {
  readonly txs = new Map<string, Tx>();
  /** Players by slot, as finalized. */
  readonly players: string[] = [];
  created = false;
  phase: 0 | 1 | 2 = 0;
  slot = 0;

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
        { name: `finalize ${tx.kind}`, weight: 10, run: () => this.#finalize(tx) },
        to('fork away', 1, 'unseen'),
      ];
    return [];
  }

  /** The kindest future: what was sent lands and is finalized. */
  settle(): void {
    for (const tx of this.txs.values()) {
      if (tx.state === 'unseen' && this.#canExecute(tx)) tx.state = 'confirmed';
      if (tx.state === 'confirmed') this.#finalize(tx);
    }
  }

  hash(): string | null {
    if (!this.created) return null;
    return matchStateHash(this.#snapshot());
  }

  #canExecute(tx: Tx): boolean {
    if (tx.kind === 'create') return !this.created;
    if (!this.created) return false;
    if (tx.kind === 'join') return this.phase === 0 && !this.players.includes(tx.userId ?? '');
    return tx.kind === 'start' ? this.phase === 0 : this.phase === 1;
  }

  #finalize(tx: Tx): void {
    tx.state = 'final';
    this.slot += 1;
    if (tx.kind === 'create') this.created = true;
    if (tx.kind === 'join') this.players.push(tx.userId ?? '');
    if (tx.kind === 'start') this.phase = 1;
    if (tx.kind === 'end') this.phase = 2;
  }

  #snapshot(): MatchStateSnapshot {
    const fee = BigInt(TERMS.entryFee);
    const paid = this.phase === 2;
    return {
      matchPda: TERMS.matchPda,
      matchId: TERMS.matchId,
      createdAt: CREATED_AT,
      gameType: TERMS.gameType,
      phase: this.phase,
      matchType: 1,
      paymentMethod: TERMS.paymentMethod,
      entryFee: fee,
      authority: TERMS.coordinator,
      playerIds: [...this.players],
      matchHash: null,
      endedAt: paid ? ENDED_AT : 0n,
      escrow: {
        totalEntry: paid ? 0n : fee * BigInt(this.players.length),
        stakes: this.players.map(() => fee),
        funded: this.players.length >= TERMS.minPlayers || this.phase >= 1,
        distributed: paid,
        cancelled: false,
        cancellationReason: 0,
        abandonedIndex: null,
      },
    };
  }
}
