/** How rules are written: the first objection, or null where nothing stands against the event. */
import { type Refusal, type RefusalCode, refusal } from './refusals.ts';

export type Verdict = Refusal | null;

/** Refuses with `code` where a condition that must hold does not. */
export function unless(holds: boolean, code: RefusalCode, detail?: string): Verdict {
  return holds ? null : refusal(code, detail);
}

/** The first refusal, evaluated in order: identity before business. */
export function first(...checks: (() => Verdict)[]): Verdict {
  for (const check of checks) {
    const verdict = check();
    if (verdict !== null) return verdict;
  }
  return null;
}
