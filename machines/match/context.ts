/** What the match's guards need, and no more: ten seats, the open actions, the booked facts. History is rows. */
import type { MatchStateSnapshot } from '../../core/index.ts';
import { initialLink, type LinkContext } from '../link.ts';
import type { ActionKind, ActionState } from '../pending-action.ts';

/** Fixed once `match.create` is accepted. Amounts are lamports as decimal text: a context is JSON. */
export interface Terms {
  readonly cluster: string;
  readonly programId: string;
  readonly matchId: string;
  readonly matchPda: string;
  readonly escrowPda: string;
  /** The key that creates the match signs for it until it is settled (design: section 3, rule 5). */
  readonly coordinator: string;
  /** The user who may start and end it. */
  readonly host: string;
  readonly gameType: number;
  readonly seed: string;
  readonly entryFee: string;
  /** 0 WALLET, 1 PLATFORM. */
  readonly paymentMethod: number;
  /** From the registry at creation. */
  readonly minPlayers: number;
  readonly maxPlayers: number;
  /** For the pool that players are shown; the settlement re-reads it (H-18). */
  readonly platformFeeBps: number;
}

export type SeatState = 'requested' | 'reserved' | 'submitted' | 'landed' | 'final';

export interface Seat {
  readonly userId: string;
  readonly wallet: string;
  /** Authority of the deposit that pays: the user's custody key. */
  readonly authority: string;
  /** Hash of the join action; the token of the hold. */
  readonly hash: string;
  /** Event id of the request, whose stored answer is completed when the hold is decided. */
  readonly requestId: string;
  readonly notAfter: number;
  readonly state: SeatState;
  /** Slot on the chain, once final. */
  readonly index: number | null;
  /** True once `start` was accepted with this seat in it. */
  readonly played: boolean;
}

export interface OpenAction {
  readonly hash: string;
  readonly kind: ActionKind;
  /** Order of acceptance within this match. */
  readonly order: number;
  readonly state: ActionState;
  readonly userId: string | null;
  /** New signatures made so far. */
  readonly attempts: number;
  /** No new signature is made: it ends as `expired` once every attempt is dead. */
  readonly doomed: boolean;
}

/** What the chain has shown at `finalized`, as the mirror booked it. */
export interface ChainFacts {
  /** Unix s; null until `create` is final. With the PDA it is the match's identity (H-13). */
  readonly createdAt: string | null;
  readonly phase: 0 | 1 | 2;
  readonly endedAt: string;
  readonly matchHash: string | null;
  readonly distributed: boolean;
  /** Highest finalized slot that was applied: a read below it is unknown, not a difference (design: section 9). */
  readonly slot: number;
}

export interface RankedShare {
  readonly userId: string;
  readonly shareBps: number;
}

export interface AcceptedResult {
  readonly shares: readonly RankedShare[];
  readonly matchHash: string | null;
  readonly hotUrl: string | null;
  /** Lamports by rank, once the settlement was signed. */
  readonly prizes: readonly string[] | null;
  /** Signature of the settlement, once final. */
  readonly settlement: string | null;
}

export interface MatchContext {
  readonly terms: Terms | null;
  readonly seats: readonly Seat[];
  readonly actions: readonly OpenAction[];
  readonly nextOrder: number;
  /** How many actions of a kind this match made itself; part of their client keys (formats). */
  readonly made: { readonly [kind in 'start' | 'end']: number };
  readonly facts: ChainFacts;
  readonly result: AcceptedResult | null;
  readonly link: LinkContext;
}

export const initialMatchContext: MatchContext = {
  terms: null,
  seats: [],
  actions: [],
  nextOrder: 0,
  made: { start: 0, end: 0 },
  facts: { createdAt: null, phase: 0, endedAt: '0', matchHash: null, distributed: false, slot: 0 },
  result: null,
  link: initialLink,
};

/** Seats whose stake is held or already paid: what the pool counts. */
export function countedSeats(context: MatchContext): readonly Seat[] {
  return context.seats.filter((seat) => seat.state !== 'requested');
}

export function seatOf(context: MatchContext, userId: string): Seat | undefined {
  return context.seats.find((seat) => seat.userId === userId);
}

export function seatByHash(context: MatchContext, hash: string): Seat | undefined {
  return context.seats.find((seat) => seat.hash === hash);
}

export function actionByHash(context: MatchContext, hash: string): OpenAction | undefined {
  return context.actions.find((action) => action.hash === hash);
}

export function openActionOf(context: MatchContext, kind: ActionKind): OpenAction | undefined {
  return context.actions.find((action) => action.kind === kind);
}

/** Lamports over the given number of seats. */
export function totalEntry(terms: Terms, seats: number): bigint {
  return BigInt(terms.entryFee) * BigInt(seats);
}

/**
 * The match as the mirror booked it, in the form that mirror and chain can both produce: if the two hash alike, they
 * agree to the lamport. Null until `create` is final.
 */
export function mirroredState(context: MatchContext): MatchStateSnapshot | null {
  const { terms, facts } = context;
  if (terms === null || facts.createdAt === null) return null;
  const seated = context.seats
    .filter((seat) => seat.index !== null)
    .toSorted((left, right) => (left.index ?? 0) - (right.index ?? 0));
  const fee = BigInt(terms.entryFee);
  return {
    matchPda: terms.matchPda,
    matchId: terms.matchId,
    createdAt: BigInt(facts.createdAt),
    gameType: terms.gameType,
    phase: facts.phase,
    matchType: 1,
    paymentMethod: terms.paymentMethod,
    entryFee: fee,
    authority: terms.coordinator,
    playerIds: seated.map((seat) => seat.userId),
    matchHash: facts.matchHash,
    endedAt: BigInt(facts.endedAt),
    escrow: {
      totalEntry: facts.distributed ? 0n : totalEntry(terms, seated.length),
      stakes: seated.map(() => fee),
      // H-09: set as soon as enough seats are paid, and again by start; never cleared.
      funded: seated.length >= terms.minPlayers || facts.phase >= 1,
      distributed: facts.distributed,
      cancelled: false,
      cancellationReason: 0,
      abandonedIndex: null,
    },
  };
}
