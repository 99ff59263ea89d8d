/** Deposits and withdrawals in the ledger: what is held when, and that it comes back only when nothing can land. */
import { describe, expect, it } from 'vitest';
import type { DepositEvent } from '../../../machines/deposit/events.ts';
import {
  admission,
  BINDING,
  holdRequest,
  MAX_HOLDS,
  signed,
  transferAction,
  transferRequest,
} from '../../model/deposit-model.ts';
import { AT, epoch, HOUR } from '../../model/requests.ts';
import { funded, paidOut, report, reports, W, withdrawing } from './transfer-desk.ts';

describe('a withdrawal', () => {
  it('is held with its fee in the commit that queues it, and driven at once', () => {
    const ledger = withdrawing();
    expect(ledger.balances).toEqual({ available: '195', held: '0', withdrawing: '305', suspense: '0' });
    expect(ledger.lastWork).toEqual(expect.arrayContaining([`drive:${W}`, 'directory']));
    expect(ledger.actionStates.get(W)).toBe('queued');
  });

  it('in an outage is held all the same, and driven when the chain is back', () => {
    const ledger = funded();
    ledger.take({ type: 'chain.down', at: AT, healthEpoch: epoch(2) });
    ledger.take(transferRequest('withdraw', 1, 300n, 5n));
    expect(ledger.balances.withdrawing).toBe('305');
    expect(ledger.lastWork).not.toContain(`drive:${W}`);
    expect(ledger.refusalOf(signed(ledger.context, W))).toBe('chain_unreadable');
    ledger.take({ type: 'chain.recovering', at: AT, healthEpoch: epoch(3) });
    expect(ledger.lastWork).toContain(`drive:${W}`);
    // Accepted before the drain: `online` waits for it.
    ledger.take({ type: 'chain.online', at: AT, healthEpoch: epoch(4) });
    const clean = { type: 'compare.clean', at: AT, slot: 1, onChain: '500' } as const;
    expect(ledger.refusalOf(clean)).toBe('not_ready');
    reports(ledger, W, 'action.leased', 'action.signed', 'action.sent');
    paidOut(ledger, 305n);
    reports(ledger, W, 'action.final');
    expect(ledger.lastWork).toContain('compare');
    expect(ledger.take({ ...clean, onChain: '195' })).toBe(true);
  });

  it('is debited by the fact, whoever tells it, and ends with the transaction', () => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.leased', 'action.signed', 'action.sent', 'action.landed');
    expect(ledger.refusalOf(report(ledger, W, 'action.final'))).toBe('not_ready');
    paidOut(ledger, 305n);
    expect(ledger.balances).toEqual({ available: '195', held: '0', withdrawing: '0', suspense: '0' });
    reports(ledger, W, 'action.final');
    expect(ledger.actionStates.get(W)).toBe('final');
    expect(ledger.context.transfers).toEqual([]);
    expect(ledger.balances.available).toBe('195');
  });

  it.each([
    ['less: the rest is spendable again', 302n, '198', '0'],
    ['more: the difference is taken from what is spendable', 310n, '190', '0'],
    ['more than there is: suspense, and frozen', 700n, '0', '200'],
  ])('that cost %s', (_, cost, available, suspense) => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.signed', 'action.sent');
    paidOut(ledger, cost);
    expect(ledger.balances).toEqual({ available, held: '0', withdrawing: '0', suspense });
  });

  it('counts against holds that come after it: the money is promised once', () => {
    const ledger = withdrawing();
    expect(ledger.refusalOf(holdRequest('a', 196n, null))).toBe('insufficient_funds');
    expect(ledger.take(holdRequest('b', 195n, null))).toBe(true);
    expect(ledger.refusalOf(transferRequest('withdraw', 3, 1n))).toBe('insufficient_funds');
  });

  it.each(['attempt.dead', 'attempt.failed'] as const)(
    'whose attempt ended (%s) is signed anew, and still held',
    (type) => {
      const ledger = withdrawing();
      reports(ledger, W, 'action.signed', 'action.sent', type);
      expect(ledger.actionStates.get(W)).toBe('queued');
      expect(ledger.balances.withdrawing).toBe('305');
      reports(ledger, W, 'action.signed');
    },
  );

  it('that the chain refused for want of money fails, and is given back', () => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.signed', 'action.sent');
    const failed = report(ledger, W, 'attempt.failed');
    expect(ledger.take({ ...failed, ownFault: true } as DepositEvent)).toBe(true);
    expect(ledger.actionStates.get(W)).toBe('failed');
    expect(ledger.balances).toEqual({ available: '500', held: '0', withdrawing: '0', suspense: '0' });
  });

  it('whose payee would stay below the rent minimum fails unsigned, and is given back', () => {
    const ledger = withdrawing();
    expect(
      ledger.take({ type: 'action.refused', at: AT, hash: W, code: 'payee_below_rent', detail: '1' }),
    ).toBe(true);
    expect(ledger.balances.available).toBe('500');
  });

  it('past its notAfter is given back at once where nothing was signed', () => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.leased');
    ledger.fireDue(AT + HOUR - 1);
    expect(ledger.balances.withdrawing).toBe('305');
    ledger.fireDue(AT + HOUR);
    expect(ledger.actionStates.get(W)).toBe('expired');
    expect(ledger.balances.available).toBe('500');
  });

  it('past its notAfter with a signature out is held until that is dead, and never signed anew', () => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.signed', 'action.sent');
    ledger.fireDue(AT + HOUR);
    expect(ledger.balances.withdrawing).toBe('305');
    reports(ledger, W, 'attempt.absent');
    expect(ledger.balances.withdrawing).toBe('305');
    reports(ledger, W, 'attempt.dead');
    expect(ledger.actionStates.get(W)).toBe('expired');
    expect(ledger.balances.available).toBe('500');
  });

  it('past its notAfter that lands all the same is debited', () => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.signed', 'action.sent');
    ledger.fireDue(AT + HOUR);
    paidOut(ledger, 305n);
    reports(ledger, W, 'action.final');
    expect(ledger.balances.available).toBe('195');
  });

  it('is refused to another, for nothing, for more than there is, too far ahead, or with another hash', () => {
    const ledger = funded();
    const ask = (change: object, lamports = 300n) =>
      ledger.refusalOf(transferRequest('withdraw', 1, lamports, 5n, change));
    expect(ask({ binding: { ...BINDING, wallet: 'another' } })).toBe('binding_mismatch');
    expect(ask({ binding: { ...BINDING, authority: 'another' } })).toBe('binding_mismatch');
    expect(ask({}, 0n)).toBe('invalid_request');
    expect(ask({}, 496n)).toBe('insufficient_funds');
    expect(ask({}, 2n ** 64n - 1n)).toBe('insufficient_funds');
    expect(ask({ maxNotAfterMs: HOUR - 1 })).toBe('not_after_out_of_range');
    expect(ask({ at: AT + HOUR })).toBe('not_after_out_of_range');
    expect(ask({ action: transferAction('deposit', 1, 300n) })).toBe('action_hash_mismatch');
    const action = { ...transferAction('withdraw', 1, 300n), args: { lamports: '1' } };
    expect(ask({ action })).toBe('action_hash_mismatch');
    expect(ask({ maxPerHour: 0 })).toBe('velocity_exceeded');
  });

  it('over a limit holds nothing and is written down for a person', () => {
    const ledger = funded(5_000n);
    ledger.take(transferRequest('withdraw', 1, 996n, 5n));
    for (let n = 0; n < MAX_HOLDS; n += 1) ledger.take(admission(`w${n}`, 1n));
    ledger.take(transferRequest('withdraw', 3, 1n));
    expect(ledger.reviews).toHaveLength(2);
    expect(ledger.balances.withdrawing).toBe('0');
  });
});

