/** The page offers to take back what the view shows as not signed, to the player whose it is, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { LinkState, MatchView, MoneyState } from '../../../durable-objects/wire/views.ts';
import { joinToTakeBack, transfersToTakeBack } from '../../../services/console/take-back.ts';
import { depositView, matchView } from './fixtures.ts';

const UNSIGNED = ['queued', 'leased', 'offered'];
const SIGNED = ['signed', 'sent', 'landed', 'review'];

/** Bob's join in this state, beside one of alice's that is queued. */
function joined(state: string, change: Partial<MatchView> = {}): MatchView {
  const seat = (userId: string, action: string) =>
    ({ userId, action, state: 'reserved', stake: '1' }) as const;
  const open = (hash: string, its: string) => ({ hash, kind: 'join', state: its });
  const seats = [seat('alice', 'a'), seat('bob', 'b')];
  return { ...matchView, seats, openActions: [open('a', 'queued'), open('b', state)], ...change };
}

describe('a join', () => {
  it.each(UNSIGNED)('of the viewer that is %s can be taken back', (state) => {
    expect(joinToTakeBack(joined(state), 'bob')).toBe('b');
  });

  it.each(SIGNED)('that is %s cannot, though another player has one that can', (state) => {
    expect(joinToTakeBack(joined(state), 'bob')).toBeNull();
  });

  it('that is final has no open action, and cannot', () => {
    expect(joinToTakeBack(joined('queued', { openActions: [] }), 'bob')).toBeNull();
  });

  it('of somebody else is not for an operator, nor for whoever has no seat', () => {
    expect(joinToTakeBack(joined('queued'), 'operator')).toBeNull();
    expect(joinToTakeBack(joined('queued'), 'carol')).toBeNull();
  });

  it('can until the match is started, also where it is called off or waits for a person', () => {
    const may = (money: MoneyState) => joinToTakeBack(joined('queued', { money }), 'bob') !== null;
    expect((['lobby', 'funded', 'cancelling', 'review'] as const).filter(may)).toHaveLength(4);
    expect((['playing', 'settling', 'settled'] as const).filter(may)).toEqual([]);
  });

  it('can whatever the chain does, but not where an operator has to look', () => {
    const links: readonly LinkState[] = ['online', 'degraded', 'queued', 'reconciling', 'paused'];
    const may = links.filter((link) => joinToTakeBack(joined('queued', { link }), 'bob') !== null);
    expect(may).toEqual(['online', 'degraded', 'queued', 'reconciling']);
  });
});

describe('a deposit or a withdrawal', () => {
  const states = [...UNSIGNED, ...SIGNED];
  const openActions = states.map((state) => ({ hash: state, kind: 'withdraw', state }));
  const view = { ...depositView, openActions };

  it('can be taken back by its owner while nothing of it is signed, also where the deposit is frozen', () => {
    expect(transfersToTakeBack(view, 'alice')).toEqual(UNSIGNED);
    expect(transfersToTakeBack({ ...view, money: 'frozen', link: 'queued' }, 'alice')).toEqual(UNSIGNED);
  });

  it('cannot by anybody else, nor where an operator has to look', () => {
    expect(transfersToTakeBack(view, 'operator')).toEqual([]);
    expect(transfersToTakeBack({ ...view, link: 'paused' }, 'alice')).toEqual([]);
  });
});
