/** Everything that can happen to a deposit. Amounts are lamports as decimal text, `at` is Unix ms. */
import type { BreakClass, HoldState } from '../effects.ts';
import type { ChainLevel, HealthEpoch, LinkEvent } from '../link.ts';
import type { Binding } from './context.ts';

export type DepositEvent =
  | {
      readonly type: 'deposit.bind';
      readonly at: number;
      readonly binding: Binding;
      readonly verdict: { readonly level: ChainLevel; readonly healthEpoch: HealthEpoch };
    }
  | HoldRequested
  | ReleaseRequested
  | FactSeen
  | {
      readonly type: 'history.read';
      readonly at: number;
      readonly cursor: string | null;
      /** There is more to read: what is booked is not yet what the chain would allow. */
      readonly isPart?: true;
    }
  | { readonly type: 'compare.clean'; readonly at: number; readonly slot: number; readonly onChain: string }
  | BreakFound
  | {
      readonly type: 'compare.surplus';
      readonly at: number;
      readonly slot: number;
      readonly lamports: string;
    }
  | LinkEvent;

export interface HoldRequested {
  readonly type: 'hold.request';
  readonly at: number;
  readonly binding: Binding;
  readonly token: string;
  readonly amount: string;
  readonly matchId: string;
  /** State of an earlier hold with this token, from the rows; null when there is none. */
  readonly known: HoldState | null;
  readonly maxHolds: number;
  readonly maxLamports: string;
}

export interface ReleaseRequested {
  readonly type: 'hold.release';
  readonly at: number;
  readonly binding: Binding;
  readonly token: string;
  readonly holdToken: string;
  readonly matchId: string;
  readonly known: HoldState | null;
}

/** Never refused, never counted twice (design: section 7). */
export interface FactSeen {
  readonly type: 'chain.fact';
  readonly at: number;
  readonly token: string;
  readonly direction: 'credit' | 'debit';
  readonly amount: string;
  readonly holdToken: string | null;
  readonly ref: string;
  /** Slot at which it was final. */
  readonly slot: number;
}

export interface BreakFound {
  readonly type: 'compare.mismatch';
  readonly at: number;
  readonly slot: number;
  readonly breaks: readonly { readonly class: BreakClass; readonly detail: string }[];
}
