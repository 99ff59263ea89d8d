/** The deposit's ledger under random operations: double entry, holds that end once, facts that are never refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depositBehaviour, depositValue } from '../../../durable-objects/deposit/behaviour.ts';
import { type Balances, expectedOnChain } from '../../../machines/deposit/context.ts';
import type { DepositEvent } from '../../../machines/deposit/events.ts';
import { folded } from '../../../machines/deposit/postings.ts';
import {
  depositStep,
  holdRelease,
  holdRequest,
  Ledger,
  MAX_HOLDS,
  MAX_LAMPORTS,
} from '../../model/deposit-model.ts';

const RUNS = { numRuns: 300, seed: 20_261_123 };
const EMPTY: Balances = { available: '0', held: '0', withdrawing: '0', suspense: '0' };

/** Few tokens and small amounts, so that repeats, captures of open holds and shortfalls all happen. */
const token = fc.integer({ min: 0, max: 7 }).map((n) => `hold-${n}`);
const amount = fc.bigInt({ min: 1n, max: 600n });
const direction = fc.constantFrom('credit', 'debit' as const);

const operation = fc.oneof(
  fc.record({ kind: fc.constant('hold' as const), token, amount }),
  fc.record({ kind: fc.constant('release' as const), token }),
  fc.record({
    kind: fc.constant('fact' as const),
    token: fc.integer({ min: 0, max: 20 }).map((n) => `chain:${n}`),
    direction,
    amount,
    holdToken: fc.option(token, { nil: null }),
  }),
);

type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never;

function run(ledger: Ledger, each: Operation): boolean {
  if (each.kind === 'hold') return ledger.hold(each.token, each.amount);
  if (each.kind === 'release') return ledger.release(each.token);
  return ledger.fact(each.token, each.direction, each.amount, each.holdToken);
}

const operations = fc.array(operation, { maxLength: 60, size: 'max' });

describe('the ledger', () => {
  it('sums to zero after every event, and its balances are the fold of all its postings', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const ledger = new Ledger();
        for (const each of list) run(ledger, each);
        const total = ledger.postings.reduce((sum, { delta }) => sum + delta, 0n);
        expect(total).toBe(0n);
        const refolded = ledger.postings.reduce<Balances>(
          (balances, { account, delta }) => folded(balances, account, delta),
          EMPTY,
        );
        expect(refolded).toEqual(ledger.balances);
      }),
      RUNS,
    );
  });

  it('expects on the chain exactly what the facts of the chain say', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const ledger = new Ledger();
        let onChain = 0n;
        for (const each of list) {
          const isNew = run(ledger, each);
          if (each.kind === 'fact' && isNew)
            onChain += each.direction === 'credit' ? each.amount : -each.amount;
        }
        expect(expectedOnChain(ledger.context)).toBe(onChain);
      }),
      RUNS,
    );
  });

  it('never refuses a fact of the chain, frozen or paused, and never counts one twice', () => {
    fc.assert(
      fc.property(operations, fc.boolean(), (list, pausedFirst) => {
        const ledger = new Ledger();
        if (pausedFirst)
          ledger.commit({ type: 'operator.pause', at: 0, operator: 'olga', reason: 'looks odd' }, 'pause');
        const tokens = new Set<string>();
        for (const each of list) {
          const isTaken = run(ledger, each);
          if (each.kind !== 'fact') continue;
          expect(isTaken).toBe(!tokens.has(each.token));
          tokens.add(each.token);
        }
      }),
      RUNS,
    );
  });

  it('ends each hold once, and gives back what a capture leaves', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const ledger = new Ledger();
        for (const each of list) {
          const before = new Map(ledger.holdStates);
          run(ledger, each);
          for (const [key, was] of before)
            if (was !== 'open') expect(ledger.holdStates.get(key), `${key} had ended`).toBe(was);
        }
        const open = [...ledger.holdStates].filter(([, state]) => state === 'open').map(([key]) => key);
        expect(ledger.state.context.holds.map((hold) => hold.token).toSorted()).toEqual(open.toSorted());
      }),
      RUNS,
    );
  });

  it('is repeated without any effect', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const once = new Ledger();
        const twice = new Ledger();
        for (const each of list) {
          run(once, each);
          run(twice, each);
          run(twice, each);
        }
        expect(twice.state).toEqual(once.state);
      }),
      RUNS,
    );
  });
});

