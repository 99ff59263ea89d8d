/**
 * Model check of the match: paths that xstate/graph generates reach every state and take every transition of both
 * regions. Each step runs through the kernel's own port, from a snapshot read back as text, with its invariants checked.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { matchValue } from '../../durable-objects/match/view.ts';
import { matchMachine } from '../../machines/match/machine.ts';
import { type MatchState, step } from './invariants.ts';
import { eventKey, eventsOf, stateKey } from './match-model.ts';
import { allTransitions, takenTransitions } from './transitions.ts';

/** Far above what the model has (about 2,500 states, 40,000 edges): reached only by a model that explodes. */
const LIMIT = 400_000;

/** Defined for several states at once, and never taken in these; each with its reason. */
const NEVER_TAKEN: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^money\.settled · (action|attempt)\./, 'nothing is open once settled'],
  [/^money\.settling · action\.final \[isTaken\]/, 'only the settlement is open while settling'],
];

describe('the match machine', () => {
  const taken = new Set<string>();
  const combinations = new Set<string>();
  let edges = 0;

  beforeAll(() => {
    const paths = getShortestPaths(matchMachine, {
      events: eventsOf,
      serializeState: stateKey,
      serializeEvent: eventKey,
      limit: LIMIT,
    });
    /** A path begins with another path: the state where that one ended is where its last event is given. */
    const reached = new Map<unknown, MatchState>();
    for (const { state, steps } of paths.toSorted((left, right) => left.steps.length - right.steps.length)) {
      const before = reached.get(steps.at(-2)?.state);
      const event = steps.at(-1)?.event;
      const isFirst = before === undefined || event === undefined || event.type === ('xstate.init' as string);
      const after = isFirst ? matchBehaviour.initial() : step(before, event)?.state;
      expect(after?.value).toEqual(state.value);
      if (after === undefined) continue;
      reached.set(state, after);
      combinations.add(pairOf(after));
      // From the end of each path every event that the model knows: each edge of the graph is taken, or refused.
      const snapshot = matchMachine.resolveState(after as Parameters<typeof matchMachine.resolveState>[0]);
      for (const next of eventsOf(snapshot)) {
        edges += 1;
        if (step(after, next) !== null)
          for (const name of takenTransitions(matchMachine, snapshot, next)) taken.add(name);
      }
    }
  }, 60_000);

  it('takes every transition that it defines', () => {
    const untaken = [...allTransitions(matchMachine)].filter((name) => !taken.has(name));
    expect(untaken.filter((name) => !NEVER_TAKEN.some(([pattern]) => pattern.test(name)))).toEqual([]);
    expect([...taken].filter((name) => !allTransitions(matchMachine).has(name))).toEqual([]);
    expect(taken.size).toBeGreaterThan(100);
    expect(edges).toBeGreaterThan(10_000);
  });

  it('never takes those that its invariants rule out', () => {
    const all = [...allTransitions(matchMachine)];
    for (const [pattern, reason] of NEVER_TAKEN) {
      expect(
        all.some((name) => pattern.test(name)),
        reason,
      ).toBe(true);
      expect(
        [...taken].filter((name) => pattern.test(name)),
        reason,
      ).toEqual([]);
    }
  });

  it('reaches every combination of its two regions', () => {
    const statesOf = (region: string) => Object.keys(matchMachine.states[region]?.states ?? {});
    const product = statesOf('money').flatMap((money) => statesOf('link').map((link) => `${money}/${link}`));
    expect(product.length).toBe(30);
    expect([...combinations].toSorted()).toEqual(product.toSorted());
  });
});

function pairOf(state: MatchState): string {
  const { money, link } = matchValue(state.value);
  return `${money}/${link}`;
}
