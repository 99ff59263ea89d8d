/**
 * Every threshold of the objects, with its default and its source. Times are ms. One factor (`scale`) shortens all
 * times together, so that tests and the demo live through an outage in seconds without changing what happens in it.
 */
import type { Timeouts } from '../machines/match/context.ts';
import {
  type HealthSettings,
  healthSettings,
  type PermitSettings,
  permitSettings,
} from './health/settings.ts';

export interface MirrorSettings {
  /** Play before the chain has the money, with PLATFORM seats only (design: section 3, rule 4). */
  readonly allowProvisionalPlay: boolean;
  /** How long a match waits for its players; fixed for a match when it is created. */
  readonly match: Timeouts;
  /** Open holds of one user, by count and by lamports (design: section 6, Limits). */
  readonly maxActionsPerUser: number;
  readonly maxLamportsPerUser: bigint;
  /** Holds, admissions, deposits and withdrawals of one user in an hour (I32); a bot is slowed, a player never notices. */
  readonly maxOperationsPerHour: number;
  /**
   * Open actions of one match, and lamports of its seats that are not final yet. Ten seats never come near the count;
   * the value is what ten players may have open at most, so that by itself it only stops a match whose single players
   * were allowed more. Lower, it bounds what one outage can leave undecided in one match.
   */
  readonly maxActionsPerMatch: number;
  readonly maxLamportsPerMatch: bigint;
  /** Joins of one player in one match, ended ones too: whoever comes and goes leaves rows each time. */
  readonly maxJoinsPerPlayer: number;
  /** While the chain is slow: one stake, and what one user may have open in holds and admissions. */
  readonly degradedMaxStake: bigint;
  readonly degradedMaxLamportsPerUser: bigint;
  /** How far ahead a player's `notAfter` may lie, and what the mirror sets where the client does not. */
  readonly maxNotAfterMs: number;
  /** Between two looks at a sent transaction; also the pace of rebroadcast. */
  readonly pollMs: number;
  /** First back-off of outbox work that failed; doubles with full jitter up to `backoffMaxMs`. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Tries of one outbox row before it is parked with an alert. */
  readonly maxTries: number;
  /** A lease on an outbox row; whoever finishes later finds it gone. */
  readonly leaseMs: number;
  /** The alarm re-arms itself this far ahead before it works (dead-man). */
  readonly deadManMs: number;
  /** Outbox rows worked in one alarm. */
  readonly alarmBatch: number;
  /** The second look-up of a proof of death comes this many finalized slots after the first (design: section 6). */
  readonly deathSlots: number;
  /** What waits for a wallet lapses this long after the chain can take it without a signature (design: section 6). */
  readonly walletLapseMs: number;
  /** A difference that may be one of timing gets its real class after this long (design: section 9). */
  readonly timingMs: number;
  /** A match's hold that is older than this without progress is an alert (design: section 6). */
  readonly staleHoldMs: number;
  /** A transaction that a history lists and no provider shows is an alert once its slot lies so far back. */
  readonly unseenSlots: number;
  readonly health: HealthSettings;
  /** How many actions may be under way at once while the link is not online. */
  readonly permits: PermitSettings;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Defaults of design sections 5, 6, 8 and 9, all times multiplied by `scale`. Player-facing limits are not scaled. */
export function mirrorSettings(scale = 1): MirrorSettings {
  const ms = (value: number): number => Math.max(1, Math.round(value * scale));
  return {
    allowProvisionalPlay: true,
    match: {
      // Three of the longest halts (platform facts: D2), so that no outage alone calls a match off.
      lobbyMs: 72 * HOUR,
      playMs: 24 * HOUR,
      // Figures, section 3: the grace to reconnect.
      graceMs: ms(5 * MINUTE),
      // Design section 6: the admission of a WALLET join.
      walletLapseMs: ms(10 * MINUTE),
    },
    maxActionsPerUser: 20,
    maxLamportsPerUser: 10_000_000_000n,
    maxOperationsPerHour: 60,
    maxActionsPerMatch: 64,
    maxLamportsPerMatch: 100_000_000_000n,
    maxJoinsPerPlayer: 20,
    degradedMaxStake: 1_000_000_000n,
    degradedMaxLamportsPerUser: 2_000_000_000n,
    maxNotAfterMs: 72 * HOUR,
    pollMs: ms(1 * SECOND),
    backoffMs: ms(1 * SECOND),
    backoffMaxMs: ms(60 * SECOND),
    maxTries: 20,
    leaseMs: ms(30 * SECOND) + 5 * SECOND,
    deadManMs: ms(30 * SECOND),
    alarmBatch: 32,
    deathSlots: 64,
    walletLapseMs: ms(600 * SECOND),
    timingMs: ms(120 * SECOND),
    staleHoldMs: 24 * HOUR,
    // A day at 400 ms a slot.
    unseenSlots: 216_000,
    health: healthSettings(ms),
    permits: permitSettings(ms),
  };
}
