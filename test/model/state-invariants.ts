/** What must hold in every state of a match. */
import { matchValue, matchView } from '../../durable-objects/match/view.ts';
import { isInFlight, openActionOf } from '../../machines/actions/open-action.ts';
import {
  isPaidOut,
  isWalletSigned,
  type MatchContext,
  type Seat,
  seatOf,
  stakedSeats,
} from '../../machines/match/context.ts';
import { isJson, type MatchState, must } from './must.ts';

export function checkState(state: MatchState): void {
  const { context } = state;
  const { money, link } = matchValue(state.value);
  must(isJson(context), 'a context is plain JSON: it is stored as text');
  must((link === 'paused') === (context.link.pausedFor !== null), 'pausedFor is set exactly in `paused`');
  must(link !== 'online' || context.link.level === 'online', '`online` only while the chain is');
  must(link !== 'degraded' || context.link.level === 'degraded', '`degraded` only while the chain is');
  must(
    link !== 'reconciling' || context.link.level === 'online' || context.link.level === 'recovering',
    'a drain runs only on a chain that is back',
  );
  if (context.terms === null) {
    must(context.seats.length + context.actions.length === 0, 'nothing is open before the match exists');
    return;
  }
  const view = matchView({ ...state, seq: 1, head: '' }, { userId: null, role: 'operator' });
  must(
    view?.decidedBy === (link === 'online' ? 'chain' : 'mirror'),
    '`decidedBy` is chain exactly in `online`',
  );
  checkSeats(context, money);
  checkActions(context, money);
  checkFacts(context, money);
  checkResult(context, money);
  checkCancellation(context, money);
}

function checkSeats(context: MatchContext, money: string): void {
  const { seats, terms, actions } = context;
  must(seats.length <= (terms?.maxPlayers ?? 0), 'no seat is sold twice: seats ≤ max_players');
  for (const key of ['userId', 'authority', 'wallet', 'hash'] as const)
    must(new Set(seats.map((seat) => seat[key])).size === seats.length, `two seats share one ${key}`);
  const indices = seats.flatMap((seat) => seat.index ?? []);
  must(new Set(indices).size === indices.length, 'two seats share one slot of the chain');
  for (const seat of seats) checkSeat(seat, context);
  const isPlaying = money === 'playing' || money === 'settling' || money === 'settled';
  must(!isPlaying || seats.every((seat) => seat.played), 'every seat of a started match is played');
  must(
    (money !== 'lobby' && money !== 'funded') || seats.every((seat) => !seat.played),
    'no seat is played before the start',
  );
  const joins = actions.filter((action) => action.kind === 'join');
  must(
    joins.every((join) => seats.some((seat) => seat.hash === join.hash)),
    'an open join has a seat',
  );
}

/** Seat and action tell one story: `requested → reserved → submitted → landed → final` (design: section 3). */
function checkSeat(seat: Seat, context: MatchContext): void {
  const action = context.actions.find((each) => each.hash === seat.hash);
  must(
    (seat.state === 'final') === (action === undefined),
    'a seat is final exactly when its join has ended',
  );
  must((seat.state === 'final') === (seat.index !== null), 'a seat has a slot exactly when it is final');
  must(
    !(seat.played && isWalletSigned(seat)) || seat.state === 'final',
    'no WALLET seat is played before it is final (design: section 3, rule 4)',
  );
  must(seat.lapsesAt === null || isWalletSigned(seat), 'only a wallet is given a time to sign');
  if (action === undefined || action.state === 'review') return;
  const moved = seat.state === 'submitted' || seat.state === 'landed';
  must(moved === isInFlight(action), `a ${seat.state} seat has a join that is ${action.state}`);
  must(!action.doomed || moved, 'only a join in flight is doomed');
  must(!(action.doomed && seat.played) || context.cancellation !== null, 'a played seat does not expire');
  must(!seat.played || seat.state !== 'requested', 'a played seat has its hold');
  must(action.state !== 'offered' || seat.lapsesAt !== null, 'no wallet is waited for without an end');
}

function checkActions(context: MatchContext, money: string): void {
  const { actions, nextOrder, link } = context;
  const orders = actions.map((action) => action.order);
  must(new Set(orders).size === orders.length, 'orders are unique');
  must(orders.every((order) => order < nextOrder) && link.drain <= nextOrder, 'orders come from the counter');
  for (const kind of ['create', 'start', 'end', 'distribute', 'refund'] as const)
    must(actions.filter((action) => action.kind === kind).length <= 1, `one ${kind} is open at most`);
  must(
    money === 'review' || actions.every((action) => action.state !== 'review'),
    'a match with an action that waits for a person is in `review`',
  );
  for (const action of actions) {
    must(!isInFlight(action) || action.attempts > 0, 'in flight means signed at least once');
    const seat = context.seats.find(({ hash }) => hash === action.hash);
    must(
      action.state !== 'offered' || (seat !== undefined && isWalletSigned(seat)),
      'only a wallet is offered anything to sign',
    );
  }
  must(
    context.facts.createdAt !== null ||
      actions.every((action) => action.kind === 'create' || !isInFlight(action)),
    'nothing is signed on a match whose `create` is not final',
  );
}

