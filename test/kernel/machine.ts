/** A small machine for the kernel to run: it does what the event says, so that a test says what the kernel is given. */
import { setup } from 'xstate';
import { type Behaviour, behaviour } from '../../durable-objects/kernel/machine-port.ts';
import type { Effect } from '../../machines/effects.ts';
import { type RefusalCode, refusal } from '../../machines/refusals.ts';

export interface BenchContext {
  readonly asked: number;
  /** Lamports, a u64 as decimal text: no number may ever hold it. */
  readonly total: string;
}

export type BenchEvent =
  | {
      readonly type: 'ask';
      readonly at: number;
      readonly amount: string;
      readonly effects: readonly Effect[];
    }
  | { readonly type: 'close'; readonly at: number }
  /** Taken in no state: what a rule of a real machine refuses with that code. */
  | { readonly type: 'refuse'; readonly at: number; readonly code: RefusalCode }
  /** A fault of the machine itself. */
  | { readonly type: 'fault'; readonly at: number };

const machineSetup = setup({
  // SAFETY: xstate reads the types of context and events off these empty values; nothing uses them at run time.
  types: { context: {} as BenchContext, events: {} as BenchEvent },
  actions: { effect: (_, _effect: Effect) => {} },
  guards: {
    breaks: () => {
      throw new Error('a guard that throws');
    },
  },
});

const apply = machineSetup.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'ask') return;
  const total = (BigInt(context.total) + BigInt(event.amount)).toString();
  enqueue.assign({ asked: context.asked + 1, total });
  for (const effect of event.effects) enqueue({ type: 'effect', params: effect });
});

const machine = machineSetup.createMachine({
  id: 'bench',
  context: { asked: 0, total: '0' },
  initial: 'open',
  states: {
    open: {
      on: {
        ask: { actions: apply },
        close: 'closed',
        fault: { guard: 'breaks', target: 'closed' },
      },
    },
    closed: {},
  },
});

export const benchBehaviour: Behaviour<BenchContext, BenchEvent> = behaviour(
  { id: 'bench', version: 1 },
  machine,
  (state, event) =>
    event.type === 'refuse' ? refusal(event.code) : refusal('wrong_phase', String(state.value)),
);
