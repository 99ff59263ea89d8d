/**
 * Deposits and withdrawals under random reports, facts, timers, freezes and a person's word: whatever comes in whatever
 * order, money comes back only when nothing that was signed can land, and the ledger is what the chain's facts say.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedOnChain } from '../../../machines/deposit/context.ts';
import type { DepositEvent } from '../../../machines/deposit/events.ts';
import {
  admission,
  conclude,
  holdRelease,
  holdRequest,
  LAPSE_MS,
  Ledger,
  MAX_HOLDS,
  reportsOf,
  resolve,
  transferAction,
  transferRequest,
  unfreeze,
} from '../../model/deposit-model.ts';
import { verdictOf } from '../../model/deposit-weather.ts';
import { pause, resume } from '../../model/events.ts';
import { AT, HOUR } from '../../model/requests.ts';

const RUNS = { numRuns: 300, seed: 20_261_127 };
const STEPS = 120;
const FEE = 5n;
const NUMBERS = [1, 2, 3] as const;

/** What of an action may still land: signed, and neither failed nor dead. */
class Walk {
  readonly ledger = new Ledger();
  readonly outstanding = new Set<string>();
  onChain = 0n;
  #facts = 0;

  constructor() {
    this.#credit(900n, null);
  }

  step(choice: number): void {
    const events = this.#events();
    const event = events[choice % events.length];
    if (event === undefined) return;
    const before = this.ledger.context;
    const taken = this.ledger.take(event);
    if (!taken) return;
    if (event.type === 'chain.fact')
      this.onChain += event.direction === 'credit' ? BigInt(event.amount) : -BigInt(event.amount);
    if (event.type === 'action.signed') {
      expect(this.outstanding.has(event.hash), 'no second signature while one can land (I16)').toBe(false);
      this.outstanding.add(event.hash);
    }
    if (event.type === 'attempt.dead' || event.type === 'attempt.failed') this.outstanding.delete(event.hash);
    for (const { hash, kind, isBooked } of before.transfers) {
      const state = this.ledger.actionStates.get(hash) ?? '';
      if (this.ledger.context.transfers.some((open) => open.hash === hash)) continue;
      // It has just ended.
      if (state === 'final') expect(isBooked, `${kind} is final with its fact`).toBe(true);
      else expect(this.outstanding.has(hash), `${kind} ended as ${state} with a signature out`).toBe(false);
      this.outstanding.delete(hash);
    }
  }

  #events(): readonly DepositEvent[] {
    const { context } = this.ledger;
    const hold = context.holds[0]?.token ?? 'a';
    return [
      ...NUMBERS.flatMap((n) => [
        transferRequest('withdraw', n, 100n * BigInt(n), FEE),
        transferRequest('deposit', 10 + n, 100n * BigInt(n)),
      ]),
      ...context.actions.flatMap(({ hash }) => [...reportsOf(context, hash), ...this.#landings(hash)]),
      holdRequest('a', 50n, this.ledger.known('a')),
      admission('w', 50n, this.ledger.known('w')),
      holdRelease(hold, this.ledger.known(hold)),
      conclude(hold),
      this.#fact('debit', 40n, hold, 'join_match'),
      this.#fact('credit', 60n, null, 'distribute_prizes'),
      this.#fact('debit', 70n, null, 'withdraw_sol'),
      resolve('retry', [...this.outstanding]),
      resolve('drop', [...this.outstanding]),
      unfreeze(),
      pause(),
      resume(),
      ...(['online', 'degraded', 'down', 'recovering'] as const).map((level) => verdictOf(context, level)),
      { type: 'compare.clean', at: AT, slot: 1, onChain: expectedOnChain(context).toString() },
      { type: 'transfer.lapse', at: AT + LAPSE_MS, hash: context.actions[0]?.hash ?? '' },
      { type: 'transfer.expire', at: AT + HOUR, hash: context.actions.at(-1)?.hash ?? '' },
    ];
  }

  /** The chain shows it only where something of it is out. */
  #landings(hash: string): readonly DepositEvent[] {
    if (!this.outstanding.has(hash)) return [];
    const transfer = this.ledger.context.transfers.find((each) => each.hash === hash);
    if (transfer === undefined || transfer.isBooked) return [];
    const lamports = BigInt(transfer.lamports);
    return transfer.kind === 'withdraw'
      ? [this.#fact('debit', lamports + FEE, hash, 'withdraw_sol')]
      : [this.#fact('credit', lamports, hash, 'deposit_sol')];
  }

  #fact(direction: 'credit' | 'debit', amount: bigint, holdToken: string | null, ref: string): DepositEvent {
    this.#facts += 1;
    const token = `chain:${this.#facts}`;
    return {
      type: 'chain.fact',
      at: AT,
      token,
      direction,
      amount: amount.toString(),
      holdToken,
      ref,
      slot: 1,
    };
  }

  #credit(amount: bigint, holdToken: string | null): void {
    this.ledger.take(this.#fact('credit', amount, holdToken, 'deposit_sol'));
    this.onChain += amount;
  }
}

describe('deposits and withdrawals on a random way', () => {
  it('give back only what can no longer land, and agree with the chain to the lamport at every step', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: STEPS, maxLength: STEPS }), (choices) => {
        const walk = new Walk();
        for (const choice of choices) {
          walk.step(choice);
          const { context } = walk.ledger;
          expect(expectedOnChain(context)).toBe(walk.onChain);
          expect(context.actions.length).toBeLessThanOrEqual(MAX_HOLDS);
        }
        for (const state of walk.ledger.actionStates.values()) ends.set(state, (ends.get(state) ?? 0) + 1);
      }),
      RUNS,
    );
    for (const state of ['final', 'failed', 'expired', 'cancelled', 'review', 'offered', 'landed'])
      expect(ends.get(state) ?? 0, state).toBeGreaterThan(0);
    expect(transferAction('withdraw', 1, 100n).kind).toBe('withdraw');
  });
});
