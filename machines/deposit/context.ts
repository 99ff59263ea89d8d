/**
 * What the deposit's guards need: the balances, what is open, whose it is. Postings, past holds and past actions are
 * rows. Amounts are lamports as decimal text.
 */
import type { ActionsContext, OpenAction } from '../actions/open-action.ts';
import { initialLink, type LinkContext } from '../link.ts';

export interface Binding {
  readonly userId: string;
  readonly wallet: string;
  /** Authority of the deposit PDA: the user's custody key, or their own wallet. */
  readonly authority: string;
}

/** `chain`, the fifth account, is their counterpart: minus the sum of the others. */
export interface Balances {
  readonly available: string;
  readonly held: string;
  readonly withdrawing: string;
  /** What the chain took and no balance covered; the deposit is frozen while it is not 0. */
  readonly suspense: string;
}

export interface OpenHold {
  /** Hash of the join that it is for. */
  readonly token: string;
  /** What is held now; `of` is what was held at first, before parts of it were released. */
  readonly amount: string;
  readonly of: string;
  readonly matchId: string;
  /** Unix ms; one without progress for 24 h is an alert (design: section 6). */
  readonly since: number;
  /** Unix ms; null for a match's hold, which its match ends. */
  readonly expiresAt: number | null;
  /** Its match was settled or refunded before the capture of this hold was told: it leaves no stake in play. */
  readonly isConcluded: boolean;
}

/** A WALLET join: counts like a hold, moves no money here, and is never captured. */
export interface Admission {
  readonly token: string;
  readonly amount: string;
  readonly matchId: string;
  readonly since: number;
}

/** A captured stake whose match is neither distributed nor refunded, as far as this object was told (H-04). */
export interface Stake {
  readonly token: string;
  readonly amount: string;
  readonly matchId: string;
}

/** What an open deposit or withdrawal moves; its life on the chain is the open action of the same hash. */
export interface Transfer {
  readonly hash: string;
  readonly kind: 'deposit' | 'withdraw';
  readonly lamports: string;
  /** Held beyond `lamports`; 0 for a deposit. */
  readonly fee: string;
  /** Unix ms. */
  readonly notAfter: number;
  /** How long it waits for a wallet once the chain can take it; when that ends, null while nothing waits. */
  readonly lapseMs: number;
  readonly lapseAt: number | null;
  /** The chain's fact is booked: nothing is held for it any more, and it must never be signed again. */
  readonly isBooked: boolean;
}

export interface DepositContext extends ActionsContext {
  readonly binding: Binding | null;
  readonly balances: Balances;
  readonly holds: readonly OpenHold[];
  readonly admissions: readonly Admission[];
  readonly stakes: readonly Stake[];
  readonly transfers: readonly Transfer[];
  /**
   * Facts that no u64 can hold, summed and signed. The chain's own figures are u64, so that this is not 0 only where a
   * provider lies: the fact is kept here, and the deposit is frozen.
   */
  readonly beyond: string;
  /** The program's own figure, as last seen, and since when it is below ours. */
  readonly inPlay: { readonly onChain: string | null; readonly shortSince: number | null };
  /** Operations of the user in the window that began at `since`, Unix ms (I32). */
  readonly velocity: { readonly since: number; readonly count: number };
  /** Newest signature of the finalized history that was booked. */
  readonly cursor: string | null;
  /** False until the history was read once: an empty ledger must not refuse for good what the chain would allow. */
  readonly synced: boolean;
  /** Highest finalized slot that was applied: a read below it is unknown, not a difference (design: section 9). */
  readonly slot: number;
  readonly frozenFor: string | null;
  readonly link: LinkContext;
}

export const initialDepositContext: DepositContext = {
  binding: null,
  balances: { available: '0', held: '0', withdrawing: '0', suspense: '0' },
  holds: [],
  admissions: [],
  stakes: [],
  transfers: [],
  actions: [],
  nextOrder: 0,
  beyond: '0',
  inPlay: { onChain: null, shortSince: null },
  velocity: { since: 0, count: 0 },
  cursor: null,
  synced: false,
  slot: 0,
  frozenFor: null,
  link: initialLink,
};

export const U64_MAX = 2n ** 64n - 1n;

/** What the chain's `available_lamports` must be if both sides agree: money held here has not left it there. */
export function expectedOnChain({ balances, beyond }: Pick<DepositContext, 'balances' | 'beyond'>): bigint {
  return ownedIn(balances) - BigInt(balances.suspense) + BigInt(beyond);
}

/** Whatever account it lies on. */
export function ownedIn({ available, held, withdrawing }: Balances): bigint {
  return BigInt(available) + BigInt(held) + BigInt(withdrawing);
}

export function inPlay({ stakes }: Pick<DepositContext, 'stakes'>): bigint {
  return sum(stakes);
}

/** Lamports that count against the user's limit (design: section 6). */
export function openLamports(context: DepositContext): bigint {
  return openStakes(context) + BigInt(context.balances.withdrawing);
}

/** Of holds and admissions: what is on its way into matches. */
export function openStakes({ balances, admissions }: DepositContext): bigint {
  return BigInt(balances.held) + sum(admissions);
}

export function openCount({ holds, admissions, actions }: DepositContext): number {
  return holds.length + admissions.length + actions.length;
}

/** Somebody waits: the object is told of verdicts and reconciled (design: section 8). */
export function isBusy(context: DepositContext): boolean {
  return openCount(context) > 0;
}

export function transferOf(context: DepositContext, hash: string | null): Transfer | undefined {
  return context.transfers.find((transfer) => transfer.hash === hash);
}

/** What lies in `withdrawing` for it. */
export function heldFor({ kind, lamports, fee, isBooked }: Transfer): bigint {
  return kind === 'deposit' || isBooked ? 0n : BigInt(lamports) + BigInt(fee);
}

export function actionInReview({ actions }: ActionsContext): OpenAction | undefined {
  return actions.find((action) => action.state === 'review');
}

function sum(amounts: readonly { readonly amount: string }[]): bigint {
  return amounts.reduce((total, { amount }) => total + BigInt(amount), 0n);
}