describe('a debit', () => {
  const funded = (lamports: bigint) => {
    const ledger = new Ledger();
    ledger.fact('chain:deposit', 'credit', lamports);
    return ledger;
  };

  it('captures its hold, and the rest of the hold is spendable again', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    ledger.fact('chain:join', 'debit', 200n, 'a');
    expect(ledger.balances).toEqual({ available: '300', held: '0', withdrawing: '0', suspense: '0' });
    expect(ledger.holdStates.get('a')).toBe('captured');
  });

  it('of more than the hold takes the difference from what is spendable', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    ledger.fact('chain:join', 'debit', 450n, 'a');
    expect(ledger.balances).toEqual({ available: '50', held: '0', withdrawing: '0', suspense: '0' });
  });

  it('that nothing covers goes to suspense, freezes the deposit, and a person is asked', () => {
    const ledger = funded(100n);
    ledger.hold('a', 100n);
    ledger.fact('chain:foreign', 'debit', 40n);
    expect(ledger.balances).toEqual({ available: '0', held: '100', withdrawing: '0', suspense: '40' });
    expect(depositValue(ledger.state.value).money).toBe('frozen');
    expect(ledger.reviews).toHaveLength(1);
    expect(ledger.hold('b', 1n)).toBe(false);
    expect(ledger.release('a')).toBe(true);
  });

  it('of the last open hold tells the directory that nobody waits any more', () => {
    const ledger = funded(500n);
    ledger.hold('a', 300n);
    expect(ledger.lastWork).toContain('directory');
    ledger.fact('chain:join', 'debit', 300n, 'a');
    expect(ledger.lastWork).toContain('directory');
  });
});

describe('a hold', () => {
  it('is refused where the spendable balance does not cover it, pending holds counted', () => {
    const ledger = new Ledger();
    ledger.fact('chain:deposit', 'credit', 500n);
    expect(ledger.hold('a', 400n)).toBe(true);
    expect(ledger.hold('b', 101n)).toBe(false);
    expect(ledger.hold('c', 100n)).toBe(true);
  });

  it('that comes after its release is refused, and takes nothing', () => {
    const ledger = new Ledger();
    ledger.fact('chain:deposit', 'credit', 500n);
    expect(ledger.release('a')).toBe(true);
    expect(ledger.hold('a', 100n)).toBe(false);
    expect(ledger.balances.available).toBe('500');
  });

  it('that has ended is refused by how it ended: three codes', () => {
    const { state } = new Ledger();
    const codeOf = (event: DepositEvent) =>
      depositStep(state, event) === null ? depositBehaviour.refuse(state, event).code : null;
    const ends = ['captured', 'released', 'expired'] as const;
    const codes = ['hold_captured', 'hold_released', 'hold_expired'];
    expect(ends.map((known) => codeOf(holdRequest('a', 1n, known)))).toEqual(codes);
    expect(ends.map((known) => codeOf(holdRelease('a', known)))).toEqual(codes);
  });

  it('of somebody else`s is refused, before anything about money is said', () => {
    const { state } = new Ledger();
    const other = { ...holdRequest('a', 1n, null), binding: { userId: 'eve', wallet: 'x', authority: 'y' } };
    expect(depositStep(state, other as DepositEvent)).toBeNull();
    expect(depositBehaviour.refuse(state, other as DepositEvent).code).toBe('binding_mismatch');
  });

  it('over a limit of the user holds nothing and is written down for a person', () => {
    const ledger = new Ledger();
    ledger.fact('chain:deposit', 'credit', 10n * MAX_LAMPORTS);
    for (let n = 0; n < MAX_HOLDS; n += 1) expect(ledger.hold(`small-${n}`, 1n)).toBe(true);
    ledger.hold('one too many', 1n);
    ledger.release('small-0');
    ledger.hold('too much', MAX_LAMPORTS);
    expect(ledger.reviews).toHaveLength(2);
    expect(ledger.balances.held).toBe((MAX_HOLDS - 1).toString());
  });
});
