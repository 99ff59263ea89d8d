/**
 * The world turns kind: the chain is healthy, wallets sign, what was sent lands, every row is worked, and a person ends
 * what waits for one. From there the match must come to rest with nothing open, whatever happened before (liveness).
 */
import { matchValue } from '../../durable-objects/match/view.ts';
import { seatedOnChain } from '../../machines/match/context.ts';
import * as make from './events.ts';
import { must } from './must.ts';
import type { Play } from './play.ts';
import { playersOf, resolution, sharesOf } from './world-moves.ts';

/** Rounds of working the whole outbox: an action needs about eight, and twenty attempts can be dead before it lands. */
const ROUNDS = 200;
/** What a person says before it must be enough: a match has one action of each kind, and each may be asked about. */
const WORDS = 12;

export function healed(play: Play): void {
  if (play.context.terms === null) return;
  play.poor.clear();
  helped(play);
  const { money, link } = play.value;
  must(link === 'online', `with a healthy chain the match goes online, and not ${link}`);
  must(money !== 'review', 'a person can end every review');
  must(
    play.context.actions.length === 0,
    `nothing is left open: ${play.context.actions.map(({ kind, state }) => `${kind} ${state}`).join()}`,
  );
  must(
    play.context.seats.every(({ state }) => state === 'final'),
    'every request for a seat is decided',
  );
  atRest(play);
  finish(play);
}

/** Both sides are as one, and whatever was held has ended as its seat has. */
function atRest(play: Play): void {
  const { chain, context } = play;
  const { money } = play.value;
  must(make.clean(context).chainHash === chain.hash(), 'mirror and chain are one');
  must(money !== 'settled' || chain.distributed, 'settled here is settled there');
  must(
    money !== 'refunded' || !chain.created || chain.players.length === 0 || chain.refunded !== null,
    'refunded',
  );
  for (const [token, state] of play.holds) {
    const seat = context.seats.find((each) => each.hash === token);
    const ended = seat === undefined || seat.payer === 'wallet' ? 'released' : 'captured';
    must(state === ended, `the hold of a ${seat?.state ?? 'freed'} seat is ${state}, not ${ended}`);
  }
  if (money !== 'settled' && money !== 'refunded') return;
  must(play.timers.size === 0, `no clock runs for what is over: ${[...play.timers.keys()].join()}`);
  const deposits = seatedOnChain(context).filter(({ payer }) => payer !== 'wallet');
  must(
    [...play.concluded].length === deposits.length &&
      deposits.every(({ hash }) => play.concluded.get(hash) === 1),
    'every stake of a deposit is concluded exactly once',
  );
}

/** Nobody who is not over has to wait for anybody: a match can always be played to its end, or called off. */
function finish(play: Play): void {
  if (play.value.money === 'settled' || play.value.money === 'refunded') return;
  // As good as any coin: half of the matches are called off.
  if (play.trace.length % 2 === 0) must(play.commit(make.cancel(play.context)), 'a match can be called off');
  else playOut(play);
  helped(play);
  const { money } = matchValue(play.state.value);
  const wanted = play.context.cancellation === null ? 'settled' : 'refunded';
  must(money === wanted, `a match comes to its end, and is not ${money} but ${wanted}`);
  atRest(play);
}

function playOut(play: Play): void {
  for (const player of playersOf(play).slice(0, 2)) {
    const isSeated = play.context.seats.some((seat) => seat.userId === player.id);
    if (!isSeated && play.value.money !== 'playing') play.commit(make.join(player, play.context.nextOrder));
  }
  helped(play);
  if (play.value.money === 'funded')
    must(play.commit(make.start(play.context.made.start)), 'a full match starts');
  helped(play);
  if (play.value.money !== 'playing') return;
  const apart = play.trace.length % 3 === 0;
  if (play.context.result === null)
    must(play.commit(make.end(sharesOf(play), apart)), 'a started match can be ended');
}

/** Worked off, and a person asked, until nobody has to be. */
function helped(play: Play): void {
  for (let words = 0; words < WORDS; words += 1) {
    if (play.context.link.level !== 'online') play.commit(make.verdict(play.context, 'online'));
    settle(play);
    play.cron();
    const { money, link } = play.value;
    if (money !== 'review' && link !== 'paused') return;
    if (money === 'review' || play.chain.endedOtherwise) decide(play);
    if (play.value.link === 'paused') play.commit(make.resume());
  }
}

/** First what may still land is looked after; then what cannot be done is done otherwise. */
function decide(play: Play): void {
  const { chain, context } = play;
  play.chain.surplus += 2n * BigInt(make.TERMS.entryFee);
  const isOwing = !context.facts.distributed && context.facts.refunded === null;
  if (chain.endedOtherwise && isOwing && play.attempts.size === 0) {
    const result = make.decided(context, sharesOfSeated(play), true);
    if (play.commit(resolution(play, 'settle', { result }))) return;
  }
  play.commit(resolution(play, 'retry'));
}

function sharesOfSeated(play: Play) {
  const [first, second] = seatedOnChain(play.context).map(({ userId }) => userId);
  return [
    { userId: first ?? 'ann', shareBps: 6_000 },
    { userId: second ?? 'bob', shareBps: 4_000 },
  ];
}

function settle(play: Play): void {
  for (let round = 0; round < ROUNDS && play.outbox.size > 0; round += 1) {
    for (const row of [...play.outbox.values()]) play.work(row);
    for (const offer of [...play.offers.values()]) serve(play, offer);
    play.chain.settle();
  }
  must(play.outbox.size === 0, `work comes to an end: ${[...play.outbox.keys()].join()}`);
}

/** A wallet signs at once; an offer that it cannot sign any more dies. */
function serve(play: Play, offer: Parameters<Play['walletSigns']>[0]): void {
  if (!play.walletSigns(offer)) offer.isExpired = true;
}
