import { afterAll, describe, expect, it } from 'vitest';
import {
  loadMatchProgram,
  MATCH_PROGRAM_ID,
  matchProgramPath,
  startLocalChain,
} from '../../services/local-chain/index.ts';
import { compareAnswers, judgeDifferences } from './compare.ts';
import { ALLOWED } from './differences.ts';
import type { Answers } from './interview.ts';
import { interview } from './script.ts';
import { startJudge, unavailable } from './surfpool.ts';

/** The interview takes some 5 s; a chain that hangs must not hang the run. */
const TIMEOUT_MS = 60_000;

const stops: (() => unknown)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function askLocal(): Promise<Answers> {
  const chain = await startLocalChain({ slotMs: 50, programs: [loadMatchProgram()] });
  stops.push(() => chain.close());
  return interview(chain);
}

function askJudge(): Promise<Answers> {
  const judge = startJudge({ address: MATCH_PROGRAM_ID, path: matchProgramPath() });
  stops.push(() => judge.stop());
  return interview(judge);
}

if (unavailable !== undefined) process.stderr.write(`conformance: comparison skipped, ${unavailable}\n`);

describe('the local chain beside Surfpool', () => {
  it.skipIf(unavailable !== undefined)(
    'answers the same client script alike, but for the listed differences',
    async () => {
      const [local, judge] = [await askLocal(), await askJudge()];
      const { unexpected, stale } = judgeDifferences(compareAnswers(local, judge), ALLOWED);
      expect(unexpected, 'differences that are not on the list').toEqual([]);
      expect(stale, 'listed differences that no longer differ').toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('the comparison', () => {
  const answers = (body: unknown): Answers => new Map([['q', body]]);
  const found = compareAnswers(
    answers({ a: 1, list: [{ b: 1 }, { b: 2 }], gone: null }),
    answers({ a: 1, list: [{ b: 1 }, { b: 3 }], extra: { c: 1 } }),
  );

  it('finds values, missing and extra fields that differ, at any depth', () => {
    expect(found.map(({ path, local, judge }) => [path, local, judge])).toEqual([
      ['.list[].b', 2, 3],
      ['.gone', null, undefined],
      ['.extra', undefined, { c: 1 }],
    ]);
  });

  it('fails for a difference that is not listed and for an entry that differs no more', () => {
    const entry = (question: string, path: string) => ({ question, path, reason: 'for the test' });
    const { unexpected, stale } = judgeDifferences(found, [
      entry('q', '.list[]'),
      entry('*', '.extra'),
      entry('other', '.gone'),
      entry('q', '.a'),
      entry('*', '.ext'),
    ]);
    expect(unexpected.map((difference) => difference.path)).toEqual(['.gone']);
    expect(stale.map((allowed) => allowed.path)).toEqual(['.gone', '.a', '.ext']);
  });
});
