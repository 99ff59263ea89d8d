/** Generated states and calls: mostly ones that can land, each part of them sometimes not. */

import * as core from '../../../core/index.ts';
import { NOW } from '../chain.ts';
import { RENT } from '../interface.ts';
import type { Random } from '../random.ts';
import type { Payee, PrizeCall, RefundCall, WithdrawalCall } from './model.ts';
import type { Deposit, State } from './state.ts';

const WALLET_RENT = 890_880n;

const some = (random: Random): bigint => BigInt(random.below(2 ** 31)) + 1n;
/** Far from what a u64 holds, so that sums of lamports stay within it, as on a real chain. */
const odd = (random: Random): bigint => random.u64() >> 1n;

function wallet(random: Random): bigint {
  if (random.chance(0.9)) return WALLET_RENT + some(random);
  return random.pick([0n, 1n, WALLET_RENT - 1n]);
}

function deposit(random: Random, stake: bigint): Deposit {
  const available = some(random);
  return {
    available: random.chance(0.02) ? 2n ** 64n - 1n - BigInt(random.below(2)) : available,
    inPlay: random.chance(0.1) ? BigInt(random.below(3)) : stake + BigInt(random.below(2)) * some(random),
    withdrawn: some(random),
    lockedUntil: random.pick([0n, 0n, 0n, 0n, 0n, -1n, NOW, NOW + 1n]),
    flags: random.chance(0.05) ? random.below(4) : 0,
    lamports: RENT.deposit + available,
  };
}

export function state(random: Random): State {
  const count = 1 + random.below(10);
  const fee = random.chance(0.2) ? BigInt(random.below(1000)) + 1n : some(random);
  const stakes = random.list(10, (slot) => (slot < count ? fee : 0n));
  if (random.chance(0.1)) stakes[random.below(10)] = random.chance(0.5) ? 0n : odd(random);
  const sum = stakes.reduce((all, stake) => all + stake, 0n);
  const total = random.chance(0.9) ? sum : odd(random);
  // Often topped up by what a cancellation takes, since it could not land otherwise (H-02).
  const extra = random.pick([0n, (total * 250n) / 10_000n, fee + (total * 250n) / 10_000n, some(random)]);
  const collected = random.chance(0.95) ? sum : sum / 2n;
  return {
    match: { phase: random.below(3), count, method: random.below(2), fee },
    escrow: {
      total: total & (2n ** 63n - 1n),
      platformFee: 0n,
      due: random.chance(0.9) ? 0n : random.u64(),
      stakes,
      flags: random.pick([0x01, 0x01, 0x01, 0x01, 0x05, 0x0d, 0x00, 0x03, 0xc1]),
      abandoned: 255,
      lamports: (RENT.escrow + collected + extra) & (2n ** 63n - 1n),
    },
    config: {
      feeBps: random.pick([500, 500, 0, 1, 9_999, 10_000]),
      cancellationBps: random.pick([250, 250, 250, 0, 1, 10_000]),
      withdrawalFee: random.pick([5000n, 5000n, 0n, some(random)]),
      paused: random.chance(0.03),
    },
    deposits: random.list(10, () => deposit(random, fee)),
    wallets: random.list(10, () => wallet(random)),
    treasury: wallet(random),
  };
}

/** Who is paid at a position: the player mostly, sometimes another, who may stand there twice. */
const payees = (random: Random, indices: readonly number[]): Payee[] =>
  indices.map((index) => ({ index, payee: random.chance(0.9) && index < 10 ? index : random.below(10) }));

function shuffled(random: Random, count: number): number[] {
  const slots = random.list(count, (slot) => slot);
  for (let at = slots.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [slots[at], slots[other]] = [slots[other] ?? 0, slots[at] ?? 0];
  }
  return slots;
}

export function refundCall(random: Random, { match }: State): RefundCall {
  const listed = shuffled(random, match.count);
  if (random.chance(0.3)) listed.length = random.below(listed.length + 1);
  if (random.chance(0.1) && listed.length < 10) listed.push(random.below(11));
  return {
    players: payees(random, listed),
    reason: random.chance(0.3) ? 0 : random.below(random.chance(0.05) ? 256 : 8),
    abandoned: random.chance(0.5) ? null : random.below(random.chance(0.1) ? 12 : match.count),
    withTreasury: random.chance(0.9),
    toDeposits: random.chance(0.95),
  };
}

/** Prizes that share the net pool exactly, unless something is wrong with them. */
export function prizeCall(random: Random, { match, escrow, config }: State): PrizeCall {
  const winners = shuffled(random, match.count).slice(0, 1 + random.below(match.count));
  const part = Math.floor(10_000 / winners.length);
  const shares = winners.map((_, rank) => (rank === 0 ? 10_000 - part * (winners.length - 1) : part));
  let amounts = winners.map(() => 1n);
  try {
    const { netPool } = core.feeBreakdown(escrow.total, config.feeBps);
    amounts = core.prizeDistribution(netPool, shares).prizes;
  } catch (error) {
    // A pool that cannot be shared: then the amounts are wrong, and must be refused.
    if (!(error instanceof core.CoreError)) throw error;
  }
  if (random.chance(0.1)) amounts[random.below(amounts.length)] = random.pick([0n, 1n, 2n ** 64n - 1n]);
  if (random.chance(0.03)) winners[0] = random.below(12);
  const prizes = payees(random, winners).map((one, at) => ({ ...one, amount: amounts[at] ?? 1n }));
  return { prizes: random.chance(0.02) ? [] : prizes, toDeposits: random.chance(0.95) };
}

export function withdrawalCall(random: Random, { deposits, config }: State): WithdrawalCall {
  const payee = random.below(10);
  const all = (deposits[payee]?.available ?? 0n) - config.withdrawalFee;
  const part = all > 0n ? BigInt(random.below(Number(all & (2n ** 50n - 1n)) || 1)) : 0n;
  const amount = random.pick([part, part, all, all + 1n, 0n, 2n ** 64n - 5000n, 2n ** 64n - 1n]);
  return {
    payee,
    amount: amount < 0n || amount >= 2n ** 64n ? 0n : amount,
    withTreasury: random.chance(0.9),
  };
}
