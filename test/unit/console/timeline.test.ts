import { describe, expect, it } from 'vitest';
import type { MatchView } from '../../../durable-objects/wire/views.ts';
import { Timeline } from '../../../services/console/timeline.ts';
import { matchView } from './fixtures.ts';

function told(before: MatchView, after: MatchView): readonly string[] {
  const timeline = new Timeline();
  timeline.note(before, after, 0);
  return timeline.entries.map(({ text }) => text).toReversed();
}

const gone = { ...matchView, absent: [{ userId: 'bob', until: 1 }] };
const calledOff: MatchView = {
  ...matchView,
  money: 'cancelling',
  cancellation: { reason: 2, abandonedUserId: null, refunds: null },
};

describe('the events of the page', () => {
  it('say who has gone, and who is back', () => {
    expect(told(matchView, gone)).toEqual(['bob: gone']);
    expect(told(gone, matchView)).toEqual(['bob: back']);
  });

  it('say why a match is called off, and of nobody that they came back for that', () => {
    expect(told(gone, calledOff)).toEqual(['money: lobby → cancelling', 'called off: too few players']);
  });

  it('tell prizes from stakes that come back', () => {
    expect(told(matchView, { ...matchView, settlement: 's' })).toEqual(['prizes paid']);
    expect(told(calledOff, { ...calledOff, settlement: 's' })).toEqual(['stakes paid back']);
  });
});
