/** How a rule is broken: loudly, by its name. */
import type { ActorState } from '../../durable-objects/kernel/machine-port.ts';
import type { Effect } from '../../machines/effects.ts';
import type { MatchContext } from '../../machines/match/context.ts';

export type MatchState = ActorState<MatchContext>;

export interface Taken {
  readonly state: MatchState;
  readonly effects: readonly Effect[];
}

export class Violation extends Error {}

export function must(holds: boolean, rule: string): void {
  if (!holds) throw new Violation(rule);
}

/** Nothing is lost on the way through a row of SQLite: no bigint, no undefined, no NaN, no Map. */
export function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(isJson);
}

export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
