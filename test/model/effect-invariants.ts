/** What every list of effects must satisfy, given the step that asked for it. Money is `money-invariants.ts`. */
import type { Effect } from '../../machines/effects.ts';
import { isWalletSigned, type MatchContext, type Seat } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isJson, type MatchState, must, type Taken } from './must.ts';

type Message = Extract<Effect, { type: 'message' }>;
type Timer = Extract<Effect, { type: 'timer' }>;
type Row<Name extends string> = Extract<Effect, { type: 'record'; row: Name }>;

const TERMINAL = ['final', 'failed', 'expired', 'cancelled'];

/** Of a message, what its receiver acts on. */
export interface Asked {
  readonly token: string;
  readonly amount?: string;
  readonly holdToken?: string | null;
  readonly direction?: string;
}

export function checkEffects(before: MatchState, event: MatchEvent, { state, effects }: Taken): void {
  const [was, is] = [before.context, state.context];
  const recorded = rows(effects, 'action').map(({ action }) => action.hash);
  for (const effect of effects) checkForm(effect, was, is, recorded);
  checkEnds(was, is, effects);
  checkSeatsTaken(was, is, effects);
  checkSeatsFreed(was, is, event, effects);
  checkTimers(was, is, effects);
}

function checkForm(effect: Effect, was: MatchContext, is: MatchContext, recorded: readonly string[]): void {
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
    const known = [...was.actions, ...is.actions].map(({ hash }) => hash).concat(recorded);
    must(known.includes(effect.hash), 'a row is written of an action that is, was, or might have been open');
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
  // What opens and is given up in the same step is a row, too, and ends as one.
  const recorded = rows(effects, 'action').map((row) => row.action.hash);
  const given = recorded.filter((hash) => !is.actions.some((each) => each.hash === hash));
  must(
    given.every((hash) => rows(effects, 'actionState').at(-1)?.hash === hash),
    'an action that is given up at once ends as a row',
  );
  must(
    opened.map((action) => action.hash).join() === recorded.filter((hash) => !given.includes(hash)).join(),
    'an action that opens is a row (I14)',
  );
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
  for (const task of ['hold', 'admit'] as const) {
    const asked = messages(effects, task).map(askedBy);
    const mine = is.seats.filter((seat) => (seat.payer === 'wallet') === (task === 'admit'));
    const requested = mine.filter((seat) => seat.state === 'requested').map((seat) => seat.hash);
    must(
      asked.every(({ token, amount }) => requested.includes(token) && amount === is.terms?.entryFee),
      `a ${task} is over the stake of a seat that waits for it`,
    );
    must(
      missing(mine, was.seats).every((seat) => asked.some(({ token }) => token === seat.hash)),
      `every join asks for its ${task}`,
    );
  }
  for (const seat of taken)
    must(timerOf(effects, `expire:${seat.hash}`)?.at === seat.notAfter, 'a seat is kept until notAfter');
  for (const seat of taken.filter(isWalletSigned))
    must(
      rows(effects, 'intent').some(({ hash, signer }) => hash === seat.hash && signer === seat.wallet),
      'a wallet has agreed before its seat is taken',
    );
}

/** A freed seat gives its hold back, once, unless the user's object had refused it; nobody else's is touched. */
function checkSeatsFreed(
  was: MatchContext,
  is: MatchContext,
  event: MatchEvent,
  effects: readonly Effect[],
): void {
  const freed = missing(was.seats, is.seats);
  // Of a wallet's stake nothing is captured: its admission ends when it is final.
  const landed = is.seats.filter((seat) => seat.payer === 'wallet' && becomesFinal(seat, was));
  const released = messages(effects, 'release').map((each) => askedBy(each).holdToken);
  const expected = event.type === 'hold.refused' ? [] : [...freed, ...landed].map((seat) => seat.hash);
  must(released.toSorted().join() === expected.toSorted().join(), 'one release for each seat that is freed');
  for (const seat of freed) {
    const answered = rows(effects, 'answer').filter((row) => row.id === seat.requestId).length;
    must(answered === (seat.state === 'requested' ? 1 : 0), 'whoever still waits for an answer gets one');
  }
}

/** Every timer of what has ended is gone; none is set for it any more. */
function checkTimers(was: MatchContext, is: MatchContext, effects: readonly Effect[]): void {
  const isStopped = (name: string) => timerOf(effects, name)?.at === null;
  for (const seat of was.seats) {
    const now = is.seats.find(({ hash }) => hash === seat.hash);
    const isEnded = now === undefined || (now.state === 'final' && seat.state !== 'final');
    if (!isEnded && !(now?.played === true && !seat.played)) continue;
    if (seat.state === 'final' && now !== undefined) continue;
    must(isStopped(`expire:${seat.hash}`), 'a seat that is final, played or freed has no timer');
    must(!isWalletSigned(seat) || isStopped(`lapse:${seat.hash}`), '... and no wallet is waited for');
  }
  const isDecided = (context: MatchContext) => context.result !== null || context.cancellation !== null;
  if (isDecided(is) && !isDecided(was)) must(isStopped('timeout'), 'what has ended does not time out');
  for (const { userId } of was.absences)
    if (!is.absences.some((absence) => absence.userId === userId))
      must(isStopped(`grace:${userId}`), 'nobody forfeits who is back, or whose match has ended');
  for (const absence of is.absences)
    if (!was.absences.some(({ userId }) => userId === absence.userId))
      must(timerOf(effects, `grace:${absence.userId}`)?.at === absence.until, 'grace has an end');
}

function becomesFinal(seat: Seat, was: MatchContext): boolean {
  return (
    seat.state === 'final' && was.seats.some(({ hash, state }) => hash === seat.hash && state !== 'final')
  );
}

export function missing(seats: readonly Seat[], from: readonly Seat[]): readonly Seat[] {
  return seats.filter((seat) => !from.some((each) => each.hash === seat.hash));
}

export function messages(effects: readonly Effect[], task: Message['task']): Message[] {
  return effects.filter((effect): effect is Message => effect.type === 'message' && effect.task === task);
}

function rows<Name extends Extract<Effect, { type: 'record' }>['row']>(
  effects: readonly Effect[],
  name: Name,
): Row<Name>[] {
  return effects.filter((effect): effect is Row<Name> => effect.type === 'record' && effect.row === name);
}

/** The last word on a timer is what counts. */
function timerOf(effects: readonly Effect[], name: string): Timer | undefined {
  return effects.filter((effect): effect is Timer => effect.type === 'timer' && effect.name === name).at(-1);
}

export function askedBy(message: Message): Asked {
  // SAFETY: the machine's `message` puts every request under this name.
  return (message.body as { request: unknown }).request as Asked;
}
