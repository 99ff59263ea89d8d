/** How a match ends by a result: who may say so, what is refused, and what of it may be signed. */
import { describe, expect, it } from 'vitest';
import type { SettlementFigures } from '../../../machines/match/events.ts';
import * as make from '../../model/events.ts';
import type { MatchState } from '../../model/invariants.ts';
import {
  full,
  keysIn,
  lands,
  matchAfter,
  moneyOf,
  type Next,
  playing,
  refusalOf,
  started,
  taken,
  timersIn,
} from './match-probing.ts';

const end = make.end();
const { end: endAction, distribute } = make.end(make.SHARES, true).settlement;
const DISTRIBUTE = distribute?.hash ?? '';
const shares = (...list: (readonly [string, number])[]) =>
  make.end(list.map(([userId, shareBps]) => ({ userId, shareBps })));

describe('an end is refused', () => {
  it.each([
    ['to a player who is not the host', { ...end, caller: make.callOf(make.BOB) }, 'forbidden'],
    ['with a stranger among the winners', shares(['ann', 5_000], ['cat', 5_000]), 'result_invalid'],
    ['with one player listed twice', shares(['ann', 5_000], ['ann', 5_000]), 'result_invalid'],
    ['with shares that are not the whole', shares(['ann', 5_000], ['bob', 4_999]), 'result_invalid'],
    ['with a share of nothing', shares(['ann', 10_000], ['bob', 0]), 'result_invalid'],
    ['with nobody listed', shares(), 'result_invalid'],
    [
      'where the settlement does not fit',
      { ...end, settlement: { ...end.settlement, transactionBytes: 1_233 } },
      'result_too_large',
    ],
    [
      'by an action that was changed',
      { ...end, settlement: { ...end.settlement, end: { ...endAction, notAfter: 5 } } },
      'action_hash_mismatch',
    ],
    [
      'by a distribution that was changed',
      { ...end, settlement: { ...end.settlement, distribute: { ...endAction, notAfter: 5 } } },
      'action_hash_mismatch',
    ],
  ])('%s', (_, event, code) => {
    expect(refusalOf(matchAfter(...playing), event)).toBe(code);
  });

  it('before the match is played, while it is paused, and after a result was accepted', () => {
    expect(refusalOf(matchAfter(...full), end)).toBe('wrong_phase');
    expect(refusalOf(matchAfter(...playing, make.pause()), end)).toBe('match_paused');
    expect(refusalOf(matchAfter(...playing, end), shares(['ann', 10_000]))).toBe('result_already_accepted');
  });

  it('once the match is called off', () => {
    const state = matchAfter(...started, ({ context }) => make.cancel(context));
    expect(refusalOf(state, end)).toBe('wrong_phase');
    expect(refusalOf(state, shares(['bob', 10_000]))).toBe('wrong_phase');
  });

  it('not where it fits to the last byte', () => {
    const settlement = { ...end.settlement, transactionBytes: 1_232 };
    expect(refusalOf(matchAfter(...playing), { ...end, settlement })).toBeNull();
  });
});

describe('an accepted end', () => {
  it('stops every clock of the match, and nobody forfeits any more', () => {
    const state = matchAfter(...started, make.away(make.BOB));
    const { effects, state: after } = taken(state, end);
    expect(timersIn(effects)).toEqual(
      new Map([
        ['timeout', null],
        ['grace:bob', null],
      ]),
    );
    expect(after.context.absences).toEqual([]);
    expect(refusalOf(after, make.away(make.BOB))).toBe('result_already_accepted');
    expect(refusalOf(after, make.graceOver(state.context, make.BOB))).toBe('result_already_accepted');
  });
});

/** A settlement as it was signed, and each of its figures bent alone. */
function bent(figures: SettlementFigures | null): readonly SettlementFigures[] {
  if (figures?.kind !== 'prizes') throw new Error('prizes have figures');
  const shifted = figures.prizes.map((prize, rank) => (BigInt(prize) + (rank === 0 ? 1n : -1n)).toString());
  return [
    { ...figures, prizes: shifted },
    { ...figures, prizes: figures.prizes.toReversed() },
    { ...figures, prizes: figures.prizes.slice(0, 1) },
    { ...figures, prizes: [...figures.prizes, '0'] },
    { ...figures, prizes: [] },
    { ...figures, totalEntry: '1' },
    { ...figures, totalEntry: 'many' },
    { ...figures, platformFeeBps: 0 },
    { ...figures, platformFeeBps: 20_000 },
    { ...figures, platformFeeBps: Number.NaN },
    {
      kind: 'refunds',
      totalEntry: figures.totalEntry,
      cancellationFeeBps: 0,
      refunds: [],
      treasury: '0',
    },
  ];
}

