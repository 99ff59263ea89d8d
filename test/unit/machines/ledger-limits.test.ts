/** The limits of a user under any order of requests (I18, I32), the cap while slow, and what can be taken back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DepositEvent } from '../../../machines/deposit/events.ts';
import type { ChainLevel } from '../../../machines/link.ts';
import { chainEventType } from '../../../machines/link.ts';
import {
  admission,
  BINDING,
  holdRelease,
  holdRequest,
  Ledger,
  MAX_HOLDS,
  MAX_LAMPORTS,
  reportsOf,
  takeBack,
  transferAction,
  transferRequest,
} from '../../model/deposit-model.ts';
import { AT, epoch, HOUR, pause } from '../../model/events.ts';

const MAX_PER_HOUR = 30;

function funded(lamports = MAX_LAMPORTS): Ledger {
  const ledger = new Ledger();
  ledger.fact('chain:deposit', 'credit', lamports);
  return ledger;
}

function told(ledger: Ledger, level: ChainLevel): void {
  const counter = (ledger.context.link.epoch?.counter ?? 0) + 1;
  ledger.take({ type: chainEventType(level), at: AT, healthEpoch: epoch(counter) });
}

interface Asked {
  readonly kind: 'hold' | 'admit' | 'withdraw' | 'deposit' | 'release' | 'takeBack';
  readonly n: number;
  readonly lamports: bigint;
  readonly minute: number;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  kind: fc.constantFrom('hold', 'hold', 'admit', 'withdraw', 'deposit', 'release', 'takeBack'),
  n: fc.nat(12),
  lamports: fc.bigInt({ min: 1n, max: 700n }),
  minute: fc.nat(5),
});

/** Two devices may ask for the same: then the token or the action is the same. */
function eventOf(ledger: Ledger, { kind, n, lamports }: Asked, at: number): DepositEvent {
  const change = { at, maxPerHour: MAX_PER_HOUR };
  switch (kind) {
    case 'hold':
      return holdRequest(`h${n}`, lamports, ledger.known(`h${n}`), change);
    case 'admit':
      return { ...holdRequest(`w${n}`, lamports, ledger.known(`w${n}`), change), type: 'admission.request' };
    case 'withdraw':
    case 'deposit': {
      const action = transferAction(kind, n, lamports, AT + 60 * HOUR);
      return transferRequest(kind, n, lamports, kind === 'withdraw' ? 5n : 0n, { ...change, action });
    }
    case 'release':
      return holdRelease(ledger.context.holds[0]?.token ?? `h${n}`, ledger.known(`h${n}`), { at });
    case 'takeBack':
      return takeBack(ledger.context.actions[0]?.hash ?? '0'.repeat(64));
  }
}

describe('the limits of a user, whatever is asked in which order', () => {
  it('account for everything: what is asked is taken, recorded for a person, or refused; and no more is open', () => {
    const totals = { taken: 0, recorded: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(asked, { minLength: 30, maxLength: 80, size: 'max' }), (requests) => {
        const ledger = funded();
        let at = AT;
        let [received, accepted, recorded, refused] = [0, 0, 0, 0];
        const inHour: number[] = [];
        for (const request of requests) {
          at += request.minute * 60_000;
          const isDemand = request.kind !== 'release' && request.kind !== 'takeBack';
          const before = ledger.reviews.length;
          const open =
            ledger.context.holds.length + ledger.context.admissions.length + ledger.context.actions.length;
          // The invariants of the model hold count and value below their limits in every step.
          const isTaken = ledger.take(eventOf(ledger, request, at));
          if (!isDemand) continue;
          received += 1;
          const now =
            ledger.context.holds.length + ledger.context.admissions.length + ledger.context.actions.length;
          if (!isTaken) refused += 1;
          else if (ledger.reviews.length > before) recorded += 1;
          else accepted += 1;
          expect(now - open).toBe(isTaken && ledger.reviews.length === before ? 1 : 0);
          if (isTaken) inHour.push(at);
        }
        expect(accepted + recorded + refused).toBe(received);
        expect(ledger.reviews).toHaveLength(recorded);
        // Rows are bounded, too: in no window that the ledger counts are there more than so many operations.
        const windows = Map.groupBy(inHour, (time) => Math.floor((time - AT) / HOUR));
        for (const times of windows.values()) expect(times.length).toBeLessThanOrEqual(2 * MAX_PER_HOUR);
        totals.taken += accepted;
        totals.recorded += recorded;
        totals.refused += refused;
      }),
      { numRuns: 60, seed: 20_261_127 },
    );
    for (const total of Object.values(totals)) expect(total).toBeGreaterThan(100);
  });

  it('count a transfer that is taken back no more', () => {
    const ledger = funded();
    for (let n = 1; n <= MAX_HOLDS; n += 1) ledger.take(transferRequest('withdraw', n, 10n));
    ledger.take(holdRequest('over', 1n, null));
    expect(ledger.reviews).toHaveLength(1);
    expect(ledger.take(takeBack(transferAction('withdraw', 1, 10n).hash))).toBe(true);
    expect(ledger.hold('fits', 1n)).toBe(true);
    expect(ledger.context.holds).toHaveLength(1);
  });
});

