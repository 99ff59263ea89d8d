/**
 * The circuit breaker of one provider: a pure state machine, kept in the monitor's rows, because in an isolate's memory
 * it would forget with every eviction (platform facts: trap E5). Failures in a row or a rate limit open it; once its time
 * is up the monitor's own probes are the trial; it closes after several successes in a row, and never after one: a
 * provider that is drowning answers now and then.
 */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Unix ms when this state was entered. What was met before says nothing of it. */
  readonly since: number;
  /** Unix ms; while open, not asked before. */
  readonly until: number;
  /** Why it is not closed. */
  readonly cause: 'rate_limited' | 'failed' | null;
  /** In a row. */
  readonly failures: number;
  readonly successes: number;
  /** Unix ms of the last failure that counted. */
  readonly failedAt: number;
  /** How often it opened without a calm spell in between: the back-off doubles with each. */
  readonly openings: number;
}

export interface BreakerLimits {
  /** Failures in a row that open it, and successes in a row that close it. */
  readonly failures: number;
  readonly successes: number;
  /** Failures closer together than this are one: many isolates meet the same. */
  readonly spacingMs: number;
  /** First back-off; doubles up to `maxOpenMs`. Closed for longer than that, it begins anew. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** A Retry-After beyond this is taken for this: until midnight is too long to not even look. */
  readonly maxRetryAfterMs: number;
}

export type Met =
  | { readonly kind: 'ok' }
  | { readonly kind: 'failed' }
  /** `retryAt`: Unix ms, from Retry-After; null where it did not say. */
  | { readonly kind: 'rate_limited'; readonly retryAt: number | null };

export const CLOSED: Breaker = {
  state: 'closed',
  since: 0,
  until: 0,
  cause: null,
  failures: 0,
  successes: 0,
  failedAt: 0,
  openings: 0,
};

/** An open breaker whose time is up is on trial. */
export function breakerAt(breaker: Breaker, now: number): Breaker {
  if (breaker.state !== 'open' || now < breaker.until) return breaker;
  return { ...breaker, state: 'half_open', since: breaker.until, successes: 0 };
}

/** The very same breaker where what was met changes nothing. */
export function breakerAfter(stored: Breaker, met: Met, at: number, limits: BreakerLimits): Breaker {
  const breaker = breakerAt(stored, at);
  if (at < breaker.since) return breaker;
  if (met.kind === 'ok') return succeeded(breaker, at, limits);
  if (met.kind === 'failed') return failed(breaker, at, limits);
  if (breaker.state !== 'open') return opened(breaker, 'rate_limited', met.retryAt, at, limits);
  const until = Math.max(breaker.until, untilOf(met.retryAt, breaker, at, limits));
  if (breaker.cause === 'rate_limited' && until === breaker.until) return breaker;
  return { ...breaker, cause: 'rate_limited', until };
}

export function reasonOf({ state, cause, failures }: Breaker): string | null {
  if (state === 'closed' || cause === null) return null;
  return cause === 'rate_limited' ? 'rate limited' : `${failures} failures`;
}

/** While it is open, a success is luck: the trial begins when its time is up. */
function succeeded(breaker: Breaker, at: number, limits: BreakerLimits): Breaker {
  if (breaker.state === 'open') return breaker;
  if (breaker.state === 'closed') return breaker.failures === 0 ? breaker : { ...breaker, failures: 0 };
  const successes = breaker.successes + 1;
  if (successes < limits.successes) return { ...breaker, successes };
  return { ...CLOSED, since: at, openings: breaker.openings };
}

function failed(breaker: Breaker, at: number, limits: BreakerLimits): Breaker {
  if (breaker.state === 'open') return breaker;
  const counted = { ...breaker, failures: breaker.failures + 1, failedAt: at };
  if (breaker.state === 'half_open') return opened(counted, 'failed', null, at, limits);
  if (at - breaker.failedAt < limits.spacingMs) return breaker;
  return counted.failures < limits.failures ? counted : opened(counted, 'failed', null, at, limits);
}

function opened(
  breaker: Breaker,
  cause: 'rate_limited' | 'failed',
  retryAt: number | null,
  at: number,
  limits: BreakerLimits,
): Breaker {
  const wasCalm = breaker.state === 'closed' && at - breaker.since > limits.maxOpenMs;
  const openings = wasCalm ? 1 : breaker.openings + 1;
  const next = { ...breaker, state: 'open', since: at, cause, successes: 0, openings } as const;
  return { ...next, until: untilOf(retryAt, next, at, limits) };
}

function untilOf(
  retryAt: number | null,
  { openings }: Breaker,
  at: number,
  { openMs, maxOpenMs, maxRetryAfterMs }: BreakerLimits,
): number {
  if (retryAt !== null) return Math.min(Math.max(retryAt, at), at + maxRetryAfterMs);
  // Past 2^20 the cap has long been reached, and a shift would overflow.
  return at + Math.min(maxOpenMs, openMs * 2 ** Math.min(openings - 1, 20));
}
