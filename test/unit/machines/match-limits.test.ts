/** What a match takes no more of, and what of it can be taken back: by count, by value, while slow, and in every state. */
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../machines/effects.ts';
import type { JoinRequested } from '../../../machines/match/events.ts';
import * as make from '../../model/events.ts';
import type { MatchState } from '../../model/invariants.ts';
import {
  asksIn,
  full,
  hashOf,
  keysIn,
  lands,
  matchAfter,
  moneyOf,
  open,
  playing,
  refusalOf,
  seated,
  taken,
  timersIn,
} from './match-probing.ts';

const FEE = BigInt(make.TERMS.entryFee);
const ANN = hashOf(make.ANN);

function reviewsIn(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.type === 'record' && effect.row === 'review' ? [effect.entity] : [],
  );
}

function endsIn(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.type === 'record' && effect.row === 'actionState' ? [`${effect.state} ${effect.detail}`] : [],
  );
}

describe('a join over the limit of its match', () => {
  const bob = (change: Partial<JoinRequested>): JoinRequested => ({ ...make.join(make.BOB), ...change });

  it.each<[string, Partial<JoinRequested>]>([
    ['by count', { maxActions: 1 }],
    ['by value', { maxLamports: (2n * FEE - 1n).toString() }],
  ])('%s is recorded for a person, holds nothing, and leaves the others alone', (_, change) => {
    const before = matchAfter(...open, ...seated(make.ANN));
    const { state, effects } = taken(before, bob(change));
    expect(reviewsIn(effects)).toEqual([hashOf(make.BOB)]);
    expect(endsIn(effects)).toEqual(['failed match_limit_reached']);
    expect(asksIn(effects)).toEqual([]);
    expect(state.context.seats).toEqual(before.context.seats);
    expect(state.context.actions).toEqual(before.context.actions);
    // The same player asks again, with another key, once there is room.
    expect(refusalOf(state, make.join(make.BOB, 1))).toBeNull();
  });

  it('is exactly beyond it: the last lamport and the last place are given', () => {
    const before = matchAfter(...open, ...seated(make.ANN));
    const { state } = taken(before, bob({ maxActions: 2, maxLamports: (2n * FEE).toString() }));
    expect(state.context.seats).toHaveLength(2);
  });

  it('is not one for a stake that is final: only what is undecided counts', () => {
    const before = matchAfter(...open, ...seated(make.ANN), ...lands(ANN));
    const { state } = taken(before, bob({ maxActions: 1, maxLamports: FEE.toString() }));
    expect(state.context.seats).toHaveLength(2);
  });

  it('is refused like any other first where it would be refused without the limit', () => {
    const state = matchAfter(...open, ...seated(make.ANN));
    expect(refusalOf(state, bob({ maxActions: 0, entryFee: '1' }))).toBe('entry_fee_mismatch');
    expect(refusalOf(state, { ...make.join(make.ANN, 1), maxActions: 0 })).toBe('already_seated');
  });

  it('leaves settlement alone: start, end and refund know no limit', () => {
    expect(moneyOf(matchAfter(...playing))).toBe('playing');
    expect(refusalOf(matchAfter(...open), bob({ earlier: 19 }))).toBeNull();
    expect(refusalOf(matchAfter(...open), bob({ earlier: 20 }))).toBe('too_many_joins');
  });
});

describe('a stake while the chain is slow', () => {
  const slow: MatchState = matchAfter(...open, ({ context }) => make.verdict(context, 'degraded'));
  const capped = { ...make.join(make.ANN), degradedMaxStake: (FEE - 1n).toString() };

  it('above the cap is refused for now, and at the cap it is taken', () => {
    expect(refusalOf(slow, capped)).toBe('stake_capped');
    expect(refusalOf(slow, { ...capped, degradedMaxStake: FEE.toString() })).toBeNull();
  });

  it.each(['online', 'down', 'recovering'] as const)('is not capped while the chain is %s', (level) => {
    const state = matchAfter(
      ...open,
      ({ context }) => make.verdict(context, 'degraded'),
      ({ context }) => make.verdict(context, level),
    );
    expect(refusalOf(state, capped)).toBeNull();
  });
});

