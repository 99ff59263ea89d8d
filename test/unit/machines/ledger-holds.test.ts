/** Promises of the user's money: expiry, partial releases, refusable debits, admissions, limits, stakes in play. */
import { describe, expect, it } from 'vitest';
import { type DepositContext, inPlay } from '../../../machines/deposit/context.ts';
import type { HoldRequested } from '../../../machines/deposit/events.ts';
import {
  admission,
  conclude,
  debit,
  holdRelease,
  holdRequest,
  Ledger,
  MAX_HOLDS,
  MAX_LAMPORTS,
} from '../../model/deposit-model.ts';
import { AT, HOUR } from '../../model/requests.ts';

const funded = (lamports: bigint): Ledger => {
  const ledger = new Ledger();
  ledger.fact('chain:deposit', 'credit', lamports);
  return ledger;
};

const expiring = (token: string, amount: bigint, expiresAt: number): HoldRequested =>
  holdRequest(token, amount, null, { expiresAt });

describe('a hold with a deadline', () => {
  it('expires at it, not before, and its money is spendable again', () => {
    const ledger = funded(500n);
    ledger.take(expiring('a', 300n, AT + 1_000));
    ledger.fireDue(AT + 999);
    expect(ledger.balances.held).toBe('300');
    expect(ledger.take({ type: 'hold.expire', at: AT + 999, token: 'a' })).toBe(false);
    ledger.fireDue(AT + 1_000);
    expect(ledger.balances).toMatchObject({ available: '500', held: '0' });
    expect(ledger.holdStates.get('a')).toBe('expired');
  });

  it('expires in the order of the deadlines, however late the timers fire', () => {
    const ledger = funded(500n);
    const order: string[] = [];
    for (const [token, after] of [
      ['late', 3_000],
      ['early', 1_000],
      ['middle', 2_000],
    ] as const)
      ledger.take(expiring(token, 100n, AT + after));
    const states = ledger.holdStates;
    states.set = (token, state) => {
      if (state === 'expired') order.push(token);
      return Map.prototype.set.call(states, token, state);
    };
    ledger.fireDue(AT + 60_000);
    expect(order).toEqual(['early', 'middle', 'late']);
  });

  it('that was captured stays captured when its timer fires late: never both', () => {
    const ledger = funded(500n);
    ledger.take(expiring('a', 300n, AT + 1_000));
    ledger.fact('chain:join', 'debit', 300n, 'a');
    expect(ledger.take({ type: 'hold.expire', at: AT + 9_000, token: 'a' })).toBe(false);
    expect(ledger.holdStates.get('a')).toBe('captured');
    expect(ledger.balances).toMatchObject({ available: '200', held: '0' });
    expect(ledger.timers.get('hold:a')?.at).toBeNull();
  });

  it('can neither be released nor debited once the deadline has passed, its timer or not; a fact captures it', () => {
    const ledger = funded(500n);
    ledger.take(expiring('a', 300n, AT + 1_000));
    expect(ledger.refusalOf(holdRelease('a', 'open', { at: AT + 1_000 }))).toBe('hold_expired');
    const late = { ...debit('fee', 10n, 'a', 'open'), at: AT + 1_000 };
    expect(ledger.refusalOf(late)).toBe('hold_expired');
    expect(ledger.fact('chain:join', 'debit', 300n, 'a')).toBe(true);
    expect(ledger.holdStates.get('a')).toBe('captured');
  });

  it.each([AT, AT - 1, Number.NaN, 1.5, Number.POSITIVE_INFINITY])('of %s is refused as a request', (at) => {
    expect(funded(500n).refusalOf(expiring('a', 300n, at))).toBe('invalid_request');
  });
});

