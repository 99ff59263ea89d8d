/** `npm run bench`: that it runs and leaves nothing behind. How fast anything is, no test asks. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../e2e/support/mirror.ts';
import { descendantsOf, stillRunning } from '../e2e/support/processes.ts';

const BENCH = fileURLToPath(new URL('../bench/main.ts', import.meta.url));

let folder: string;
let child: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'money-match-bench-test-'));
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Its files are in a folder of the test's own. */
function bench(...args: readonly string[]) {
  const env = { ...process.env, TMPDIR: folder };
  const running = spawn(process.execPath, [BENCH, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  running.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  child = running;
  const ended = once(running, 'close').then(([code]) => ({ code, ...said }));
  return { pid: running.pid ?? expect.unreachable('it was never started'), ended };
}

it('prints one table with ratios and the machine, and leaves neither process nor file behind', async () => {
  const { pid, ended } = bench('--quick', '--only', 'a');
  const processes = await eventually(
    'workerd runs',
    () => descendantsOf(pid),
    (found) => found.some(({ command }) => command.includes('workerd')),
  );
  const { code, out, err } = await ended;
  expect(code, err).toBe(0);
  const rows = out.split('\n').filter((line) => line.startsWith('| durable commits'));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/\| \d+\.\d\d \/ \d+\.\d\d \/ \d+\.\d\d \| 3 \|$/);
  expect(out).toMatch(/Machine: .*Node \d.*workerd \d/);
  await eventually(
    'everything has ended',
    () => stillRunning(processes),
    (running) => running.length === 0,
  );
  expect(await readdir(folder)).toEqual([]);
});

it('says what it takes, and refuses what it does not', async () => {
  expect(await bench('--help').ended).toMatchObject({ code: 0, out: expect.stringContaining('--only') });
  const { code, err } = await bench('--only', 'z').ended;
  expect(code).toBe(1);
  expect(err).toContain('--only takes a, b, c, not "z"');
});
