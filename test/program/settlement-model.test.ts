/**
 * The program itself against the core's predictions: generated states are put on the chain, a settlement or a withdrawal
 * runs, and its outcome, every balance and every byte must be what the core's figures say beforehand.
 *
 * `CASES` is the number of cases an instruction (default 300), `SEED` makes a failing run again.
 */

import type { TransactionInstruction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import type { RefundTerms } from '../../core/index.ts';
import { CoreError, refundBreakdown, refundFeasible } from '../../core/index.ts';
import type { Outcome } from './chain.ts';
import { TestChain } from './chain.ts';
import { distributePrizes, refundEscrow, withdrawSol } from './instructions.ts';
import { RENT } from './interface.ts';
import { Random } from './random.ts';
import { prizeCall, refundCall, state, withdrawalCall } from './settlement/generate.ts';
import { distribute, predict, refund, refundTerms, withdraw } from './settlement/model.ts';
import type { State } from './settlement/state.ts';
import { expectOn, put, TREASURY, walletOf } from './settlement/state.ts';
import { MATCH_ID } from './world.ts';

const CASES = Number(process.env.CASES ?? 300);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

interface Step {
  readonly instruction: TransactionInstruction;
  readonly model: (state: State) => void;
  /** What the core says beforehand about the escrow's lamports, if it says anything. */
  readonly feasible?: () => boolean;
}

/** What cannot even be computed to the end is not feasible: the program may panic at an earlier position. */
function isFeasible(terms: RefundTerms, { escrow }: State): boolean {
  try {
    return refundFeasible(refundBreakdown(terms), escrow.lamports, RENT.escrow);
  } catch (error) {
    if (error instanceof CoreError) return false;
    throw error;
  }
}

const STEPS = {
  refund_escrow: (random: Random, before: State): Step => {
    const call = refundCall(random, before);
    const instruction = refundEscrow({
      matchId: MATCH_ID,
      players: call.players.map(({ index, payee }) => ({ index, to: walletOf(payee) })),
      reason: call.reason,
      ...(call.abandoned === null ? {} : { abandoned: call.abandoned }),
      ...(call.withTreasury ? { treasury: TREASURY } : {}),
      toDeposits: call.toDeposits,
    });
    const model = (after: State) => refund(after, call);
    const feasible = () => isFeasible(refundTerms(before, call), before);
    return { instruction, model, feasible };
  },
  distribute_prizes: (random: Random, before: State): Step => {
    const call = prizeCall(random, before);
    const prizes = call.prizes.map(({ index, payee, amount }) => ({ index, amount, to: walletOf(payee) }));
    const { toDeposits } = call;
    const instruction = distributePrizes({ matchId: MATCH_ID, treasury: TREASURY, prizes, toDeposits });
    return { instruction, model: (after) => distribute(after, call) };
  },
  withdraw_sol: (random: Random, before: State): Step => {
    const call = withdrawalCall(random, before);
    const treasury = call.withTreasury ? TREASURY : undefined;
    const instruction = withdrawSol(walletOf(call.payee), call.amount, treasury);
    return { instruction, model: (after) => withdraw(after, call) };
  },
} as const;

/** States in which the call has a chance: most others are refused at once. */
function suited(random: Random, name: string): State {
  const before = state(random);
  const phase = name === 'distribute_prizes' ? 2 : random.below(2);
  return random.chance(0.9) ? { ...before, match: { ...before.match, phase } } : before;
}

describe.each(Object.entries(STEPS))('%s', (name, step) => {
  it(`does what the core predicts, over ${CASES} generated cases (seed ${SEED})`, {
    timeout: 300_000,
  }, () => {
    const [chain, random] = [new TestChain(), new Random(SEED)];
    const outcomes = new Map<Outcome, number>();
    for (let at = 0; at < CASES; at += 1) {
      const before = suited(random, name);
      const { instruction, model, feasible } = step(random, before);
      const { outcome, after } = predict(before, model);
      put(chain, before);
      const found = chain.run(instruction);
      expect(found, `case ${at}`).toBe(outcome);
      expectOn(chain, after, `case ${at}`);
      if (found === 'ok') expect(feasible?.() ?? true, `case ${at}`).toBe(true);
      if (found === 'ProgramFailedToComplete') expect(feasible?.() ?? false, `case ${at}`).toBe(false);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Enough of them land, and enough do not.
    expect(outcomes.get('ok') ?? 0).toBeGreaterThan(CASES / 10);
    expect(outcomes.size).toBeGreaterThan(4);
  });
});
