/** What the smaller models of the match have in common: how states are told apart, and who may do what in them. */
import { matchValue } from '../../durable-objects/match/view.ts';
import { isInFlight, type OpenAction } from '../../machines/actions/open-action.ts';
import type { ChainLevel } from '../../machines/link.ts';
import type { MatchContext } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isDrained } from '../../machines/match/readiness.ts';
import * as make from './events.ts';
import type { Snapshot } from './explore.ts';
import type { MatchState } from './must.ts';

type Next = (state: MatchState) => MatchEvent;

/** Everything that the rules look at, but names and numbers that only grow. */
export function stateKey({ value, context }: Snapshot): string {
  const { money, link } = matchValue(value);
  const { facts, result, cancellation, absences } = context;
  const seats = context.seats.map(
    ({ userId, state, played, lapsesAt }) => `${userId} ${state} ${played} ${lapsesAt !== null}`,
  );
  const actions = context.actions.map(
    ({ kind, state, doomed, attempts }) => `${kind} ${state} ${doomed} ${attempts > 0}`,
  );
  const drained = link === 'reconciling' && isDrained(context);
  return [
    ...[money, link, context.link.level, drained, facts.createdAt, facts.phase, facts.distributed],
    ...[facts.refunded !== null, result?.separate, cancellation?.reason, absences.length],
    ...[seats.join(), actions.join()],
  ].join(' | ');
}

/** Of one instant: the chain's verdicts, an operator, a comparison. */
export function linkEvents(context: MatchContext, levels: readonly ChainLevel[]): MatchEvent[] {
  const { pausedFor } = context.link;
  return [
    ...levels.filter((level) => level !== context.link.level).map((level) => make.verdict(context, level)),
    pausedFor === null ? make.pause() : make.resume(),
    make.clean(context),
  ];
}

/** What the driver reports of one action that no wallet signs; it is signed anew only where `tries` allows it. */
export function lifeOf(context: MatchContext, action: OpenAction, tries = 1): MatchEvent[] {
  const { hash, state, attempts } = action;
  if (state === 'review') return [];
  // A person is called while the link is online only: a match in review goes nowhere by the chain's ups and downs.
  const review =
    context.link.level === 'online' && context.link.pausedFor === null ? [make.review(hash)] : [];
  if (!isInFlight(action)) {
    const signing = attempts < tries ? [make.signed(context, hash)] : [];
    return [...signing, ...review];
  }
  return [
    ...(state === 'landed' ? [] : [make.moved('action.landed', context, hash)]),
    make.final(context, hash),
    make.attemptEnd('attempt.dead', context, hash),
    ...review,
  ];
}

/** The oldest action that can move; what may overlap is the random walks' task. */
export function oldestOf(context: MatchContext): OpenAction | undefined {
  return context.actions.find((action) => action.state !== 'review');
}

/** What of a match may still land: an action that a person looks at may have an attempt outstanding, or none. */
export function liveSets(context: MatchContext): readonly (readonly string[])[] {
  const inFlight = context.actions.filter(isInFlight).map(({ hash }) => hash);
  const unknown = context.actions
    .filter(({ state, attempts }) => state === 'review' && attempts > 0)
    .map(({ hash }) => hash);
  return unknown.length === 0 ? [inFlight] : [inFlight, [...inFlight, ...unknown]];
}

/** Signed, and final at once. */
export function lands(hash: string): Next[] {
  return [({ context }) => make.signed(context, hash), ({ context }) => make.final(context, hash)];
}

export function created(terms = make.TERMS): Next[] {
  return [() => make.create('online', make.epoch(1), terms), ...lands(make.createAction(terms).hash)];
}

export function seated(player: make.Player): Next[] {
  return [() => make.join(player), () => make.granted(make.joinAction(player).hash)];
}

export function started(...players: readonly make.Player[]): Next[] {
  const joins = players.flatMap((player) => lands(make.joinAction(player).hash));
  return [...created(), ...players.flatMap(seated), ...joins, () => make.start()];
}
