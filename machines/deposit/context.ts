/** What the deposit's guards need: the balances, the open holds, whose it is. Postings and past holds are rows. */
import { initialLink, type LinkContext } from '../link.ts';

export interface Binding {
  readonly userId: string;
  readonly wallet: string;
  /** Authority of the deposit PDA: the user's custody key, or their own wallet. */
  readonly authority: string;
}

/** Lamports as decimal text. `chain`, the fifth account, is their counterpart: minus the sum of the others. */
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
  readonly amount: string;
  readonly matchId: string;
  /** Unix ms. A match's hold has no expiry; one without progress for 24 h is an alert (design: section 6). */
  readonly since: number;
}

export interface DepositContext {
  readonly binding: Binding | null;
  readonly balances: Balances;
  readonly holds: readonly OpenHold[];
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
  cursor: null,
  synced: false,
  slot: 0,
  frozenFor: null,
  link: initialLink,
};

/** What the chain's `available_lamports` must be if both sides agree: money held here has not left it there. */
export function expectedOnChain(balances: Balances): bigint {
  const { available, held, withdrawing, suspense } = balances;
  return BigInt(available) + BigInt(held) + BigInt(withdrawing) - BigInt(suspense);
}
