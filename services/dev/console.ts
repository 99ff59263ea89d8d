/** Bundles the page's code. The folder is named `dist`, which git ignores. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './wrangler.ts';

const OUT = join(ROOT, 'services/console/public/dist/app.js');

/** Leaves a file alone that is as it should be: a Worker that serves it restarts whenever it is written. */
export async function buildConsole(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'services/console/app.ts')],
    outfile: OUT,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text).join('');
  if ((await readFile(OUT, 'utf8').catch(() => null)) === text) return;
  await mkdir(dirname(OUT), { recursive: true });
  await writeFile(OUT, text);
}
