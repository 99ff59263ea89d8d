/**
 * The link region: how far this object may trust and touch the chain. It is the same for matches and deposits
 * (design: section 4). `decidedBy` is `chain` exactly in `online`.
 */
import type { Effect } from './effects.ts';
import { type Refusal, refusal } from './refusals.ts';

export type ChainLevel = 'online' | 'degraded' | 'down' | 'recovering';

export interface HealthEpoch {
  readonly generation: number;
  readonly counter: number;
}

export interface LinkContext {
  /** The newest verdict this object has seen; null until the first. */
  readonly epoch: HealthEpoch | null;
  readonly level: ChainLevel;
  /** Why a person has to look; set exactly in `paused`. */
  readonly pausedFor: string | null;
  /** Actions with a smaller order were accepted before the drain began: `online` waits for them to end. */
  readonly drain: number;
}

/** The monitor's verdict as an actor takes it. */
export interface ChainEvent {
  readonly type: 'chain.online' | 'chain.degraded' | 'chain.down' | 'chain.recovering';
  readonly at: number;
  readonly healthEpoch: HealthEpoch;
}

export type LinkEvent =
  | ChainEvent
  | {
      readonly type: 'operator.pause';
      readonly at: number;
      readonly operator: string;
      readonly reason: string;
    }
  | {
      readonly type: 'operator.resume';
      readonly at: number;
      readonly operator: string;
      readonly reason: string;
    };

export const initialLink: LinkContext = { epoch: null, level: 'down', pausedFor: null, drain: 0 };

export function isNewerEpoch(epoch: HealthEpoch, than: HealthEpoch | null): boolean {
  if (than === null) return true;
  return epoch.generation === than.generation
    ? epoch.counter > than.counter
    : epoch.generation > than.generation;
}

export function chainEventType(level: ChainLevel): ChainEvent['type'] {
  return `chain.${level}`;
}

function levelOf(type: ChainEvent['type']): ChainLevel {
  switch (type) {
    case 'chain.online':
      return 'online';
    case 'chain.degraded':
      return 'degraded';
    case 'chain.down':
      return 'down';
    case 'chain.recovering':
      return 'recovering';
  }
}

/** Comparison is asked for once the drain has ended and the chain is healthy; `online` is reached only by it. */
export function compareWork(inMs: number): Effect {
  return { type: 'work', key: 'compare', task: 'compare', body: null, inMs };
}

const note = { guard: 'isTaken', actions: 'apply' } as const;

function toward<Target extends string>(target: Target) {
  return { guard: 'isTaken', target, actions: 'apply' } as const;
}

const pausing = {
  'compare.mismatch': toward('paused'),
  'operator.pause': toward('paused'),
} as const;

/** A verdict that keeps the drain going: what may have become possible is tried, and the comparison asked for again. */
const carryOn = { guard: 'isTaken', actions: ['apply', 'wakeWork', 'askCompare'] } as const;

/**
 * The states of the region, for the machines to embed. Guards and actions are looked up by name in the machine's own
 * `setup`: `isTaken` refuses what the rules refuse (an older epoch too), `apply` does what the event does. From
 * `queued` and `degraded` the way back is always through `reconciling`.
 */
export const linkStates = {
  online: {
    on: {
      ...pausing,
      'chain.online': note,
      'chain.degraded': toward('degraded'),
      'chain.down': toward('queued'),
      'chain.recovering': toward('reconciling'),
    },
  },
  degraded: {
    entry: 'wakeWork',
    on: {
      ...pausing,
      'chain.online': toward('reconciling'),
      'chain.degraded': note,
      'chain.down': toward('queued'),
      'chain.recovering': toward('reconciling'),
    },
  },
  queued: {
    on: {
      ...pausing,
      'chain.online': toward('reconciling'),
      'chain.degraded': toward('degraded'),
      'chain.down': note,
      'chain.recovering': toward('reconciling'),
    },
  },
  reconciling: {
    entry: ['markDrain', 'wakeWork', 'askCompare'],
    // After a resume the last verdict may already say more than the state does.
    always: [
      { guard: 'levelIsDown', target: 'queued' },
      { guard: 'levelIsDegraded', target: 'degraded' },
    ],
    on: {
      ...pausing,
      'chain.online': carryOn,
      'chain.degraded': toward('degraded'),
      'chain.down': toward('queued'),
      'chain.recovering': carryOn,
      'compare.clean': toward('online'),
    },
  },
  paused: {
    // Verdicts are still noted, so that a resume knows the newest one; what was signed is looked up where that is possible.
    on: {
      'chain.online': { guard: 'isTaken', actions: ['apply', 'wakeWork'] },
      'chain.degraded': note,
      'chain.down': note,
      'chain.recovering': note,
      'operator.pause': note,
      'operator.resume': toward('reconciling'),
    },
  },
} as const;

/** The link part of what an event does; the same for every actor. */
export function applyToLink(link: LinkContext, event: LinkEvent): LinkContext {
  switch (event.type) {
    case 'operator.pause':
      return { ...link, pausedFor: event.reason };
    case 'operator.resume':
      return { ...link, pausedFor: null };
    default:
      return { ...link, epoch: event.healthEpoch, level: levelOf(event.type) };
  }
}

/** How the reason of a pause begins where the object was restored to an earlier point. */
export const RESTORED = 'restored to an earlier point';

/** What it signed may be forgotten: nothing of it is over, by the clock either, before the chain was asked. */
export function mayHaveForgotten({ pausedFor }: LinkContext): boolean {
  return pausedFor?.startsWith(RESTORED) === true;
}

/** `degraded` and up: something may be tried. */
export function mayTry(link: LinkContext): boolean {
  return link.level !== 'down' && link.pausedFor === null;
}

function isMoreOfAReason(reason: string, link: LinkContext): boolean {
  return reason.startsWith(RESTORED) && !mayHaveForgotten(link);
}

/** An older verdict is ignored (design: section 4). */
export function linkVerdict(link: LinkContext, event: LinkEvent): Refusal | null {
  switch (event.type) {
    case 'operator.pause':
      // A restore is more of a reason than any other.
      return link.pausedFor === null || isMoreOfAReason(event.reason, link)
        ? null
        : refusal('event_ignored', 'already paused');
    case 'operator.resume':
      return link.pausedFor !== null ? null : refusal('event_ignored', 'not paused');
    default:
      return isNewerEpoch(event.healthEpoch, link.epoch)
        ? null
        : refusal('event_ignored', 'an older verdict');
  }
}
