/**
 * The match: money × link (design: section 4). Pure: no clock, no I/O, no `after`, no `invoke`; run only by
 * `transition()`, inside the kernel's transaction. What an event does is in `steps.ts` and `lifecycle.ts`, what is
 * refused in `rules.ts`; here is only which state follows.
 */
import { setup } from 'xstate';
import { actionByHash } from '../actions/open-action.ts';
import type { Effect } from '../effects.ts';
import { compareWork, linkStates } from '../link.ts';
import { directoryWork, nothing } from '../step.ts';
import { cancelRequested, isRefunded } from './cancellation.ts';
import { countedSeats, initialMatchContext, type MatchContext } from './context.ts';
import type { MatchEvent } from './events.ts';
import { foreignSettled, waitsForPerson } from './foreign.ts';
import { owesLateStake } from './late-stake.ts';
import * as lifecycle from './lifecycle.ts';
import { isDrained, wakeReady } from './readiness.ts';
import { type ResolvedState, resolvedState, reviewResolved } from './resolution.ts';
import { isOverLimit, matchVerdict } from './rules.ts';
import { askHoldsAgain, type MatchStep } from './seats.ts';
import * as steps from './steps.ts';

/** Raised whenever the stored shape of value or context changes; a migration goes with it. */
export const MATCH_MACHINE = { id: 'match', version: 2 } as const;

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
    /** The first attempt of the settlement: from then on others can settle it too (H-01). */
    isSettlement: ({ context, event }) => isTakenOf(context, event, ['end', 'distribute']),
    isSettled: ({ context }) => lifecycle.isSettled(context),
    /** The last of the settlement: all is paid, and nothing is open any more. */
    isLastPayout: ({ context, event }) => {
      const isPaidWithEnd = context.facts.distributed || context.result?.separate === false;
      const last = isPaidWithEnd ? 'end' : 'distribute';
      return (
        event.type === 'action.final' && context.actions.length === 1 && isTakenOf(context, event, [last])
      );
    },
    isRefund: ({ context, event }) => event.type === 'action.final' && isTakenOf(context, event, ['refund']),
    needsPerson: ({ context, event }) => {
      if (event.type !== 'attempt.dead' && event.type !== 'attempt.failed') return false;
      if (matchVerdict(context, event) !== null) return false;
      const action = actionByHash(context, event.hash);
      return action !== undefined && lifecycle.needsPerson(context, action, event);
    },
    refusalNeedsPerson: ({ context, event }) =>
      event.type === 'action.refused' &&
      matchVerdict(context, event) === null &&
      lifecycle.refusalNeedsPerson(context, event.hash),
    /** Not what was decided: a person has to know (design: section 3, rule 7). Or a person has more to look at. */
    needsPersonStill: ({ context, event }) =>
      event.type === 'foreign.settled' &&
      (event.wrong !== null || waitsForPerson(context)) &&
      matchVerdict(context, event) === null,
    isPrizes: ({ context, event }) =>
      event.type === 'foreign.settled' &&
      event.kind === 'distribute' &&
      matchVerdict(context, event) === null,
    isBack: ({ context, event }) =>
      event.type === 'player.presence' && event.present && matchVerdict(context, event) === null,
    isRefunded: ({ context }) => isRefunded(context),
    resolvesTo: ({ context, event }, { target }: { target: ResolvedState }) =>
      resolvesTo(context, event, target),
    resolvesWhilePausedTo: ({ context, event }, { target }: { target: ResolvedState }) =>
      (context.link.pausedFor !== null || owesLateStake(context)) && resolvesTo(context, event, target),
    enoughSeats: ({ context }) => hasSeats(context, true),
    tooFewSeats: ({ context }) => hasSeats(context, false),
    levelIsDown: ({ context }) => context.link.level === 'down',
    levelIsDegraded: ({ context }) => context.link.level === 'degraded',
  },
});

/** An action that takes a step: assigns its context and hands its effects to the kernel. */
function taking(step: (context: MatchContext, event: MatchEvent) => MatchStep) {
  return base.enqueueActions(({ context, event, enqueue }) => {
    const taken = step(context, event);
    enqueue.assign(taken.context);
    for (const effect of taken.effects) enqueue({ type: 'effect', params: effect });
  });
}

const machineSetup = base.extend({
  actions: {
    apply: taking(applyEvent),
    wakeWork: taking((context) => ({ context, effects: [...wakeReady(context), ...askHoldsAgain(context)] })),
    askCompare: taking((context) => ({ context, effects: isDrained(context) ? [compareWork(0)] : [] })),
    markDrain: taking((context) =>
      nothing({ ...context, link: { ...context.link, drain: context.nextOrder } }),
    ),
  },
});

