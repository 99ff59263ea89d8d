/** What a person may not decide of a match that waits for one. */
import { describe, expect, it } from 'vitest';
import * as make from '../../model/events.ts';
import type { MatchState } from '../../model/invariants.ts';
import {
  ANN,
  type As,
  BOB,
  bobWins,
  CAT,
  catWins,
  end,
  endUsedUp,
  type More,
  oneShort,
  says,
  sign,
  tooShort,
} from './match-deciding.ts';
import {
  full,
  lands,
  matchAfter,
  refusalOf,
  START,
  seated,
  started,
  threePlaying,
  usedUp,
} from './match-probing.ts';

describe('a person`s word is refused', () => {
  it.each<[string, MatchState, As, (state: MatchState) => More, string]>([
    [
      'where a dropped seat has an attempt that may still land',
      matchAfter(...threePlaying, sign(CAT), make.review(CAT)),
      'settle',
      () => ({ live: [CAT] }),
      'attempts_outstanding',
    ],
    ['to settle with fewer seats than the game needs', tooShort, 'settle', () => ({}), 'not_enough_seats'],
    [
      'to settle for a player whose seat is dropped',
      oneShort,
      'settle',
      ({ context }) => ({ result: make.decided(context, catWins) }),
      'result_invalid',
    ],
    [
      'to settle by the accepted result, in which a dropped player wins',
      matchAfter(...threePlaying, make.end(catWins), ...usedUp(CAT)),
      'settle',
      () => ({}),
      'result_invalid',
    ],
    [
      'to pay another result while the settlement may still land',
      matchAfter(...started, make.end(), sign(end.hash), make.review(end.hash)),
      'settle',
      ({ context }) => ({ live: [end.hash], result: make.decided(context, bobWins) }),
      'attempts_outstanding',
    ],
    [
      'to settle what has ended otherwise without saying who wins',
      endUsedUp,
      'settle',
      ({ context }) => ({ observed: make.endedOtherwise(context) }),
      'result_invalid',
    ],
    [
      '... or with an end that could not be signed any more',
      endUsedUp,
      'settle',
      ({ context }) => ({ observed: make.endedOtherwise(context), result: make.decided(context) }),
      'result_invalid',
    ],
    [
      '... or while the start may still be found',
      matchAfter(...full, ...lands(ANN), ...lands(BOB), make.start(), sign(START), make.review(START)),
      'settle',
      ({ context }) => ({
        live: [START],
        observed: make.endedOtherwise(context),
        result: make.decided(context, make.SHARES, true),
      }),
      'attempts_outstanding',
    ],
    [
      'to settle a match that nobody has played',
      matchAfter(...full, ...lands(ANN), ...lands(BOB), ...seated(make.CAT), ...usedUp(CAT)),
      'settle',
      ({ context }) => ({ result: make.decided(context) }),
      'wrong_phase',
    ],
    [
      'to settle by a result that does not fit',
      oneShort,
      'settle',
      () => ({
        result: { shares: bobWins, settlement: { ...make.end().settlement, transactionBytes: 1_233 } },
      }),
      'result_too_large',
    ],
    [
      'to settle what is called off',
      matchAfter(...full, sign(ANN), ({ context }) => make.cancel(context), make.review(ANN)),
      'settle',
      () => ({ live: [ANN] }),
      'wrong_phase',
    ],
    [
      'to void what the chain shows as ended',
      endUsedUp,
      'void',
      ({ context }) => ({ observed: make.endedOtherwise(context) }),
      'void_impossible',
    ],
    [
      'to void while the settlement may still land',
      matchAfter(...started, make.end(), sign(end.hash), make.review(end.hash)),
      'void',
      () => ({ live: [end.hash] }),
      'attempts_outstanding',
    ],
    ['on a match that waits for nobody', matchAfter(...started), 'void', () => ({}), 'wrong_phase'],
  ])('%s', (_, state, as, more, code) => {
    expect(refusalOf(state, says(as, more(state)))).toBe(code);
  });

  it('with an action that was changed', () => {
    const event = make.resolve(tooShort.context, 'void');
    const { refund } = event;
    if (refund === null) return expect.unreachable();
    expect(refusalOf(tooShort, { ...event, refund: { ...refund, notAfter: 5 } })).toBe(
      'action_hash_mismatch',
    );
    expect(refusalOf(tooShort, { ...event, refund: null })).toBe('create_not_final');
    const result = make.decided(oneShort.context, bobWins);
    if (result === null) return expect.unreachable();
    const { settlement } = result;
    const bent = { ...settlement, end: { ...settlement.end, notAfter: 5 } };
    expect(refusalOf(oneShort, says('settle', { result: { ...result, settlement: bent } }))).toBe(
      'action_hash_mismatch',
    );
  });

  it('once everything is paid', () => {
    const paid = matchAfter(...started, make.end(), ...lands(end.hash), make.pause());
    expect(refusalOf(paid, says('void'))).toBe('event_ignored');
    expect(refusalOf(paid, says('settle'))).toBe('event_ignored');
  });
});