describe('a release', () => {
  it('in part leaves the hold open with the rest, and a capture of it gives back what it leaves', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.take(holdRelease('a', 'open', { amount: '100' }))).toBe(true);
    expect(ledger.balances).toMatchObject({ available: '300', held: '200' });
    expect(ledger.holdStates.get('a')).toBe('open');
    ledger.fact('chain:join', 'debit', 150n, 'a');
    expect(ledger.balances).toMatchObject({ available: '350', held: '0' });
    expect(ledger.holdStates.get('a')).toBe('captured');
  });

  it('of the whole amount, named, ends it', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.take(holdRelease('a', 'open', { amount: '300' }))).toBe(true);
    expect(ledger.holdStates.get('a')).toBe('released');
  });

  it.each([
    ['301', 'amount_exceeds_hold'],
    ['0', 'invalid_request'],
    ['-1', 'invalid_request'],
    ['18446744073709551616', 'invalid_request'],
  ])('of %s lamports of a hold of 300 is refused', (amount, code) => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.refusalOf(holdRelease('a', 'open', { amount }))).toBe(code);
  });
});

describe('a debit that is no fact', () => {
  it('is refused for more than is held, more than is spendable, and of holds that have ended', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.refusalOf(debit('fee', 301n, 'a', 'open'))).toBe('amount_exceeds_hold');
    expect(ledger.refusalOf(debit('fee', 201n))).toBe('insufficient_funds');
    expect(ledger.refusalOf(debit('fee', 1n, 'b'))).toBe('hold_unknown');
    for (const known of ['captured', 'released', 'expired'] as const)
      expect(ledger.refusalOf(debit('fee', 1n, 'b', known))).toBe(`hold_${known}`);
    expect(ledger.refusalOf(debit('fee', 0n))).toBe('invalid_request');
    expect(ledger.balances).toMatchObject({ available: '200', held: '300', suspense: '0' });
  });

  it('captures a hold in part, and what it leaves goes back', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.take(debit('fee', 120n, 'a', 'open'))).toBe(true);
    expect(ledger.balances).toMatchObject({ available: '380', held: '0' });
  });

  it('is refused while the deposit is frozen or paused', () => {
    const ledger = funded(100n);
    ledger.fact('chain:foreign', 'debit', 140n);
    expect(ledger.refusalOf(debit('fee', 1n))).toBe('deposit_frozen');
    const paused = funded(100n);
    paused.take({ type: 'operator.pause', at: AT, operator: 'olga', reason: 'looks odd' });
    expect(paused.refusalOf(debit('fee', 1n))).toBe('deposit_paused');
  });
});

describe('an admission', () => {
  it('counts to both limits like a hold, moves no money, and is ended by a release', () => {
    const ledger = funded(MAX_LAMPORTS);
    expect(ledger.take(admission('w', MAX_LAMPORTS))).toBe(true);
    expect(ledger.balances).toEqual({
      available: MAX_LAMPORTS.toString(),
      held: '0',
      withdrawing: '0',
      suspense: '0',
    });
    expect(ledger.postings).toHaveLength(2);
    ledger.hold('a', 1n);
    expect(ledger.reviews).toHaveLength(1);
    expect(ledger.take(holdRelease('w', 'open'))).toBe(true);
    expect(ledger.take(holdRequest('b', 1n, null))).toBe(true);
    expect(ledger.context.holds).toHaveLength(1);
  });

  it('is never captured: a fact with its memo takes what is spendable', () => {
    const ledger = funded(500n);
    ledger.take(admission('w', 300n));
    ledger.fact('chain:join', 'debit', 300n, 'w');
    expect(ledger.context.admissions).toHaveLength(1);
    expect(ledger.balances.available).toBe('200');
  });

  it('under the token of a hold is a conflict, and the other way round', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.refusalOf(admission('a', 300n, 'open'))).toBe('idempotency_conflict');
    ledger.take(admission('w', 1n));
    expect(ledger.refusalOf(holdRequest('w', 1n, 'open'))).toBe('idempotency_conflict');
  });

  it('needs neither money nor a history that was read: a wallet pays', () => {
    expect(new Ledger().take(admission('w', 900n))).toBe(true);
  });

  it('is refused while a person has to look, as every new promise', () => {
    const ledger = funded(100n);
    ledger.fact('chain:foreign', 'debit', 140n);
    expect(ledger.refusalOf(admission('w', 1n))).toBe('deposit_frozen');
  });
});

