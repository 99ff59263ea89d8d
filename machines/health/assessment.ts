/**
 * What the probes say, as a pure function of the ring of samples (design: section 8). Tip progress is what counts: a
 * halted cluster answers, and a node that answers `getHealth` with ok may stand still (platform facts, trap 5).
 */
export interface ProbeSample {
  readonly provider: string;
  /** Unix ms. */
  readonly at: number;
  readonly ms: number;
  readonly ok: boolean;
  readonly slot: number | null;
  readonly finalizedSlot: number | null;
}

/** Defaults and their source: `durable-objects/settings.ts`. Times are ms. */
export interface HealthThresholds {
  /** `suspect`: tip stale for longer than this. */
  readonly suspectStaleMs: number;
  readonly suspectP95Ms: number;
  /** Failures in a row. */
  readonly suspectFailures: number;
  readonly degradedP95Ms: number;
  /** Per cent of the last `window` probes that failed; `degraded` is left at `recoveredErrorPercent` of `longWindow`. */
  readonly degradedErrorPercent: number;
  readonly recoveredErrorPercent: number;
  readonly finalityLagSlots: number;
  readonly downMs: number;
  readonly window: number;
  readonly longWindow: number;
  /** `healthy` needs `healthyWindows` in a row of `healthyWindowMs`, each with `healthyWindowProbes` and no failure. */
  readonly healthyWindowMs: number;
  readonly healthyWindows: number;
  readonly healthyWindowProbes: number;
}

/** Reasons are text for people; null where the condition does not hold. */
export interface Assessment {
  readonly suspect: string | null;
  readonly degraded: string | null;
  readonly down: string | null;
  /** The tip has moved in the newest samples: seen at least twice, since no state is left on one sample. */
  readonly progress: boolean;
  /** Nothing speaks against the chain any more, by the stricter thresholds for leaving `degraded`. */
  readonly clear: boolean;
  /** The windows in a row that `healthy` asks for. */
  readonly steady: boolean;
}

/**
 * `since`: when the present state was entered, since its windows start afresh there. `now` is Unix ms. Failures and
 * error rates are the best provider's: one provider down is not Solana down.
 */
export function assess(
  samples: readonly ProbeSample[],
  since: number,
  now: number,
  limits: HealthThresholds,
): Assessment {
  const best = bestProvider(samples, limits.window);
  const own = samples.filter((sample) => sample.provider === best);
  const recent = own.slice(-limits.window);
  const stale = standstill(samples, now);
  const p95 = slowness(recent.filter((sample) => sample.ok).map((sample) => sample.ms));
  const errors = errorPercent(recent);
  const lag = finalityLag(samples);
  const failures = failuresInARow(recent);
  const degraded = firstReason([
    [p95 > limits.degradedP95Ms, `p95 ${p95} ms`],
    [
      failuresIn(recent) >= limits.suspectFailures && errors > limits.degradedErrorPercent,
      `${errors} % of the last ${recent.length} probes failed`,
    ],
    [lag > limits.finalityLagSlots, `finality lags ${lag} slots`],
  ]);
  const suspect = firstReason([
    [stale > limits.suspectStaleMs, `no tip progress for ${stale} ms`],
    [p95 > limits.suspectP95Ms, `p95 ${p95} ms`],
    [failures >= limits.suspectFailures, `${failures} probes in a row failed`],
  ]);
  const providers = new Set(samples.map((sample) => sample.provider)).size;
  const down =
    stale >= limits.downMs
      ? `no tip progress for ${stale} ms at ${providers} of ${providers} providers`
      : null;
  return {
    suspect,
    degraded,
    down,
    progress: progressSeen(samples, since),
    clear:
      suspect === null &&
      degraded === null &&
      errorPercent(own.slice(-limits.longWindow)) <= limits.recoveredErrorPercent,
    steady: steadyWindows(own, since, now, limits),
  };
}

