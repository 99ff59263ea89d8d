/** Matches brought to where a rule can be broken, every step on the way checked; and what they say to what comes next. */
import { matchBehaviour } from '../../../durable-objects/match/behaviour.ts';
import { matchValue } from '../../../durable-objects/match/view.ts';
import type { Effect } from '../../../machines/effects.ts';
import type { MatchEvent } from '../../../machines/match/events.ts';
import * as make from '../../model/events.ts';
import { type MatchState, step, type Taken } from '../../model/invariants.ts';

export type Next = (state: MatchState) => MatchEvent;
export type Way = readonly (MatchEvent | Next)[];

/** A match after these events, all of which must be taken. */
export function matchAfter(...events: Way): MatchState {
  return events.reduce<MatchState>((state, each) => taken(state, each).state, matchBehaviour.initial());
}

export function taken(state: MatchState, next: MatchEvent | Next): Taken {
  const event = typeof next === 'function' ? next(state) : next;
  const after = step(state, event);
  if (after === null)
    throw new Error(`${event.type}: ${JSON.stringify(matchBehaviour.refuse(state, event))}`);
  return after;
}

/** The code with which an event is refused; null where it is taken. */
export function refusalOf(state: MatchState, next: MatchEvent | Next): string | null {
  const event = typeof next === 'function' ? next(state) : next;
  return step(state, event) === null ? matchBehaviour.refuse(state, event).code : null;
}

export function moneyOf(state: MatchState): string {
  return matchValue(state.value).money;
}

/** Timers as the kernel would have them after these effects; null: stopped. */
export function timersIn(effects: readonly Effect[]): ReadonlyMap<string, number | null> {
  return new Map(effects.flatMap((effect) => (effect.type === 'timer' ? [[effect.name, effect.at]] : [])));
}

/** Keys of the messages and the work that are asked for. */
export function keysIn(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.type === 'work' || effect.type === 'message' ? [effect.key] : [],
  );
}

/** What is asked of the players' deposits. */
export function asksIn(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'message' ? [effect.key] : []));
}

export function hashOf(player: make.Player): string {
  return make.joinAction(player).hash;
}

export const { hash: CREATE } = make.createAction();
export const START = make.start().action.hash;

export function lands(hash: string): Next[] {
  return [({ context }) => make.signed(context, hash), ({ context }) => make.final(context, hash)];
}

/** Five tries, each provably dead: from then on only a person goes on with it. */
export function usedUp(hash: string): Next[] {
  return [1, 2, 3, 4, 5].flatMap(() => [
    ({ context }: MatchState) => make.signed(context, hash),
    ({ context }: MatchState) => make.attemptEnd('attempt.dead', context, hash),
  ]);
}

export function seated(player: make.Player): Way {
  return [make.join(player), make.granted(hashOf(player))];
}

export const open: Way = [make.create('online'), ...lands(CREATE)];
export const full: Way = [...open, ...seated(make.ANN), ...seated(make.BOB)];
export const playing: Way = [...full, make.start()];
/** Started on the chain, too: all that is left is to say who has won. */
export const started: Way = [
  ...full,
  ...lands(hashOf(make.ANN)),
  ...lands(hashOf(make.BOB)),
  make.start(),
  ...lands(START),
];
/** Three play; the third one's stake is not on the chain. */
export const threePlaying: Way = [
  ...full,
  ...seated(make.CAT),
  ...lands(hashOf(make.ANN)),
  ...lands(hashOf(make.BOB)),
  make.start(),
];
