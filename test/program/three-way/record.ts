/**
 * What the native build answers to a fixed set of cases, as one digest a function, so that `npm test` can hold the other
 * two against it without Rust. `node test/program/three-way/record.ts` writes the file; `npm run test:core` checks it.
 */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { frame, nativeProbe, type Probe } from '../probe.ts';
import { FUNCTIONS, generate } from './functions.ts';

const PATH = new URL('../../vectors/three-way.json', import.meta.url);
const EXECUTABLE = fileURLToPath(new URL('../../../target/debug/core-probe-native', import.meta.url));

export interface Recorded {
  readonly seed: number;
  readonly cases: number;
  /** SHA-256 of all answers, by function. */
  readonly answers: Readonly<Record<string, string>>;
}

export const digest = (answers: readonly Uint8Array[]): string =>
  createHash('sha256').update(frame(answers)).digest('hex');

export function readRecorded(): Recorded {
  // SAFETY: the file is written by this module.
  return JSON.parse(readFileSync(PATH, 'utf8')) as Recorded;
}

function record(native: Probe): Recorded {
  const [seed, cases] = [1, 500];
  const answers = Object.entries(FUNCTIONS).map(([name, make]) => [
    name,
    digest(native(generate(make, seed, cases).map((one) => one.request))),
  ]);
  return { seed, cases, answers: Object.fromEntries(answers) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const recorded = record(nativeProbe(process.env.CORE_PROBE_NATIVE ?? EXECUTABLE));
  writeFileSync(PATH, `${JSON.stringify(recorded, null, 2)}\n`);
}
