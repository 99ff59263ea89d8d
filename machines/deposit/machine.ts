/**
 * The deposit: money × link (design: section 4). What an event does is in `holds.ts`, `facts.ts`, `transfers.ts` and
 * `steps.ts`, what is refused in `rules.ts`; here is only which state follows.
 */
import { setup } from 'xstate';
import type { Effect } from '../effects.ts';
import { applyToLink, compareWork, linkStates, mayTry } from '../link.ts';
import { andThen, directoryWork, nothing } from '../step.ts';
import { actionInReview, type DepositContext, initialDepositContext, isBusy } from './context.ts';
import type { DepositEvent } from './events.ts';
import { debitTaken, factSeen } from './facts.ts';
import * as holds from './holds.ts';
import type { DepositStep } from './postings.ts';
import { isDrained, wakeReady } from './readiness.ts';
import { depositVerdict, isOverLimit } from './rules.ts';
import * as steps from './steps.ts';
import * as transfers from './transfers.ts';

/** Raised whenever the stored shape of value or context changes; a migration goes with it. */
export const DEPOSIT_MACHINE = { id: 'deposit', version: 2 } as const;

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
      isLimited(event) && depositVerdict(context, event) === null && isOverLimit(context, event),
    isFrozen: ({ context }) => context.frozenFor !== null,
    isInReview: ({ context }) => context.frozenFor === null && actionInReview(context) !== undefined,
    isClear: ({ context }) => context.frozenFor === null && actionInReview(context) === undefined,
    levelIsDown: ({ context }) => context.link.level === 'down',
    levelIsDegraded: ({ context }) => context.link.level === 'degraded',
  },
});

type Limited = Extract<DepositEvent, { readonly maxHolds: number }>;

function isLimited(event: DepositEvent): event is Limited {
  return 'maxHolds' in event;
}

/** An action that takes a step: assigns its context and hands its effects to the kernel. */
function taking(step: (context: DepositContext, event: DepositEvent) => DepositStep) {
  return base.enqueueActions(({ context, event, enqueue }) => {
    const taken = step(context, event);
    enqueue.assign(taken.context);
    for (const effect of taken.effects) enqueue({ type: 'effect', params: effect });
  });
}

const machineSetup = base.extend({
  actions: {
    apply: taking((context, event) => followed(context, applyEvent(context, event))),
    recordOverLimit: taking((context, event) =>
      isLimited(event) ? holds.overLimit(context, event) : nothing(context),
    ),
    wakeWork: taking((context) => ({ context, effects: wakeReady(context) })),
    askCompare: taking((context) => ({ context, effects: isDrained(context) ? [compareWork(0)] : [] })),
    markDrain: taking((context) =>
      nothing({ ...context, link: { ...context.link, drain: context.nextOrder } }),
    ),
  },
});

/** What follows from any step: who has to be told, whether the drain has ended, whether anybody's wallet can be late. */
function followed(before: DepositContext, step: DepositStep): DepositStep {
  return andThen(step, (context) => {
    const stopped = mayTry(context.link) ? nothing(context) : transfers.stopClocks(context);
    const effects: Effect[] = [...stopped.effects];
    if (isBusy(before) !== isBusy(context)) effects.push(directoryWork);
    if (!isDrained(before) && isDrained(context)) effects.push(compareWork(0));
    return { context: stopped.context, effects };
  });
}

function applyEvent(context: DepositContext, event: DepositEvent): DepositStep {
  switch (event.type) {
    case 'deposit.bind':
      return steps.bound(context, event);
    case 'hold.request':
    case 'admission.request':
    case 'hold.release':
    case 'hold.expire':
    case 'hold.stale':
    case 'stake.conclude':
      return holds.promised(context, event);
    case 'chain.fact':
      return factSeen(context, event);
    case 'debit.request':
      return debitTaken(context, event);
    case 'history.read':
    case 'compare.clean':
    case 'compare.mismatch':
    case 'compare.surplus':
    case 'compare.inPlay':
    case 'treasury.mismatch':
    case 'operator.unfreeze':
      return steps.looked(context, event);
    case 'chain.online':
    case 'chain.degraded':
    case 'chain.down':
    case 'chain.recovering':
    case 'operator.pause':
    case 'operator.resume':
      return nothing({ ...context, link: applyToLink(context.link, event) });
    default:
      return transfers.driven(context, event);
  }
}

const taken = { guard: 'isTaken', actions: 'apply' } as const;
const limited = [{ guard: 'isOverLimit', actions: 'recordOverLimit' }, taken] as const;

/** Facts of the chain, and what gives money back or brings it in, are taken in every state: frozen and paused too. */
const inEveryState = {
  'hold.release': taken,
  'hold.expire': taken,
  'hold.stale': taken,
  'stake.conclude': taken,
  'chain.fact': taken,
  'history.read': taken,
  'compare.surplus': taken,
  'compare.inPlay': taken,
  'treasury.mismatch': taken,
  'deposit.request': limited,
  'transfer.takeBack': taken,
  'withdraw.fee': taken,
  'transfer.expire': taken,
  'transfer.lapse': taken,
  'action.leased': taken,
  'action.offered': taken,
  'wallet.signed': taken,
  'offer.dead': taken,
  'action.signed': taken,
  'action.sent': taken,
  'action.landed': taken,
  'action.dropped': taken,
  'action.final': taken,
  'attempt.absent': taken,
  'attempt.replaced': taken,
  'attempt.dead': taken,
  'attempt.failed': taken,
  'action.review': taken,
  'action.refused': taken,
  'action.blocked': taken,
  'operator.unfreeze': taken,
} as const;

/** The context says which of the three it is. */
const toFrozen = { guard: 'isFrozen', target: 'frozen' } as const;
const toReview = { guard: 'isInReview', target: 'review' } as const;
const toActive = { guard: 'isClear', target: 'active' } as const;

const resolving = { 'operator.retry': taken, 'operator.drop': taken } as const;

export const depositMachine = machineSetup.createMachine({
  id: DEPOSIT_MACHINE.id,
  type: 'parallel',
  context: initialDepositContext,
  states: {
    money: {
      initial: 'active',
      on: inEveryState,
      states: {
        active: {
          on: {
            'deposit.bind': taken,
            'hold.request': limited,
            'admission.request': limited,
            'withdraw.request': limited,
            'debit.request': taken,
          },
          always: [toFrozen, toReview],
        },
        frozen: { on: resolving, always: [toReview, toActive] },
        review: { on: resolving, always: [toFrozen, toActive] },
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
        // The money region takes the step; a clean comparison has to follow.
        paused: {
          on: { ...linkStates.paused.on, 'operator.unfreeze': { guard: 'isTaken', target: 'reconciling' } },
        },
      },
    },
  },
});
