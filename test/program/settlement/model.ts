/**
 * What the program must do, predicted: every figure comes from the core, as the mirror would compute it beforehand; the
 * order of checks and the moves of lamports are the interface's. A call changes its copy of the state, or throws.
 */

import * as core from '../../../core/index.ts';
import { CoreError } from '../../../core/index.ts';
import type { Outcome } from '../chain.ts';
import { NOW } from '../chain.ts';
import { RENT } from '../interface.ts';
import type { Deposit, State } from './state.ts';

export interface Payee {
  /** Player index in the match. */
  readonly index: number;
  /** Whose wallet and deposit stand at the position. */
  readonly payee: number;
}

export interface RefundCall {
  readonly players: readonly Payee[];
  readonly reason: number;
  readonly abandoned: number | null;
  readonly withTreasury: boolean;
  readonly toDeposits: boolean;
}

export interface PrizeCall {
  readonly prizes: readonly (Payee & { readonly amount: bigint })[];
  readonly toDeposits: boolean;
}

export interface WithdrawalCall {
  readonly payee: number;
  readonly amount: bigint;
  readonly withTreasury: boolean;
}

const U64_MAX = 2n ** 64n - 1n;
const WALLET_RENT = 890_880n;
const [FUNDED, DISTRIBUTED, CANCELLED] = [1, 2, 4];
const PLATFORM = 1;
const PANIC = 'ProgramFailedToComplete';

class Refusal extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(String(outcome));
    this.outcome = outcome;
  }
}

function demand(holds: boolean, otherwise: Outcome): void {
  if (!holds) throw new Refusal(otherwise);
}

/** The core's figure, or the code with which the program refuses where the core does. */
function figure<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof CoreError) throw new Refusal(error.code === 'overflow' ? 6029 : 6005);
    throw error;
  }
}

function sum(a: bigint, b: bigint): bigint {
  demand(a + b <= U64_MAX, 6029);
  return a + b;
}

interface Holder {
  lamports: bigint;
}

/** Lamports that are not there end in a panic. */
function take(from: Holder, lamports: bigint): void {
  demand(from.lamports >= lamports, PANIC);
  from.lamports -= lamports;
}

const wallet = (state: State, payee: number): Holder => ({
  get lamports() {
    return state.wallets[payee] ?? 0n;
  },
  set lamports(value) {
    state.wallets[payee] = value;
  },
});

const depositOf = (state: State, payee: number): Deposit => {
  const deposit = state.deposits[payee];
  if (deposit === undefined) throw new Error(`no payee ${payee}`);
  return deposit;
};

function toDeposit(state: State, payee: number, lamports: bigint, passed: boolean): Deposit {
  demand(passed, 6044);
  const deposit = depositOf(state, payee);
  take(state.escrow, lamports);
  deposit.lamports += lamports;
  deposit.available = sum(deposit.available, lamports);
  return deposit;
}

function toWallet(state: State, payee: number, lamports: bigint): void {
  take(state.escrow, lamports);
  wallet(state, payee).lamports += lamports;
}

/** The core's terms of a call. */
export function refundTerms({ match, escrow, config }: State, call: RefundCall): core.RefundTerms {
  return {
    totalEntry: escrow.total,
    stakes: escrow.stakes.slice(0, match.count),
    listed: call.players.map((player) => player.index),
    reason: call.reason,
    cancellationFeeBps: config.cancellationBps,
    abandoned: call.abandoned,
  };
}

export function refund(state: State, call: RefundCall): void {
  const { match, escrow, config } = state;
  const terms = refundTerms(state, call);
  const { listed } = terms;
  demand(listed.length >= 1 && listed.length <= 10, 6005);
  demand((escrow.flags & CANCELLED) !== 0 || match.phase !== 2, 6043);
  demand((escrow.flags & DISTRIBUTED) === 0, 6040);
  demand(call.reason <= 7, 6005);
  demand(
    [call.abandoned ?? 0, ...listed].every((index) => index < match.count),
    6005,
  );
  demand(!config.paused, 6036);
  call.players.forEach(({ index, payee }, position) => {
    // The core's answer to the list up to here: its refusals come position by position too.
    const sofar = figure(() => core.refundBreakdown({ ...terms, listed: listed.slice(0, position + 1) }));
    const stake = sofar.payouts[position] ?? 0n;
    escrow.stakes[index] = 0n;
    if (stake === 0n) return;
    if (match.method !== PLATFORM) {
      toWallet(state, payee, stake);
      return;
    }
    const deposit = toDeposit(state, payee, stake, call.toDeposits);
    demand(deposit.inPlay >= stake, 6029);
    deposit.inPlay -= stake;
  });
  const { treasury } = figure(() => core.refundBreakdown(terms));
  if (treasury > 0n) {
    demand(call.withTreasury, 6005);
    take(escrow, treasury);
    state.treasury += treasury;
    escrow.due = sum(escrow.due, treasury);
  }
  escrow.flags = (escrow.flags & ~0x38) | CANCELLED | (call.reason << 3);
  escrow.abandoned = call.abandoned ?? 255;
  escrow.total = 0n;
}

