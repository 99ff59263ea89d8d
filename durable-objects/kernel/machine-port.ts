/**
 * XState, as the kernel sees it: a pure step from state to state with effects. Everything that is XState's own stays
 * behind this page, so that its successor (v6, durable logic) is a change of one file.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import type { Effect, Json } from '../../machines/effects.ts';
import type { Refusal } from '../../machines/refusals.ts';

export interface ActorEvent {
  readonly type: string;
  /** Unix ms. */
  readonly at: number;
}

export interface ActorState<Context> {
  readonly value: Json;
  readonly context: Context;
}

/** What the kernel needs to know of an actor's logic. */
export interface Behaviour<Context, Event extends ActorEvent> {
  readonly id: string;
  readonly version: number;
  initial(): ActorState<Context>;
  /** null: the machine does not take the event in this state. Throws nothing but a fault of the machine itself. */
  step(
    state: ActorState<Context>,
    event: Event,
  ): { state: ActorState<Context>; effects: readonly Effect[] } | null;
  /** Why the event is not taken. */
  refuse(state: ActorState<Context>, event: Event): Refusal;
  /** Pure, ordered: `upgrades[n]` makes version n+2 of n+1. */
  readonly upgrades: readonly ((stored: ActorState<Context>) => ActorState<Context>)[];
}

export function behaviour<Context, Event extends ActorEvent>(
  identity: { readonly id: string; readonly version: number },
  machine: AnyStateMachine,
  refuse: Behaviour<Context, Event>['refuse'],
  upgrades: Behaviour<Context, Event>['upgrades'] = [],
): Behaviour<Context, Event> {
  return {
    ...identity,
    refuse,
    upgrades,
    initial: () => stateOf(initialTransition(machine)[0]),
    step: (state, event) => {
      // SAFETY: `value` and `context` came out of this very machine, or out of a snapshot of its version.
      const before = machine.resolveState(state as Parameters<AnyStateMachine['resolveState']>[0]);
      const [after, actions] = transition(machine, before, event);
      // XState answers an event that no transition takes with the very same snapshot.
      if (after === before) return null;
      return { state: stateOf(after), effects: actions.filter(isEffect).map(effectOf) };
    },
  };

  function stateOf(snapshot: AnyMachineSnapshot): ActorState<Context> {
    // SAFETY: the machine's context is of type Context, and its value is strings in objects.
    return { value: snapshot.value as Json, context: snapshot.context as Context };
  }
}

/** The list also holds XState's own actions (raise, cancel); our machines ask for none. */
function isEffect(action: { readonly type: string }): boolean {
  return action.type === 'effect';
}

function effectOf(action: { readonly params?: unknown }): Effect {
  // SAFETY: `effect` is the machines' only custom action, and its parameter is typed Effect there.
  return action.params as Effect;
}
