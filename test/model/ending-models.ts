/**
 * Models of how a match ends otherwise than by its one settlement, each small by what it leaves out: `callingOff` knows
 * one try an action, `deciding` begins with a match that is being played, `apart` with one that can be ended.
 */
import { matchValue } from '../../durable-objects/match/view.ts';
import type { OpenAction } from '../../machines/actions/open-action.ts';
import { REASON } from '../../machines/match/cancellation.ts';
import { isPaidOut, type MatchContext } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import * as make from './events.ts';
import type { Model, Snapshot } from './explore.ts';
import { figuresFor } from './figures.ts';
import { foreignPrizes, foreignRefund, WRONG } from './foreign.ts';
import {
  created,
  lands,
  lifeOf,
  linkEvents,
  liveSets,
  oldestOf,
  seated,
  started,
  stateKey,
} from './model-parts.ts';

/** Called off in every phase and link state, by everybody who may, and by some who may not. */
export const callingOff: Model = {
  name: 'calling off',
  prefix: [() => make.create('online')],
  stateKey,
  events: ({ value, context }) => {
    const { money, link } = matchValue(value);
    const isPersons = money === 'review' || link === 'paused';
    const oldest = oldestOf(context);
    const waits = context.seats.find(({ state }) => state === 'requested');
    return [
      ...linkEvents(context, money === 'review' ? [] : ['online', 'degraded', 'down']),
      ...(money === 'review' ? [] : requests(context)),
      ...(isPersons ? persons(context) : []),
      ...(waits === undefined ? [] : [make.granted(waits.hash)]),
      ...(oldest === undefined ? [] : lifeOf(context, oldest)),
      ...(oldest === undefined || oldest.kind === 'join' ? [] : reports(oldest.hash)),
      // What happened on the chain is booked whenever it is seen, also of what a person looks at.
      ...reviewed(context).map(({ hash }) => make.final(context, hash)),
      ...(money === 'refunded' || money === 'cancelling' ? [make.surplus(context)] : []),
    ];
  },
};

function requests(context: MatchContext): MatchEvent[] {
  if (context.cancellation !== null) return [make.cancel(context), make.join(make.BOB)];
  const next = [make.ANN, make.BOB].find(({ id }) => !context.seats.some(({ userId }) => userId === id));
  return [
    ...(next === undefined ? [] : [make.join(next)]),
    make.start(),
    ...(context.facts.phase === 1 ? [make.away(make.BOB), make.back(make.BOB)] : []),
    make.cancel(context),
    make.cancel(context, { by: make.HOST_CALL, reason: REASON.insufficientPlayers }),
    make.cancel(context, { by: null, reason: REASON.timeout }),
    make.graceOver(context, make.BOB),
  ];
}

function reviewed(context: MatchContext): readonly OpenAction[] {
  return context.actions.filter(({ state, attempts }) => state === 'review' && attempts > 0);
}

function reports(hash: string): MatchEvent[] {
  return [make.blocked(hash), make.unpayable(hash), make.leased(hash)];
}

function persons(context: MatchContext): MatchEvent[] {
  return liveSets(context).flatMap((live) => [
    make.resolve(context, 'retry', { live }),
    make.resolve(context, 'void', { live }),
    // The mirror may have been put back to before the start of what has ended since.
    make.resolve(context, 'settle', {
      live,
      observed: make.endedOtherwise(context),
      result: make.decided(context, make.SHARES, true),
    }),
  ]);
}

/** The refund alone, through all its tries and every report of them. */
export const payingBack: Model = {
  name: 'paying back',
  prefix: [
    ...started(make.ANN, make.BOB),
    ...lands(make.start().action.hash),
    ({ context }) => make.cancel(context),
  ],
  stateKey: (snapshot) =>
    [stateKey(snapshot), ...snapshot.context.actions.map(({ attempts }) => attempts)].join(' '),
  events: ({ context }) => {
    const [refund] = context.actions;
    if (refund === undefined) return linkEvents(context, ['online']);
    const { hash } = refund;
    return [
      ...linkEvents(context, ['online']),
      ...lifeOf(context, refund, 5),
      make.leased(hash),
      make.moved('action.sent', context, hash),
      make.moved('action.dropped', context, hash),
      make.attemptEnd('attempt.absent', context, hash),
      make.attemptEnd('attempt.failed', context, hash),
      make.resolve(context, 'retry'),
      make.resolve(context, 'settle'),
    ];
  },
};

