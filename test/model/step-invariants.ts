/** What must hold of every step that a match takes. */
import { matchStateHash } from '../../core/index.ts';
import { matchValue } from '../../durable-objects/match/view.ts';
import type { ActionOffered, ActionSigned } from '../../machines/actions/events.ts';
import { actionByHash, isInFlight } from '../../machines/actions/open-action.ts';
import { isNewerEpoch } from '../../machines/link.ts';
import {
  isWalletSigned,
  type MatchContext,
  mirroredState,
  seatByHash,
  seatedOnChain,
} from '../../machines/match/context.ts';
import type { JoinTakenBack, MatchEvent, SettlementFigures } from '../../machines/match/events.ts';
import { isDrained, isReady } from '../../machines/match/readiness.ts';
import { figuresFor } from './figures.ts';
import { type MatchState, must, same, type Taken } from './must.ts';

export function checkStep(before: MatchState, event: MatchEvent, after: Taken): void {
  const [was, is] = [before.context, after.state.context];
  checkHistory(was, is);
  checkDecisions(was, is, event);
  checkPlayed(was, is, event);
  if (event.type === 'player.takeBack') checkTakenBack(was, is, event, after);
  const [from, to] = [matchValue(before.value).money, matchValue(after.state.value).money];
  const called = after.effects.some((effect) => effect.type === 'record' && effect.row === 'review');
  must(from === to || to !== 'review' || called, 'no match goes to `review` without a person being called');
  const isOver = from === 'settled' || (from === 'refunded' && event.type !== 'foreign.settled');
  must(from === to || !isOver, 'what is over stays over, but for what a stranger put in and took out again');
  checkLinkStep(before, event, after.state);
  checkEndings(before, event);
  if (event.type === 'action.signed' || event.type === 'action.offered') checkSigned(was, event);
  if (event.type === 'action.signed') checkFigures(was, event);
  if (event.type === 'review.resolve')
    for (const action of was.actions.filter(({ hash }) => event.live.includes(hash)))
      must(actionByHash(is, action.hash) !== undefined, 'a person never ends what may still land');
}

function checkHistory(was: MatchContext, is: MatchContext): void {
  must(was.terms === null || was.terms === is.terms || same(was.terms, is.terms), 'terms never change');
  must(is.nextOrder >= was.nextOrder, 'orders never go back');
  must(is.facts.slot >= was.facts.slot && is.facts.phase >= was.facts.phase, 'facts are monotone');
  must(
    was.facts.createdAt === null || was.facts.createdAt === is.facts.createdAt,
    'an identity never changes',
  );
  must(!was.facts.distributed || is.facts.distributed, 'what is paid stays paid');
  must(was.facts.refunded === null || same(was.facts.refunded, is.facts.refunded), '... and paid back');
  const older =
    was.link.epoch !== null && is.link.epoch !== null && isNewerEpoch(was.link.epoch, is.link.epoch);
  must(!older, 'verdicts never go back');
}

/** A result and a calling off are final, but for a person's word; and the first absence counts, not its repetition. */
function checkDecisions(was: MatchContext, is: MatchContext, event: MatchEvent): void {
  const byPerson = event.type === 'review.resolve';
  must(
    byPerson || was.result === null || same(was.result.shares, is.result?.shares),
    'an accepted result never changes',
  );
  const hasEnded = byPerson && event.as === 'settle' && event.observed.phase === 2;
  must(
    was.cancellation === null || is.cancellation !== null || hasEnded,
    'what was called off is not taken up again, unless it has ended on the chain (H-16)',
  );
  must(
    byPerson ||
      was.cancellation === null ||
      (was.cancellation.reason === is.cancellation?.reason &&
        was.cancellation.abandonedUserId === is.cancellation.abandonedUserId),
    'why a match was called off never changes',
  );
  for (const absence of was.absences)
    must(
      is.absences.every(({ userId, until }) => userId !== absence.userId || until === absence.until),
      'the time to come back is not prolonged',
    );
  for (const seat of was.seats) {
    const now = is.seats.find(({ hash }) => hash === seat.hash);
    const isKept = now === undefined || seat.lapsesAt === null || now.lapsesAt === seat.lapsesAt;
    const isBack = was.link.level === 'down' && is.link.level !== 'down';
    must(
      isKept || isBack || event.type === 'timer.lapse',
      'only an outage prolongs the time to sign, later offers do not',
    );
  }
}

/** A played seat goes by a person's word only, or with its match's money; at once, or when its last attempt is dead. */
function checkPlayed(was: MatchContext, is: MatchContext, event: MatchEvent): void {
  const byPerson = event.type === 'review.resolve' && event.as !== 'retry';
  for (const seat of was.seats.filter((each) => each.played))
    must(
      byPerson ||
        event.type === 'foreign.settled' ||
        was.cancellation !== null ||
        is.seats.some((each) => each.hash === seat.hash && each.played),
      'a played seat never disappears',
    );
  const paid = was.seats.filter(({ state }) => state === 'final');
  must(
    paid.every(({ hash }) => seatByHash(is, hash)?.state === 'final'),
    'a seat whose stake is on the chain never disappears',
  );
}

