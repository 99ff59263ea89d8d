/** Deposits by request: a wallet signs, and nothing is credited before the chain's fact. */
import { describe, expect, it } from 'vitest';
import {
  LAPSE_MS,
  Ledger,
  MAX_HOLDS,
  offered,
  signatureOf,
  signed,
  transferRequest,
} from '../../model/deposit-model.ts';
import { AT, epoch, HOUR } from '../../model/requests.ts';
import { D, report, reports } from './transfer-desk.ts';

describe('a deposit by request', () => {
  const depositing = (): Ledger => {
    const ledger = new Ledger();
    expect(ledger.take(transferRequest('deposit', 2, 300n))).toBe(true);
    reports(ledger, D, 'action.leased', 'action.offered');
    return ledger;
  };

  it('is credited only by the fact, and ends with its transaction', () => {
    const ledger = depositing();
    reports(ledger, D, 'wallet.signed', 'action.signed', 'action.sent', 'action.landed');
    expect(ledger.balances.available).toBe('0');
    ledger.fact('chain:d', 'credit', 300n, D, 'deposit_sol');
    reports(ledger, D, 'action.final');
    expect(ledger.balances.available).toBe('300');
  });

  it('is not ended by anybody`s credit that carries its memo', () => {
    const ledger = depositing();
    reports(ledger, D, 'wallet.signed', 'action.signed', 'action.sent');
    ledger.fact('chain:prize', 'credit', 1n, D, 'distribute_prizes');
    expect(ledger.refusalOf(report(ledger, D, 'action.final'))).toBe('not_ready');
  });

  it('lapses where no wallet signs in time, over offers that die; a signature stops the clock', () => {
    const ledger = depositing();
    reports(ledger, D, 'offer.dead', 'action.offered');
    ledger.fireDue(AT + LAPSE_MS);
    expect(ledger.actionStates.get(D)).toBe('expired');
    const signing = depositing();
    reports(signing, D, 'wallet.signed');
    signing.fireDue(AT + LAPSE_MS);
    expect(signing.actionStates.get(D)).toBe('leased');
  });

  it('does not lapse while the chain cannot take it: nobody`s wallet is late', () => {
    const ledger = depositing();
    ledger.take({ type: 'chain.down', at: AT, healthEpoch: epoch(2) });
    ledger.fireDue(AT + LAPSE_MS);
    expect(ledger.actionStates.get(D)).toBe('offered');
    ledger.take({ type: 'chain.recovering', at: AT, healthEpoch: epoch(3) });
    reports(ledger, D, 'offer.dead');
    const later = AT + 2 * LAPSE_MS;
    ledger.take({ ...offered(ledger.context, D), at: later });
    ledger.fireDue(later + LAPSE_MS - 1);
    expect(ledger.actionStates.get(D)).toBe('offered');
    ledger.fireDue(later + LAPSE_MS);
    expect(ledger.actionStates.get(D)).toBe('expired');
  });

  it('does not delay `online` while it waits for a wallet', () => {
    const ledger = depositing();
    ledger.take({ type: 'chain.recovering', at: AT, healthEpoch: epoch(2) });
    ledger.take({ type: 'chain.online', at: AT, healthEpoch: epoch(3) });
    expect(ledger.take({ type: 'compare.clean', at: AT, slot: 1, onChain: '0' })).toBe(true);
  });

  it('is taken of a frozen deposit too: it may be what is missing', () => {
    const ledger = new Ledger();
    ledger.fact('chain:foreign', 'debit', 40n);
    expect(ledger.take(transferRequest('deposit', 2, 300n))).toBe(true);
    reports(ledger, D, 'action.leased', 'action.offered', 'wallet.signed', 'action.signed');
  });

  it('counts as an action, and its lamports to no limit', () => {
    const ledger = new Ledger();
    for (let n = 0; n < MAX_HOLDS; n += 1)
      expect(ledger.take(transferRequest('deposit', 10 + n, 5_000n))).toBe(true);
    ledger.take(transferRequest('deposit', 20, 1n));
    expect(ledger.reviews).toHaveLength(1);
    expect(ledger.context.actions).toHaveLength(MAX_HOLDS);
  });

  it('that is signed and not countersigned ends at its notAfter: without the coordinator it cannot land', () => {
    const ledger = depositing();
    reports(ledger, D, 'wallet.signed');
    ledger.fireDue(AT + HOUR);
    expect(ledger.actionStates.get(D)).toBe('expired');
    expect(ledger.refusalOf(signed(ledger.context, D))).toBe('event_ignored');
    expect(signatureOf(ledger.context, D)).toContain(D.slice(0, 12));
  });
});
