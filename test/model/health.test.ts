/** Model check of the monitor: every state and transition, from every judgement that probes can lead to. */
import { describe, expect, it } from 'vitest';
import { transition } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { Assessment } from '../../machines/health/assessment.ts';
import {
  type HealthState,
  healthMachine,
  levelOfHealth,
  type ProbesJudged,
} from '../../machines/health/machine.ts';
import { AT } from './events.ts';
import { allTransitions, takenTransitions } from './transitions.ts';

/** All combinations that `assess` can give: what is clear is neither suspect nor degraded. */
const judgements: readonly ProbesJudged[] = Array.from({ length: 64 }, (_, bits) => {
  const holds = (bit: number): boolean => (bits & (1 << bit)) !== 0;
  const assessment: Assessment = {
    suspect: holds(0) ? 'two probes in a row failed' : null,
    degraded: holds(1) ? 'a third of the probes failed' : null,
    down: holds(2) ? 'no tip progress for 15000 ms' : null,
    progress: holds(3),
    clear: holds(4),
    steady: holds(5),
  };
  return { type: 'probes.judged', at: AT, assessment } as const;
}).filter(
  ({ assessment: { clear, suspect, degraded } }) => !clear || (suspect === null && degraded === null),
);

const states = getShortestPaths(healthMachine, {
  events: judgements,
  serializeState: (snapshot) => String(snapshot.value),
  serializeEvent: (event) => JSON.stringify(event),
  limit: 10_000,
}).map((path) => path.state);

describe('the health machine', () => {
  it('reaches every state, and takes every transition that it defines', () => {
    expect(states.map((state) => state.value).toSorted()).toEqual(
      Object.keys(healthMachine.states).toSorted(),
    );
    const taken = new Set(
      states.flatMap((state) => judgements.flatMap((event) => takenTransitions(healthMachine, state, event))),
    );
    expect([...taken].toSorted()).toEqual([...allTransitions(healthMachine)].toSorted());
  });

  it('raises its counter by one with each change, tells it once, and says why', () => {
    for (const state of states)
      for (const event of judgements) {
        const [after, effects] = transition(healthMachine, state, event);
        if (after === state) {
          expect(effects).toEqual([]);
          continue;
        }
        expect(after.value).not.toBe(state.value);
        expect(after.context.counter).toBe(state.context.counter + 1);
        expect(after.context.since).toBe(event.at);
        expect(after.context.because).toMatch(new RegExp(`^${after.value}: .`));
        expect(effects.map((effect) => effect.type)).toEqual(['effect']);
      }
  });

  it('comes back to healthy from degraded and down through recovering only', () => {
    const level = (value: HealthState) => levelOfHealth(value);
    for (const state of states)
      for (const event of judgements) {
        const [after] = transition(healthMachine, state, event);
        const [from, to] = [level(state.value), level(after.value)];
        if (from === 'degraded' || from === 'down') expect(to).not.toBe('online');
        if (to === 'online' && from !== 'online') expect(event.assessment.steady).toBe(true);
      }
  });

  it('goes down from every state as soon as that is the judgement', () => {
    for (const state of states)
      for (const event of judgements.filter(({ assessment }) => assessment.down !== null))
        expect(transition(healthMachine, state, event)[0].value).toBe('down');
  });
});
