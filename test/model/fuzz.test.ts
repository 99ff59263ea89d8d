/** A guard never throws (design: section 4), whatever an event carries; what is refused changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { matchMachine } from '../../machines/match/machine.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import type { MatchState } from './invariants.ts';
import { spoiled } from './junk.ts';
import { eventsOf } from './match-model.ts';
import { Play } from './play.ts';

const SEED = 20_261_123;
const WALKS = 12;
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
        play.take(choice);
        return state;
      });
    });
}

function eventsIn(state: MatchState) {
  return eventsOf(matchMachine.resolveState(state as Parameters<typeof matchMachine.resolveState>[0]));
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
      fc.property(junk, ([state, event, next]) => {
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
      { numRuns: 4_000, seed: SEED },
    );
    expect(taken).toBeGreaterThan(500);
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
