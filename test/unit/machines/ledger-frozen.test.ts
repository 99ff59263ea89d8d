/** What the ledger cannot explain: it is booked all the same, freezes the deposit, and a person thaws it. */
import { describe, expect, it } from 'vitest';
import { U64_MAX } from '../../../machines/deposit/context.ts';
import { Ledger, unfreeze } from '../../model/deposit-model.ts';
import { AT } from '../../model/requests.ts';

const funded = (lamports: bigint): Ledger => {
  const ledger = new Ledger();
  ledger.fact('chain:deposit', 'credit', lamports);
  return ledger;
};

describe('a fact that no u64 can hold', () => {
  it('is kept, freezes the deposit, and is booked when there is room for it', () => {
    const ledger = funded(U64_MAX - 10n);
    expect(ledger.fact('chain:lie', 'credit', 25n)).toBe(true);
    expect(ledger.balances.available).toBe(U64_MAX.toString());
    expect(ledger.context.beyond).toBe('15');
    expect(ledger.money).toBe('frozen');
    expect(ledger.refusalOf(unfreeze())).toBe('suspense_not_covered');
    ledger.fact('chain:out', 'debit', 1_000n);
    expect(ledger.take(unfreeze())).toBe(true);
    expect(ledger.context.beyond).toBe('0');
    expect(ledger.balances.available).toBe((U64_MAX - 1_000n + 15n).toString());
  });

  it('is kept as a debit too: suspense does not grow beyond it', () => {
    const ledger = funded(1n);
    ledger.fact('chain:one', 'debit', U64_MAX);
    ledger.fact('chain:two', 'debit', 7n);
    expect(ledger.balances.suspense).toBe(U64_MAX.toString());
    expect(ledger.context.beyond).toBe('-6');
    expect(ledger.refusalOf(unfreeze())).toBe('suspense_not_covered');
  });
});

describe('a frozen deposit', () => {
  it('is thawed by a person once what the chain took is covered, which is paid first', () => {
    const ledger = funded(100n);
    ledger.fact('chain:foreign', 'debit', 140n);
    expect(ledger.refusalOf(unfreeze())).toBe('suspense_not_covered');
    ledger.fact('chain:more', 'credit', 90n);
    expect(ledger.money).toBe('frozen');
    expect(ledger.take(unfreeze())).toBe(true);
    expect(ledger.balances).toEqual({ available: '50', held: '0', withdrawing: '0', suspense: '0' });
    expect(ledger.money).toBe('active');
    expect(ledger.refusalOf(unfreeze())).toBe('event_ignored');
  });

  it('by a difference goes through a comparison again before it is online', () => {
    const ledger = funded(100n);
    const breaks = [{ class: 'amount_mismatch', detail: 'available differs' }] as const;
    ledger.take({ type: 'compare.mismatch', at: AT, slot: 1, breaks });
    expect(ledger.state.value).toEqual({ money: 'frozen', link: 'paused' });
    ledger.take(unfreeze());
    expect(ledger.state.value).toEqual({ money: 'active', link: 'reconciling' });
    expect(ledger.lastWork).toContain('compare');
    ledger.take({ type: 'compare.clean', at: AT, slot: 2, onChain: '100' });
    expect(ledger.state.value).toEqual({ money: 'active', link: 'online' });
  });
});

describe('a figure that is adopted', () => {
  const adopted = (onChain: bigint, slot = 9) => unfreeze({ slot, onChain: onChain.toString() });

  it('clears the debt, and what no u64 can hold, at once', () => {
    const ledger = funded(100n);
    ledger.fact('chain:foreign', 'debit', 140n);
    expect(ledger.take(adopted(0n))).toBe(true);
    expect(ledger.balances).toEqual({ available: '0', held: '0', withdrawing: '0', suspense: '0' });
    ledger.fact('chain:lie', 'credit', U64_MAX);
    ledger.fact('chain:more', 'credit', 25n);
    expect(ledger.context.beyond).toBe('25');
    expect(ledger.take(adopted(70n))).toBe(true);
    expect(ledger.context).toMatchObject({ beyond: '0', slot: 9, frozenFor: null });
    expect(ledger.balances).toEqual({ available: '70', held: '0', withdrawing: '0', suspense: '0' });
  });

  it('is refused where it is none, or older than what was booked', () => {
    const ledger = funded(100n);
    expect(ledger.refusalOf(adopted(100n))).toBe('event_ignored');
    ledger.take({ type: 'compare.mismatch', at: AT, slot: 1, breaks: [{ class: 'shortfall', detail: '' }] });
    expect(ledger.refusalOf(adopted(U64_MAX + 1n))).toBe('invalid_request');
    expect(ledger.refusalOf(adopted(100n, ledger.context.slot - 1))).toBe('not_ready');
    expect(ledger.refusalOf(adopted(100n, ledger.context.slot))).toBeNull();
  });
});
