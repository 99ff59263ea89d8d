/** A ledger with a withdrawal or a deposit under way, and the reports that the driver would make of it. */
import { expect } from 'vitest';
import type { DepositEvent } from '../../../machines/deposit/events.ts';
import { Ledger, reportsOf, transferAction, transferRequest } from '../../model/deposit-model.ts';

/** Hashes of the withdrawal and of the deposit. */
export const W = transferAction('withdraw', 1, 300n).hash;
export const D = transferAction('deposit', 2, 300n).hash;

export function funded(lamports = 500n): Ledger {
  const ledger = new Ledger();
  ledger.fact('chain:deposit', 'credit', lamports);
  return ledger;
}

export function withdrawing(): Ledger {
  const ledger = funded();
  expect(ledger.take(transferRequest('withdraw', 1, 300n, 5n))).toBe(true);
  return ledger;
}

/** The report of that type as it would be made now; of several with the type, the first. */
export function report(ledger: Ledger, hash: string, type: DepositEvent['type']): DepositEvent {
  const found = reportsOf(ledger.context, hash).find((event) => event.type === type);
  if (found === undefined) throw new Error(`no report ${type}`);
  return found;
}

export function reports(ledger: Ledger, hash: string, ...types: DepositEvent['type'][]): void {
  for (const type of types) expect(ledger.take(report(ledger, hash, type)), type).toBe(true);
}

/** The chain's fact of the withdrawal. */
export function paidOut(ledger: Ledger, amount: bigint, token = 'chain:w') {
  return ledger.fact(token, 'debit', amount, W, 'withdraw_sol');
}