function applyEvent(context: MatchContext, event: MatchEvent): MatchStep {
  switch (event.type) {
    case 'match.create':
      return steps.createRequested(context, event);
    case 'player.join':
      return isOverLimit(context, event)
        ? steps.joinOverLimit(context, event)
        : steps.joinRequested(context, event);
    case 'player.takeBack':
      return steps.joinTakenBack(context, event);
    case 'hold.granted':
      return steps.holdGranted(context, event);
    case 'hold.refused':
      return steps.holdRefused(context, event);
    case 'match.start':
      return steps.startRequested(context, event);
    case 'match.end':
      return steps.endRequested(context, event);
    case 'match.cancel':
      return cancelRequested(context, event);
    case 'player.presence':
      return steps.presenceReported(context, event);
    case 'review.resolve':
      return reviewResolved(context, event);
    case 'foreign.settled':
      return foreignSettled(context, event);
    case 'timer.expire':
      return steps.seatExpired(context, event);
    case 'timer.lapse':
      return steps.seatLapsed(context, event);
    case 'action.final':
      return lifecycle.actionFinal(context, event);
    case 'compare.mismatch':
      return steps.breakFound(context, event);
    case 'compare.surplus':
      return steps.surplusSeen(context, event);
    case 'compare.clean':
      // A match that is over and online again has nothing more to be told.
      return {
        context: { ...context, link: { ...context.link, drain: 0 } },
        effects: isOver(context) ? [directoryWork] : [],
      };
    case 'chain.online':
    case 'chain.degraded':
    case 'chain.down':
    case 'chain.recovering':
    case 'operator.pause':
    case 'operator.resume':
      return steps.chainSpoke(context, event);
    default:
      return lifecycle.reported(context, event);
  }
}

function isOver(context: MatchContext): boolean {
  return context.facts.distributed || isRefunded(context);
}

function resolvesTo(context: MatchContext, event: MatchEvent, target: ResolvedState): boolean {
  return (
    event.type === 'review.resolve' &&
    matchVerdict(context, event) === null &&
    resolvedState(context, event) === target
  );
}

function isTakenOf(context: MatchContext, event: MatchEvent, kinds: readonly string[]): boolean {
  const action = 'hash' in event ? actionByHash(context, event.hash) : undefined;
  return action !== undefined && kinds.includes(action.kind) && matchVerdict(context, event) === null;
}

function hasSeats(context: MatchContext, enough: boolean): boolean {
  return context.terms !== null && countedSeats(context).length >= context.terms.minPlayers === enough;
}

const taken = { guard: 'isTaken', actions: 'apply' } as const;

/** What the chain shows of an open action is booked in every state, paused and reviewed matches included. */
const chainEffects = {
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
  'attempt.dead': [{ guard: 'needsPerson', target: '.review', actions: 'apply' }, taken],
  'attempt.failed': [{ guard: 'needsPerson', target: '.review', actions: 'apply' }, taken],
  'action.refused': [{ guard: 'refusalNeedsPerson', target: '.review', actions: 'apply' }, taken],
  'action.review': { guard: 'isTaken', target: '.review', actions: 'apply' },
  'action.blocked': taken,
  'compare.surplus': taken,
  'foreign.settled': [
    { guard: 'needsPersonStill', target: '.review', actions: 'apply' },
    { guard: 'isPrizes', target: '.settling', actions: 'apply' },
    { guard: 'isTaken', target: '.cancelling', actions: 'apply' },
  ],
} as const;

/** Who asked before is answered, and let go at `notAfter`, in `review` too: a hold must not outlive its request. */
const waiting = {
  'hold.granted': taken,
  'hold.refused': taken,
  'timer.expire': taken,
  'timer.lapse': taken,
  'player.takeBack': taken,
} as const;

const cancelling = { guard: 'isTaken', target: 'cancelling', actions: 'apply' } as const;
const seating = { 'player.join': taken, 'match.cancel': cancelling, ...waiting } as const;

/** A person's word: where the match goes on follows from what was decided, and from what of it is under way. */
function resolving(type: 'resolvesTo' | 'resolvesWhilePausedTo') {
  const toward = <Target extends ResolvedState>(target: Target) =>
    ({ guard: { type, params: { target } }, target, actions: 'apply' }) as const;
  return {
    'review.resolve': [toward('lobby'), toward('playing'), toward('settling'), toward('cancelling')],
  } as const;
}

/** A difference pauses a match wherever it is; what explains it may be for a person to decide. So is a late stake. */
const whilePaused = resolving('resolvesWhilePausedTo');

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
          on: { ...seating, ...whilePaused, 'match.create': taken },
          always: { guard: 'enoughSeats', target: 'funded' },
        },
        funded: {
          on: {
            ...seating,
            ...whilePaused,
            'match.start': { guard: 'isTaken', target: 'playing', actions: 'apply' },
          },
          always: { guard: 'tooFewSeats', target: 'lobby' },
        },
        playing: {
          on: {
            ...whilePaused,
            'match.end': taken,
            'match.cancel': cancelling,
            'player.presence': taken,
            'action.signed': [{ guard: 'isSettlement', target: 'settling', actions: 'apply' }, taken],
          },
        },
        settling: {
          on: whilePaused,
          always: { guard: 'isSettled', target: 'settled' },
        },
        settled: {},
        cancelling: {
          on: whilePaused,
          always: { guard: 'isRefunded', target: 'refunded' },
        },
        refunded: {},
        review: {
          on: {
            ...waiting,
            ...resolving('resolvesTo'),
            // The grace runs on: who cannot say that they are back would forfeit for what a person has to look at.
            'player.presence': { guard: 'isBack', actions: 'apply' },
            // What a person waited for may turn out to have happened: then there is nothing left to decide.
            'action.final': [
              { guard: 'isLastPayout', target: 'settled', actions: 'apply' },
              { guard: 'isRefund', target: 'refunded', actions: 'apply' },
              taken,
            ],
          },
        },
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
