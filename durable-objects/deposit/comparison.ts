/** Ledger against account, at one finalized slot (design: section 9). Tolerance on principal: 0 lamports. */
import { decodeUserDeposit } from '../../core/index.ts';
import { type Balances, expectedOnChain } from '../../machines/deposit/context.ts';
import type { BreakClass } from '../../machines/effects.ts';
import type { ChainAccount } from '../ports.ts';

export interface DepositAccountAt {
  readonly account: ChainAccount | null;
  /** Rent of a deposit account, lamports. */
  readonly rent: bigint;
  readonly programId: string;
}

export type DepositComparison =
  /** `surplus`: lamports beyond rent and balance; anyone can send them. */
  | { readonly kind: 'clean'; readonly onChain: bigint; readonly surplus: bigint }
  | {
      readonly kind: 'broken';
      readonly breaks: readonly { readonly class: BreakClass; readonly detail: string }[];
    };

export function compareDeposit(balances: Balances, at: DepositAccountAt): DepositComparison {
  const { account, rent, programId } = at;
  const expected = expectedOnChain(balances);
  if (account === null) {
    return expected === 0n
      ? { kind: 'clean', onChain: 0n, surplus: 0n }
      : broken('account_closed', `${expected} lamports by the ledger, and no account`);
  }
  if (account.owner !== programId) return broken('undecodable', `owned by ${account.owner}`);
  const onChain = availableIn(account);
  if (onChain === null) return broken('undecodable', 'the core refused the account');
  if (onChain !== expected)
    return broken('amount_mismatch', `available is ${onChain} on the chain, ${expected} by the ledger`);
  const surplus = account.lamports - rent - onChain;
  if (surplus < 0n) return broken('shortfall', `${-surplus} lamports short of what it owes`);
  return { kind: 'clean', onChain, surplus };
}

function availableIn(account: ChainAccount): bigint | null {
  try {
    return decodeUserDeposit(account.data).available;
  } catch {
    return null;
  }
}

function broken(cls: BreakClass, detail: string): DepositComparison {
  return { kind: 'broken', breaks: [{ class: cls, detail }] };
}
