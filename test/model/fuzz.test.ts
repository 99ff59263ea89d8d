/** A guard never throws (design: section 4), whatever an event carries; what is refused changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depositBehaviour } from '../../durable-objects/deposit/behaviour.ts';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import { bind, depositStep, fact, holdRelease, holdRequest, Ledger } from './deposit-model.ts';
import { apart, callingOff, deciding, payingBack, strangers } from './ending-models.ts';
import * as make from './events.ts';
import { snapshotOf } from './explore.ts';
import type { MatchState } from './invariants.ts';
import { spoiled } from './junk.ts';
import { lifecycle } from './match-model.ts';
import { Play } from './play.ts';
import { wallets } from './wallet-model.ts';
import { take } from './world-moves.ts';

const SEED = 20_261_123;
const WALKS = 24;
const STEPS = 90;

/** States on the way of a few walks: from nothing to matches in the middle of everything. */
function statesOnTheWay(): MatchState[] {
  return fc
    .sample(fc.array(fc.nat(1_000_000), { minLength: STEPS, maxLength: STEPS }), {
      numRuns: WALKS,
      seed: SEED,
    })
    .flatMap((choices) => {
      const play = new Play();
      return choices.map((choice) => {
        const { state } = play;
        take(play, choice);
        return state;
      });
    });
}

const MODELS = [lifecycle, callingOff, payingBack, deciding, apart, strangers, wallets];

/** Whatever any of the models would send here; where nothing exists yet, only that it comes into being. */
function eventsIn(state: MatchState): readonly MatchEvent[] {
  const snapshot = snapshotOf(state);
  const models = state.context.terms === null ? [lifecycle] : MODELS;
  return models.flatMap((model) => model.events(snapshot));
}

describe('the match machine under events with junk in one field', () => {
  const states = [matchBehaviour.initial(), ...statesOnTheWay()];

  it('takes or refuses each, and never throws, neither then nor at the next event', () => {
    let [taken, refused] = [0, 0];
    const junk = fc.constantFrom(...states).chain((state) => {
      const events = eventsIn(state);
      return fc.tuple(
        fc.constant(state),
        fc.constantFrom(...events).chain(spoiled),
        fc.constantFrom(...events),
      );
    });
    fc.assert(
      fc.property(junk, ([state, spoilt, next]) => {
        // Limits come from the settings, never from a request.
        const event = spoilt.type === 'player.join' ? { ...spoilt, ...make.ENTRY_LIMITS } : spoilt;
        const before = JSON.stringify(state);
        const step = matchBehaviour.step(state, event);
        expect(JSON.stringify(state)).toBe(before);
        if (step === null) {
          refused += 1;
          expect(isRefusalCode(matchBehaviour.refuse(state, event).code)).toBe(true);
        } else {
          taken += 1;
          expect(() => matchBehaviour.step(step.state, next)).not.toThrow();
        }
      }),
      { numRuns: 6_000, seed: SEED },
    );
    expect(taken).toBeGreaterThan(800);
    expect(refused).toBeGreaterThan(500);
  });

  it('refuses to come into being by terms or an action that the core would not take', () => {
    const [state] = states;
    if (state === undefined) return expect.unreachable();
    const created = fc.constantFrom(...eventsIn(state)).chain(spoiled);
    const seen = new Set<string>();
    fc.assert(
      fc.property(created, (event) => {
        if (matchBehaviour.step(state, event) === null) seen.add(matchBehaviour.refuse(state, event).code);
      }),
      { numRuns: 1_500, seed: SEED },
    );
    expect([...seen]).toEqual(expect.arrayContaining(['action_hash_mismatch', 'entry_fee_out_of_range']));
  });
});

describe('the deposit machine under events with junk in one field', () => {
  it('takes or refuses each, never throws, and keeps its books', () => {
    const blank = depositBehaviour.initial();
    const ledger = new Ledger();
    ledger.fact('chain:deposit', 'credit', 900n);
    const funded = ledger.state;
    ledger.hold('a', 300n);
    const held = ledger.state;
    ledger.fact('chain:foreign', 'debit', 700n);
    const events: readonly DepositEvent[] = [
      bind('online'),
      holdRequest('b', 100n, null),
      holdRelease('a', 'open'),
      fact('chain:join', 'debit', 300n, 'a'),
      fact('chain:prize', 'credit', 300n),
      make.pause(),
      { type: 'history.read', at: make.AT, cursor: 'newest' },
      { type: 'compare.clean', at: make.AT, slot: 1, onChain: '900' },
      { type: 'compare.surplus', at: make.AT, slot: 1, lamports: '1' },
    ];
    const junk = fc.tuple(
      fc.constantFrom(blank, funded, held, ledger.state),
      fc.constantFrom(...events).chain(spoiled),
    );
    let refused = 0;
    fc.assert(
      fc.property(junk, ([state, event]) => {
        // Limits come from the settings, never from a request.
        const safe = event.type === 'hold.request' ? { ...event, maxHolds: 3, maxLamports: '1000' } : event;
        if (depositStep(state, safe) === null) refused += 1;
      }),
      { numRuns: 2_000, seed: SEED },
    );
    expect(refused).toBeGreaterThan(300);
  });
});