describe('a join that its player takes back', () => {
  const goes = make.takeBack('ann', ANN);

  it.each<[string, MatchState]>([
    ['requested', matchAfter(...open, make.join(make.ANN))],
    ['reserved', matchAfter(...open, ...seated(make.ANN))],
    ['leased', matchAfter(...open, ...seated(make.ANN), make.leased(ANN))],
    [
      'queued in an outage',
      matchAfter(...open, ...seated(make.ANN), ({ context }) => make.verdict(context, 'down')),
    ],
    [
      'queued again, its only attempt dead',
      matchAfter(
        ...open,
        ...seated(make.ANN),
        ({ context }) => make.signed(context, ANN),
        ({ context }) => make.attemptEnd('attempt.dead', context, ANN),
      ),
    ],
    ['reserved beside another that a person looks at', matchAfter(...full, make.review(hashOf(make.BOB)))],
  ])('%s ends at once: the seat is free, and its hold is given back once', (_, state) => {
    const after = taken(state, goes);
    expect(after.state.context.seats.map(({ userId }) => userId)).not.toContain('ann');
    expect(endsIn(after.effects)).toEqual(['cancelled the player took it back']);
    expect(asksIn(after.effects)).toEqual([`release:release:${ANN}`]);
    expect(timersIn(after.effects).get(`expire:${ANN}`)).toBeNull();
    expect(refusalOf(after.state, goes)).toBe('not_seated');
  });

  const signed = matchAfter(...open, ...seated(make.ANN), ({ context }) => make.signed(context, ANN));
  const landed = taken(signed, ({ context }) => make.moved('action.landed', context, ANN)).state;
  it.each<[string, MatchState, string]>([
    ['signed', signed, 'attempts_outstanding'],
    ['landed', landed, 'attempts_outstanding'],
    ['final', taken(landed, ({ context }) => make.final(context, ANN)).state, 'join_final'],
    ['played', matchAfter(...playing), 'join_played'],
    ['with a person', matchAfter(...full, make.review(ANN)), 'match_in_review'],
    ['of a paused match', matchAfter(...full, make.pause()), 'match_paused'],
  ])('%s is kept, and told why', (_, state, code) => {
    expect(refusalOf(state, goes)).toBe(code);
  });

  it('is nobody else`s: neither by name nor by hash', () => {
    const state = matchAfter(...full);
    expect(refusalOf(state, make.takeBack('bob', ANN))).toBe('not_seated');
    expect(refusalOf(state, make.takeBack('eve', null))).toBe('not_seated');
    expect(refusalOf(state, { ...make.takeBack('ann', '0'.repeat(64)), ended: 'expired' })).toBe(
      'action_ended',
    );
  });

  it('makes a funded match a lobby again, and asks for the comparison that waited for it', () => {
    const waiting = matchAfter(...full, ({ context }) => make.verdict(context, 'recovering'));
    const first = taken(waiting, make.takeBack('bob', hashOf(make.BOB)));
    expect(moneyOf(first.state)).toBe('lobby');
    expect(keysIn(taken(first.state, goes).effects)).toContain('compare');
  });
});

describe('the time of a wallet', () => {
  const ann = make.paying(make.ANN, 'wallet');
  const { hash } = make.joinAction(ann);
  const asked = matchAfter(
    make.create('online', make.epoch(1), make.WALLET_TERMS),
    ...lands(make.createAction(make.WALLET_TERMS).hash),
    make.join(ann),
    make.granted(hash),
    ({ context }) => make.offered(context, hash),
  );
  const lapsesAt = ({ context }: MatchState) => context.seats[0]?.lapsesAt ?? 0;

  it('begins anew when the chain is back, and only then', () => {
    const first = lapsesAt(asked);
    const at = first - 1;
    const slow = taken(asked, ({ context }) => ({ ...make.verdict(context, 'degraded'), at })).state;
    expect(lapsesAt(slow)).toBe(first);
    const down = taken(slow, ({ context }) => ({ ...make.verdict(context, 'down'), at })).state;
    expect(lapsesAt(down)).toBe(first);
    const back = taken(down, ({ context }) => ({ ...make.verdict(context, 'recovering'), at }));
    const whole = at + make.TERMS.timeouts.walletLapseMs;
    expect(lapsesAt(back.state)).toBe(whole);
    expect(timersIn(back.effects).get(`lapse:${hash}`)).toBe(whole);
    const well = taken(back.state, ({ context }) => ({
      ...make.verdict(context, 'online'),
      at: at + 5,
    })).state;
    expect(lapsesAt(well)).toBe(whole);
  });
});
