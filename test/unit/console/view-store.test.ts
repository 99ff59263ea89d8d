import { describe, expect, it } from 'vitest';
import type { MatchView, ServerFrame } from '../../../durable-objects/wire/views.ts';
import { createViewStore } from '../../../services/console/view-store.ts';
import { matchView } from './fixtures.ts';

const view = (seq: number): MatchView => ({ ...matchView, seq });

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

  describe('of what a wallet is asked', () => {
    const request = { action: 'h', wallet: 'w', transaction: 't', lastValidBlockHeight: 9 };
    const ask = (seq: number, transaction = 't'): ServerFrame => ({
      type: 'signRequest',
      seq,
      ...request,
      transaction,
    });
    const join = (state: string) => ({ openActions: [{ hash: 'h', kind: 'join', state }] });
    const offered = [full(3), delta(3, 4, join('offered')), ask(4)];

    it('comes in a frame of its own, once', () => {
      expect(shownAfter(...offered).view?.signRequests).toEqual([request]);
      expect(shownAfter(...offered, ask(4)).view).toEqual(shownAfter(...offered).view);
    });

    it('is replaced by the next one for the same action', () => {
      expect(shownAfter(...offered, ask(5, 'u')).view?.signRequests).toEqual([
        { ...request, transaction: 'u' },
      ]);
    });

    it('stays while its action waits for the wallet, and is gone as soon as it does not', () => {
      const paused = delta(4, 5, { pausedFor: 'x' });
      expect(shownAfter(...offered, paused).view?.signRequests).toEqual([request]);
      expect(shownAfter(...offered, delta(4, 5, join('signed'))).view?.signRequests).toEqual([]);
    });
  });
});
