/** Generated cases of fees, prizes, refunds and withdrawals. */

import * as core from '../../../core/index.ts';
import { bytes, le, option, u8, u64, u64s } from '../interface.ts';
import type { Random } from '../random.ts';
import type { Case } from './case.ts';
import { attempt } from './case.ts';

const u16 = (value: number): Uint8Array => le(value, 2);

/** Mostly what a config may hold, sometimes more. */
const bps = (random: Random): number => random.pick([0, 1, 250, 500, 9_999, 10_000, random.below(10_200)]);

export function fees(random: Random): Case {
  const [total, rate] = [random.u64(), bps(random)];
  return {
    request: Buffer.concat([u8(0), u64(total), u16(rate)]),
    wasm: () => attempt(() => core.feeBreakdownBytes(core.feeBreakdown(total, rate))),
  };
}

/** Shares of the whole, cut at random places; sometimes one is then changed, so that they do not make the whole. */
function shares(random: Random): number[] {
  const cuts = random.list(random.below(11), () => random.below(10_001)).sort((a, b) => a - b);
  const out = [...cuts, 10_000].map((cut, at) => cut - (at === 0 ? 0 : (cuts[at - 1] ?? 0)));
  if (random.chance(0.1)) out[0] = random.below(65_536);
  return random.chance(0.05) ? out.slice(1) : out;
}

export function prizes(random: Random): Case {
  const [pool, list] = [random.u64(), shares(random)];
  return {
    request: Buffer.concat([u8(1), u64(pool), le(list.length, 4), ...list.map(u16)]),
    wasm: () => attempt(() => core.prizeDistributionBytes(core.prizeDistribution(pool, list))),
  };
}

/** Who of a table is listed; sometimes a slot is out of range, or several are there twice. */
function listedOf(random: Random, players: number): number[] {
  const slots = random.list(players, (slot) => slot).filter(() => random.chance(0.9));
  if (random.chance(0.05)) slots.push(random.below(12));
  if (random.chance(0.05)) slots.push(...random.list(random.below(8), () => random.below(players + 1)));
  return random.chance(0.5) ? slots : slots.reverse();
}

/** One call of refund_escrow and the state that it meets: mostly sound, each part of it sometimes not. */
export function refundTerms(random: Random): core.RefundTerms {
  const players = random.chance(0.05) ? 0 : 1 + random.below(10);
  const fee = (random.chance(0.1) ? random.u64() : random.lamports()) + 1n;
  const stakes = random.list(players, () => fee & (2n ** 64n - 1n));
  if (random.chance(0.2)) stakes[random.below(players + 1)] = random.chance(0.5) ? 0n : random.u64();
  const sum = stakes.reduce((total, stake) => total + stake, 0n);
  return {
    totalEntry: random.chance(0.9) && sum < 2n ** 64n ? sum : random.u64(),
    stakes,
    listed: listedOf(random, players),
    reason: random.below(random.chance(0.03) ? 256 : 8),
    cancellationFeeBps: random.chance(0.7) ? 250 : bps(random),
    abandoned: random.chance(0.5) ? null : random.below(random.chance(0.05) ? 256 : players || 1),
  };
}

const RENT_MINIMUM = 2_227_200n;

export function refunds(random: Random): Case {
  const terms = refundTerms(random);
  const near = terms.totalEntry + BigInt(random.below(3)) * RENT_MINIMUM + BigInt(random.below(3)) - 1n;
  const lamports = random.chance(0.7) && near >= 0n && near < 2n ** 64n ? near : random.u64();
  const { totalEntry, stakes, listed, reason, cancellationFeeBps, abandoned } = terms;
  return {
    request: Buffer.concat([
      u8(2),
      u64(totalEntry),
      u64s(stakes),
      bytes(Uint8Array.from(listed)),
      u8(reason),
      u16(cancellationFeeBps),
      option(abandoned === null ? undefined : u8(abandoned)),
      u64(lamports),
      u64(RENT_MINIMUM),
    ]),
    wasm: () =>
      attempt(() => {
        const refund = core.refundBreakdown(terms);
        const feasible = core.refundFeasible(refund, lamports, RENT_MINIMUM);
        return Buffer.concat([core.refundBreakdownBytes(refund), u8(feasible ? 1 : 0)]);
      }),
  };
}

export function withdrawals(random: Random): Case {
  const [amount, fee] = [random.u64(), random.chance(0.5) ? 5000n : random.u64()];
  return {
    request: Buffer.concat([u8(3), u64(amount), u64(fee)]),
    wasm: () => attempt(() => u64(core.withdrawalDebit(amount, fee))),
  };
}
