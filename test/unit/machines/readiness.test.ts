/** What may touch the chain now, and what a drain waits for (design: sections 4 and 6, Owner). */
import { describe, expect, it } from 'vitest';
import { isInFlight, mayBeReported, type OpenAction } from '../../../machines/actions/open-action.ts';
import type { MatchContext, Seat } from '../../../machines/match/context.ts';
import { initialMatchContext } from '../../../machines/match/context.ts';
import { isDrained, isReady, wakeReady } from '../../../machines/match/readiness.ts';
import type { ActionState } from '../../../machines/pending-action.ts';
import { ANN, AT, BOB, type Player, TERMS } from '../../model/events.ts';

const ALL: readonly ActionState[] = ['queued', 'leased', 'offered', 'signed', 'sent', 'landed', 'review'];

const CALLED_OFF = { reason: 0, abandonedUserId: null, refunds: null, settlement: null };

function seat(player: Player, state: Seat['state'], played = false): Seat {
  const { id: userId, wallet, authority, payer } = player;
  const index = state === 'final' ? 0 : null;
  return {
    userId,
    wallet,
    payer,
    authority,
    hash: `join ${userId}`,
    requestId: '',
    notAfter: AT,
    lapsesAt: null,
    state,
    index,
    played,
  };
}

function action(kind: OpenAction['kind'], state: ActionState = 'queued', hash: string = kind): OpenAction {
  return { hash, kind, order: 0, state, userId: null, attempts: 0, doomed: false };
}

function match(given: {
  seats?: readonly Seat[];
  actions: readonly OpenAction[];
  createdAt?: string | null;
  phase?: 0 | 1 | 2;
  drain?: number;
  isCalledOff?: boolean;
}): MatchContext {
  const { seats = [], createdAt = '1', phase = 0, drain = given.actions.length } = given;
  return {
    ...initialMatchContext,
    terms: TERMS,
    seats,
    actions: given.actions.map((each, order) => ({ ...each, order })),
    nextOrder: given.actions.length,
    facts: { ...initialMatchContext.facts, createdAt, phase },
    cancellation: given.isCalledOff === true ? CALLED_OFF : null,
    link: { ...initialMatchContext.link, drain },
  };
}

function ready(context: MatchContext): string[] {
  return context.actions.filter((each) => isReady(context, each)).map((each) => each.hash);
}

describe('an action is ready', () => {
  const join = action('join', 'queued', 'join ann');
  const other = action('join', 'queued', 'join bob');

  it('if it is `create`, at once; everything else waits for that', () => {
    const actions = [action('create'), join, action('start'), action('end')];
    expect(ready(match({ actions, seats: [seat(ANN, 'reserved')], createdAt: null }))).toEqual(['create']);
  });

  it('if it is a join whose hold is granted; joins do not wait for one another', () => {
    const seats = [seat(ANN, 'requested'), seat(BOB, 'reserved')];
    expect(ready(match({ actions: [join, other], seats }))).toEqual(['join bob']);
    const poisoned = [action('join', 'review', 'join ann'), other];
    expect(
      ready(match({ actions: poisoned, seats: [seat(ANN, 'submitted'), seat(BOB, 'reserved')] })),
    ).toEqual(['join bob']);
  });

  it('if it is `start` and every played seat is final', () => {
    const actions = [action('start')];
    const both = (left: Seat['state'], right: Seat['state']) =>
      ready(match({ actions, seats: [seat(ANN, left, true), seat(BOB, right, true)] }));
    expect(both('final', 'final')).toEqual(['start']);
    for (const state of ['reserved', 'submitted', 'landed'] as const)
      expect(both('final', state)).toEqual([]);
    expect(ready(match({ actions, seats: [] }))).toEqual([]);
  });

  it('if it is `end` and the start is final', () => {
    const seats = [seat(ANN, 'final', true), seat(BOB, 'final', true)];
    expect(ready(match({ actions: [action('end')], seats, phase: 1 }))).toEqual(['end']);
    expect(ready(match({ actions: [action('end')], seats, phase: 0 }))).toEqual([]);
    expect(
      ready(match({ actions: [action('start', 'sent'), action('end')], seats, phase: 1 })),
    ).not.toContain('end');
  });

  it('if it is `distribute`, once its `end` is confirmed, or the match has ended', () => {
    const behind = (state: ActionState) =>
      ready(match({ actions: [action('end', state), action('distribute')], phase: 1 })).includes(
        'distribute',
      );
    expect(ALL.filter(behind)).toEqual(['landed']);
    expect(ready(match({ actions: [action('distribute')], phase: 2 }))).toEqual(['distribute']);
    expect(ready(match({ actions: [action('distribute')], phase: 1 }))).toEqual([]);
  });

  it('if it is `refund`, nothing else is open, and a stake is owed', () => {
    const seats = [seat(ANN, 'final'), seat(BOB, 'submitted')];
    const refund = action('refund');
    const given = { seats, isCalledOff: true };
    for (const state of ALL)
      expect(ready(match({ ...given, actions: [action('join', state, 'join bob'), refund] })), state).toEqual(
        [],
      );
    expect(ready(match({ ...given, actions: [refund] }))).toEqual(['refund']);
    expect(ready(match({ ...given, seats: [], actions: [refund] }))).toEqual([]);
  });

  it('never, of a match that is called off, if it is anything but the refund', () => {
    const actions = [action('create'), join, action('start')];
    const seats = [seat(ANN, 'final', true)];
    expect(ready(match({ actions, seats, isCalledOff: true }))).toEqual([]);
  });

  it('never while a person looks at it', () => {
    expect(ready(match({ actions: [action('create', 'review')], createdAt: null }))).toEqual([]);
  });

  it('never if a match makes none of its kind', () => {
    expect(ready(match({ actions: [action('withdraw')] }))).toEqual([]);
  });
});

