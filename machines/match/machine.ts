/**
 * The match: money × link (design: section 4). Pure: no clock, no I/O, no `after`, no `invoke`; run only by
 * `transition()`, inside the kernel's transaction. What an event does is in `steps.ts` and `lifecycle.ts`, what is
 * refused in `rules.ts`; here is only which state follows.
 */
import { setup } from 'xstate';
import type { Effect } from '../effects.ts';
import { applyToLink, compareWork, linkStates } from '../link.ts';
import { directoryWork, nothing } from '../step.ts';
import { actionByHash, countedSeats, initialMatchContext, type MatchContext, seatByHash } from './context.ts';
import type { MatchEvent } from './events.ts';
import * as lifecycle from './lifecycle.ts';
import { isDrained, wakeReady } from './readiness.ts';
import { matchVerdict } from './rules.ts';
import * as steps from './steps.ts';

/** Raised whenever the stored shape of value or context changes; a migration goes with it. */
export const MATCH_MACHINE = { id: 'match', version: 1 } as const;

const base = setup({
  // SAFETY: xstate reads the types of context and events off these empty values; nothing uses them at run time.
  types: { context: {} as MatchContext, events: {} as MatchEvent },
  actions: {
    /** Never executed: `transition()` returns it, and the kernel writes it down. */
    effect: (_, _effect: Effect) => {},
  },
  guards: {
    isTaken: ({ context, event }) => matchVerdict(context, event) === null,
    isTakenWhileOnline: ({ context, event }) =>
      event.type === 'match.create' &&
      event.verdict.level === 'online' &&
      matchVerdict(context, event) === null,
    /** The first attempt of the settlement. */
    isSettlement: ({ context, event }) =>
      matchVerdict(context, event) === null &&
      'hash' in event &&
      actionByHash(context, event.hash)?.kind === 'end',
    needsPerson: ({ context, event }) => {
      if (event.type !== 'attempt.dead' && event.type !== 'attempt.failed') return false;
      if (matchVerdict(context, event) !== null) return false;
      const action = actionByHash(context, event.hash);
      return action !== undefined && lifecycle.needsPerson(action, seatByHash(context, event.hash), event);
    },
    enoughSeats: ({ context }) => hasSeats(context, true),
    tooFewSeats: ({ context }) => hasSeats(context, false),
    levelIsDown: ({ context }) => context.link.level === 'down',
    levelIsDegraded: ({ context }) => context.link.level === 'degraded',
  },
});

/** An action that takes a step: assigns its context and hands its effects to the kernel. */
function taking(step: (context: MatchContext, event: MatchEvent) => steps.MatchStep) {
  return base.enqueueActions(({ context, event, enqueue }) => {
    const taken = step(context, event);
    enqueue.assign(taken.context);
    for (const effect of taken.effects) enqueue({ type: 'effect', params: effect });
  });
}

const machineSetup = base.extend({
  actions: {
    apply: taking(applyEvent),
    wakeWork: taking((context) => ({
      context,
      effects: [...wakeReady(context), ...steps.askHoldsAgain(context)],
    })),
    askCompare: taking((context) => ({ context, effects: isDrained(context) ? [compareWork(0)] : [] })),
    markDrain: taking((context) =>
      nothing({ ...context, link: { ...context.link, drain: context.nextOrder } }),
    ),
  },
});

function applyEvent(context: MatchContext, event: MatchEvent): steps.MatchStep {
  switch (event.type) {
    case 'match.create':
      return steps.createRequested(context, event);
    case 'player.join':
      return steps.joinRequested(context, event);
    case 'hold.granted':
      return steps.holdGranted(context, event);
    case 'hold.refused':
      return steps.holdRefused(context, event);
    case 'match.start':
      return steps.startRequested(context, event);
    case 'match.end':
      return steps.endRequested(context, event);
    case 'timer.expire':
      return steps.seatExpired(context, event);
    case 'action.leased':
      return lifecycle.actionLeased(context, event);
    case 'action.signed':
      return lifecycle.actionSigned(context, event);
    case 'action.sent':
    case 'action.landed':
    case 'action.dropped':
      return lifecycle.actionMoved(context, event);
    case 'attempt.absent':
      return lifecycle.attemptAbsent(context, event);
    case 'attempt.dead':
    case 'attempt.failed':
      return lifecycle.attemptEnded(context, event);
    case 'action.final':
      return lifecycle.actionFinal(context, event);
    case 'action.review':
      return lifecycle.actionForReview(context, event);
    case 'action.blocked':
      return lifecycle.actionBlocked(context, event);
    case 'compare.mismatch':
      return steps.breakFound(context, event);
    case 'compare.surplus':
      return steps.surplusSeen(context, event);
    case 'compare.clean':
      // A settled match that is online again has nothing more to be told.
      return { context, effects: context.facts.distributed ? [directoryWork] : [] };
    default:
      return nothing({ ...context, link: applyToLink(context.link, event) });
  }
}

function hasSeats(context: MatchContext, enough: boolean): boolean {
  return context.terms !== null && countedSeats(context).length >= context.terms.minPlayers === enough;
}

const taken = { guard: 'isTaken', actions: 'apply' } as const;

/** What the chain shows of an open action is booked in every state, paused and reviewed matches included. */
const chainEffects = {
  'action.leased': taken,
  'action.signed': taken,
  'action.sent': taken,
  'action.landed': taken,
  'action.dropped': taken,
  'action.final': taken,
  'attempt.absent': taken,
  'attempt.dead': [{ guard: 'needsPerson', target: '.review', actions: 'apply' }, taken],
  'attempt.failed': [{ guard: 'needsPerson', target: '.review', actions: 'apply' }, taken],
  'action.review': { guard: 'isTaken', target: '.review', actions: 'apply' },
  'action.blocked': taken,
  'compare.surplus': taken,
} as const;

/** Who asked before is answered, and let go at `notAfter`, in `review` too: a hold must not outlive its request. */
const waiting = {
  'hold.granted': taken,
  'hold.refused': taken,
  'timer.expire': taken,
} as const;

const seating = { 'player.join': taken, ...waiting } as const;

export const matchMachine = machineSetup.createMachine({
  id: MATCH_MACHINE.id,
  type: 'parallel',
  context: initialMatchContext,
  states: {
    money: {
      initial: 'lobby',
      on: chainEffects,
      states: {
        lobby: {
          on: { ...seating, 'match.create': taken },
          always: { guard: 'enoughSeats', target: 'funded' },
        },
        funded: {
          on: { ...seating, 'match.start': { guard: 'isTaken', target: 'playing', actions: 'apply' } },
          always: { guard: 'tooFewSeats', target: 'lobby' },
        },
        playing: {
          on: {
            'match.end': taken,
            'action.signed': [{ guard: 'isSettlement', target: 'settling', actions: 'apply' }, taken],
          },
        },
        settling: {
          on: { 'action.final': [{ guard: 'isSettlement', target: 'settled', actions: 'apply' }, taken] },
        },
        settled: {},
        review: { on: waiting },
      },
    },
    link: {
      initial: 'queued',
      states: {
        ...linkStates,
        // A new object starts online if the chain is, else queued (design: section 4).
        queued: {
          on: { ...linkStates.queued.on, 'match.create': { guard: 'isTakenWhileOnline', target: 'online' } },
        },
      },
    },
  },
});