/** The provider with the fewest failures in its window, then the fastest: what a client would use. */
export function bestProvider(samples: readonly ProbeSample[], window: number): string | null {
  let best: { provider: string; errors: number; ms: number } | null = null;
  for (const provider of new Set(samples.map((sample) => sample.provider))) {
    const own = samples.filter((sample) => sample.provider === provider).slice(-window);
    const errors = errorPercent(own);
    const ms = percentile95(own.filter((sample) => sample.ok).map((sample) => sample.ms));
    if (best === null || errors < best.errors || (errors === best.errors && ms < best.ms))
      best = { provider, errors, ms };
  }
  return best?.provider ?? null;
}

export function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

/** The 95th percentile; of fewer than 20 values the second highest, since no state is left on one sample. */
function slowness(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(Math.ceil(sorted.length * 0.95) - 1, sorted.length - 2)] ?? 0;
}

/** The samples of each provider, oldest first. */
function byProvider(samples: readonly ProbeSample[]): readonly (readonly ProbeSample[])[] {
  return [...Map.groupBy(samples, (sample) => sample.provider).values()];
}

/** Samples at which the provider's own tip rose. Its first reading is no rise, nor is what a pool forgot and found again. */
function rises(own: readonly ProbeSample[]): readonly ProbeSample[] {
  let tip: number | null = null;
  return own.filter(({ slot }) => {
    const isRise = slot !== null && tip !== null && slot > tip;
    if (slot !== null && (tip === null || slot > tip)) tip = slot;
    return isRise;
  });
}

/**
 * For how long probes have seen no tip rise at any provider, ms. Each is measured against itself: one that is ahead, or
 * from another world, hides nobody's progress. The time runs from the first probe that saw none, so that a single bad one
 * of an idle monitor, a long time after the one before, says nothing yet.
 */
function standstill(samples: readonly ProbeSample[], now: number): number {
  const progressed = byProvider(samples).map((own) => (rises(own).at(-1) ?? own.find(hasSlot))?.at ?? -1);
  const newest = Math.max(-1, ...progressed);
  return now - (samples.find((sample) => sample.at > newest)?.at ?? now);
}

function hasSlot(sample: ProbeSample): boolean {
  return sample.slot !== null;
}

/** Two rises of one provider's tip since the state was entered. */
function progressSeen(samples: readonly ProbeSample[], since: number): boolean {
  return byProvider(samples).some((own) => rises(own).filter((sample) => sample.at > since).length >= 2);
}

/** In slots, at the provider where it is least, and the lesser of its last two: one provider's fault is not Solana's. */
function finalityLag(samples: readonly ProbeSample[]): number {
  const lags = byProvider(samples).flatMap((own) => {
    const known = own.flatMap(({ slot, finalizedSlot }) =>
      slot === null || finalizedSlot === null ? [] : slot - finalizedSlot,
    );
    return known.length < 2 ? [] : Math.min(...known.slice(-2));
  });
  return lags.length === 0 ? 0 : Math.min(...lags);
}

function failuresIn(samples: readonly ProbeSample[]): number {
  return samples.filter((sample) => !sample.ok).length;
}

function errorPercent(samples: readonly ProbeSample[]): number {
  if (samples.length === 0) return 0;
  return Math.round((failuresIn(samples) * 100) / samples.length);
}

function failuresInARow(samples: readonly ProbeSample[]): number {
  return samples.length - 1 - samples.findLastIndex((sample) => sample.ok);
}

/** Each of the last windows since `since` has enough probes, and none failed. */
function steadyWindows(
  own: readonly ProbeSample[],
  since: number,
  now: number,
  limits: HealthThresholds,
): boolean {
  if (now - since < limits.healthyWindows * limits.healthyWindowMs) return false;
  for (let index = 0; index < limits.healthyWindows; index += 1) {
    const end = now - index * limits.healthyWindowMs;
    const inside = own.filter((sample) => sample.at <= end && sample.at > end - limits.healthyWindowMs);
    if (inside.length < limits.healthyWindowProbes || inside.some((sample) => !sample.ok)) return false;
  }
  return true;
}

function firstReason(checks: readonly (readonly [boolean, string])[]): string | null {
  return checks.find(([holds]) => holds)?.[1] ?? null;
}
