/**
 * The world turns kind: the chain is healthy, an operator resumes, what was sent lands, every row is worked. From there
 * the match must come to rest with nothing open that could move, whatever happened before (liveness).
 */
import { matchValue } from '../../durable-objects/match/view.ts';
import type { MatchContext, OpenAction } from '../../machines/match/context.ts';
import * as make from './events.ts';
import { must } from './invariants.ts';
import type { Play } from './play.ts';

/** Rounds of working the whole outbox: an action needs about eight, and twenty attempts can be dead before it lands. */
const ROUNDS = 200;

export function healed(play: Play): void {
  if (play.context.terms === null) return;
  if (play.value.link === 'paused') play.commit(make.resume());
  if (play.context.link.level !== 'online') play.commit(make.verdict(play.context, 'online'));
  settle(play);
  // A difference that only a person can explain pauses again.
  if (play.value.money === 'review' && play.value.link === 'paused') return;
  must(
    play.value.link === 'online',
    `with a healthy chain the match goes online, and not ${play.value.link}`,
  );
  for (const action of play.context.actions)
    must(waitsForPerson(play.context, action), `an open ${action.kind} (${action.state}) moves again`);
  for (const seat of play.context.seats)
    must(seat.state !== 'requested', 'every request for a seat is decided');
  checkHolds(play);
  finish(play);
}

/** Nobody who is not in review has to wait for anybody: a match can always be played to its end. */
function finish(play: Play): void {
  if (play.value.money === 'review' || play.value.money === 'settled') return;
  for (const player of [make.ANN, make.BOB]) {
    const seated = play.context.seats.some((seat) => seat.userId === player.id);
    if (!seated) play.commit(make.join(player, 50));
  }
  settle(play);
  if (play.value.money === 'funded')
    must(play.commit(make.start(play.context.made.start)), 'a full match starts');
  settle(play);
  const [first, second] = play.context.seats.map((seat) => seat.userId);
  const shares = [
    { userId: first ?? 'ann', shareBps: 6_000 },
    { userId: second ?? 'bob', shareBps: 4_000 },
  ];
  if (play.context.result === null) must(play.commit(make.end(shares)), 'a started match can be ended');
  settle(play);
  const { money } = matchValue(play.state.value);
  must(money === 'settled' && play.chain.phase === 2, 'a played match is settled, here and there');
  checkHolds(play);
}

function settle(play: Play): void {
  for (let round = 0; round < ROUNDS && play.outbox.size > 0; round += 1) {
    for (const row of [...play.outbox.values()]) play.work(row);
    play.chain.settle();
  }
  must(play.outbox.size === 0, `work comes to an end: ${[...play.outbox.keys()].join()}`);
}

/** Every hold is open exactly while its seat is waiting, and captured exactly when the seat is final (I5). */
function checkHolds(play: Play): void {
  for (const [token, state] of play.holds) {
    const seat = play.context.seats.find((each) => each.hash === token);
    const expected = seat === undefined ? 'released' : seat.state === 'final' ? 'captured' : 'open';
    must(state === expected, `the hold of a ${seat?.state ?? 'freed'} seat is ${state}, not ${expected}`);
  }
}

/** An action in review, and what cannot go on without it. */
function waitsForPerson(context: MatchContext, action: OpenAction): boolean {
  const stuck = (kind: OpenAction['kind']): boolean =>
    context.actions.some((each) => each.kind === kind && each.state === 'review');
  if (action.state === 'review') return true;
  return (
    stuck('create') ||
    (action.kind === 'start' && stuck('join')) ||
    (action.kind === 'end' && (stuck('start') || stuck('join')))
  );
}