describe('a drain', () => {
  const seats = [seat(ANN, 'final', true), seat(BOB, 'reserved', true)];
  const drained = (...actions: OpenAction[]) => isDrained(match({ actions, seats }));

  it('has ended where nothing is open, or only what came after it began', () => {
    expect(drained()).toBe(true);
    expect(isDrained(match({ actions: [action('create')], drain: 0 }))).toBe(true);
    expect(isDrained(match({ actions: [action('create')] }))).toBe(false);
  });

  it('waits for every action in flight, and for what could go on', () => {
    for (const state of ALL.filter((each) => each !== 'review' && each !== 'offered'))
      expect(drained(action('join', state, 'join bob')), state).toBe(false);
  });

  it('does not wait for a person, nor for anything else: a match in review signs nothing', () => {
    expect(drained(action('join', 'review', 'join bob'))).toBe(true);
    expect(drained(action('join', 'review', 'join bob'), action('start'), action('end'))).toBe(true);
    expect(drained(action('create', 'review'), action('join', 'queued', 'join bob'))).toBe(true);
    expect(drained(action('start', 'review'), action('end'))).toBe(true);
    expect(drained(action('start', 'review'), action('join', 'queued', 'join bob'))).toBe(true);
    expect(drained(action('join', 'review', 'join bob'), action('create'))).toBe(true);
  });

  it('does not wait for a wallet, nor for what waits for that wallet', () => {
    expect(drained(action('join', 'offered', 'join bob'))).toBe(true);
    expect(drained(action('join', 'offered', 'join bob'), action('start'))).toBe(true);
    // Its wallet has signed: now it waits for the coordinator, who is here.
    expect(drained(action('join', 'leased', 'join bob'))).toBe(false);
  });

  it('does not wait for a refund that waits for a person, by itself or by a join', () => {
    expect(drained(action('refund', 'review'))).toBe(true);
    expect(drained(action('join', 'review', 'join bob'), action('refund'))).toBe(true);
    expect(drained(action('refund'))).toBe(false);
    expect(drained(action('end', 'review'), action('distribute'))).toBe(true);
  });

  it('waits for what may still land, whoever else waits: it may change the chain unseen', () => {
    expect(drained(action('join', 'review', 'join ann'), action('join', 'sent', 'join bob'))).toBe(false);
    expect(drained(action('create', 'review'), action('join', 'sent', 'join bob'))).toBe(false);
  });

  it('does not wait for a join whose hold is not granted: it was not accepted yet', () => {
    const context = match({
      actions: [action('join', 'queued', 'join bob')],
      seats: [seat(BOB, 'requested')],
    });
    expect(isDrained(context)).toBe(true);
  });
});

describe('a wake', () => {
  it('drives what is ready and what is in flight, in the order of acceptance', () => {
    const actions = [
      action('join', 'sent', 'join ann'),
      action('join', 'queued', 'join bob'),
      action('start'),
    ];
    const context = match({ actions, seats: [seat(ANN, 'submitted', true), seat(BOB, 'reserved', true)] });
    const reversed = { ...context, actions: context.actions.toReversed() };
    const keys = wakeReady(reversed).map((effect) => (effect.type === 'work' ? effect.key : ''));
    expect(keys).toEqual(['drive:join ann', 'drive:join bob']);
  });
});

describe('a report', () => {
  it.each([
    ['action.leased', ['queued']],
    ['action.offered', ['queued', 'leased']],
    ['wallet.signed', ['offered']],
    // Queued: a person had it in hand meanwhile, and gave it back.
    ['offer.dead', ['queued', 'leased', 'offered']],
    ['action.signed', ['queued', 'leased']],
    ['action.sent', ['signed', 'sent']],
    ['action.landed', ['signed', 'sent']],
    ['action.dropped', ['landed']],
    // Of what a person looks at too: what was signed of it is followed to its end.
    ['attempt.absent', ['signed', 'sent', 'landed', 'review']],
    ['attempt.dead', ['signed', 'sent', 'landed', 'review']],
    ['attempt.failed', ['signed', 'sent', 'landed', 'review']],
    // Of a waiting one too: it was signed before a restore that forgot it.
    ['action.final', ['queued', 'leased', 'offered', 'signed', 'sent', 'landed', 'review']],
    ['action.review', ['queued', 'leased', 'offered', 'signed', 'sent', 'landed']],
    ['action.refused', ['queued', 'leased', 'offered']],
    ['action.blocked', ['queued', 'leased', 'offered']],
  ])('of %s means something while the action is %j', (event, states) => {
    expect(ALL.filter((state) => mayBeReported(action('join', state), event))).toEqual(states);
    expect(mayBeReported(undefined, event)).toBe(false);
  });

  it('of what nobody knows means nothing', () => {
    expect(ALL.some((state) => mayBeReported(action('join', state), 'toString'))).toBe(false);
  });

  it('counts as in flight what was signed and is not final yet', () => {
    expect(ALL.filter((state) => isInFlight(action('join', state)))).toEqual(['signed', 'sent', 'landed']);
  });
});
