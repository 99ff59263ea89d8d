/**
 * The monitor's verdict (design: section 8). Probes are judged by `assessment.ts`; only a changed verdict is an event
 * worth committing. `healthy` and `suspect` are told to the actors as `chain.online`, the others by their own names.
 */
import { setup } from 'xstate';
import type { Effect } from '../effects.ts';
import type { ChainLevel } from '../link.ts';
import type { Assessment } from './assessment.ts';

/** Raised whenever the stored shape of value or context changes; a migration goes with it. */
export const HEALTH_MACHINE = { id: 'health', version: 1 } as const;

export type HealthState = 'healthy' | 'suspect' | 'degraded' | 'down' | 'recovering';

export interface HealthContext {
  /** Counts the changes of state; the second half of the epoch. */
  readonly counter: number;
  /** Unix ms when the present state was entered. */
  readonly since: number;
  /** Why, in words for people: "down: no tip progress for 15 s at 2 of 2 providers". */
  readonly because: string;
}

export interface ProbesJudged {
  readonly type: 'probes.judged';
  readonly at: number;
  readonly assessment: Assessment;
}

export function levelOfHealth(state: HealthState): ChainLevel {
  return state === 'healthy' || state === 'suspect' ? 'online' : state;
}

/** The reason for entering a state, as people read it; from the journalled judgement alone, so that history has it too. */
export function becauseOf(to: HealthState, { suspect, degraded, down }: Assessment): string {
  const reasons: { readonly [State in HealthState]: string | null } = {
    healthy: 'nothing speaks against the chain',
    suspect,
    degraded,
    down,
    recovering: 'the tip moves again',
  };
  return `${to}: ${reasons[to] ?? 'by its probes'}`;
}

const base = setup({
  // SAFETY: xstate reads the types of context and events off these empty values; nothing uses them at run time.
  types: { context: {} as HealthContext, events: {} as ProbesJudged },
  actions: {
    /** Never executed: `transition()` returns it, and the kernel writes it down. */
    effect: (_, _effect: Effect) => {},
  },
  guards: {
    isDown: ({ event }) => event.assessment.down !== null,
    isDegraded: ({ event }) => event.assessment.degraded !== null,
    isSuspect: ({ event }) => event.assessment.suspect !== null,
    isClear: ({ event }) => event.assessment.clear && event.assessment.progress,
    isRecovering: ({ event }) => event.assessment.progress && event.assessment.clear,
    /** From `down`: the tip moves again. What is still slow or erring shows in `recovering`, which may degrade. */
    isMoving: ({ event }) => event.assessment.progress && event.assessment.down === null,
    isSteady: ({ event }) => event.assessment.steady && event.assessment.clear,
  },
});

function entering(state: HealthState) {
  return base.enqueueActions(({ context, event, enqueue }) => {
    const because = becauseOf(state, event.assessment);
    enqueue.assign({ counter: context.counter + 1, since: event.at, because });
    const publish: Effect = { type: 'work', key: 'publish', task: 'publish', body: null, inMs: 0 };
    enqueue({ type: 'effect', params: publish });
  });
}

const machineSetup = base.extend({
  actions: {
    nowDown: entering('down'),
    nowDegraded: entering('degraded'),
    nowSuspect: entering('suspect'),
    nowRecovering: entering('recovering'),
    nowHealthy: entering('healthy'),
  },
});

const down = { guard: 'isDown', target: 'down', actions: 'nowDown' } as const;
const degraded = { guard: 'isDegraded', target: 'degraded', actions: 'nowDegraded' } as const;
const suspect = { guard: 'isSuspect', target: 'suspect', actions: 'nowSuspect' } as const;

/** A monitor that knows nothing yet says `recovering`: play waits for the first steady windows, nothing is refused. */
export const healthMachine = machineSetup.createMachine({
  id: HEALTH_MACHINE.id,
  context: { counter: 0, since: 0, because: 'no probe yet' },
  initial: 'recovering',
  states: {
    healthy: { on: { 'probes.judged': [down, degraded, suspect] } },
    suspect: {
      on: {
        'probes.judged': [down, degraded, { guard: 'isClear', target: 'healthy', actions: 'nowHealthy' }],
      },
    },
    degraded: {
      on: {
        'probes.judged': [down, { guard: 'isRecovering', target: 'recovering', actions: 'nowRecovering' }],
      },
    },
    down: {
      on: { 'probes.judged': { guard: 'isMoving', target: 'recovering', actions: 'nowRecovering' } },
    },
    recovering: {
      on: {
        'probes.judged': [down, degraded, { guard: 'isSteady', target: 'healthy', actions: 'nowHealthy' }],
      },
    },
  },
});
