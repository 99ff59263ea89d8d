import { describe, expect, it } from 'vitest';
import type { MatchView, ServerFrame } from '../../../durable-objects/wire/views.ts';
import { createViewStore } from '../../../services/console/view-store.ts';

const view = (seq: number): MatchView => ({
  matchId: 'm',
  matchPda: 'p',
  seq,
  money: 'lobby',
  link: 'online',
  decidedBy: 'chain',
  gameType: 0,
  entryFee: '1',
  paymentMethod: 1,
  minPlayers: 2,
  maxPlayers: 4,
  seats: [],
  feeBreakdown: { totalEntry: '0', platformFee: '0', netPool: '0' },
  provisional: true,
  openActions: [],
  result: null,
  settlement: null,
  pausedFor: null,
});

const full = (seq: number): ServerFrame => ({ type: 'view', seq, view: view(seq) });
const delta = (since: number, seq: number, changes: Partial<MatchView>): ServerFrame => ({
  type: 'delta',
  since,
  seq,
  changes,
});

function shownAfter(...frames: ServerFrame[]) {
  const store = createViewStore();
  for (const frame of frames) store.trigger.frame({ frame });
  return store.getSnapshot().context;
}

describe('what the page knows of a match', () => {
  it('begins with a full view, and continues with what changed', () => {
    const shown = shownAfter(full(3), delta(3, 4, { money: 'funded' }), delta(4, 5, { link: 'queued' }));
    expect(shown).toEqual({ view: { ...view(5), money: 'funded', link: 'queued' }, hasGap: false });
  });

  it('is nothing before the first view', () => {
    expect(shownAfter(delta(3, 4, { money: 'funded' })).view).toBeNull();
  });

  it('leaves a delta alone that its view has in it already', () => {
    expect(shownAfter(full(4), delta(3, 4, { money: 'funded' })).view).toEqual(view(4));
  });

  it('says where frames were missed, until the next full view', () => {
    const missed = [full(3), delta(5, 6, { money: 'playing' })];
    expect(shownAfter(...missed)).toEqual({ view: view(3), hasGap: true });
    expect(shownAfter(...missed, full(6))).toEqual({ view: view(6), hasGap: false });
  });
});