/** What was signed is never taken back, nor what is played; and nobody else's seat or action is touched. */
function checkTakenBack(was: MatchContext, is: MatchContext, event: JoinTakenBack, { effects }: Taken): void {
  const seat = was.seats.find(({ hash }) => hash === event.join);
  const action = actionByHash(was, event.join ?? '');
  must(
    seat?.userId === event.userId && !seat.played && seat.state !== 'final',
    'only a seat of the player`s own, that is neither played nor final, is taken back',
  );
  must(action !== undefined && !isInFlight(action) && action.state !== 'review', '... and not signed');
  const others = <Of extends { readonly hash: string }>(of: readonly Of[]): Of[] =>
    of.filter(({ hash }) => hash !== event.join);
  must(same(is.seats, others(was.seats)), 'no other seat is lost or doubled');
  must(same(is.actions, others(was.actions)), '... and no other action is touched');
  const ended = effects.filter((effect) => effect.type === 'record' && effect.row === 'actionState');
  must(
    ended.length === 1 && ended.every((row) => 'state' in row && row.state === 'cancelled'),
    'what is taken back ends as cancelled',
  );
}

/** `end` is never accepted once called off, and the other way round. */
function checkEndings(before: MatchState, event: MatchEvent): void {
  const { context } = before;
  const { money } = matchValue(before.value);
  if (event.type === 'match.end')
    must(money === 'playing' && context.result === null && context.cancellation === null, 'one end');
  if (event.type === 'match.cancel')
    must(
      context.result === null &&
        context.cancellation === null &&
        context.seats.every(({ played, state }) => !played || state === 'final'),
      'called off until an end is accepted, with every played seat final',
    );
}

function checkLinkStep(before: MatchState, event: MatchEvent, after: MatchState): void {
  const [from, to] = [matchValue(before.value).link, matchValue(after.value).link];
  if (from === to) return;
  if (to === 'online') {
    if (event.type === 'match.create') return;
    must(
      event.type === 'compare.clean' && from === 'reconciling',
      '`online` is reached only by a comparison',
    );
    const mirrored = mirroredState(before.context);
    const own = mirrored === null ? null : matchStateHash(mirrored);
    must(event.type === 'compare.clean' && event.chainHash === own, '... with the hash that is the mirror`s');
    must(isDrained(before.context), '... once the actions before the drain have ended');
  }
  if (from === 'paused') must(event.type === 'operator.resume', '`paused` leaves only by a resume');
  if (from === 'queued' || from === 'degraded')
    must(to !== 'online', `from ${from} the way back is always through reconciling`);
}

type Signing = ActionSigned<SettlementFigures | null> | ActionOffered<SettlementFigures | null>;

/** I16, I21: no effect on the chain starts while paused, while it is down, too early, or under an older verdict. */
function checkSigned(context: MatchContext, event: Signing): void {
  const action = actionByHash(context, event.hash);
  const seat = seatByHash(context, event.hash);
  const { epoch, pausedFor, level } = context.link;
  must(pausedFor === null, 'nothing is signed while paused');
  must(level !== 'down', 'nothing is signed while the chain is down');
  must(epoch === null || !isNewerEpoch(epoch, event.healthEpoch), 'nothing is signed under an old verdict');
  must(
    action?.state === 'queued' || action?.state === 'leased',
    'nothing is signed anew while it could still land',
  );
  must(action !== undefined && isReady(context, action), 'nothing is signed before what it depends on');
  must(action?.doomed === false, 'nothing is signed that is past its time');
  must(
    context.cancellation === null || action?.kind === 'refund',
    'of a match called off only the refund is signed',
  );
  const byWallet = seat !== undefined && isWalletSigned(seat);
  if (event.type === 'action.offered') must(byWallet, 'only a wallet is offered anything to sign');
  else
    must(
      byWallet ? action?.state === 'leased' && event.offer !== null : event.offer === null,
      "a wallet's signature becomes an attempt only through the offer that it was made for",
    );
}

/** What is signed carries the core's figures, for exactly the seats that the chain holds a stake of. */
function checkFigures(context: MatchContext, event: ActionSigned<SettlementFigures | null>): void {
  const action = actionByHash(context, event.hash);
  must(same(event.figures, figuresFor(context, event.hash)), 'figures are those of the core');
  if (action?.kind !== 'refund' || event.figures?.kind !== 'refunds') return;
  must(
    context.actions.every(({ kind }) => kind === 'refund') && !context.actions.some(isInFlight),
    'a refund is signed only when every other action has ended',
  );
  const owed = seatedOnChain(context).map(({ userId }) => userId);
  must(
    event.figures.refunds.map(({ userId }) => userId).join() === owed.join() && owed.length > 0,
    'a refund lists exactly the seats with a stake (H-06)',
  );
}
