/** How a match is called off: by whom, why, until when, and what is paid back. Each refusal with the attack it closes. */
import { describe, expect, it } from 'vitest';
import { REASON } from '../../../machines/match/cancellation.ts';
import * as make from '../../model/events.ts';
import type { MatchState } from '../../model/invariants.ts';
import {
  CREATE,
  full,
  hashOf,
  keysIn,
  lands,
  matchAfter,
  moneyOf,
  type Next,
  open,
  playing,
  refusalOf,
  START,
  seated,
  started,
  taken,
  timersIn,
} from './match-probing.ts';

type Called = Parameters<typeof make.cancel>[1];

const host = make.HOST_CALL;
const called =
  (by?: Called): Next =>
  ({ context }) =>
    make.cancel(context, by);

describe('a match is not called off', () => {
  it.each<[string, MatchState, Called, string]>([
    ['by a player who is not the host', matchAfter(...full), { by: make.callOf(make.BOB) }, 'forbidden'],
    [
      'by the host who sees that he loses, as too small',
      matchAfter(...started),
      { by: host, reason: REASON.insufficientPlayers },
      'cancel_reason_invalid',
    ],
    [
      '... as timed out',
      matchAfter(...started),
      { by: host, reason: REASON.timeout },
      'cancel_reason_invalid',
    ],
    [
      '... as a fault of the platform',
      matchAfter(...started),
      { by: host, reason: REASON.platformFault },
      'cancel_reason_invalid',
    ],
    [
      '... as left by his rival, of whom he has just said so',
      matchAfter(...started, make.away(make.BOB)),
      { by: host, reason: REASON.graceExpired, abandonedUserId: 'bob', at: make.AT + make.HOUR },
      'cancel_reason_invalid',
    ],
    [
      'by an operator as left by somebody, whose grace only the clock ends',
      matchAfter(...started, make.away(make.BOB)),
      { reason: REASON.graceExpired, abandonedUserId: 'bob', at: make.AT + make.HOUR },
      'cancel_reason_invalid',
    ],
    [
      'by the clock a moment before the grace is over',
      matchAfter(...started, make.away(make.BOB)),
      { by: null, reason: REASON.graceExpired, abandonedUserId: 'bob', at: make.AT + 299_999 },
      'cancel_reason_invalid',
    ],
    [
      'by the clock for somebody who is not away',
      matchAfter(...started, make.away(make.BOB)),
      { by: null, reason: REASON.graceExpired, abandonedUserId: 'ann', at: make.AT + make.HOUR },
      'cancel_reason_invalid',
    ],
    [
      'as timed out with somebody named, who would forfeit without any grace',
      matchAfter(...started),
      { reason: REASON.timeout, abandonedUserId: 'bob' },
      'cancel_reason_invalid',
    ],
    [
      'as a fault of the platform with somebody named',
      matchAfter(...started),
      { abandonedUserId: 'bob' },
      'cancel_reason_invalid',
    ],
    [
      'as too small while there are enough',
      matchAfter(...full),
      { by: host, reason: REASON.insufficientPlayers },
      'cancel_reason_invalid',
    ],
    [
      'for a reason that the program knows and the mirror does not use',
      matchAfter(...full),
      { reason: 1 },
      'cancel_reason_invalid',
    ],
    ['for no known reason', matchAfter(...full), { reason: 255 }, 'cancel_reason_invalid'],
    ['while it is paused', matchAfter(...full, make.pause()), {}, 'match_paused'],
    ['with a played seat that is not final', matchAfter(...playing), {}, 'played_seats_not_final'],
    ['once an end was accepted', matchAfter(...started, make.end()), {}, 'result_already_accepted'],
    [
      'while it waits for a person',
      matchAfter(...full, make.review(hashOf(make.BOB))),
      {},
      'match_in_review',
    ],
    ['twice', matchAfter(...full, called()), {}, 'wrong_phase'],
  ])('%s', (_, state, by, code) => {
    expect(refusalOf(state, called(by))).toBe(code);
  });

  it('with a refund that was changed, that has no identity yet, or that is missing', () => {
    const state = matchAfter(...full);
    const event = make.cancel(state.context);
    const { action } = event;
    if (action === null) return expect.unreachable();
    expect(refusalOf(state, { ...event, action: { ...action, notAfter: 5 } })).toBe('action_hash_mismatch');
    expect(refusalOf(state, { ...event, action: null })).toBe('create_not_final');
    expect(refusalOf(matchAfter(make.create('online')), { ...event, action })).toBe('create_not_final');
  });

  it('so that its timer is asked again where a seat is still on its way, and not where nobody is away', () => {
    const grace: Next = ({ context }) => make.graceOver(context, make.BOB);
    const early = matchAfter(...playing, make.away(make.BOB));
    expect(refusalOf(early, grace)).toBe('played_seats_not_final');
    const back = matchAfter(...started, make.away(make.BOB), make.back(make.BOB));
    expect(refusalOf(back, make.graceOver(early.context, make.BOB))).toBe('cancel_reason_invalid');
  });
});

