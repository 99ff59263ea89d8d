/** A bundle together with what is needed to run it on this machine (`runtime.ts`): a folder that is made once, and read. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V4WorkerOptionsShape } from 'miniflare';
import { type BundleOptions, bundleWorker } from './bundle.ts';
import { buildConsole } from './console.ts';
import { WRANGLER_CONFIG } from './wrangler.ts';

const OPTIONS = 'worker-options.json';

/** The mirror with its page. Code: `build_failed`. */
export async function makeMirror(folder: string): Promise<void> {
  await buildConsole();
  await makeRunnable(folder, { minify: false });
}

/** Code: `build_failed`. */
export async function makeRunnable(folder: string, options: BundleOptions): Promise<void> {
  await bundleWorker(folder, options);
  // A second by itself: not for those who only run what is made.
  const { unstable_getMiniflareWorkerOptions: optionsIn } = await import('wrangler');
  const { modulesRules: _, ...worker } = optionsIn(options.config ?? WRANGLER_CONFIG).workerOptions;
  await writeFile(join(folder, OPTIONS), JSON.stringify(worker));
}

/** What the `wrangler.toml` says of bindings, objects and assets, as Miniflare takes it. */
export async function readOptions(folder: string): Promise<V4WorkerOptionsShape> {
  // SAFETY: written above.
  return JSON.parse(await readFile(join(folder, OPTIONS), 'utf8')) as V4WorkerOptionsShape;
}
