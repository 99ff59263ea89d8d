/**
 * How many actions may be under way at once while the link is not online (design: section 8, replay permits): additive
 * up, halved on trouble, so that the return after a halt finds out what the chain and the providers bear instead of
 * being a stampede (platform facts: trap E25). Pure; kept in the monitor's rows.
 */
export interface ReplayWindow {
  readonly size: number;
  /** Learned from rate limits: beyond it the window grows by one a round instead of one for each return. */
  readonly ceiling: number;
  /** Returns of the present round, while it is at the ceiling. */
  readonly round: number;
  /** Unix ms. */
  readonly halvedAt: number;
}

export interface WindowLimits {
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** While the chain is slow or erring. */
  readonly degradedMax: number;
  /** Halved at most once in so long: what was under way together meets the same trouble together. */
  readonly halveMs: number;
}

export function openingWindow({ start, max }: WindowLimits): ReplayWindow {
  return { size: start, ceiling: max, round: 0, halvedAt: 0 };
}

/** How many may be under way: none while the chain is down. */
export function allowed(
  { size }: ReplayWindow,
  level: 'online' | 'degraded' | 'down' | 'recovering',
  limits: WindowLimits,
): number {
  if (level === 'down') return 0;
  return level === 'degraded' ? Math.min(size, limits.degradedMax) : size;
}

/** An action has landed or ended. `most`: what is allowed at most at this level; nothing is learned beyond it. */
export function grown(window: ReplayWindow, most: number): ReplayWindow {
  if (window.size >= most) return window;
  if (window.size < window.ceiling) return { ...window, size: window.size + 1 };
  const round = window.round + 1;
  if (round < window.size) return { ...window, round };
  const size = window.size + 1;
  return { ...window, size, ceiling: size, round: 0 };
}

export function halved(window: ReplayWindow, at: number, limits: WindowLimits): ReplayWindow {
  return at - window.halvedAt < limits.halveMs ? window : half(window, at, limits);
}

/** A provider that served us says that this was too much: the ceiling falls to three quarters of what it was. */
export function rateLimited(window: ReplayWindow, at: number, limits: WindowLimits): ReplayWindow {
  const after = halved(window, at, limits);
  if (after === window) return window;
  return { ...after, ceiling: Math.max(limits.min, Math.floor((window.size * 3) / 4)) };
}

/** The chain has become slow or has stopped. After a halt the return begins small, whatever the last one came to bear. */
export function worsened(
  window: ReplayWindow,
  to: 'degraded' | 'down',
  at: number,
  limits: WindowLimits,
): ReplayWindow {
  const after = half(window, at, limits);
  return to === 'degraded' ? after : { ...after, size: Math.min(after.size, limits.start) };
}

function half(window: ReplayWindow, at: number, { min }: WindowLimits): ReplayWindow {
  return { ...window, size: Math.max(min, Math.floor(window.size / 2)), round: 0, halvedAt: at };
}