/** The chain's phases, as the mirror booked them, agree with what is open and what is seated. */
function checkFacts(context: MatchContext, money: string): void {
  const { facts, seats, result, actions, cancellation } = context;
  const isCreating = openActionOf(context, 'create') !== undefined;
  must(facts.createdAt === null || !isCreating, 'a match is created once');
  must(
    facts.createdAt !== null || isCreating || cancellation !== null,
    'a match without `created_at` is being created, or was called off before',
  );
  must(
    facts.phase === 0 || cancellation !== null || seats.every((seat) => seat.played),
    'started means played',
  );
  must(facts.phase === 0 || seats.every((seat) => seat.state === 'final'), 'started means seated');
  must(!(facts.distributed && facts.refunded !== null), 'prizes or refunds are paid, never both');
  must(!facts.distributed || facts.phase === 2, 'nothing is distributed before the end');
  must(
    facts.phase !== 2 || facts.distributed || result?.separate === true,
    'one transaction ends and distributes, where it fits',
  );
  must(money !== 'settled' || facts.distributed, '`settled` means paid');
  must(money !== 'settled' || actions.length === 0, 'nothing is open once settled');
  must(money !== 'refunded' || !facts.distributed, 'what was distributed is not refunded');
}

function checkResult(context: MatchContext, money: string): void {
  const { result, made, absences, seats } = context;
  const settling = (['end', 'distribute'] as const).filter((kind) => openActionOf(context, kind));
  must(result === null || made.end + made.distribute > 0, 'a result has its settlement');
  must(result !== null || settling.length === 0, 'nothing settles a match without a result');
  must(
    result === null || result.separate || openActionOf(context, 'distribute') === undefined,
    'prizes that come with the end need no `distribute`',
  );
  must(
    result === null || seats.every(({ played }) => played),
    'a result is that of a match which was played',
  );
  must(
    result === null ||
      context.facts.refunded !== null ||
      result.shares.every(({ userId }) => seatOf(context, userId) !== undefined),
    'whoever wins has a seat',
  );
  must(
    absences.length === 0 || (result === null && (money === 'playing' || money === 'review')),
    'nobody forfeits but while the match is being played',
  );
  must(
    absences.every(({ userId }) => seatOf(context, userId)?.played === true),
    'whoever has gone has a played seat',
  );
  must(
    new Set(absences.map(({ userId }) => userId)).size === absences.length,
    'nobody is away twice at once',
  );
}

/** Called off: nothing but the refund goes to the chain, and only when everything else has ended. */
function checkCancellation(context: MatchContext, money: string): void {
  const { cancellation, actions, facts, result, absences } = context;
  const refund = openActionOf(context, 'refund');
  if (cancellation === null) {
    must(money !== 'cancelling' && money !== 'refunded', 'called off means decided');
    must(refund === undefined && facts.refunded === null, 'nothing is refunded that was not called off');
    return;
  }
  // A stranger may distribute what was called off, if it has ended: then it is settled, and not as it should be.
  must(
    ['cancelling', 'refunded', 'review'].includes(money) || facts.distributed,
    `a match called off is not ${money}`,
  );
  // A stranger may pay back what was won: the `end` that is on its way is still that of the result (H-08).
  must(result === null || facts.refunded !== null, 'called off means that nobody wins');
  must(absences.length === 0, '... and that nobody forfeits any more');
  const others = actions.filter(({ kind }) => kind !== 'refund');
  must(
    others.every((action) => action.state === 'review' || (isInFlight(action) && action.doomed)),
    'of a match called off only what may still land is open, and it is signed no more',
  );
  must(
    refund === undefined || !isInFlight(refund) || others.length === 0,
    'a refund is signed only when every other action has ended',
  );
  must(
    !isPaidOut(context) || actions.every((action) => action.state === 'review' || isInFlight(action)),
    'once all is paid back only what may still land is open',
  );
  must(facts.refunded === null || cancellation.settlement !== null, 'a refund names its transaction');
  if (money !== 'refunded') return;
  must(actions.length === 0, '`refunded` only with nothing open');
  must(stakedSeats(context).length === 0, '`refunded` only with no stake owed');
}
