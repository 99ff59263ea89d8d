/** Somebody else pays the escrow out (H-01): what the machine makes of it, whatever state it meets. */
import { describe, expect, it } from 'vitest';
import * as make from '../../model/events.ts';
import { foreignPrizes, foreignRefund, WRONG } from '../../model/foreign.ts';
import {
  asksIn,
  full,
  hashOf,
  lands,
  matchAfter,
  moneyOf,
  type Next,
  refusalOf,
  START,
  started,
  taken,
} from './match-probing.ts';

const [ANN, BOB] = [hashOf(make.ANN), hashOf(make.BOB)];
const { end } = make.end().settlement;
const cancel: Next = ({ context }) => make.cancel(context);
const refund =
  (wrong: string | null = null): Next =>
  ({ context }) =>
    foreignRefund(context, wrong);
const prizes =
  (wrong: string | null = null): Next =>
  ({ context }) =>
    foreignPrizes(context, wrong);
const retry: Next = ({ context }) => make.resolve(context, 'retry');

describe('a settlement by a stranger', () => {
  it('is as good as our own where it is the decided one: our own ends, and everybody is credited once', () => {
    const refunded = taken(matchAfter(...started, cancel), refund());
    expect(moneyOf(refunded.state)).toBe('refunded');
    const paid = taken(matchAfter(...started, make.end()), prizes());
    expect(moneyOf(paid.state)).toBe('settled');
    for (const { effects, state } of [refunded, paid]) {
      expect(asksIn(effects).filter((key) => key.startsWith('fact:'))).toHaveLength(2);
      expect(state.context.actions).toEqual([]);
      expect(refusalOf(state, refund(WRONG))).toBe('event_ignored');
      expect(refusalOf(state, prizes(WRONG))).toBe('event_ignored');
    }
  });

  it('that is not the decided one credits nobody, and calls a person, who can only take note of it', () => {
    for (const next of [refund(WRONG), prizes(WRONG)]) {
      const { effects, state } = taken(matchAfter(...started), next);
      expect(moneyOf(state)).toBe('review');
      expect(asksIn(effects).filter((key) => key.startsWith('fact:'))).toEqual([]);
      expect(refusalOf(state, ({ context }) => make.resolve(context, 'void'))).toBe('event_ignored');
      expect(refusalOf(state, ({ context }) => make.resolve(context, 'settle'))).toBe('event_ignored');
    }
    expect(moneyOf(matchAfter(...started, refund(WRONG), retry))).toBe('refunded');
    expect(moneyOf(matchAfter(...started, prizes(WRONG), retry))).toBe('settled');
  });

  it('says nothing of a seat without a stake: that one is let go, and its hold comes back', () => {
    const { effects } = taken(matchAfter(...full, ...lands(ANN)), refund(WRONG));
    expect(asksIn(effects)).toEqual([`release:release:${BOB}`, `conclude:concluded:${ANN}`]);
  });

  it('leaves a match with its person who has more to look at than the payment', () => {
    const start: Next = ({ context }) => make.signed(context, START);
    const way = [...full, ...lands(ANN), ...lands(BOB), make.start(), start, cancel, make.review(START)];
    const { state } = taken(matchAfter(...way), refund());
    expect(moneyOf(state)).toBe('review');
    const looked = taken(state, ({ context }) => make.resolve(context, 'retry', { live: [START] })).state;
    expect(moneyOf(looked)).toBe('cancelling');
    expect(moneyOf(taken(looked, ({ context }) => make.final(context, START)).state)).toBe('refunded');
  });

  it('leaves a join alone that a person looks at: its attempt may still land, so that its hold stays', () => {
    const sign: Next = ({ context }) => make.signed(context, BOB);
    const { effects, state } = taken(
      matchAfter(...full, ...lands(ANN), sign, make.review(BOB)),
      refund(WRONG),
    );
    expect(moneyOf(state)).toBe('review');
    expect(asksIn(effects)).toEqual([`conclude:concluded:${ANN}`]);
    const looked = (live: readonly string[]) =>
      taken(state, ({ context }) => make.resolve(context, 'retry', { live }));
    expect(asksIn(looked([BOB]).effects)).toEqual([]);
    expect(looked([BOB]).state.context.actions).toMatchObject([{ hash: BOB, state: 'sent', doomed: true }]);
    expect(asksIn(looked([]).effects)).toEqual([`release:release:${BOB}`]);
  });

  it('that distributes what was called off leaves it settled, and not refunded', () => {
    const state = matchAfter(...started, cancel, prizes(WRONG));
    expect(moneyOf(state)).toBe('review');
    expect(moneyOf(taken(state, retry).state)).toBe('settled');
  });

  it('ends our own attempt when that is dead, and not before', () => {
    const sign: Next = ({ context }) => make.signed(context, end.hash);
    const state = matchAfter(...started, make.end(), sign, prizes());
    expect(moneyOf(state)).toBe('settling');
    const dead = taken(state, ({ context }) => make.attemptEnd('attempt.dead', context, end.hash)).state;
    expect(moneyOf(dead)).toBe('settled');
  });
});
