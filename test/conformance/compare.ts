/** Finds where two chains answer differently, and holds that against the list of differences that are allowed. */

import type { Answers } from './interview.ts';

export interface Difference {
  readonly question: string;
  /** Path into the answer; list positions are written `[]`. */
  readonly path: string;
  readonly local: unknown;
  readonly judge: unknown;
}

export interface Allowed {
  /** The question, or `*` for all. */
  readonly question: string;
  /** The path, or its beginning. */
  readonly path: string;
  readonly reason: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareValues(question: string, path: string, local: unknown, judge: unknown): Difference[] {
  if (isObject(local) && isObject(judge)) {
    const keys = new Set([...Object.keys(local), ...Object.keys(judge)]);
    return [...keys].flatMap((key) => compareValues(question, `${path}.${key}`, local[key], judge[key]));
  }
  if (Array.isArray(local) && Array.isArray(judge) && local.length === judge.length) {
    return local.flatMap((item, index) => compareValues(question, `${path}[]`, item, judge[index]));
  }
  return JSON.stringify(local) === JSON.stringify(judge) ? [] : [{ question, path, local, judge }];
}

export function compareAnswers(local: Answers, judge: Answers): Difference[] {
  const questions = new Set([...local.keys(), ...judge.keys()]);
  return [...questions].flatMap((question) =>
    compareValues(question, '', local.get(question), judge.get(question)),
  );
}

function covers(allowed: Allowed, difference: Difference): boolean {
  if (allowed.question !== '*' && allowed.question !== difference.question) return false;
  const rest = difference.path.startsWith(allowed.path)
    ? difference.path.slice(allowed.path.length)
    : undefined;
  return rest === '' || rest?.startsWith('.') === true || rest?.startsWith('[') === true;
}

/** Differences that nothing allows, and allowances that nothing needs: both must be empty. */
export function judgeDifferences(
  found: readonly Difference[],
  allowed: readonly Allowed[],
): { unexpected: Difference[]; stale: Allowed[] } {
  return {
    unexpected: found.filter((difference) => !allowed.some((entry) => covers(entry, difference))),
    stale: allowed.filter((entry) => !found.some((difference) => covers(entry, difference))),
  };
}
