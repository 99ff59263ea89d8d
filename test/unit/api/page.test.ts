import { describe, expect, it } from 'vitest';
import { clientKeyText } from '../../../durable-objects/wire/requests.ts';
import type { MatchView } from '../../../durable-objects/wire/views.ts';
import { lamportsOf, solText } from '../../../services/console/sol.ts';
import { Timeline } from '../../../services/console/timeline.ts';
import { uuidV7 } from '../../../services/console/uuid.ts';
import { view } from './fixtures.ts';

describe('amounts on the page', () => {
  it.each([
    ['0', '0'],
    ['1', '0.000000001'],
    ['100000000', '0.1'],
    ['1000000000', '1'],
    ['1234567000000000', '1,234,567'],
    ['18446744073709551615', '18,446,744,073.709551615'],
  ])('%s lamports are %s SOL, to the last one', (lamports, sol) => {
    expect(solText(lamports)).toBe(sol);
    expect(lamportsOf(sol.replaceAll(',', ''))).toBe(lamports);
  });

  it.each(['', '-1', '1e3', '.5', '0.0000000001', '0,1', 'one', '1 SOL'])(
    '"%s" is no amount of SOL',
    (text) => {
      expect(lamportsOf(text)).toBeNull();
    },
  );
});

describe('the events of the page', () => {
  const told = (...views: readonly MatchView[]) => {
    const timeline = new Timeline();
    views.forEach((next, index) => {
      timeline.note(views[index - 1] ?? null, next, index);
    });
    return timeline.entries.map(({ text }) => text).toReversed();
  };
  const bob = { userId: 'bob', state: 'requested', stake: '1' } as const;

  it('say what changed, in the order in which it did', () => {
    const queued: MatchView = { ...view, seq: 4, link: 'queued', decidedBy: 'mirror' };
    const asked: MatchView = { ...queued, seq: 5, seats: [bob] };
    const held: MatchView = { ...asked, seq: 6, seats: [{ ...bob, state: 'reserved' }] };
    expect(told(view, queued, asked, held)).toEqual([
      'watching: lobby, online',
      'link: online → queued',
      'now decided by the mirror',
      'bob: seat requested',
      'bob: seat reserved',
    ]);
  });

  it('say that a seat was freed and an action has ended', () => {
    const before: MatchView = {
      ...view,
      seats: [bob],
      openActions: [{ hash: 'h', kind: 'join', state: 'sent' }],
    };
    expect(told(before, view).slice(1)).toEqual(['bob: seat freed', 'join: ended']);
  });

  it('are the newest two hundred, however long the page stays open', () => {
    const timeline = new Timeline();
    for (let n = 0; n < 500; n++) timeline.note(null, view, n);
    expect(timeline.entries).toHaveLength(200);
    expect(timeline.entries[0]?.at).toBe(499);
  });
});

describe('a client key of the page', () => {
  it('is one that the mirror takes, and never the same', () => {
    const keys = Array.from({ length: 100 }, uuidV7);
    for (const key of keys) expect(clientKeyText.safeParse(key).success).toBe(true);
    expect(new Set(keys).size).toBe(100);
  });
});
