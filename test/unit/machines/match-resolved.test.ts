/** Where a match goes on once a person has decided, and what becomes of its seats, actions and clocks. */
import { describe, expect, it } from 'vitest';
import * as make from '../../model/events.ts';
import {
  ANN,
  BOB,
  bobWins,
  CAT,
  catWins,
  end,
  endUsedUp,
  oneShort,
  says,
  sign,
  tooShort,
} from './match-deciding.ts';
import {
  CREATE,
  full,
  keysIn,
  lands,
  matchAfter,
  moneyOf,
  open,
  refusalOf,
  START,
  seated,
  started,
  taken,
  threePlaying,
  timersIn,
  usedUp,
} from './match-probing.ts';

describe('a retry', () => {
  it('signs anew what has no attempt outstanding, with all its tries', () => {
    const { state, effects } = taken(tooShort, says('retry'));
    expect(moneyOf(state)).toBe('playing');
    expect(state.context.actions.find(({ hash }) => hash === BOB)).toMatchObject({
      state: 'queued',
      attempts: 0,
    });
    expect(keysIn(effects)).toContain(`drive:${BOB}`);
    const again = matchAfter(
      ...full,
      ...lands(ANN),
      make.start(),
      ...usedUp(BOB),
      says('retry'),
      ...usedUp(BOB),
    );
    expect(moneyOf(again)).toBe('review');
  });

  it('looks after what may still land, and makes no new signature of it', () => {
    const state = matchAfter(...threePlaying, sign(CAT), make.review(CAT), says('retry', { live: [CAT] }));
    expect(state.context.actions.find(({ hash }) => hash === CAT)).toMatchObject({
      state: 'sent',
      attempts: 1,
    });
    expect(refusalOf(state, sign(CAT))).toBe('event_ignored');
    expect(refusalOf(state, ({ context }) => make.final(context, CAT))).toBeNull();
  });

  it('goes on where the match stood: before its start, in play, or at its settlement', () => {
    const lobby = matchAfter(...open, ...seated(make.ANN), make.review(ANN), says('retry'));
    expect(moneyOf(lobby)).toBe('lobby');
    const funded = matchAfter(...full, make.review(ANN), says('retry'));
    expect(moneyOf(funded)).toBe('funded');
    expect(moneyOf(taken(endUsedUp, says('retry')).state)).toBe('playing');
    const sent = matchAfter(...started, make.end(), sign(end.hash), make.review(end.hash));
    expect(moneyOf(taken(sent, says('retry', { live: [end.hash] })).state)).toBe('settling');
    const created = matchAfter(make.create('online'), make.review(CREATE), says('retry'));
    expect(moneyOf(created)).toBe('lobby');
  });

  it('binds a join to its `notAfter` again: while a person had it in hand the timer fired in vain', () => {
    const state = matchAfter(...full, make.review(ANN));
    expect(refusalOf(state, make.expire(ANN))).toBe('event_ignored');
    const { effects, state: back } = taken(state, says('retry'));
    expect(timersIn(effects)).toEqual(new Map([[`expire:${ANN}`, make.AT + make.HOUR]]));
    expect(taken(back, make.expire(ANN)).state.context.seats).toHaveLength(1);
  });

  it('ends a join whose `notAfter` had passed before, once nothing of it can land', () => {
    const expired = matchAfter(...full, sign(ANN), make.expire(ANN), make.review(ANN));
    const looked = taken(expired, says('retry', { live: [ANN] })).state;
    expect(looked.context.actions[0]).toMatchObject({ state: 'sent', doomed: true });
    const { state, effects } = taken(expired, says('retry'));
    expect(state.context.seats.map(({ userId }) => userId)).toEqual(['bob']);
    expect(keysIn(effects)).toContain(`release:release:${ANN}`);
  });

  it('of a match that is called off ends what has no attempt, and looks after the rest', () => {
    const off = matchAfter(...full, sign(ANN), ({ context }) => make.cancel(context), make.review(ANN));
    const looked = taken(off, says('retry', { live: [ANN] })).state;
    expect(moneyOf(looked)).toBe('cancelling');
    expect(looked.context.actions).toMatchObject([{ state: 'sent', doomed: true }, { kind: 'refund' }]);
    expect(moneyOf(taken(off, says('retry')).state)).toBe('refunded');
  });
});

