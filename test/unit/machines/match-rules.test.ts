/** What a match refuses, with which code: each rule broken alone. */
import { describe, expect, it } from 'vitest';
import { feeBreakdown } from '../../../core/index.ts';
import { matchBehaviour } from '../../../durable-objects/match/behaviour.ts';
import { sealAction } from '../../../machines/pending-action.ts';
import * as make from '../../model/events.ts';
import {
  CREATE,
  full,
  hashOf,
  matchAfter,
  moneyOf,
  type Next,
  open,
  playing,
  refusalOf,
  seated,
} from './match-probing.ts';

describe('a match refuses to be created', () => {
  const blank = matchBehaviour.initial();
  const create = make.create('online');

  it.each([
    ['twice', matchAfter(create), create, 'match_exists'],
    [
      'by an action that was changed',
      blank,
      { ...create, action: { ...create.action, notAfter: 5 } },
      'action_hash_mismatch',
    ],
    [
      'for free',
      blank,
      make.create('online', make.epoch(1), { ...make.TERMS, entryFee: '0' }),
      'free_match_unsupported',
    ],
    [
      'where the whole pool overflows',
      blank,
      make.create('online', make.epoch(1), { ...make.TERMS, entryFee: (2n ** 63n).toString() }),
      'entry_fee_out_of_range',
    ],
    [
      'where no prize would be left',
      blank,
      make.create('online', make.epoch(1), { ...make.TERMS, platformFeeBps: 10_000 }),
      'entry_fee_out_of_range',
    ],
  ])('%s', (_, state, event, code) => {
    expect(refusalOf(state, event)).toBe(code);
  });
});

describe('a join is refused', () => {
  const joined = matchAfter(...open);
  const join = make.join(make.ANN);
  const shown = (total: bigint, bps = make.TERMS.platformFeeBps) => {
    const { totalEntry, platformFee, netPool } = feeBreakdown(total, bps);
    return {
      totalEntry: totalEntry.toString(),
      platformFee: platformFee.toString(),
      netPool: netPool.toString(),
    };
  };
  const fee = BigInt(make.TERMS.entryFee);
  const dan: make.Player = { ...make.CAT, id: 'dan', wallet: make.address(14), authority: make.address(24) };

  it.each([
    ['before the match exists', matchBehaviour.initial(), join, 'match_not_found'],
    ['while the match is paused', matchAfter(...open, make.pause()), join, 'match_paused'],
    [
      'for another user than signed',
      joined,
      { ...join, user: { ...join.user, id: 'eve' } },
      'action_hash_mismatch',
    ],
    [
      'by an action that was changed',
      joined,
      { ...join, action: { ...join.action, notAfter: 5 } },
      'action_hash_mismatch',
    ],
    ['with another fee than the match`s', joined, { ...join, entryFee: '1' }, 'entry_fee_mismatch'],
    ['with another payment method', joined, { ...join, paymentMethod: 0 }, 'payment_method_mismatch'],
    [
      'from a wallet, into a match of deposits',
      joined,
      make.join(make.paying(make.ANN, 'wallet')),
      'payment_method_mismatch',
    ],
    [
      'from a wallet that calls itself a deposit',
      joined,
      { ...make.join(make.paying(make.ANN, 'wallet')), paymentMethod: 1 },
      'payment_method_mismatch',
    ],
    ['a second time', matchAfter(...open, join), make.join(make.ANN, 1), 'already_seated'],
    [
      'by another user with the same deposit',
      matchAfter(...open, join),
      { ...make.join(make.BOB), authority: make.ANN.authority },
      'already_seated',
    ],
    [
      'by another user with the same wallet',
      matchAfter(...open, join),
      { ...make.join(make.BOB), user: { id: 'bob', wallet: make.ANN.wallet } },
      'already_seated',
    ],
    ['when every seat is taken', matchAfter(...full, ...seated(make.CAT)), make.join(dan), 'match_full'],
    ['with a notAfter that has passed', joined, { ...join, notAfter: make.AT }, 'not_after_out_of_range'],
    [
      'with a notAfter of more than 72 h',
      joined,
      { ...join, notAfter: make.AT + 72 * make.HOUR + 1 },
      'not_after_out_of_range',
    ],
    [
      'with the gross pool shown as the prize',
      joined,
      { ...join, feeBreakdown: shown(fee, 0) },
      'fee_breakdown_mismatch',
    ],
    [
      'with the pool of another number of seats',
      joined,
      { ...join, feeBreakdown: shown(2n * fee) },
      'fee_breakdown_mismatch',
    ],
    ['once the match is played', matchAfter(...playing), make.join(make.CAT), 'wrong_phase'],
    [
      'once the match is in review',
      matchAfter(...full, make.review(hashOf(make.BOB))),
      make.join(make.CAT),
      'match_in_review',
    ],
  ])('%s', (_, state, event, code) => {
    expect(refusalOf(state, event)).toBe(code);
  });

  it('not where the core`s own figures were shown', () => {
    expect(refusalOf(joined, { ...join, feeBreakdown: shown(fee) })).toBeNull();
  });
});