describe('a match is called off', () => {
  it.each<[string, MatchState, Called]>([
    ['by its host, as too small', matchAfter(...open), { by: host, reason: REASON.insufficientPlayers }],
    ['by the clock, before its start', matchAfter(...full), { by: null, reason: REASON.timeout }],
    ['by an operator, as timed out', matchAfter(...started), { reason: REASON.timeout }],
    ['by an operator, as a fault of the platform', matchAfter(...started), {}],
  ])('%s', (_, state, by) => {
    expect(refusalOf(state, called(by))).toBeNull();
  });

  it('at once where nothing of it is on the chain: every request is answered, every hold released', () => {
    const state = matchAfter(make.create('down'), make.join(make.ANN), ...seated(make.BOB));
    const { effects, state: after } = taken(state, called());
    expect(moneyOf(after)).toBe('refunded');
    expect(after.context).toMatchObject({ seats: [], actions: [] });
    const [ann, bob] = [make.ANN, make.BOB].map((player) => `release:release:${hashOf(player)}`);
    expect(keysIn(effects)).toEqual(expect.arrayContaining([ann, bob, 'directory']));
    const answers = effects.filter((effect) => effect.type === 'record' && effect.row === 'answer');
    expect(answers).toMatchObject([{ id: 'client:ann:0', status: 409, body: { code: 'wrong_phase' } }]);
    expect(timersIn(effects)).toEqual(
      new Map([
        ['timeout', null],
        [`expire:${hashOf(make.ANN)}`, null],
        [`expire:${hashOf(make.BOB)}`, null],
      ]),
    );
  });

  it('and signs no join any more, nor grants a hold that comes late', () => {
    const way = [...open, make.join(make.ANN), ...seated(make.BOB)];
    const submitted = matchAfter(...way, ({ context }) => make.signed(context, hashOf(make.BOB)));
    const state = taken(submitted, called()).state;
    expect(moneyOf(state)).toBe('cancelling');
    expect(refusalOf(state, make.granted(hashOf(make.ANN)))).toBe('event_ignored');
    expect(refusalOf(state, make.join(make.CAT))).toBe('wrong_phase');
    const dead = taken(state, make.attemptEnd('attempt.dead', state.context, hashOf(make.BOB))).state;
    expect(moneyOf(dead)).toBe('refunded');
  });

  it('and pays back what lands meanwhile, when all of it has landed or is dead', () => {
    const [ann, bob] = [make.ANN, make.BOB].map(hashOf);
    const both = [ann ?? '', bob ?? ''].map(
      (hash): Next =>
        ({ context }) =>
          make.signed(context, hash),
    );
    const state = matchAfter(...full, ...both, called());
    const refund = state.context.actions.find(({ kind }) => kind === 'refund')?.hash ?? '';
    expect(refusalOf(state, ({ context }) => make.signed(context, refund))).toBe('not_ready');
    const one = taken(state, ({ context }) => make.final(context, ann ?? ''));
    expect(keysIn(one.effects)).not.toContain(`drive:${refund}`);
    expect(refusalOf(one.state, ({ context }) => make.signed(context, refund))).toBe('not_ready');
    const alone = taken(one.state, ({ context }) => make.attemptEnd('attempt.dead', context, bob ?? ''));
    expect(keysIn(alone.effects)).toContain(`drive:${refund}`);
    const paid = matchAfter(
      ...full,
      ...both,
      called(),
      ({ context }) => make.final(context, ann ?? ''),
      ({ context }) => make.attemptEnd('attempt.dead', context, bob ?? ''),
      ...lands(refund),
    );
    expect(moneyOf(paid)).toBe('refunded');
    expect(paid.context.cancellation).toMatchObject({
      refunds: [{ userId: 'ann', lamports: make.TERMS.entryFee }],
      settlement: expect.stringMatching(/^sig-/),
    });
  });

  it('and compares both sides once nothing is left of it, also where that is seen by a death', () => {
    const way = [...full, ({ context }: MatchState) => make.signed(context, hashOf(make.BOB))];
    const off = matchAfter(...way, ({ context }) => make.verdict(context, 'recovering'), called());
    const { state, effects } = taken(off, ({ context }) =>
      make.attemptEnd('attempt.dead', context, hashOf(make.BOB)),
    );
    expect(moneyOf(state)).toBe('refunded');
    expect(keysIn(effects)).toContain('compare');
    const lobby = matchAfter(make.create('down'), ({ context }) => make.verdict(context, 'recovering'));
    expect(keysIn(taken(lobby, called()).effects)).toContain('compare');
  });

  it('with its `create` in flight, and is over when that has landed', () => {
    const sent = matchAfter(make.create('online'), ({ context }) => make.signed(context, CREATE), called());
    expect(moneyOf(sent)).toBe('cancelling');
    const landed = taken(sent, ({ context }) => make.final(context, CREATE)).state;
    expect(moneyOf(landed)).toBe('refunded');
    expect(landed.context.facts).toMatchObject({ createdAt: '1800000000', refunded: null });
  });

  it('with its start in flight: that lands, and the stakes are paid back all the same (H-07)', () => {
    const joins = [make.ANN, make.BOB].flatMap((player) => lands(hashOf(player)));
    const sign: Next = ({ context }) => make.signed(context, START);
    const state = matchAfter(...full, ...joins, make.start(), sign, called(), ({ context }) =>
      make.final(context, START),
    );
    const refund = state.context.actions[0]?.hash ?? '';
    expect(state.context.facts.phase).toBe(1);
    expect(
      moneyOf(
        matchAfter(
          ...full,
          ...joins,
          make.start(),
          sign,
          called(),
          ({ context }) => make.final(context, START),
          ...lands(refund),
        ),
      ),
    ).toBe('refunded');
  });

  it('for good: its reason stays, whatever is said later', () => {
    const state = matchAfter(...started, make.away(make.BOB), ({ context }) =>
      make.graceOver(context, make.BOB),
    );
    expect(refusalOf(state, called())).toBe('wrong_phase');
    expect(state.context.cancellation).toMatchObject({ reason: 4, abandonedUserId: 'bob' });
    expect(state.context.absences).toEqual([]);
  });
});