/** A person's word on a match of three, in which two seats are played that are not on the chain yet. */
export const deciding: Model = {
  name: 'deciding',
  prefix: [
    ...created(),
    ...[make.ANN, make.BOB, make.CAT].flatMap((player) => [
      () => make.join(player),
      () => make.granted(make.joinAction(player).hash),
    ]),
    ...lands(make.joinAction(make.ANN).hash),
    ...lands(make.joinAction(make.BOB).hash),
    () => make.start(),
  ],
  stateKey,
  events: (snapshot) => {
    const { context } = snapshot;
    const { money } = matchValue(snapshot.value);
    const oldest = oldestOf(context);
    return [
      ...linkEvents(context, ['online']),
      ...(money === 'playing' ? [make.end(), make.away(make.CAT), make.away(make.ANN)] : []),
      ...(money === 'review' ? [make.back(make.CAT), make.away(make.CAT)] : []),
      ...words(snapshot),
      ...(oldest === undefined ? [] : [...lifeOf(context, oldest, 2), make.unpayable(oldest.hash)]),
    ];
  },
};

/** All that a person may say, right or wrong. */
function words({ value, context }: Snapshot): MatchEvent[] {
  const { money, link } = matchValue(value);
  if (money !== 'review' && link !== 'paused') return [make.resolve(context, 'void')];
  const observed = make.endedOtherwise(context);
  return liveSets(context).flatMap((live) => [
    make.resolve(context, 'retry', { live }),
    make.resolve(context, 'void', { live }),
    make.resolve(context, 'void', { live, observed }),
    make.resolve(context, 'settle', { live }),
    make.resolve(context, 'settle', { live, observed }),
    make.resolve(context, 'settle', { live, result: make.decided(context) }),
    make.resolve(context, 'settle', {
      live,
      observed,
      result: make.decided(context, make.SHARES, true),
    }),
  ]);
}

/** A settlement in two transactions, whose reports come in any order. */
export const apart: Model = {
  name: 'apart',
  prefix: [...started(make.ANN, make.BOB), ...lands(make.start().action.hash)],
  stateKey,
  events: (snapshot) => {
    const { context } = snapshot;
    return [
      ...linkEvents(context, ['online', 'down']),
      ...[make.end(make.SHARES, true), make.end(make.SHARES, false), make.cancel(context)],
      ...words(snapshot),
      ...context.actions.flatMap((action) => [
        ...lifeOf(context, action, 2),
        ...(action.state === 'review' && action.attempts > 0 ? [make.final(context, action.hash)] : []),
        ...(action.state === 'landed' ? [make.moved('action.dropped', context, action.hash)] : []),
      ]),
    ];
  },
};

/** Somebody else pays the escrow out, at any moment, as decided or otherwise. */
export const strangers: Model = {
  name: 'strangers',
  prefix: [...created(), ...seated(make.ANN)],
  stateKey,
  events: ({ value, context }) => {
    const { money, link } = matchValue(value);
    const isPersons = money === 'review' || link === 'paused';
    const waits = context.seats.find(({ state }) => state === 'requested');
    // Joins one after the other; what settles the match in any order.
    const open = context.actions.filter((action) => action.kind !== 'join' || action === oldestOf(context));
    return [
      ...linkEvents(context, ['online']),
      ...(waits === undefined ? [make.join(make.BOB)] : [make.granted(waits.hash)]),
      ...[make.start(), make.end(), make.end(make.SHARES, true)],
      ...(money === 'review' ? [] : [make.cancel(context)]),
      ...(isPersons ? liveSets(context).map((live) => make.resolve(context, 'retry', { live })) : []),
      ...open.flatMap((action) => lifeHere(context, action)),
      ...payouts(context),
    ];
  },
};

/** An escrow pays once: what would pay it out again dies, or fails. Joins go well here, or stay where they are. */
function lifeHere(context: MatchContext, action: OpenAction): MatchEvent[] {
  const isPayout = figuresFor(context, action.hash) !== null && isPaidOut(context);
  const left = action.kind === 'join' ? ['attempt.dead', 'action.review', 'action.landed'] : [];
  const paid = isPayout ? ['action.landed', 'action.final'] : [];
  return lifeOf(context, action).filter(({ type }) => ![...left, ...paid].includes(type));
}

/** Prizes need a match that is being played; right is only what was decided. */
function payouts(context: MatchContext): MatchEvent[] {
  const { result, cancellation, seats, facts } = context;
  if (!seats.some(({ state }) => state === 'final')) return [foreignRefund(context, WRONG)];
  const isPlayed = facts.phase >= 1;
  return [
    ...(facts.phase === 2 ? [] : [foreignRefund(context, WRONG)]),
    ...(cancellation === null || facts.phase === 2 ? [] : [foreignRefund(context)]),
    ...(isPlayed ? [foreignPrizes(context, WRONG)] : []),
    ...(isPlayed && result !== null ? [foreignPrizes(context)] : []),
  ];
}
