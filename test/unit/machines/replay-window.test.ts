import { describe, expect, it } from 'vitest';
import { mirrorSettings } from '../../../durable-objects/settings.ts';
import {
  allowed,
  grown,
  halved,
  openingWindow,
  rateLimited,
  worsened,
} from '../../../machines/health/window.ts';

const LIMITS = mirrorSettings().permits;
const NOW = 1_800_000_000_000;
const opening = openingWindow(LIMITS);
const sized = (size: number) => ({ ...opening, size });

describe('the replay window', () => {
  it('starts small and grows by one for each action that comes back, to the maximum', () => {
    let window = opening;
    for (let returned = 0; returned < 1_000; returned += 1) {
      const before = window.size;
      window = grown(window, LIMITS.max);
      expect(window.size).toBe(Math.min(LIMITS.max, before + 1));
    }
    expect(grown(sized(LIMITS.degradedMax), LIMITS.degradedMax).size).toBe(LIMITS.degradedMax);
  });

  it('is halved on trouble, once in a while, to the minimum', () => {
    const once = halved(sized(40), NOW, LIMITS);
    expect(once.size).toBe(20);
    expect(halved(once, NOW + LIMITS.halveMs - 1, LIMITS)).toBe(once);
    expect(halved(once, NOW + LIMITS.halveMs, LIMITS).size).toBe(10);
    expect(halved(sized(1), NOW, LIMITS).size).toBe(LIMITS.min);
  });

  it('has a ceiling that falls with a rate limit, and grows by one a round above it', () => {
    let window = rateLimited(sized(40), NOW, LIMITS);
    expect(window).toMatchObject({ size: 20, ceiling: 30 });
    for (let returned = 0; returned < 10; returned += 1) window = grown(window, LIMITS.max);
    expect(window.size).toBe(30);
    for (let returned = 0; returned < 29; returned += 1) window = grown(window, LIMITS.max);
    expect(window.size).toBe(30);
    expect(grown(window, LIMITS.max)).toMatchObject({ size: 31, ceiling: 31, round: 0 });
  });

  it('lets nothing go while the chain is down, few while it is degraded', () => {
    const wide = sized(100);
    expect(allowed(wide, 'down', LIMITS)).toBe(0);
    expect(allowed(wide, 'degraded', LIMITS)).toBe(LIMITS.degradedMax);
    expect(allowed(wide, 'recovering', LIMITS)).toBe(100);
    expect(allowed(wide, 'online', LIMITS)).toBe(100);
  });

  it('is halved when the chain worsens, and begins small after a halt', () => {
    expect(worsened(sized(100), 'degraded', NOW, LIMITS).size).toBe(50);
    expect(worsened(sized(100), 'down', NOW, LIMITS).size).toBe(LIMITS.start);
    expect(worsened(sized(1), 'down', NOW, LIMITS).size).toBe(LIMITS.min);
  });
});
