/**
 * What must hold in every state of a match, and for every step it takes. Each check names the rule that it comes from;
 * a violation throws with the step that broke it.
 */
import { matchStateHash } from '../../core/index.ts';
import type { ActorState } from '../../durable-objects/kernel/machine-port.ts';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { matchValue, matchView } from '../../durable-objects/match/view.ts';
import type { Effect } from '../../machines/effects.ts';
import { isNewerEpoch } from '../../machines/link.ts';
import { type MatchContext, mirroredState, type Seat } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isDrained, isInFlight, isReady } from '../../machines/match/readiness.ts';
import { matchVerdict } from '../../machines/match/rules.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import { checkEffects } from './effect-invariants.ts';

export type MatchState = ActorState<MatchContext>;

export interface Taken {
  readonly state: MatchState;
  readonly effects: readonly Effect[];
}

export class Violation extends Error {}

export function must(holds: boolean, rule: string): void {
  if (!holds) throw new Violation(rule);
}

/**
 * One event, as the kernel gives it to the machine: the state read back from its snapshot, the step taken, everything
 * checked. Null where the event is refused, which must leave the state the very same object and have a reason.
 */
export function step(state: MatchState, event: MatchEvent): Taken | null {
  // SAFETY: a state is plain JSON, as `checkState` has seen to.
  const stored = JSON.parse(JSON.stringify(state)) as MatchState;
  const taken = matchBehaviour.step(stored, event);
  if (taken === null) {
    checkRefusal(state, event);
    return null;
  }
  must(matchVerdict(state.context, event) === null, `${event.type} was taken against its own rule`);
  checkState(taken.state);
  checkStep(state, event, taken);
  checkEffects(state, event, taken);
  return taken;
}

/** Guard and reason come from one rule, so that a refused event always has a code of the table (design: section 4). */
function checkRefusal(state: MatchState, event: MatchEvent): void {
  const reason = matchBehaviour.refuse(state, event);
  must(isRefusalCode(reason.code), `${event.type} is refused with the unknown code ${reason.code}`);
}

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
}

function checkSeats(context: MatchContext, money: string): void {
  const { seats, terms, actions } = context;
  must(seats.length <= (terms?.maxPlayers ?? 0), 'no seat is sold twice: seats ≤ max_players');
  for (const key of ['userId', 'authority', 'hash'] as const)
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
  if (action === undefined || action.state === 'review') return;
  const moved = seat.state === 'submitted' || seat.state === 'landed';
  must(moved === isInFlight(action), `a ${seat.state} seat has a join that is ${action.state}`);
  must(!action.doomed || (moved && !seat.played), 'only an unplayed join in flight is doomed');
  must(!seat.played || seat.state !== 'requested', 'a played seat has its hold');
}

function checkActions(context: MatchContext, money: string): void {
  const { actions, nextOrder, link } = context;
  const orders = actions.map((action) => action.order);
  must(new Set(orders).size === orders.length, 'orders are unique');
  must(orders.every((order) => order < nextOrder) && link.drain <= nextOrder, 'orders come from the counter');
  for (const kind of ['create', 'start', 'end'] as const)
    must(actions.filter((action) => action.kind === kind).length <= 1, `one ${kind} is open at most`);
  must(
    money === 'review' || actions.every((action) => action.state !== 'review'),
    'a match with an action that waits for a person is in `review`',
  );
  for (const action of actions)
    must(!isInFlight(action) || action.attempts > 0, 'in flight means signed at least once');
  must(
    context.facts.createdAt !== null ||
      actions.every((action) => action.kind === 'create' || !isInFlight(action)),
    'nothing is signed on a match whose `create` is not final',
  );
}

/** The chain's phases, as the mirror booked them, agree with what is open and what is seated. */
function checkFacts(context: MatchContext, money: string): void {
  const { facts, seats, result, actions } = context;
  const open = (kind: string) => actions.some((action) => action.kind === kind);
  must(
    (facts.createdAt === null) === open('create'),
    '`created_at` is known exactly when `create` has ended',
  );
  must(facts.distributed === (facts.phase === 2), 'one transaction ends and distributes');
  must(money !== 'settled' || facts.distributed, '`settled` means paid');
  must(
    facts.phase === 0 || seats.every((seat) => seat.played && seat.state === 'final'),
    'started means seated',
  );
  must(
    money !== 'settled' || (actions.length === 0 && result?.settlement != null),
    'nothing is open once settled',
  );
  must(result === null || context.made.end === 1, 'a result belongs to the one `end`');
}

function checkStep(before: MatchState, event: MatchEvent, after: Taken): void {
  const [was, is] = [before.context, after.state.context];
  must(was.terms === null || was.terms === is.terms || same(was.terms, is.terms), 'terms never change');
  must(is.nextOrder >= was.nextOrder, 'orders never go back');
  must(is.facts.slot >= was.facts.slot && is.facts.phase >= was.facts.phase, 'facts are monotone');
  must(
    was.facts.createdAt === null || was.facts.createdAt === is.facts.createdAt,
    'an identity never changes',
  );
  must(!was.facts.distributed || is.facts.distributed, 'what is paid stays paid');
  const older =
    was.link.epoch !== null && is.link.epoch !== null && isNewerEpoch(was.link.epoch, is.link.epoch);
  must(!older, 'verdicts never go back');
  must(was.result === null || same(was.result.shares, is.result?.shares), 'an accepted result never changes');
  for (const seat of was.seats.filter((each) => each.played))
    must(
      is.seats.some((each) => each.hash === seat.hash && each.played),
      'a played seat never disappears',
    );
  const [from, to] = [matchValue(before.value).money, matchValue(after.state.value).money];
  const called = after.effects.some((effect) => effect.type === 'record' && effect.row === 'review');
  must(from === to || to !== 'review' || called, 'no match goes to `review` without a person being called');
  checkLinkStep(before, event, after.state);
  if (event.type === 'action.signed') checkSigned(was, event.hash, event.healthEpoch);
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

/** I16, I21: no effect on the chain starts while paused, while it is down, too early, or under an older verdict. */
function checkSigned(
  context: MatchContext,
  hash: string,
  epoch: { generation: number; counter: number },
): void {
  const action = context.actions.find((each) => each.hash === hash);
  must(context.link.pausedFor === null, 'nothing is signed while paused');
  must(context.link.level !== 'down', 'nothing is signed while the chain is down');
  must(
    context.link.epoch === null || !isNewerEpoch(context.link.epoch, epoch),
    'nothing is signed under an old verdict',
  );
  must(
    action?.state === 'queued' || action?.state === 'leased',
    'nothing is signed anew while it could still land',
  );
  must(action !== undefined && isReady(context, action), 'nothing is signed before what it depends on');
}

/** Nothing is lost on the way through a row of SQLite: no bigint, no undefined, no NaN, no Map. */
export function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(isJson);
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