export function distribute(state: State, { prizes, toDeposits }: PrizeCall): void {
  const { match, escrow, config } = state;
  demand(prizes.length >= 1 && prizes.length <= 10, 6005);
  demand(!config.paused, 6036);
  demand(match.phase === 2, 6042);
  demand((escrow.flags & FUNDED) !== 0, 6041);
  demand((escrow.flags & DISTRIBUTED) === 0, 6040);
  demand(
    prizes.every(({ index, amount }) => index < match.count && amount > 0n),
    6005,
  );
  const fees = figure(() => core.feeBreakdown(escrow.total, config.feeBps));
  const total = prizes.reduce((all, prize) => all + prize.amount, 0n);
  demand(total <= U64_MAX, PANIC);
  demand(total === fees.netPool, 6005);
  if (fees.platformFee > 0n) {
    escrow.platformFee = fees.platformFee;
    escrow.due = fees.platformFee;
    take(escrow, fees.platformFee);
    state.treasury += fees.platformFee;
  }
  for (const { payee, amount } of prizes) {
    if (match.method !== PLATFORM) {
      toWallet(state, payee, amount);
    } else {
      const deposit = toDeposit(state, payee, amount, toDeposits);
      if (deposit.inPlay >= match.fee) deposit.inPlay -= match.fee;
    }
  }
  escrow.flags |= DISTRIBUTED;
  escrow.total = 0n;
}

export function withdraw(state: State, { payee, amount, withTreasury }: WithdrawalCall): void {
  const { config } = state;
  const deposit = depositOf(state, payee);
  demand(amount > 0n, 6005);
  demand(!config.paused, 6036);
  const debit = figure(() => core.withdrawalDebit(amount, config.withdrawalFee));
  demand((deposit.flags & 1) === 0, 6038);
  demand(deposit.lockedUntil <= NOW, 6039);
  demand(deposit.available >= debit, 6013);
  if (config.withdrawalFee > 0n) {
    demand(withTreasury, 6005);
    take(deposit, config.withdrawalFee);
    state.treasury += config.withdrawalFee;
  }
  take(deposit, amount);
  wallet(state, payee).lamports += amount;
  deposit.available -= debit;
  deposit.withdrawn = sum(deposit.withdrawn, amount);
}

/**
 * What the runtime allows of an account: nothing left, its rent, or at least what it held before (so a wallet below the
 * rent may grow, one without lamports may not begin below it).
 */
function allowed(before: bigint, after: bigint, rent: bigint): boolean {
  return after === 0n || after >= rent || (before > 0n && after >= before);
}

function rentHolds(before: State, after: State): boolean {
  return (
    allowed(before.escrow.lamports, after.escrow.lamports, RENT.escrow) &&
    allowed(before.treasury, after.treasury, WALLET_RENT) &&
    after.wallets.every((lamports, at) => allowed(before.wallets[at] ?? 0n, lamports, WALLET_RENT)) &&
    after.deposits.every(({ lamports }, at) =>
      allowed(before.deposits[at]?.lamports ?? 0n, lamports, RENT.deposit),
    )
  );
}

/** How a call ends, and the state that it leaves: the old one, unless it is accepted. */
export function predict(before: State, run: (state: State) => void): { outcome: Outcome; after: State } {
  const after = structuredClone(before);
  try {
    run(after);
  } catch (error) {
    if (error instanceof Refusal) return { outcome: error.outcome, after: before };
    throw error;
  }
  return rentHolds(before, after)
    ? { outcome: 'ok', after }
    : { outcome: 'InsufficientFundsForRent', after: before };
}
