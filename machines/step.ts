/** What an event does to an actor: its new context, and the effects that follow. */
import type { BreakClass, Effect, Json, WorkEffect } from './effects.ts';

export interface Step<Context> {
  readonly context: Context;
  readonly effects: readonly Effect[];
}

/** One step after another; the effects add up in order. (Not `then`: a module that exports that name is a thenable.) */
export function andThen<Context>(
  step: Step<Context>,
  next: (context: Context) => Step<Context>,
): Step<Context> {
  const following = next(step.context);
  return { context: following.context, effects: [...step.effects, ...following.effects] };
}

export function answer(id: string, status: number, body: Json): Effect {
  return { type: 'record', row: 'answer', id, status, body };
}

/** Durable first: a row of the object, delivered from there (design: section 6, Limits). */
export function alert(
  cls: string,
  entity: string,
  severity: 'warning' | 'critical',
  message: string,
): Effect {
  return { type: 'record', row: 'alert', class: cls, entity, severity, message };
}

export function foundBreak(cls: BreakClass, entity: string, detail: string): Effect {
  return { type: 'record', row: 'break', class: cls, entity, detail };
}

/** The directory is told anew whether this object has anything to be told of, or reconciled. */
export const directoryWork: WorkEffect = {
  type: 'work',
  key: 'directory',
  task: 'directory',
  body: null,
  inMs: 0,
};

/** A step that asks for nothing. */
export function nothing<Context>(context: Context): Step<Context> {
  return { context, effects: [] };
}
