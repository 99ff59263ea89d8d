/** Which clocks run, given the state: every one of what has ended is gone, and none is missing of what needs an end. */
import { matchValue } from '../../durable-objects/match/view.ts';
import { actionByHash, isInFlight } from '../../machines/actions/open-action.ts';
import { isWalletSigned, type MatchContext, type Seat } from '../../machines/match/context.ts';
import { type MatchState, must } from './must.ts';

export interface Timer {
  readonly at: number;
  readonly event: object;
}

export function checkTimers({ value, context }: MatchState, timers: ReadonlyMap<string, Timer>): void {
  const { money } = matchValue(value);
  for (const name of timers.keys()) must(mayRun(name, context), `the clock ${name} runs for nothing`);
  const isUndecided = context.result === null && context.cancellation === null;
  if (isUndecided && ['lobby', 'funded', 'playing'].includes(money))
    must(timers.has('timeout'), 'a match that neither starts nor ends is called off some day');
  for (const { userId, until } of context.absences)
    must(timers.get(`grace:${userId}`)?.at === until, 'whoever has gone has a clock');
  if (money !== 'lobby' && money !== 'funded') return;
  for (const seat of context.seats.filter(({ state }) => state !== 'final')) checkSeat(seat, context, timers);
}

/** A seat before the start is let go of some day, unless what may still land is already looked after to its end. */
function checkSeat(seat: Seat, context: MatchContext, timers: ReadonlyMap<string, Timer>): void {
  const action = actionByHash(context, seat.hash);
  must(timers.has(`expire:${seat.hash}`) || action?.doomed === true, 'a seat is kept until notAfter');
  const isAsked = isWalletSigned(seat) && seat.lapsesAt !== null;
  must(
    !isAsked ||
      timers.has(`lapse:${seat.hash}`) ||
      (action !== undefined && isInFlight(action) && action.doomed),
    'a wallet that was asked has a clock',
  );
}

function mayRun(name: string, context: MatchContext): boolean {
  const [kind = '', of = ''] = name.split(':');
  const seat = context.seats.find(({ hash }) => hash === of);
  const isOpen = seat !== undefined && seat.state !== 'final' && !seat.played;
  switch (kind) {
    case 'timeout':
      return context.result === null && context.cancellation === null;
    case 'grace':
      return context.absences.some(({ userId }) => userId === of);
    case 'expire':
      return isOpen;
    case 'lapse':
      return isOpen && seat.lapsesAt !== null;
    default:
      return false;
  }
}
