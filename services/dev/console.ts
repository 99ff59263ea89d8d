/** Bundles the page's code. The folder is named `dist`, which git ignores. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './wrangler.ts';

export async function buildConsole(): Promise<void> {
  await build({
    entryPoints: [join(ROOT, 'services/console/app.ts')],
    outfile: join(ROOT, 'services/console/public/dist/app.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
}