describe('a settlement', () => {
  const state = matchAfter(...started, end);
  const signed = make.signed(state.context, endAction.hash);

  it('is not signed with other figures than the core`s', () => {
    for (const figures of [...bent(signed.figures), null])
      expect(refusalOf(state, { ...signed, figures })).toBe('fee_breakdown_mismatch');
    expect(moneyOf(taken(state, signed).state)).toBe('settling');
  });

  it('moves money in one action only: a start or an `end` alone carries no figures', () => {
    const early = matchAfter(...playing, ...lands(make.joinAction(make.ANN).hash), ({ context }) =>
      make.signed(context, make.joinAction(make.BOB).hash),
    );
    const last = taken(early, make.final(early.context, make.joinAction(make.BOB).hash)).state;
    const start = make.signed(last.context, make.start().action.hash);
    expect(refusalOf(last, { ...start, figures: signed.figures })).toBe('fee_breakdown_mismatch');
    expect(refusalOf(last, start)).toBeNull();
  });
});

describe('a settlement in two transactions', () => {
  const two: readonly [...typeof started, typeof end] = [...started, make.end(make.SHARES, true)];
  const land =
    (hash: string): Next =>
    ({ context }) =>
      make.moved('action.landed', context, hash);
  const sign =
    (hash: string): Next =>
    ({ context }) =>
      make.signed(context, hash);

  it('carries its figures with the prizes, and none with the end', () => {
    const state = matchAfter(...two);
    const ended = make.signed(state.context, endAction.hash);
    expect(ended.figures).toBeNull();
    expect(
      refusalOf(state, {
        ...ended,
        figures: make.signed(matchAfter(...started, end).context, endAction.hash).figures,
      }),
    ).toBe('fee_breakdown_mismatch');
    const landed = matchAfter(...two, sign(endAction.hash), land(endAction.hash));
    const paid = make.signed(landed.context, DISTRIBUTE);
    for (const figures of [...bent(paid.figures), null])
      expect(refusalOf(landed, { ...paid, figures })).toBe('fee_breakdown_mismatch');
    expect(refusalOf(landed, paid)).toBeNull();
  });

  it('pays the prizes as soon as the end is confirmed, and not before', () => {
    expect(refusalOf(matchAfter(...two), sign(DISTRIBUTE))).toBe('not_ready');
    const sent = matchAfter(...two, sign(endAction.hash));
    expect(refusalOf(sent, sign(DISTRIBUTE))).toBe('not_ready');
    const { effects, state } = taken(sent, land(endAction.hash));
    expect(keysIn(effects)).toContain(`drive:${DISTRIBUTE}`);
    expect(refusalOf(state, sign(DISTRIBUTE))).toBeNull();
  });

  it('does not sign the prizes on an end that a fork has taken away', () => {
    const dropped = ({ context }: MatchState) => make.moved('action.dropped', context, endAction.hash);
    const state = matchAfter(...two, sign(endAction.hash), land(endAction.hash), dropped);
    expect(refusalOf(state, sign(DISTRIBUTE))).toBe('not_ready');
  });

  it('is settled once both are final, whichever is seen first', () => {
    const both = matchAfter(...two, sign(endAction.hash), land(endAction.hash), sign(DISTRIBUTE));
    const finals = [endAction.hash, DISTRIBUTE].map(
      (hash) =>
        ({ context }: MatchState) =>
          make.final(context, hash),
    );
    const [ended = end, paid = end] = finals;
    for (const [one, other] of [
      [ended, paid],
      [paid, ended],
    ] as const) {
      const half = taken(both, one);
      expect(moneyOf(half.state)).toBe('settling');
      expect(keysIn(half.effects)).not.toContain('directory');
      const whole = taken(half.state, other);
      expect(moneyOf(whole.state)).toBe('settled');
      expect(keysIn(whole.effects)).toContain('directory');
      expect(whole.state.context.facts).toMatchObject({ phase: 2, distributed: true });
    }
  });

  it('is settled also where a person was asked about its end, and the prizes are paid meanwhile', () => {
    const state = matchAfter(
      ...two,
      sign(endAction.hash),
      land(endAction.hash),
      sign(DISTRIBUTE),
      make.review(endAction.hash),
      ({ context }) => make.final(context, DISTRIBUTE),
    );
    expect(moneyOf(state)).toBe('review');
    const live = [endAction.hash];
    // Paid is paid: nothing is left to be decided, but the end has still to be looked up.
    for (const as of ['settle', 'void'] as const)
      expect(refusalOf(state, ({ context }) => make.resolve(context, as, { live }))).toBe('event_ignored');
    const looked = taken(state, ({ context }) => make.resolve(context, 'retry', { live })).state;
    expect(moneyOf(looked)).toBe('settling');
    expect(moneyOf(taken(looked, ({ context }) => make.final(context, endAction.hash)).state)).toBe(
      'settled',
    );
  });
});
