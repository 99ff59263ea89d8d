/**
 * The core on three grounds: compiled for the chain (the probe in the SVM), as `.wasm`, and natively. The same generated
 * cases go through all of them, and the answers must be the same bytes.
 *
 * `CASES` is the number of cases a function (default 300), `SEED` makes a failing run again. The native build answers by
 * its recorded digests, and itself where `CORE_PROBE_NATIVE` names its executable.
 */

import { describe, expect, it } from 'vitest';
import { chainProbe, nativeProbe } from './probe.ts';
import { FUNCTIONS, generate } from './three-way/functions.ts';
import { digest, readRecorded } from './three-way/record.ts';

const CASES = Number(process.env.CASES ?? 300);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const NATIVE = process.env.CORE_PROBE_NATIVE;

const recorded = readRecorded();
const chain = chainProbe();
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe.each(Object.entries(FUNCTIONS))('%s', (name, make) => {
  it(`is the same on chain, in WASM${NATIVE === undefined ? '' : ' and natively'}, over ${CASES} generated cases (seed ${SEED})`, {
    timeout: 300_000,
  }, () => {
    const cases = generate(make, SEED, CASES);
    const requests = cases.map((one) => one.request);
    const answers = chain(requests);
    const native = NATIVE === undefined ? answers : nativeProbe(NATIVE)(requests);
    let refusals = 0;
    cases.forEach((one, at) => {
      const answer = answers[at] ?? new Uint8Array();
      if (answer[0] !== 0) refusals += 1;
      const same = Buffer.compare(one.wasm(answer), answer) === 0 && hex(native[at]) === hex(answer);
      if (same) return;
      const sides = { chain: hex(answer), wasm: hex(one.wasm(answer)), native: hex(native[at]) };
      expect(sides, `case ${at}: ${hex(one.request)}`).toEqual({
        ...sides,
        chain: sides.wasm,
        native: sides.wasm,
      });
    });
    // A comparison of refusals only would prove little, and so would one without any.
    expect(refusals).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(0.7 * CASES);
  });

  it('answers the recorded cases as the native build did', () => {
    const cases = generate(make, recorded.seed, recorded.cases);
    const requests = cases.map((one) => one.request);
    const answers = chain(requests);
    expect(digest(answers)).toBe(recorded.answers[name]);
    expect(digest(cases.map((one, at) => one.wasm(answers[at] ?? new Uint8Array())))).toBe(
      recorded.answers[name],
    );
    if (NATIVE !== undefined) expect(digest(nativeProbe(NATIVE)(requests))).toBe(recorded.answers[name]);
  });
});