describe('a fee that was raised', () => {
  const raised = (fee: string): DepositEvent => ({ type: 'withdraw.fee', at: AT, hash: W, fee });

  it('is held too before anything is signed', () => {
    const ledger = withdrawing();
    expect(ledger.take(raised('25'))).toBe(true);
    expect(ledger.balances).toMatchObject({ available: '175', withdrawing: '325' });
    reports(ledger, W, 'action.signed', 'action.sent');
    paidOut(ledger, 325n);
    reports(ledger, W, 'action.final');
    expect(ledger.balances).toMatchObject({ available: '175', withdrawing: '0' });
  });

  it('that the balance does not cover is refused, and takes nothing', () => {
    const ledger = withdrawing();
    expect(ledger.refusalOf(raised('201'))).toBe('insufficient_funds');
    expect(ledger.take(raised('200'))).toBe(true);
    expect(ledger.balances.available).toBe('0');
  });

  it.each([
    ['lower or equal', '5'],
    ['no amount', '-3'],
  ])('and is %s changes nothing', (_, fee) => {
    expect(withdrawing().refusalOf(raised(fee))).not.toBeNull();
  });

  it('is not held any more once something was signed', () => {
    const ledger = withdrawing();
    reports(ledger, W, 'action.signed');
    expect(ledger.refusalOf(raised('25'))).toBe('event_ignored');
  });
});

describe('no second signature', () => {
  it('is made of what the chain has shown already, even if it was forgotten that it was signed', () => {
    const ledger = withdrawing();
    paidOut(ledger, 305n);
    expect(ledger.refusalOf(signed(ledger.context, W))).toBe('event_ignored');
  });

  it('is made under an older verdict, while paused, or of a frozen deposit`s withdrawal', () => {
    const ledger = withdrawing();
    const old = { ...signed(ledger.context, W), healthEpoch: epoch(0) } as DepositEvent;
    expect(ledger.refusalOf(old)).toBe('not_ready');
    ledger.fact('chain:foreign', 'debit', 900n);
    expect(ledger.refusalOf(signed(ledger.context, W))).toBe('not_ready');
    const paused = withdrawing();
    paused.take({ type: 'operator.pause', at: AT, operator: 'olga', reason: 'looks odd' });
    expect(paused.refusalOf(signed(paused.context, W))).toBe('deposit_paused');
  });
});
