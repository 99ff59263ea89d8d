/** What is paid back of a match that is called off, and who forfeits: figures, facts, absences. */
import { describe, expect, it } from 'vitest';
import { REASON } from '../../../machines/match/cancellation.ts';
import type { SettlementFigures } from '../../../machines/match/events.ts';
import * as make from '../../model/events.ts';
import {
  full,
  hashOf,
  keysIn,
  matchAfter,
  moneyOf,
  type Next,
  refusalOf,
  started,
  taken,
  timersIn,
} from './match-probing.ts';

type Called = Parameters<typeof make.cancel>[1];

const called =
  (by?: Called): Next =>
  ({ context }) =>
    make.cancel(context, by);

/** A refund as the core has it, and each of its figures bent alone. */
function forged(figures: SettlementFigures | null): readonly (SettlementFigures | null)[] {
  if (figures?.kind !== 'refunds') throw new Error('a refund has figures');
  const { refunds } = figures;
  const [first = { userId: '', lamports: '0' }, second = first] = refunds;
  return [
    null,
    { kind: 'prizes', totalEntry: figures.totalEntry, platformFeeBps: 0, prizes: [figures.totalEntry] },
    { ...figures, refunds: refunds.toReversed() },
    { ...figures, refunds: [first] },
    { ...figures, refunds: [...refunds, first] },
    { ...figures, refunds: [] },
    {
      ...figures,
      refunds: [
        { ...first, userId: second.userId },
        { ...second, userId: first.userId },
      ],
    },
    { ...figures, refunds: [{ ...first, userId: 'eve' }, second] },
    { ...figures, refunds: [{ ...first, lamports: `${BigInt(first.lamports) + 1n}` }, second] },
    { ...figures, totalEntry: `${BigInt(figures.totalEntry) + 1n}` },
    { ...figures, treasury: `${BigInt(figures.treasury) + 1n}` },
    { ...figures, cancellationFeeBps: -1 },
    { ...figures, cancellationFeeBps: 2 ** 40 },
  ];
}

describe('a refund', () => {
  const fee = BigInt(make.TERMS.entryFee);
  const ways: readonly (readonly [string, Next, readonly bigint[], bigint])[] = [
    ['as a fault of the platform', called(), [fee, fee], 0n],
    ['as timed out', called({ reason: REASON.timeout }), [fee, fee], fee / 20n],
    ['as left by bob', ({ context }) => make.graceOver(context, make.BOB), [fee, 0n], fee / 20n + fee],
  ];

  it.each(ways)('%s is signed with exactly the core`s figures', (_, cancel, payouts, treasury) => {
    const state = matchAfter(...started, make.away(make.BOB), cancel);
    const hash = state.context.actions[0]?.hash ?? '';
    const signed = make.signed(state.context, hash);
    expect(signed.figures).toEqual({
      kind: 'refunds',
      totalEntry: `${2n * fee}`,
      // 250 bps of the total, on top of what is paid back (H-02).
      cancellationFeeBps: 250,
      refunds: payouts.map((lamports, index) => ({
        userId: ['ann', 'bob'][index],
        lamports: lamports.toString(),
      })),
      treasury: treasury.toString(),
    });
    for (const figures of forged(signed.figures))
      expect(refusalOf(state, { ...signed, figures })).toBe('fee_breakdown_mismatch');
    expect(refusalOf(state, signed)).toBeNull();
  });

  it('credits each deposit what it was signed for, once, and concludes every stake', () => {
    const state = matchAfter(...started, make.away(make.BOB), ({ context }) =>
      make.graceOver(context, make.BOB),
    );
    const hash = state.context.actions[0]?.hash ?? '';
    const signed = taken(state, ({ context }) => make.signed(context, hash)).state;
    const { effects, state: after } = taken(signed, ({ context }) => make.final(context, hash));
    const signature = after.context.cancellation?.settlement ?? '';
    expect(keysIn(effects).filter((key) => /^(fact|conclude)/.test(key))).toEqual([
      `fact:chain:${signature}:0:0`,
      `conclude:concluded:${hashOf(make.ANN)}`,
      `conclude:concluded:${hashOf(make.BOB)}`,
    ]);
    expect(after.context.facts.refunded).toEqual({ reason: 4, abandonedIndex: 1 });
    expect(refusalOf(after, ({ context }) => make.final(context, hash))).toBe('event_ignored');
  });

  it('that cannot be paid waits for a person, who voids the match and pays back all of it', () => {
    const state = matchAfter(...started, called({ reason: REASON.timeout }));
    const hash = state.context.actions[0]?.hash ?? '';
    const waiting = taken(state, make.review(hash)).state;
    expect(moneyOf(waiting)).toBe('review');
    const voided = taken(waiting, ({ context }) => make.resolve(context, 'void')).state;
    expect(moneyOf(voided)).toBe('cancelling');
    const [refund] = voided.context.actions;
    expect(refund?.hash).not.toBe(hash);
    expect(make.signed(voided.context, refund?.hash ?? '').figures).toMatchObject({
      treasury: '0',
      refunds: [{ lamports: make.TERMS.entryFee }, { lamports: make.TERMS.entryFee }],
    });
  });
});

describe('a player who has gone', () => {
  const away = matchAfter(...started, make.away(make.BOB));
  const says = (userId: string, present: boolean, by: string) =>
    ({ ...make.away({ id: userId }), present, caller: { userId: by, role: 'player' } }) as const;

  it.each([
    ['is not reported by a rival', matchAfter(...started), says('ann', false, 'bob'), 'forbidden'],
    ['does not report himself', matchAfter(...started), says('bob', false, 'bob'), 'forbidden'],
    ['is not called back by another player', away, says('bob', true, 'cat'), 'forbidden'],
    ['has a seat', matchAfter(...started), says('cat', false, 'ann'), 'not_seated'],
    ['plays', matchAfter(...full), says('bob', false, 'ann'), 'not_seated'],
    ['is gone once only', away, says('bob', false, 'ann'), 'event_ignored'],
    ['comes back once only', matchAfter(...started), says('bob', true, 'bob'), 'event_ignored'],
  ])('%s', (_, state, event, code) => {
    expect(refusalOf(state, event)).toBe(code);
  });

  it('has five minutes from when it was said first, however often it is said', () => {
    const { effects } = taken(matchAfter(...started), make.away(make.BOB));
    expect(timersIn(effects).get('grace:bob')).toBe(make.AT + 300_000);
    const again = make.away(make.BOB, make.AT + 200_000);
    expect(refusalOf(away, again)).toBe('event_ignored');
    expect(away.context.absences).toEqual([{ userId: 'bob', until: make.AT + 300_000 }]);
  });

  it('is back by his own word, or by the host`s, and his clock stops', () => {
    for (const by of ['bob', 'ann']) {
      const { effects, state } = taken(away, says('bob', true, by));
      expect(timersIn(effects)).toEqual(new Map([['grace:bob', null]]));
      expect(state.context.absences).toEqual([]);
    }
  });

  it('forfeits alone: of several the first whose grace ends', () => {
    const both = matchAfter(...started, make.away(make.BOB), make.away(make.ANN, make.AT + 1));
    const { effects, state } = taken(both, ({ context }) => make.graceOver(context, make.BOB));
    expect(state.context.cancellation).toMatchObject({ abandonedUserId: 'bob' });
    expect(timersIn(effects)).toEqual(
      new Map([
        ['timeout', null],
        ['grace:bob', null],
        ['grace:ann', null],
      ]),
    );
  });
});
