import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../../../core/index.ts';

/** Rent minimum of an escrow (interface: section 2). */
const RENT = 2_227_200n;
const U64_MAX = 2n ** 64n - 1n;
const STAKE = 100_000_000n;

function code(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof core.CoreError ? error.code : error;
  }
}

/** An escrow of equal stakes, all listed, at the default fee. */
function equalStakes(players: number, change: Partial<core.RefundTerms> = {}): core.RefundTerms {
  return {
    totalEntry: STAKE * BigInt(players),
    stakes: Array<bigint>(players).fill(STAKE),
    listed: Array.from({ length: players }, (_, slot) => slot),
    reason: 0,
    cancellationFeeBps: 250,
    abandoned: null,
    ...change,
  };
}

/** The interface's steps (section 4.14) in integers without a limit: what is refunded, or why nothing is. */
function model(terms: core.RefundTerms): core.RefundBreakdown | string {
  const { stakes, listed, reason, abandoned } = terms;
  const unknown = (slot: number) => slot >= Math.min(stakes.length, 10);
  if (listed.length < 1 || listed.length > 10) return 'invalid_list';
  if (reason > 7) return 'invalid_reason';
  if ((abandoned !== null && unknown(abandoned)) || listed.some(unknown)) return 'index_out_of_range';
  const product = terms.totalEntry * BigInt(terms.cancellationFeeBps);
  if (reason !== 0 && product > U64_MAX) return 'overflow';
  const fee = reason === 0 ? 0n : product / 10_000n;
  const forfeiter = [1, 3, 4].includes(reason) ? abandoned : null;
  const forfeited = forfeiter === null ? 0n : (stakes[forfeiter] ?? 0n);
  const open = [...stakes];
  let left = terms.totalEntry;
  const payouts: bigint[] = [];
  for (const slot of listed) {
    const stake = open[slot] ?? 0n;
    open[slot] = 0n;
    if (stake === 0n && slot !== forfeiter) return 'zero_stake';
    left -= stake;
    if (left < 0n) return 'overflow';
    payouts.push(slot === forfeiter ? 0n : stake);
  }
  const treasury = fee + forfeited;
  return treasury > U64_MAX ? 'overflow' : { payouts, treasury };
}

const lamports = fc.oneof(fc.bigInt(0n, U64_MAX), fc.bigInt(0n, 10n ** 11n), fc.constantFrom(0n, U64_MAX));
const terms: fc.Arbitrary<core.RefundTerms> = fc.record({
  totalEntry: lamports,
  stakes: fc.array(fc.oneof(fc.constantFrom(0n, 1n, STAKE), lamports), { maxLength: 10 }),
  listed: fc.array(fc.nat(10), { maxLength: 11 }),
  reason: fc.nat(8),
  cancellationFeeBps: fc.nat(10_000),
  abandoned: fc.option(fc.nat(10)),
});
/** Terms that are mostly accepted: some of the players of a full table, in any order. */
const sound = fc
  .record({
    listed: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
    reason: fc.nat(7),
    abandoned: fc.option(fc.nat(5)),
    cancellationFeeBps: fc.nat(10_000),
  })
  .map((change) => equalStakes(6, change));

describe('a refund', () => {
  it('is what the interface says, for any terms', () => {
    const numRuns = Number(process.env.CASES ?? 500);
    fc.assert(
      fc.property(fc.oneof(terms, sound), (given) => {
        expect(code(() => core.refundBreakdown(given))).toEqual(model(given));
      }),
      { numRuns },
    );
  });

  it('follows the matrix of the interface for every reason', () => {
    for (let reason = 0; reason <= 7; reason++) {
      const fee = reason === 0 ? 0n : 10_000_000n;
      const forfeits = [1, 3, 4].includes(reason);
      expect(core.refundBreakdown(equalStakes(4, { reason }))).toEqual({
        payouts: [STAKE, STAKE, STAKE, STAKE],
        treasury: fee,
      });
      expect(core.refundBreakdown(equalStakes(4, { reason, abandoned: 1 }))).toEqual({
        payouts: [STAKE, forfeits ? 0n : STAKE, STAKE, STAKE],
        treasury: forfeits ? fee + STAKE : fee,
      });
    }
  });

  it('cannot land with a fee on top of full stakes, unless someone tops the escrow up (H-02)', () => {
    const refund = core.refundBreakdown(equalStakes(4, { reason: 1, abandoned: 3 }));
    expect(refund.treasury).toBe(110_000_000n);
    expect(core.refundFeasible(refund, 400_000_000n + RENT, RENT)).toBe(false);
    expect(core.refundFeasible(refund, 410_000_000n + RENT, RENT)).toBe(true);
    expect(core.refundFeasible(refund, 410_000_000n + RENT - 1n, RENT)).toBe(false);
  });

  it('lands where the fee is exactly the rent, and so empties the escrow', () => {
    const one = (totalEntry: bigint) =>
      core.refundBreakdown({ ...equalStakes(1, { reason: 2 }), totalEntry, stakes: [totalEntry] });
    const lands = (total: bigint) => core.refundFeasible(one(total), total + RENT, RENT);
    expect(one(89_088_000n).treasury).toBe(RENT);
    expect([89_087_999n, 89_088_000n, 89_088_039n, 89_088_040n].map(lands)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is no refund of what does not fit its types', () => {
    const refused = (change: Partial<core.RefundTerms>) =>
      code(() => core.refundBreakdown(equalStakes(2, change)));
    expect(refused({ listed: [256] })).toBe('out_of_range');
    expect(refused({ listed: [-1] })).toBe('out_of_range');
    expect(refused({ reason: 256 })).toBe('out_of_range');
    expect(refused({ abandoned: 0.5 })).toBe('out_of_range');
    expect(refused({ cancellationFeeBps: 65_536 })).toBe('out_of_range');
    expect(refused({ stakes: [2n ** 64n, 0n] })).toBe('out_of_range');
    expect(refused({ totalEntry: -1n })).toBe('out_of_range');
    expect(code(() => core.refundFeasible({ payouts: [1n], treasury: 2n ** 64n }, 0n, 0n))).toBe(
      'out_of_range',
    );
    expect(code(() => core.refundBreakdownBytes({ payouts: [], treasury: 0n }))).toBe('invalid_list');
  });
});

describe('a withdrawal', () => {
  it('takes amount and fee, and nothing where that leaves u64', () => {
    expect(core.withdrawalDebit(99_995_000n, 5_000n)).toBe(100_000_000n);
    expect(core.withdrawalDebit(U64_MAX, 0n)).toBe(U64_MAX);
    expect(code(() => core.withdrawalDebit(U64_MAX, 1n))).toBe('overflow');
    expect(code(() => core.withdrawalDebit(0n, 5_000n))).toBe('zero_amount');
  });
});

describe('a custom error', () => {
  it('has the name that the program gives it', () => {
    expect([6000, 6013, 6029, 6044].map(core.programErrorName)).toEqual([
      'MatchFull',
      'InsufficientFunds',
      'Overflow',
      'InvalidPaymentMethod',
    ]);
    expect([0, 1, 3012, 5999, 6045, 2 ** 32 - 1].map(core.programErrorName)).toEqual(Array(6).fill(null));
    const names = Array.from({ length: 45 }, (_, index) => core.programErrorName(6000 + index));
    expect(new Set(names).size).toBe(45);
  });
});