describe('the limits of a user', () => {
  it('count holds and admissions together', () => {
    const ledger = funded(MAX_LAMPORTS);
    for (let n = 0; n < MAX_HOLDS; n += 1)
      expect(ledger.take(n % 2 === 0 ? admission(`w${n}`, 1n) : holdRequest(`h${n}`, 1n, null))).toBe(true);
    ledger.take(admission('over', 1n));
    ledger.take(holdRequest('over too', 1n, null));
    expect(ledger.reviews).toHaveLength(2);
    expect(ledger.context.holds.length + ledger.context.admissions.length).toBe(MAX_HOLDS);
  });

  it('let so many operations through in an hour, overflows counted, and start anew in the next', () => {
    const ledger = funded(900n);
    const maxPerHour = 4;
    const asked = (token: string, at: number) => holdRequest(token, 1n, null, { at, maxPerHour });
    for (let n = 0; n < MAX_HOLDS + 1; n += 1) expect(ledger.take(asked(`h${n}`, AT + n))).toBe(true);
    expect(ledger.reviews).toHaveLength(1);
    expect(ledger.refusalOf(asked('fifth', AT + HOUR - 1))).toBe('velocity_exceeded');
    ledger.release('h0');
    expect(ledger.take(asked('next hour', AT + HOUR))).toBe(true);
    expect(ledger.context.velocity).toEqual({ since: AT + HOUR, count: 1 });
  });

  it('are not opened by a clock that goes back', () => {
    const ledger = funded(900n);
    ledger.take(holdRequest('a', 1n, null, { maxPerHour: 1 }));
    const back = holdRequest('b', 1n, null, { at: AT - 5 * HOUR, maxPerHour: 1 });
    expect(ledger.refusalOf(back)).toBe('velocity_exceeded');
  });
});

describe('a stake in play', () => {
  const playing = (): Ledger => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    ledger.fact('chain:join', 'debit', 300n, 'a');
    return ledger;
  };
  const derived = ({ context }: { context: DepositContext }) => inPlay(context);

  it('begins with the capture of its hold, and ends when its match says so', () => {
    const ledger = playing();
    expect(derived(ledger)).toBe(300n);
    expect(ledger.take(conclude('a'))).toBe(true);
    expect(derived(ledger)).toBe(0n);
  });

  it('does not begin where the match had ended before the capture was told', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    ledger.take(conclude('a'));
    ledger.fact('chain:join', 'debit', 300n, 'a');
    expect(derived(ledger)).toBe(0n);
    expect(ledger.balances).toMatchObject({ available: '200', held: '0' });
  });

  it('that the program does not know is a warning once it has lasted; one too many is none (H-04)', () => {
    const ledger = playing();
    const seen = (onChain: string, at: number) =>
      ({ type: 'compare.inPlay', at, slot: 9, onChain, timingMs: 120_000 }) as const;
    ledger.take(seen('900', AT));
    expect(ledger.context.inPlay).toEqual({ onChain: '900', shortSince: null });
    ledger.take(seen('299', AT + 1));
    expect(ledger.alerts).toEqual([]);
    ledger.take(seen('299', AT + 120_001));
    expect(ledger.alerts).toEqual(['in_play_short']);
    ledger.take(seen('300', AT + 120_002));
    expect(ledger.context.inPlay.shortSince).toBeNull();
  });

  it('is bounded: who is in a hundred unfinished matches is refused the next, and a person is asked', () => {
    const ledger = funded(900n);
    for (let n = 0; n < 100; n += 1) {
      ledger.hold(`h${n}`, 1n);
      ledger.fact(`chain:${n}`, 'debit', 1n, `h${n}`);
    }
    ledger.take(holdRequest('one more', 1n, null));
    expect(ledger.reviews).toHaveLength(1);
    expect(ledger.context.holds).toHaveLength(0);
  });
});

describe('a match`s hold without progress for a day', () => {
  it('is told to a person, and stays', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.take({ type: 'hold.stale', at: AT + 25 * HOUR, token: 'a' })).toBe(true);
    expect(ledger.alerts).toEqual(['orphan_hold']);
    expect(ledger.balances.held).toBe('300');
    expect(ledger.take({ type: 'hold.stale', at: AT + 25 * HOUR, token: 'gone' })).toBe(false);
  });
});
