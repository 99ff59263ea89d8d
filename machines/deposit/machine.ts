/** The deposit: money × link (design: section 4). What an event does is in `steps.ts`, what is refused in `rules.ts`. */
import { setup } from 'xstate';
import type { Effect } from '../effects.ts';
import { applyToLink, compareWork, linkStates } from '../link.ts';
import { directoryWork, nothing } from '../step.ts';
import { type DepositContext, initialDepositContext } from './context.ts';
import type { DepositEvent } from './events.ts';
import { depositVerdict, isOverLimit } from './rules.ts';
import * as steps from './steps.ts';

/** Raised whenever the stored shape of value or context changes; a migration goes with it. */
export const DEPOSIT_MACHINE = { id: 'deposit', version: 1 } as const;

const base = setup({
  // SAFETY: xstate reads the types of context and events off these empty values; nothing uses them at run time.
  types: { context: {} as DepositContext, events: {} as DepositEvent },
  actions: {
    /** Never executed: `transition()` returns it, and the kernel writes it down. */
    effect: (_, _effect: Effect) => {},
  },
  guards: {
    isTaken: ({ context, event }) => depositVerdict(context, event) === null,
    isTakenWhileOnline: ({ context, event }) =>
      event.type === 'deposit.bind' &&
      event.verdict.level === 'online' &&
      depositVerdict(context, event) === null,
    isOverLimit: ({ context, event }) =>
      event.type === 'hold.request' && depositVerdict(context, event) === null && isOverLimit(context, event),
    isFrozen: ({ context }) => context.frozenFor !== null,
    levelIsDown: ({ context }) => context.link.level === 'down',
    levelIsDegraded: ({ context }) => context.link.level === 'degraded',
  },
});

/** An action that takes a step: assigns its context and hands its effects to the kernel. */
function taking(step: (context: DepositContext, event: DepositEvent) => steps.DepositStep) {
  return base.enqueueActions(({ context, event, enqueue }) => {
    const taken = step(context, event);
    enqueue.assign(taken.context);
    for (const effect of taken.effects) enqueue({ type: 'effect', params: effect });
  });
}

const machineSetup = base.extend({
  actions: {
    apply: taking(applyEvent),
    recordOverLimit: taking((context, event) =>
      event.type === 'hold.request' ? steps.overLimit(context, event) : nothing(context),
    ),
    // This slice's deposit owns no queued action: what its matches queue is theirs (design: section 6, Owner).
    wakeWork: () => {},
    markDrain: () => {},
    askCompare: taking((context) => ({ context, effects: [compareWork(0)] })),
  },
});

function applyEvent(context: DepositContext, event: DepositEvent): steps.DepositStep {
  switch (event.type) {
    case 'deposit.bind':
      return steps.bound(context, event);
    case 'hold.request':
      return steps.holdRequested(context, event);
    case 'hold.release':
      return steps.released(context, event);
    case 'chain.fact':
      return steps.factSeen(context, event);
    case 'history.read':
      return nothing({
        ...context,
        cursor: event.cursor,
        synced: context.synced || event.isPart !== true,
      });
    case 'compare.mismatch':
      return steps.breakFound(context, event);
    case 'compare.surplus':
      return steps.surplusSeen(context, event.slot, event.lamports);
    case 'compare.clean':
      return { context, effects: context.holds.length === 0 ? [directoryWork] : [] };
    default:
      return nothing({ ...context, link: applyToLink(context.link, event) });
  }
}

const taken = { guard: 'isTaken', actions: 'apply' } as const;

/** Facts of the chain, and what gives money back, are taken in every state: frozen and paused too. */
const always = {
  'hold.release': taken,
  'chain.fact': taken,
  'history.read': taken,
  'compare.surplus': taken,
} as const;

export const depositMachine = machineSetup.createMachine({
  id: DEPOSIT_MACHINE.id,
  type: 'parallel',
  context: initialDepositContext,
  states: {
    money: {
      initial: 'active',
      on: always,
      states: {
        active: {
          on: {
            'deposit.bind': taken,
            'hold.request': [{ guard: 'isOverLimit', actions: 'recordOverLimit' }, taken],
          },
          always: { guard: 'isFrozen', target: 'frozen' },
        },
        frozen: {},
      },
    },
    link: {
      initial: 'queued',
      states: {
        ...linkStates,
        // A new object starts online if the chain is, else queued (design: section 4).
        queued: {
          on: { ...linkStates.queued.on, 'deposit.bind': { guard: 'isTakenWhileOnline', target: 'online' } },
        },
      },
    },
  },
});
