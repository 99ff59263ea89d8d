/**
 * Development is the only environment whose identity exists so far, and it takes everybody at their word. A Worker that
 * was given any other, or none, must answer nobody: not with a page, not with a match, not by its cron.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../services/dev/ports.ts';
import { WorkerProcess } from '../../services/dev/worker-process.ts';
import { ask, problemOf } from './support/http.ts';
import { eventually } from './support/mirror.ts';

const REFUSED = { status: 503, code: 'not_ready', retryable: true };

describe.each([
  ['none', ''],
  ['one with a capital', "ENVIRONMENT='Development'\n"],
])('a Worker whose environment is %s', (_what, settings) => {
  const log: string[] = [];
  let folder: string;
  let worker: WorkerProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'money-match-'));
    const file = join(folder, 'dev.vars');
    await writeFile(file, settings);
    worker = await WorkerProcess.start({
      port: await freePort(),
      folder,
      settings: file,
      bundle: inject('bundle'),
      readyStatus: REFUSED.status,
      onLine: (line) => void log.push(line),
    });
  });

  afterAll(async () => {
    await worker?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** The log comes by a pipe, and later than the answer. */
  const untilRefusals = (count: number): Promise<number> =>
    eventually(
      `${count} refusals are in the log`,
      async () => log.filter((line) => line.includes('"event":"environment_refused"')).length,
      (found) => found === count,
    );

  it('refuses everything with a code, and says so in its log', async () => {
    await untilRefusals(1); // Asked whether it is up.
    const paths = ['/', '/dist/app.js', '/api/v1/health', '/api/v1/matches', '/dev/genesis', '/dev/fund'];
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const told = await ask(worker, path, { method, as: 'operator', role: 'operator' });
        expect(problemOf(told)).toEqual(REFUSED);
      }
    }
    await untilRefusals(1 + 2 * paths.length);
  });

  it('does nothing in its cron, and says so in its log', async () => {
    const before = log.length;
    await fetch(`${worker.url}/cdn-cgi/local/scheduled?time=${Date.now()}`);
    await eventually(
      'it is in the log',
      async () => log.slice(before),
      (lines) => lines.some((line) => line.includes('"event":"environment_refused"')),
    );
    expect(log.some((line) => line.includes('"event":"state_sync"'))).toBe(false);
  });
});
