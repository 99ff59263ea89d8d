/** The monitor's thresholds, with their defaults (design: section 8). Times are ms. */
import type { HealthThresholds } from '../../machines/health/assessment.ts';
import type { BreakerLimits } from '../../machines/health/breaker.ts';
import type { WindowLimits } from '../../machines/health/window.ts';

export interface HealthSettings extends HealthThresholds {
  /** Pace of probing with a doubt or somebody waiting, and without. */
  readonly probeBusyMs: number;
  readonly probeIdleMs: number;
  /** The monitor repeats its verdict to every shard at this pace. */
  readonly repeatMs: number;
  /** A shard's copy older than this is asked again before it is used. */
  readonly staleVerdictMs: number;
  /** What a slot may last; whatever looks longer or shorter is not learned from. */
  readonly minSlotMs: number;
  readonly maxSlotMs: number;
  readonly breaker: BreakerLimits;
}

export interface PermitSettings extends WindowLimits {
  /** A lease that is not renewed ends: an owner that died must not hold its place for good. */
  readonly leaseMs: number;
  /** The longest that an asker who was refused is told to wait. */
  readonly retryMaxMs: number;
}

const SECOND = 1_000;

export function healthSettings(ms: (value: number) => number): HealthSettings {
  return {
    probeBusyMs: ms(2 * SECOND),
    probeIdleMs: ms(15 * SECOND),
    suspectStaleMs: ms(5 * SECOND),
    // A provider's latency does not shrink with the clock of a test: not scaled.
    suspectP95Ms: 1.5 * SECOND,
    recoveredP95Ms: 1.2 * SECOND,
    suspectFailures: 2,
    degradedP95Ms: 3 * SECOND,
    degradedErrorPercent: 20,
    recoveredErrorPercent: 5,
    finalityLagSlots: 64,
    // Between it and the 32 slots that finality takes anyway (platform facts: D1).
    recoveredLagSlots: 48,
    downMs: ms(15 * SECOND),
    window: 20,
    longWindow: 60,
    healthyWindowMs: ms(10 * SECOND),
    healthyWindows: 3,
    healthyWindowProbes: 3,
    repeatMs: ms(15 * SECOND),
    staleVerdictMs: ms(30 * SECOND),
    // The chain's own pace: not scaled. Mainnet goes from 400 to 250 ms (platform facts: D1), local chains have 50.
    minSlotMs: 20,
    maxSlotMs: 2 * SECOND,
    breaker: {
      failures: 5,
      successes: 3,
      spacingMs: ms(1 * SECOND),
      openMs: ms(5 * SECOND),
      maxOpenMs: ms(60 * SECOND),
      maxRetryAfterMs: ms(600 * SECOND),
    },
  };
}

export function permitSettings(ms: (value: number) => number): PermitSettings {
  return {
    start: 4,
    min: 1,
    // An action costs its provider some ten calls until it has landed: about the budget of a usual plan.
    max: 128,
    degradedMax: 8,
    halveMs: ms(10 * SECOND),
    // The life of a blockhash, 150 blocks at 400 ms, and half as much again.
    leaseMs: ms(90 * SECOND) + 2 * SECOND,
    retryMaxMs: ms(60 * SECOND),
  };
}
