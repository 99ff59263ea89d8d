/** The Worker as one bundle, as a deployment would upload it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevError } from './errors.ts';
import { NODE_ARGUMENTS, quietEnvironment, ROOT, WRANGLER_CONFIG, wranglerScript } from './wrangler.ts';

export interface BundleOptions {
  readonly minify: boolean;
  /** Path of the `wrangler.toml`; the mirror's own if left out. */
  readonly config?: string;
}

/** Writes `worker.js` and its modules into the folder. Code: `build_failed`. */
export async function bundleWorker(
  folder: string,
  { minify, config = WRANGLER_CONFIG }: BundleOptions,
): Promise<void> {
  const logs = await mkdtemp(join(tmpdir(), 'money-match-bundle-'));
  const args = ['deploy', '--dry-run', '--outdir', folder, '--config', config];
  if (minify) args.push('--minify');
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, wranglerScript(), ...args], {
    cwd: ROOT,
    env: quietEnvironment(logs),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  await rm(logs, { recursive: true, force: true });
  if (code !== 0) throw new DevError('build_failed', `the Worker does not build:\n${output.slice(-4_000)}`);
}
