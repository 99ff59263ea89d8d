/**
 * The match as xstate/graph explores it: which events the world may send in a state, and which states count as one.
 *
 * Two things keep the product of both regions small. The chain works on the oldest open action only (what may overlap is
 * the random walks' task, `liveness.test.ts`), and an action is signed anew only while the link is online.
 */
import { matchValue } from '../../durable-objects/match/view.ts';
import { isInFlight, type OpenAction } from '../../machines/actions/open-action.ts';
import type { MatchContext, Seat } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isDrained } from '../../machines/match/readiness.ts';
import * as make from './events.ts';
import { LEVELS } from './events.ts';
import type { Model, Snapshot } from './explore.ts';

/** Two attempts show every transition but the last, which is taken by the fifth. */
const SECOND_TRY = 2;

function stateKey(snapshot: Snapshot): string {
  const { money, link } = matchValue(snapshot.value);
  const { context } = snapshot;
  const drained = link === 'reconciling' && isDrained(context) ? ' drained' : '';
  const level = context.terms === null ? 'none' : `${levelKey(context, link)}${drained}`;
  const oldest = oldestOf(context);
  // A match in review goes nowhere: what is still open in it is told apart by the next action only.
  if (money === 'review') {
    const waits = context.seats.some((seat) => seat.state === 'requested');
    const tries = link === 'online' && oldest?.attempts;
    const { createdAt } = context.facts;
    return [`review/${link}`, level, oldest?.kind, oldest?.state, waits, tries, createdAt].join(' | ');
  }
  const seats = context.seats.map((seat) => `${seat.userId} ${seat.state}${seat.played ? ' played' : ''}`);
  const actions = context.actions.map(
    (action) => `${action.kind} ${stageOf(action, link)}${action.doomed ? ' doomed' : ''}`,
  );
  return [`${money}/${link}`, level, seats.join(', '), actions.join(', '), oldest?.attempts].join(' | ');
}

/** A resume treats a chain that is back like one that is well. */
function levelKey(context: MatchContext, link: string): string {
  const { level } = context.link;
  return link === 'paused' && level === 'recovering' ? 'online' : level;
}

/** Leased and sent are stages of their own only while the link is online, where all others are reached from. */
function stageOf({ state }: OpenAction, link: string): string {
  if (link === 'online') return state;
  if (state === 'leased') return 'queued';
  return state === 'sent' ? 'signed' : state;
}

function oldestOf(context: MatchContext): OpenAction | undefined {
  return context.actions.find((action) => action.state !== 'review');
}

export function eventsOf({ value, context }: Snapshot): readonly MatchEvent[] {
  if (context.terms === null) return LEVELS.map((level) => make.create(level));
  const { money, link } = matchValue(value);
  const oldest = oldestOf(context);
  const third = context.seats.find((seat) => seat.userId === make.CAT.id);
  if (third !== undefined) return visitOf(third);
  if (oldest !== undefined && oldest.attempts >= SECOND_TRY && (money !== 'review' || link === 'online'))
    return lastTries(context, oldest);
  return [
    ...requests(context),
    ...(money === 'funded' && link === 'online' ? [make.join(make.CAT, context.nextOrder)] : []),
    ...LEVELS.map((level) => make.verdict(context, level)),
    make.pause(),
    make.restored(),
    make.resume(),
    make.mismatch(context),
    make.surplus(context),
    make.clean(context),
    make.cleanWithOtherHash(context),
    ...(oldest === undefined ? [] : lifeOf(context, oldest, link === 'online')),
  ];
}

function requests(context: MatchContext): MatchEvent[] {
  const seated = context.seats.map((seat) => seat.userId);
  const next = [make.ANN, make.BOB].find((player) => !seated.includes(player.id));
  const requested = context.seats.find((seat) => seat.state === 'requested');
  const unplayed = context.seats.find((seat) => !seat.played && seat.state !== 'final');
  return [
    // A player who lost a seat asks with a new client key.
    ...(next === undefined ? [] : [make.join(next, context.nextOrder)]),
    ...(requested === undefined ? [] : [make.granted(requested.hash), make.refused(requested.hash)]),
    ...(unplayed === undefined ? [] : [make.expire(unplayed.hash)]),
    ...takenBack(context),
    make.start(),
    make.end(),
  ];
}

/** The first seat that can still change its mind, and one that cannot. */
function takenBack({ seats }: MatchContext): MatchEvent[] {
  const early = seats.find(({ state, played }) => !played && (state === 'requested' || state === 'reserved'));
  const late = seats.find(({ state, played }) => played || state !== 'requested');
  return [...new Set([early, late])].flatMap((seat) =>
    seat === undefined ? [] : [make.takeBack(seat.userId, seat.hash)],
  );
}

/** A third player comes to a funded match and goes again: their seat is shown, not multiplied with all the rest. */
function visitOf(seat: Seat): MatchEvent[] {
  const { hash, userId } = seat;
  const goes = make.takeBack(userId, hash);
  return seat.state === 'requested'
    ? [make.granted(hash), make.refused(hash), goes]
    : [make.expire(hash), goes];
}

/** What the driver reports of one action, in the order of its life. */
function lifeOf(context: MatchContext, action: OpenAction, mayRetry: boolean): MatchEvent[] {
  const { hash, state, attempts } = action;
  const waits = [make.review(hash), make.blocked(hash)];
  if (state === 'queued' || state === 'leased') {
    const signing = attempts === 0 || mayRetry ? [make.signed(context, hash)] : [];
    return [...(state === 'queued' ? [make.leased(hash)] : []), ...signing, ...waits];
  }
  if (!isInFlight(action)) return waits;
  const ends = [
    make.attemptEnd('attempt.absent', context, hash),
    make.attemptEnd('attempt.dead', context, hash),
    make.attemptEnd('attempt.failed', context, hash),
    ...(action.kind === 'join' ? [make.attemptEnd('attempt.failed', context, hash, true)] : []),
  ];
  if (state === 'landed')
    return [make.moved('action.dropped', context, hash), make.final(context, hash), ...ends, ...waits];
  return [
    make.moved('action.sent', context, hash),
    make.moved('action.landed', context, hash),
    ...ends,
    ...waits,
  ];
}

/** From the second try on only the tries go on, up to the one that calls a person. */
function lastTries(context: MatchContext, { hash, state }: OpenAction): MatchEvent[] {
  if (state === 'queued' || state === 'leased') return [make.signed(context, hash)];
  return [
    make.attemptEnd('attempt.dead', context, hash),
    make.attemptEnd('attempt.failed', context, hash),
    make.moved('action.sent', context, hash),
    make.moved('action.landed', context, hash),
    make.final(context, hash),
  ];
}

export const lifecycle: Model = { name: 'lifecycle', prefix: [], events: eventsOf, stateKey };