describe('a person settles', () => {
  it('without the seats that are not on the chain: their holds go back, the others play on', () => {
    const { state, effects } = taken(oneShort, says('settle'));
    expect(moneyOf(state)).toBe('playing');
    expect(state.context.seats.map(({ userId }) => userId)).toEqual(['ann', 'bob']);
    expect(keysIn(effects)).toEqual(expect.arrayContaining([`release:release:${CAT}`, `drive:${START}`]));
  });

  it('without a player who was away, and nobody forfeits for him later', () => {
    const away = matchAfter(...threePlaying, make.away(make.CAT), make.away(make.ANN), ...usedUp(CAT));
    const { state, effects } = taken(away, says('settle'));
    expect(timersIn(effects).get('grace:cat')).toBeNull();
    expect(timersIn(effects).has('grace:ann')).toBe(false);
    expect(state.context.absences.map(({ userId }) => userId)).toEqual(['ann']);
    expect(refusalOf(state, make.graceOver(away.context, make.CAT))).toBe('cancel_reason_invalid');
  });

  it('by another result, where the accepted one cannot be paid', () => {
    const state = taken(
      matchAfter(...threePlaying, make.end(catWins), ...usedUp(CAT)),
      says('settle', { result: { shares: bobWins, settlement: make.settlement(bobWins, false, 9) } }),
    ).state;
    expect(state.context.result).toMatchObject({ shares: bobWins, separate: false });
    expect(state.context.actions.map(({ kind }) => kind)).toEqual(['start', 'end']);
  });

  it('what ended without us: only the prizes are paid, and every clock stops (H-16)', () => {
    const way = [...started, make.away(make.BOB), ...[make.pause()]] as const;
    const paused = matchAfter(...way);
    const observed = make.endedOtherwise(paused.context);
    const result = make.decided(paused.context, make.SHARES, true);
    const { state, effects } = taken(paused, says('settle', { observed, result }));
    expect(moneyOf(state)).toBe('settling');
    expect(state.context.actions.map(({ kind }) => kind)).toEqual(['distribute']);
    expect(state.context.facts).toMatchObject({ phase: 2, endedAt: observed.endedAt });
    expect(timersIn(effects)).toEqual(
      new Map([
        ['timeout', null],
        ['grace:bob', null],
      ]),
    );
    const distribute = state.context.actions[0]?.hash ?? '';
    const paid = matchAfter(
      ...way,
      says('settle', { observed, result }),
      make.resume(),
      ...lands(distribute),
    );
    expect(moneyOf(paid)).toBe('settled');
  });

  it('also what was called off, where it ended before the refund: the program refunds no ended match (6043)', () => {
    const off = matchAfter(...started, ({ context }) => make.cancel(context), make.pause());
    const observed = make.endedOtherwise(off.context);
    const result = make.decided(off.context, make.SHARES, true);
    expect(refusalOf(off, says('void', { observed }))).toBe('void_impossible');
    expect(refusalOf(off, says('settle', { result }))).toBe('wrong_phase');
    expect(
      refusalOf(off, says('settle', { observed, result, live: [off.context.actions[0]?.hash ?? ''] })),
    ).toBe('attempts_outstanding');
    const { state } = taken(off, says('settle', { observed, result }));
    expect(moneyOf(state)).toBe('settling');
    expect(state.context).toMatchObject({ cancellation: null, actions: [{ kind: 'distribute' }] });
  });

  it('what ended before the mirror knew of its start: then it was played', () => {
    const restored = matchAfter(...full, ...lands(ANN), ...lands(BOB), make.pause());
    const observed = make.endedOtherwise(restored.context);
    const result = make.decided(restored.context, make.SHARES, true);
    const { state } = taken(restored, says('settle', { observed, result }));
    expect(moneyOf(state)).toBe('settling');
    expect(state.context.seats.every(({ played }) => played)).toBe(true);
  });
});

describe('a person voids', () => {
  it('a match whose played seat cannot land: that seat goes, the others get all of it back', () => {
    const { state, effects } = taken(tooShort, says('void'));
    expect(moneyOf(state)).toBe('cancelling');
    expect(keysIn(effects)).toContain(`release:release:${BOB}`);
    const refund = state.context.actions[0]?.hash ?? '';
    const paid = matchAfter(
      ...full,
      ...lands(ANN),
      make.start(),
      ...usedUp(BOB),
      says('void'),
      ...lands(refund),
    );
    expect(moneyOf(paid)).toBe('refunded');
    expect(paid.context.cancellation).toMatchObject({
      reason: 0,
      refunds: [{ userId: 'ann', lamports: make.TERMS.entryFee }],
    });
  });

  it('a match with a result: nobody wins any more', () => {
    const { state } = taken(endUsedUp, says('void'));
    expect(state.context).toMatchObject({ result: null, actions: [{ kind: 'refund' }] });
  });

  it('a match whose joins may still land: they are looked after, and signed no more', () => {
    const state = matchAfter(...threePlaying, sign(CAT), make.review(CAT), says('void', { live: [CAT] }));
    expect(state.context.actions).toMatchObject([
      { kind: 'join', state: 'sent', doomed: true },
      { kind: 'refund', state: 'queued' },
    ]);
    const refund = state.context.actions[1]?.hash ?? '';
    expect(refusalOf(state, sign(refund))).toBe('not_ready');
    const landed = taken(state, ({ context }) => make.final(context, CAT)).state;
    expect(refusalOf(landed, sign(refund))).toBeNull();
  });

  it('a match that never came to the chain: nothing is to be paid back', () => {
    const state = matchAfter(make.create('online'), ...usedUp(CREATE), says('void'));
    expect(moneyOf(state)).toBe('refunded');
  });
});

describe('what a person waits for', () => {
  it('is over where it turns out to have happened', () => {
    const sent = matchAfter(...started, make.end(), sign(end.hash), make.review(end.hash));
    expect(moneyOf(taken(sent, ({ context }) => make.final(context, end.hash)).state)).toBe('settled');
    const off = matchAfter(...started, ({ context }) => make.cancel(context));
    const refund = off.context.actions[0]?.hash ?? '';
    const asked = matchAfter(
      ...started,
      ({ context }) => make.cancel(context),
      sign(refund),
      make.review(refund),
      ({ context }) => make.final(context, refund),
    );
    expect(moneyOf(asked)).toBe('refunded');
  });

  it('is a played seat that is refused before it was signed: nobody`s seat goes in the middle of a match', () => {
    const state = taken(matchAfter(...threePlaying), make.unpayable(CAT)).state;
    expect(moneyOf(state)).toBe('review');
    expect(state.context.seats).toHaveLength(3);
    const unplayed = taken(matchAfter(...full), make.unpayable(BOB)).state;
    expect(moneyOf(unplayed)).toBe('lobby');
    expect(unplayed.context.seats.map(({ userId }) => userId)).toEqual(['ann']);
  });
});
