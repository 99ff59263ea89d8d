/** `npm run build`: bundles the Worker as it would be deployed, prints its size, and fails above the budget. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleWorker } from './bundle.ts';
import { buildConsole } from './console.ts';
import { DevError } from './errors.ts';
import { ROOT } from './wrangler.ts';

/** Design section 13; WASM included. */
const BUDGET_BYTES = 250 * 1024;
const OUT = join(ROOT, 'dist');

interface Size {
  readonly name: string;
  readonly raw: number;
  readonly gzipped: number;
}

/** What a deployment uploads: scripts and modules, no source maps and no notes. */
function measure(): readonly Size[] {
  return readdirSync(OUT)
    .filter((name) => /\.(js|mjs|wasm)$/.test(name))
    .map((name) => {
      const bytes = readFileSync(join(OUT, name));
      return { name, raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
    });
}

/** Answers the exit code. */
function report(sizes: readonly Size[]): number {
  const total = sizes.reduce(
    (sum, { raw, gzipped }) => ({ name: 'in all', raw: sum.raw + raw, gzipped: sum.gzipped + gzipped }),
    { name: 'in all', raw: 0, gzipped: 0 },
  );
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`.padStart(10);
  for (const { name, raw, gzipped } of [...sizes, total]) {
    process.stdout.write(`${name.padEnd(66)} ${kilobytes(raw)} raw ${kilobytes(gzipped)} gzipped\n`);
  }
  process.stdout.write(`${'budget'.padEnd(66)} ${' '.repeat(14)} ${kilobytes(BUDGET_BYTES)} gzipped\n`);
  // An empty folder would pass any budget.
  if (sizes.length === 0) return 1;
  return total.gzipped <= BUDGET_BYTES ? 0 : 1;
}

try {
  rmSync(OUT, { recursive: true, force: true });
  await buildConsole();
  await bundleWorker(OUT, { minify: true });
  process.exitCode = report(measure());
} catch (error) {
  process.stderr.write(`build: ${error instanceof DevError ? error.message : String(Object(error).stack)}\n`);
  process.exitCode = 1;
}
