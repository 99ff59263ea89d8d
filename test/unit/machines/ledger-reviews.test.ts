/** What a person decides about a withdrawal, and what nobody can: money comes back only when nothing can land. */
import { describe, expect, it } from 'vitest';
import { admission, holdRequest, type Ledger, resolve, transferRequest } from '../../model/deposit-model.ts';
import { AT, HOUR } from '../../model/requests.ts';
import { paidOut, reports, W, withdrawing } from './transfer-desk.ts';

describe('a withdrawal of which nobody knows what became', () => {
  const unknown = (): Ledger => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.signed', 'action.sent', 'action.review');
    return ledger;
  };

  it('keeps its money, and the deposit makes no new promise', () => {
    const ledger = unknown();
    expect(ledger.money).toBe('review');
    expect(ledger.balances.withdrawing).toBe('305');
    for (const event of [holdRequest('a', 1n, null), admission('w', 1n), transferRequest('withdraw', 3, 1n)])
      expect(ledger.refusalOf(event)).toBe('deposit_in_review');
    expect(ledger.alerts).toEqual(['action_review']);
  });

  it('is not dropped while it may still land; a person may have it followed up', () => {
    const ledger = unknown();
    expect(ledger.refusalOf(resolve('drop', [W]))).toBe('attempts_outstanding');
    expect(ledger.take(resolve('retry', [W]))).toBe(true);
    expect(ledger.actionStates.get(W)).toBe('sent');
    expect(ledger.money).toBe('active');
    expect(ledger.lastWork).toContain(`drive:${W}`);
  });

  it('is dropped by a person once it is proved that it cannot land, and given back', () => {
    const ledger = unknown();
    expect(ledger.take(resolve('drop'))).toBe(true);
    expect(ledger.actionStates.get(W)).toBe('cancelled');
    expect(ledger.balances.available).toBe('500');
    expect(ledger.money).toBe('active');
    expect(ledger.refusalOf(resolve('drop'))).toBe('event_ignored');
  });

  it('is signed anew on retry only where every attempt is over, and not past its notAfter', () => {
    const ledger = unknown();
    ledger.take(resolve('retry'));
    expect(ledger.actionStates.get(W)).toBe('queued');
    const late = unknown();
    late.fireDue(AT + HOUR);
    late.take(resolve('retry'));
    expect(late.actionStates.get(W)).toBe('expired');
    expect(late.balances.available).toBe('500');
  });

  it('is debited by the fact when the chain shows it after all', () => {
    const ledger = unknown();
    paidOut(ledger, 305n);
    reports(ledger, W, 'action.final');
    expect(ledger.money).toBe('active');
    expect(ledger.balances).toMatchObject({ available: '195', withdrawing: '0' });
  });

  it('comes after the fifth signature that ended without effect', () => {
    const ledger = withdrawing();
    for (let n = 0; n < 4; n += 1) reports(ledger, W, 'action.signed', 'action.sent', 'attempt.dead');
    expect(ledger.money).toBe('active');
    reports(ledger, W, 'action.signed', 'action.sent', 'attempt.dead');
    expect(ledger.money).toBe('review');
    expect(ledger.balances.withdrawing).toBe('305');
  });
});