describe('a start is refused', () => {
  const start = make.start();

  it.each([
    [
      'to a player who is not the host',
      matchAfter(...full),
      { ...start, caller: { userId: 'bob', role: 'player' as const } },
      'forbidden',
    ],
    ['with too few seats', matchAfter(...open, ...seated(make.ANN)), start, 'not_enough_seats'],
    [
      'with seats that nobody has granted yet',
      matchAfter(...open, make.join(make.ANN), make.join(make.BOB)),
      start,
      'not_enough_seats',
    ],
    [
      'before `create` is final',
      matchAfter(make.create('down'), ...seated(make.ANN), ...seated(make.BOB)),
      start,
      'create_not_final',
    ],
    [
      'provisionally where that is not allowed',
      matchAfter(...full),
      { ...start, allowProvisional: false },
      'seats_not_final',
    ],
    ['while paused', matchAfter(...full, make.pause()), start, 'match_paused'],
    ['twice', matchAfter(...playing), make.start(1), 'wrong_phase'],
  ])('%s', (_, state, event, code) => {
    expect(refusalOf(state, event)).toBe(code);
  });

  it('not to an operator', () => {
    const caller = { userId: 'olga', role: 'operator' } as const;
    expect(refusalOf(matchAfter(...full), { ...start, caller })).toBeNull();
  });
});

describe('an action', () => {
  it('is signed five times at most, and then waits for a person', () => {
    const dies: Next[] = [
      ({ context }) => make.signed(context, CREATE),
      ({ context }) => make.attemptEnd('attempt.dead', context, CREATE),
    ];
    const four = matchAfter(make.create('online'), ...dies, ...dies, ...dies, ...dies);
    expect(moneyOf(four)).toBe('lobby');
    const five = matchAfter(make.create('online'), ...dies, ...dies, ...dies, ...dies, ...dies);
    expect(moneyOf(five)).toBe('review');
    expect(refusalOf(five, make.signed(five.context, CREATE))).toBe('event_ignored');
  });

  it('is not signed under an older verdict than the newest seen, nor while the chain is down or the match paused', () => {
    const state = matchAfter(make.create('online'), ({ context }) => make.verdict(context, 'online'));
    const signed = make.signed(state.context, CREATE);
    expect(refusalOf(state, { ...signed, healthEpoch: make.epoch(1) })).toBe('not_ready');
    expect(refusalOf(state, signed)).toBeNull();
    const down = matchAfter(make.create('online'), ({ context }) => make.verdict(context, 'down'));
    expect(refusalOf(down, make.signed(down.context, CREATE))).toBe('chain_unreadable');
    const paused = matchAfter(make.create('online'), make.pause());
    expect(refusalOf(paused, make.signed(paused.context, CREATE))).toBe('match_paused');
  });

  it('is not signed by the attempt of another', () => {
    const state = matchAfter(make.create('online'));
    const signed = make.signed(state.context, CREATE);
    const attempt = { ...signed.attempt, hash: sealAction({ ...make.start().action }).hash };
    expect(refusalOf(state, { ...signed, attempt })).toBe('action_hash_mismatch');
  });
});
