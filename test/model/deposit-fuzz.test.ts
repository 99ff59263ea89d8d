/** A guard never throws (design: section 4): every event of a deposit with junk in one field, in states on a long way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depositBehaviour } from '../../durable-objects/deposit/behaviour.ts';
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import * as make from './deposit-events.ts';
import { Ledger } from './deposit-model.ts';
import { pause, resume } from './events.ts';
import { spoiled } from './junk.ts';
import { AT, HOUR } from './requests.ts';

const SEED = 20_261_127;

function eventsOf(context: DepositContext): readonly DepositEvent[] {
  const held = context.holds[0]?.token ?? 'a';
  const breaks = [{ class: 'amount_mismatch', detail: 'available differs' }] as const;
  return [
    make.bind('online'),
    make.holdRequest('b', 100n, null),
    make.holdRequest('c', 100n, null, { expiresAt: AT + 9 }),
    make.admission('w', 100n),
    make.holdRelease(held, 'open'),
    make.holdRelease(held, 'open', { amount: '1' }),
    { type: 'hold.expire', at: AT + 10, token: held },
    { type: 'hold.stale', at: AT + 10, token: held },
    make.conclude(held),
    make.debit('fee', 5n, held, 'open'),
    make.fact('chain:join', 'debit', 300n, held),
    make.fact('chain:foreign', 'debit', 900n),
    make.fact('chain:prize', 'credit', 300n),
    make.transferRequest('withdraw', 1, 50n, 5n),
    make.transferRequest('deposit', 2, 50n),
    ...context.actions.flatMap(({ hash }) => make.reportsOf(context, hash)),
    make.resolve('retry'),
    make.resolve('drop'),
    make.unfreeze(),
    make.unfreeze({ slot: 1, onChain: '900' }),
    pause(),
    resume(),
    { type: 'chain.down', at: AT, healthEpoch: { generation: 1, counter: 9 } },
    { type: 'history.read', at: AT, cursor: 'newest' },
    { type: 'compare.clean', at: AT, slot: 1, onChain: '900' },
    { type: 'compare.mismatch', at: AT, slot: 1, breaks },
    { type: 'compare.surplus', at: AT, slot: 1, lamports: '1' },
    { type: 'compare.inPlay', at: AT, slot: 1, onChain: '1', timingMs: 1 },
    { type: 'treasury.mismatch', at: AT, signature: 'sig', treasury: 'another' },
  ];
}

/** Walks of events in good form: from nothing to deposits in the middle of everything. */
function statesOnTheWay() {
  const walks = fc.sample(fc.array(fc.nat(1_000_000), { minLength: 60, maxLength: 60 }), {
    numRuns: 20,
    seed: SEED,
  });
  return walks.flatMap((choices) => {
    const ledger = new Ledger();
    ledger.fact('chain:deposit', 'credit', 900n);
    return choices.map((choice) => {
      const events = eventsOf(ledger.context).filter(({ type }) => !type.startsWith('compare.mis'));
      const event = events[choice % events.length];
      if (event !== undefined) ledger.take(event);
      return ledger.state;
    });
  });
}

/** Limits and periods come from the settings, never from a request. */
function settled(event: DepositEvent): DepositEvent {
  if (!('maxHolds' in event)) return event;
  const limited = { ...event, ...make.LIMITS };
  return 'maxNotAfterMs' in limited
    ? { ...limited, maxNotAfterMs: 72 * HOUR, walletLapseMs: make.LAPSE_MS }
    : limited;
}

describe('the deposit machine under events with junk in one field', () => {
  it('takes or refuses each, never throws, then or at the next event, and changes nothing that it was given', () => {
    const states = [depositBehaviour.initial(), ...statesOnTheWay()];
    const junk = fc.constantFrom(...states).chain((state) => {
      const events = eventsOf(state.context);
      return fc.tuple(
        fc.constant(state),
        fc.constantFrom(...events).chain(spoiled),
        fc.constantFrom(...events),
      );
    });
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(junk, ([state, spoilt, next]) => {
        const event = settled(spoilt);
        const before = JSON.stringify(state);
        const step = depositBehaviour.step(state, event);
        expect(JSON.stringify(state)).toBe(before);
        if (step === null) {
          refused += 1;
          expect(isRefusalCode(depositBehaviour.refuse(state, event).code)).toBe(true);
        } else {
          taken += 1;
          for (const balance of Object.values(step.state.context.balances))
            expect(balance).toMatch(/^\d{1,20}$/);
          expect(() => depositBehaviour.step(step.state, next)).not.toThrow();
        }
      }),
      { numRuns: 6_000, seed: SEED },
    );
    expect(taken).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(1_000);
  });
});
