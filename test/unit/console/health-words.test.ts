import { describe, expect, it } from 'vitest';
import type { HealthView } from '../../../durable-objects/wire/views.ts';
import {
  breakerText,
  healthText,
  levelTone,
  paceText,
  reasonText,
  replayText,
} from '../../../services/console/health-words.ts';

const NOW = 1_800_000_000_000;
const provider: HealthView['providers'][number] = {
  name: 'a',
  slot: 7,
  ok: true,
  p95: 12,
  breaker: 'closed',
  until: 0,
  reason: null,
};
const replay = { window: 8, underWay: 3, waiting: 40, returned: 17 };

describe('what the page says of the chain', () => {
  it('names its state and where each provider is', () => {
    const providers = [provider, { ...provider, name: 'b', slot: null }];
    const view = { state: 'suspect', providers } as const;
    expect(healthText(view)).toBe('chain suspect, slot 7, –');
    expect(healthText({ ...view, providers: [] })).toBe('chain suspect');
    expect((['online', 'degraded', 'recovering', 'down'] as const).map(levelTone)).toEqual([
      'good',
      'warn',
      'warn',
      'bad',
    ]);
  });

  it('says once what state it is in', () => {
    expect(reasonText('down', 'down: no tip progress for 15 s')).toBe('no tip progress for 15 s');
    expect(reasonText('down', 'nobody has looked yet')).toBe('nobody has looked yet');
  });

  it('says of each provider whether it is asked, and if not why, and for how long', () => {
    expect(breakerText(provider, NOW)).toBe('asked');
    expect(breakerText({ ...provider, ok: false }, NOW)).toBe('asked, fails');
    const open = { ...provider, breaker: 'open', until: NOW + 12_001, reason: 'rate limited' } as const;
    expect(breakerText(open, NOW)).toBe('left alone for 13 s: rate limited');
    expect(breakerText({ ...open, until: NOW - 1 }, NOW)).toBe('left alone for 0 s: rate limited');
    expect(breakerText({ ...provider, breaker: 'half_open' }, NOW)).toBe('on trial');
  });

  it('says how fast slots come, once that is learned, and how far finality is behind', () => {
    expect(paceText({ slotMs: null, finality: null })).toBe('slot time not learned yet');
    expect(paceText({ slotMs: 401.6, finality: { slots: 32, ms: 12_851 } })).toBe(
      'a slot takes 402 ms; finality is 32 slots behind, 12.9 s',
    );
    expect(paceText({ slotMs: null, finality: { slots: 32, ms: null } })).toBe(
      'slot time not learned yet; finality is 32 slots behind',
    );
  });

  it('says how the replay goes, while there is one', () => {
    expect(replayText('online', replay)).toBeNull();
    expect(replayText('recovering', replay)).toBe('3 under way of 8 at once, 40 waiting, 17 done');
  });
});
