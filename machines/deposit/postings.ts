/**
 * Double entry: every operation posts as much to one account as it takes from others, so that the five accounts always
 * sum to 0 (I1), and the balances are a fold of the postings (I3).
 */
import type { Effect, LedgerAccount } from '../effects.ts';
import type { Step } from '../step.ts';
import type { Balances, DepositContext } from './context.ts';

export type DepositStep = Step<DepositContext>;

/** Movements of one operation, by account; they sum to 0. */
export type Movements = { readonly [account in LedgerAccount]?: bigint };

const ACCOUNTS: readonly LedgerAccount[] = ['chain', 'available', 'held', 'withdrawing', 'suspense'];

/** Posts the movements, and folds them into the balances. `suspense` shows what is owed, so it is posted negative. */
export function post(context: DepositContext, token: string, movements: Movements): DepositStep {
  const effects: Effect[] = [];
  let { balances } = context;
  for (const account of ACCOUNTS) {
    const delta = movements[account] ?? 0n;
    if (delta === 0n) continue;
    effects.push({ type: 'record', row: 'posting', token, account, delta: delta.toString() });
    balances = folded(balances, account, delta);
  }
  return { context: { ...context, balances }, effects };
}

/** One posting folded into the balances; the same fold that a recomputation from the rows makes. */
export function folded(balances: Balances, account: LedgerAccount, delta: bigint): Balances {
  if (account === 'chain') return balances;
  const change = account === 'suspense' ? -delta : delta;
  return { ...balances, [account]: (BigInt(balances[account]) + change).toString() };
}

/** An amount as every part of the mirror writes it: u64 as decimal text, in one spelling only (I2). */
export function isLamports(text: string): boolean {
  return /^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < 2n ** 64n;
}

export function isPositive(text: string): boolean {
  return isLamports(text) && text !== '0';
}
