/**
 * What the probes say, as a pure function of the ring of samples (design: section 8). Tip progress is what counts: a
 * halted cluster answers, and a node that answers `getHealth` with ok may stand still (platform facts, trap E5).
 */
import { type Dispute, isBelieved } from './agreement.ts';
import { byProvider, counted, finalityLag, type ProbeSample, progressSeen, standstill } from './samples.ts';

/** Defaults and their source: `durable-objects/health/settings.ts`. Times are ms. */
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
  /** What leads into a state is left at a stricter figure, so that nothing flaps at a threshold. */
  readonly recoveredP95Ms: number;
  readonly recoveredLagSlots: number;
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
  disputes: readonly Dispute[],
  since: number,
  now: number,
  limits: HealthThresholds,
): Assessment {
  const best = bestProvider(samples, limits);
  const own = counted(samples).filter((sample) => sample.provider === best);
  const recent = own.slice(-limits.window);
  const p95 = slowness(recent.filter((sample) => sample.ok).map((sample) => sample.ms));
  const errors = errorPercent(recent);
  const lag = finalityLag(samples) ?? 0;
  const failures = failuresInARow(recent);
  const tip = tipReasons(samples, now, limits);
  const dispute = disputes.find(isBelieved);
  const degraded = firstReason([
    [p95 > limits.degradedP95Ms, `p95 ${duration(p95)}`],
    [
      // Of a whole window, also where there are fewer samples yet: two of the first five are no rate.
      failuresIn(recent) * 100 > limits.degradedErrorPercent * limits.window,
      `${errors} % of the last ${recent.length} probes failed at the best provider`,
    ],
    [lag > limits.finalityLagSlots, `finality lags ${lag} slots`],
    [
      dispute !== undefined,
      `providers ${dispute?.between.join(' and ')} disagree at finalized slot ${dispute?.slot}`,
    ],
    [tip.blind !== null, tip.blind ?? ''],
  ]);
  const suspect = firstReason([
    [tip.stale !== null, tip.stale ?? ''],
    [p95 > limits.suspectP95Ms, `p95 ${duration(p95)}`],
    [failures >= limits.suspectFailures, `${failures} probes in a row failed at the best provider`],
  ]);
  return {
    suspect,
    degraded,
    down: tip.down,
    progress: progressSeen(samples, since),
    clear:
      suspect === null &&
      degraded === null &&
      p95 <= limits.recoveredP95Ms &&
      lag <= limits.recoveredLagSlots &&
      errorPercent(own.slice(-limits.longWindow)) <= limits.recoveredErrorPercent,
    steady: steadyWindows(own, since, now, limits),
  };
}

/**
 * The provider with the fewest failures in its window, then the fastest: what a client would use. An answer that comes too
 * late is no better than none: else one that answers each time and takes seconds would hide a quick one after the first
 * call that got lost. One that has not served us lately is not it, however good it was.
 */
export function bestProvider(
  samples: readonly ProbeSample[],
  { window, downMs, degradedP95Ms }: Pick<HealthThresholds, 'window' | 'downMs' | 'degradedP95Ms'>,
): string | null {
  const telling = counted(samples);
  const newest = Math.max(0, ...telling.map((sample) => sample.at));
  let best: { provider: string; errors: number; ms: number } | null = null;
  for (const all of byProvider(telling)) {
    const own = all.slice(-window);
    const last = own.at(-1);
    if (last === undefined || newest - last.at > downMs) continue;
    const errors = errorPercent(own.map((sample) => ({ ok: sample.ok && sample.ms <= degradedP95Ms })));
    const ms = percentile95(own.map((sample) => (sample.ok ? sample.ms : Number.POSITIVE_INFINITY)));
    if (best === null || errors < best.errors || (errors === best.errors && ms < best.ms))
      best = { provider: last.provider, errors, ms };
  }
  return best?.provider ?? null;
}

export function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

/**
 * `down` is "no tip progress at any provider, and nothing else" (design: section 8). Where a provider does not serve us,
 * its tip is unknown, and an unknown tip is not a standing one: then nobody can say `down`. Nor is it `online`, since a
 * chain that cannot be read does not decide (section 3): it is `degraded`, in which what is tried is tried at a pace that
 * spares the providers.
 */
function tipReasons(
  samples: readonly ProbeSample[],
  now: number,
  { suspectStaleMs, downMs }: HealthThresholds,
): { readonly stale: string | null; readonly blind: string | null; readonly down: string | null } {
  const { ms, providers, seen } = standstill(samples, now, downMs);
  const standing = `no tip progress for ${duration(ms)} at ${seen} of ${providers} providers`;
  const blind = `${standing}, and the tip is unknown at ${providers - seen}, which do not serve us`;
  const isLong = ms >= downMs;
  return {
    stale: ms > suspectStaleMs ? `no tip progress for ${duration(ms)}` : null,
    blind: isLong && seen < providers ? blind : null,
    down: isLong && seen === providers ? standing : null,
  };
}

/** "3.2 s": for people, to a tenth. */
function duration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** The 95th percentile; of fewer than 20 values the second highest, since no state is left on one sample. */
function slowness(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(Math.ceil(sorted.length * 0.95) - 1, sorted.length - 2)] ?? 0;
}

function failuresIn(samples: readonly Pick<ProbeSample, 'ok'>[]): number {
  return samples.filter((sample) => !sample.ok).length;
}

function errorPercent(samples: readonly Pick<ProbeSample, 'ok'>[]): number {
  if (samples.length === 0) return 0;
  return Math.round((failuresIn(samples) * 100) / samples.length);
}

function failuresInARow(samples: readonly ProbeSample[]): number {
  return samples.length - 1 - samples.findLastIndex((sample) => sample.ok);
}

/** How many times its length a window may last until it has its probes. */
const STRETCH = 3;

/**
 * Each of the last windows since `since` has enough probes, and none failed. Where another provider makes every round wait
 * until its time limit, they come more slowly, and the windows last longer: the chain is no worse for that.
 */
function steadyWindows(
  own: readonly ProbeSample[],
  since: number,
  now: number,
  limits: HealthThresholds,
): boolean {
  let end = now;
  for (let index = 0; index < limits.healthyWindows; index += 1) {
    const before = own.filter((sample) => sample.at <= end);
    const first = before.at(-limits.healthyWindowProbes);
    if (first === undefined || end - first.at >= STRETCH * limits.healthyWindowMs) return false;
    const start = Math.min(end - limits.healthyWindowMs, first.at - 1);
    if (start < since || before.some((sample) => sample.at > start && !sample.ok)) return false;
    end = start;
  }
  return true;
}

function firstReason(checks: readonly (readonly [boolean, string])[]): string | null {
  return checks.find(([holds]) => holds)?.[1] ?? null;
}
