/** What the match's guards need, and no more: ten seats, the open actions, the booked facts. History is rows. */
import type { MatchStateSnapshot } from '../../core/index.ts';
import type { ActionsContext } from '../actions/open-action.ts';
import { initialLink, type LinkContext } from '../link.ts';

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
  readonly timeouts: Timeouts;
}

/** All in ms; the settings of the release that created the match. */
export interface Timeouts {
  /** From `create` to `start`. */
  readonly lobbyMs: number;
  /** From `start` to `end`. */
  readonly playMs: number;
  /** For a player who has gone to come back, before they forfeit (figures: section 3). */
  readonly graceMs: number;
  /** For a wallet to sign, from the first offer on (design: section 6). */
  readonly walletLapseMs: number;
}

export type SeatState = 'requested' | 'reserved' | 'submitted' | 'landed' | 'final';

/**
 * Where a stake comes from, and so who signs for it: the deposit of the custody key, the deposit of the player's own
 * wallet, or the wallet itself. The last two are WALLET seats: final before they play (design: sections 3 and 6).
 */
export type Payer = 'custody' | 'own' | 'wallet';

export interface Seat {
  readonly userId: string;
  readonly wallet: string;
  readonly payer: Payer;
  /** Authority of the deposit that pays; for a wallet's stake, of the deposit that keeps the user's limits. */
  readonly authority: string;
  /** Hash of the join action; the token of the hold. */
  readonly hash: string;
  /** Event id of the request, whose stored answer is completed when the hold is decided. */
  readonly requestId: string;
  readonly notAfter: number;
  /** Unix ms: until then the wallet has to sign. Null until it is asked for the first time. */
  readonly lapsesAt: number | null;
  readonly state: SeatState;
  /** Slot on the chain, once final. */
  readonly index: number | null;
  /** True once `start` was accepted with this seat in it. */
  readonly played: boolean;
  /**
   * Set only where a refund left this stake in the escrow, which takes joins all the same (H-07): true until a further
   * refund pays it back.
   */
  readonly owed?: boolean;
}

/** What the chain has shown at `finalized`, as the mirror booked it. */
export interface ChainFacts {
  /** Unix s; null until `create` is final. With the PDA it is the match's identity (H-13). */
  readonly createdAt: string | null;
  readonly phase: 0 | 1 | 2;
  readonly endedAt: string;
  readonly matchHash: string | null;
  readonly distributed: boolean;
  /** The escrow was paid back, whatever its phase (H-07). */
  readonly refunded: { readonly reason: number; readonly abandonedIndex: number | null } | null;
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
  /** `end` and `distribute` do not fit into one transaction, or the match ended otherwise (design: section 4). */
  readonly separate: boolean;
  /** Lamports by rank, once the settlement was signed. */
  readonly prizes: readonly string[] | null;
  /** Signature of the settlement, once final. */
  readonly settlement: string | null;
}

/** Decided once; no join is signed from then on. */
export interface Cancellation {
  /** The program's reason (interface: section 2.2): 0 platform fault, 2 too few players, 3 time-out, 4 grace over. */
  readonly reason: number;
  readonly abandonedUserId: string | null;
  /** By position in the list, once the refund was signed. */
  readonly refunds: readonly Refund[] | null;
  /** Signature of the refund, once final. */
  readonly settlement: string | null;
}

export interface Refund {
  readonly userId: string;
  readonly lamports: string;
}

/** A player who has gone, until they are back. */
export interface Absence {
  readonly userId: string;
  /** Unix ms. */
  readonly until: number;
}

/** Kinds of action that a match makes itself. */
export type OwnKind = 'start' | 'end' | 'distribute' | 'refund';

export interface MatchContext extends ActionsContext {
  readonly terms: Terms | null;
  readonly seats: readonly Seat[];
  /** How many actions of a kind this match made itself; part of their client keys (formats). */
  readonly made: { readonly [kind in OwnKind]: number };
  readonly facts: ChainFacts;
  readonly result: AcceptedResult | null;
  readonly cancellation: Cancellation | null;
  readonly absences: readonly Absence[];
  readonly link: LinkContext;
}

export const initialMatchContext: MatchContext = {
  terms: null,
  seats: [],
  actions: [],
  nextOrder: 0,
  made: { start: 0, end: 0, distribute: 0, refund: 0 },
  facts: {
    createdAt: null,
    phase: 0,
    endedAt: '0',
    matchHash: null,
    distributed: false,
    refunded: null,
    slot: 0,
  },
  result: null,
  cancellation: null,
  absences: [],
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

/** WALLET seats: only the player's wallet can make them final, so that a loser could simply not sign. */
export function isWalletSigned(seat: Seat): boolean {
  return seat.payer !== 'custody';
}

/** Seats whose stake is on the chain, in the order of their slots there. */
export function seatedOnChain(context: MatchContext): readonly Seat[] {
  return context.seats
    .filter((seat) => seat.index !== null)
    .toSorted((left, right) => (left.index ?? 0) - (right.index ?? 0));
}

/** The escrow owes nothing any more: it was distributed, or refunded and no stake came after that. */
export function isPaidOut({ facts, seats }: MatchContext): boolean {
  return facts.distributed || (facts.refunded !== null && !seats.some(({ owed }) => owed === true));
}

/** Stakes that the escrow still owes. */
export function stakedSeats(context: MatchContext): readonly Seat[] {
  if (isPaidOut(context)) return [];
  const seated = seatedOnChain(context);
  return context.facts.refunded === null ? seated : seated.filter(({ owed }) => owed === true);
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
  const seated = seatedOnChain(context);
  const fee = BigInt(terms.entryFee);
  const { refunded, distributed } = facts;
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
      // H-10: both settlements zero the total; a refund of every seat zeroes the stakes, too. What comes later counts anew.
      totalEntry: totalEntry(terms, stakedSeats(context).length),
      stakes: seated.map(({ owed }) => (refunded === null || owed === true ? fee : 0n)),
      // H-09: set as soon as enough seats are paid, and again by start; never cleared. After a refund it never comes true.
      funded: seated.filter(({ owed }) => owed === undefined).length >= terms.minPlayers || facts.phase >= 1,
      distributed,
      cancelled: refunded !== null,
      cancellationReason: refunded?.reason ?? 0,
      abandonedIndex: refunded?.abandonedIndex ?? null,
    },
  };
}