describe('the cap while the chain is slow', () => {
  const capped = (lamports: bigint) => holdRequest('b', lamports, null, { degradedMaxLamports: '500' });

  it('counts all that is open, refuses for now, records nothing, and lets withdrawals pass', () => {
    const ledger = funded();
    ledger.hold('a', 300n);
    told(ledger, 'degraded');
    expect(ledger.refusalOf(capped(201n))).toBe('stake_capped');
    expect(ledger.refusalOf({ ...admission('w', 201n), degradedMaxLamports: '500' })).toBe('stake_capped');
    expect(ledger.reviews).toEqual([]);
    expect(
      ledger.refusalOf(transferRequest('withdraw', 1, 600n, 0n, { degradedMaxLamports: '0' })),
    ).toBeNull();
    expect(ledger.take(capped(200n))).toBe(true);
  });

  it.each(['online', 'down', 'recovering'] as const)('is off while it is %s', (level) => {
    const ledger = funded();
    told(ledger, 'degraded');
    told(ledger, level);
    expect(ledger.refusalOf(capped(900n))).toBeNull();
  });
});

describe('a transfer that its user takes back', () => {
  const { hash } = transferAction('withdraw', 1, 300n);
  const withdrawing = (): Ledger => {
    const ledger = funded();
    ledger.take(transferRequest('withdraw', 1, 300n, 5n));
    return ledger;
  };
  const report = (ledger: Ledger, type: DepositEvent['type']): void => {
    const event = reportsOf(ledger.context, hash).find((each) => each.type === type);
    if (event === undefined || !ledger.take(event)) throw new Error(`no ${type}`);
  };

  it('gives back amount and fee, once, and stops its clocks', () => {
    const ledger = withdrawing();
    expect(ledger.balances).toMatchObject({ available: '695', withdrawing: '305' });
    expect(ledger.take(takeBack(hash))).toBe(true);
    expect(ledger.balances).toMatchObject({ available: '1000', withdrawing: '0' });
    expect(ledger.actionStates.get(hash)).toBe('cancelled');
    expect(ledger.timers.get(`expire:${hash}`)?.at).toBeNull();
    expect(ledger.refusalOf(takeBack(hash))).toBe('action_not_found');
  });

  it('is possible where it is frozen, and not while it is paused or a person looks at it', () => {
    const frozen = withdrawing();
    frozen.fact('chain:foreign', 'debit', 900n);
    expect(frozen.money).toBe('frozen');
    expect(frozen.refusalOf(takeBack(hash))).toBeNull();
    const paused = withdrawing();
    paused.take(pause());
    expect(paused.refusalOf(takeBack(hash))).toBe('deposit_paused');
    const reviewed = withdrawing();
    report(reviewed, 'action.review');
    expect(reviewed.refusalOf(takeBack(hash))).toBe('deposit_in_review');
  });

  it('is refused once it is signed, and for everybody else', () => {
    const ledger = withdrawing();
    expect(ledger.refusalOf(takeBack(hash, { ...BINDING, wallet: 'another' }))).toBe('binding_mismatch');
    report(ledger, 'action.leased');
    expect(ledger.refusalOf(takeBack(hash))).toBeNull();
    report(ledger, 'action.signed');
    expect(ledger.refusalOf(takeBack(hash))).toBe('attempts_outstanding');
    report(ledger, 'attempt.dead');
    expect(ledger.refusalOf(takeBack(hash))).toBeNull();
    ledger.fact('chain:w', 'debit', 305n, hash, 'withdraw_sol');
    expect(ledger.refusalOf(takeBack(hash))).toBe('attempts_outstanding');
  });
});
