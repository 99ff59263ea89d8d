/** What every list of effects must satisfy, given the step that asked for it. */

import { feeBreakdown } from '../../core/index.ts';
import type { Effect } from '../../machines/effects.ts';
import type { MatchContext, Seat } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isJson, type MatchState, must, type Taken } from './invariants.ts';

type Message = Extract<Effect, { type: 'message' }>;
type Row<Name extends string> = Extract<Effect, { type: 'record'; row: Name }>;

const TERMINAL = ['final', 'failed', 'expired', 'cancelled'];

/** Of a message, what its receiver acts on. */
interface Asked {
  readonly token: string;
  readonly amount?: string;
  readonly holdToken?: string | null;
  readonly direction?: string;
}

export function checkEffects(before: MatchState, event: MatchEvent, { state, effects }: Taken): void {
  const [was, is] = [before.context, state.context];
  for (const effect of effects) checkForm(effect, was, is);
  checkEnds(was, is, effects);
  checkSeatsTaken(was, is, effects);
  checkSeatsFreed(was, is, event, effects);
  checkMoney(was, is, event, effects);
}

function checkForm(effect: Effect, was: MatchContext, is: MatchContext): void {
  must(isJson(effect), 'an effect is plain JSON');
  if (effect.type === 'work') {
    must(effect.inMs >= 0, 'work is due now or later');
    if (effect.task === 'drive')
      must(
        is.actions.some((action) => effect.key === `drive:${action.hash}`),
        'work drives an action that is open',
      );
  }
  if (effect.type === 'message') {
    const { token } = askedBy(effect);
    must(effect.key === `${effect.task}:${token}`, 'the key of a message is its task and token');
  }
  if (effect.type === 'record' && (effect.row === 'actionState' || effect.row === 'intent')) {
    const known = [...was.actions, ...is.actions].some((action) => action.hash === effect.hash);
    must(known, 'a row is written of an action that is, or was, open');
  }
}

/** I14: what was accepted ends in one terminal state, written once, in the step that ends it. */
function checkEnds(was: MatchContext, is: MatchContext, effects: readonly Effect[]): void {
  for (const action of was.actions) {
    const states = rows(effects, 'actionState').filter((row) => row.hash === action.hash);
    const terminal = states.filter((row) => TERMINAL.includes(row.state));
    const isOpen = is.actions.some((each) => each.hash === action.hash);
    must(
      terminal.length === (isOpen ? 0 : 1),
      'an action that ends has one terminal row, an open one has none',
    );
    const now = is.actions.find((each) => each.hash === action.hash);
    if (now !== undefined && now.state !== action.state)
      must(states.at(-1)?.state === now.state, 'the row of an action says what its context says');
  }
  const opened = is.actions.filter((action) => !was.actions.some((each) => each.hash === action.hash));
  const recorded = rows(effects, 'action').map((row) => row.action.hash);
  must(opened.map((action) => action.hash).join() === recorded.join(), 'an action that opens is a row (I14)');
  for (const row of rows(effects, 'actionState').filter((each) => each.state === 'review'))
    must(
      rows(effects, 'review').some((each) => each.entity === row.hash) &&
        rows(effects, 'alert').some((each) => each.entity === row.hash && each.severity === 'critical'),
      'a person who is needed is called (I18, I24)',
    );
}

/** A hold for each join, over exactly the stake, and a timer that ends the wait for it; asked again only while it is open. */
function checkSeatsTaken(was: MatchContext, is: MatchContext, effects: readonly Effect[]): void {
  const taken = missing(is.seats, was.seats);
  const asked = messages(effects, 'hold').map(askedBy);
  const requested = is.seats.filter((seat) => seat.state === 'requested').map((seat) => seat.hash);
  must(
    asked.every(({ token, amount }) => requested.includes(token) && amount === is.terms?.entryFee),
    'a hold is over the stake of a seat that waits for it',
  );
  must(
    taken.every((seat) => asked.some(({ token }) => token === seat.hash)),
    'every join asks for its hold',
  );
  for (const seat of taken)
    must(timerOf(effects, seat)?.at === seat.notAfter, 'a seat is kept until notAfter');
}

/** A freed seat gives its hold back, once, unless the user's object had refused it; nobody else's is touched. */
function checkSeatsFreed(
  was: MatchContext,
  is: MatchContext,
  event: MatchEvent,
  effects: readonly Effect[],
): void {
  const freed = missing(was.seats, is.seats);
  const released = messages(effects, 'release').map((each) => askedBy(each).holdToken);
  const expected = event.type === 'hold.refused' ? [] : freed.map((seat) => seat.hash);
  must(released.join() === expected.join(), 'one release for each seat that is freed');
  for (const seat of freed) {
    must(timerOf(effects, seat)?.at === null, 'a freed seat has no timer');
    const answered = rows(effects, 'answer').filter((row) => row.id === seat.requestId).length;
    must(answered === (seat.state === 'requested' ? 1 : 0), 'whoever still waits for an answer gets one');
  }
}

/** Facts for the users' ledgers: a debit of the stake for each final join, credits that sum to the net pool. */
function checkMoney(
  was: MatchContext,
  is: MatchContext,
  event: MatchEvent,
  effects: readonly Effect[],
): void {
  const facts = messages(effects, 'fact').map(askedBy);
  const ended =
    event.type === 'action.final' ? was.actions.find((each) => each.hash === event.hash) : undefined;
  if (ended?.kind === 'join') {
    const [fact] = facts;
    must(facts.length === 1 && fact?.direction === 'debit', 'one debit for a final join');
    must(fact?.amount === is.terms?.entryFee && fact?.holdToken === ended.hash, '... that captures its hold');
    return;
  }
  if (ended?.kind !== 'end') {
    must(facts.length === 0, 'no fact without a final effect on the chain');
    return;
  }
  const { terms, seats } = is;
  const total = BigInt(terms?.entryFee ?? '0') * BigInt(seats.length);
  const { netPool } = feeBreakdown(total, terms?.platformFeeBps ?? 0);
  const paid = facts.reduce((sum, fact) => sum + BigInt(fact.amount ?? '0'), 0n);
  must(facts.every((fact) => fact.direction === 'credit') && paid === netPool, 'prizes sum to the net pool');
  must(new Set(facts.map((fact) => fact.token)).size === facts.length, 'each prize is a fact of its own');
}

function missing(seats: readonly Seat[], from: readonly Seat[]): readonly Seat[] {
  return seats.filter((seat) => !from.some((each) => each.hash === seat.hash));
}

function messages(effects: readonly Effect[], task: Message['task']): Message[] {
  return effects.filter((effect): effect is Message => effect.type === 'message' && effect.task === task);
}

function rows<Name extends Extract<Effect, { type: 'record' }>['row']>(
  effects: readonly Effect[],
  name: Name,
): Row<Name>[] {
  return effects.filter((effect): effect is Row<Name> => effect.type === 'record' && effect.row === name);
}

function timerOf(effects: readonly Effect[], seat: Seat) {
  return effects.find((each) => each.type === 'timer' && each.name === `expire:${seat.hash}`) as
    | Extract<Effect, { type: 'timer' }>
    | undefined;
}

function askedBy(message: Message): Asked {
  // SAFETY: the machine's `message` puts every request under this name.
  return (message.body as { request: unknown }).request as Asked;
}
