/** Durable commits a second of the kernel, beside a bare object that writes two rows; both in real workerd. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../services/dev/ports.ts';
import { makeRunnable } from '../../services/dev/runnable.ts';
import { WorkerProcess } from '../../services/dev/worker-process.ts';
import type { Effort } from './effort.ts';
import type { Comparison, Round } from './figures.ts';

const CONFIG = fileURLToPath(new URL('wrangler.toml', import.meta.url));

/** `batched`: many commits in one turn, which the platform makes durable together. `synced`: each by itself. */
type How = 'batched' | 'synced';

export async function benchCommits({ isQuick, progress }: Effort): Promise<readonly Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), 'money-match-bench-'));
  try {
    await makeRunnable(join(folder, 'bundle'), { minify: true, config: CONFIG });
    await writeFile(join(folder, 'dev.vars'), '');
    const worker = await WorkerProcess.start({
      port: await freePort(),
      folder,
      settings: join(folder, 'dev.vars'),
      bundle: join(folder, 'bundle'),
    });
    try {
      const size = isQuick ? { rounds: 3, commits: 50 } : { rounds: 9, commits: 1_000 };
      return [
        await compare(worker.url, 'synced', size, progress),
        await compare(worker.url, 'batched', size, progress),
      ];
    } finally {
      await worker.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function compare(
  url: string,
  how: How,
  { rounds, commits }: { readonly rounds: number; readonly commits: number },
  progress: (text: string) => void,
): Promise<Comparison> {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Whoever goes first may find the machine warmer or colder: they take turns at it.
    const order = round % 2 === 0 ? (['kernel', 'bare'] as const) : (['bare', 'kernel'] as const);
    const rates = { kernel: 0, bare: 0 };
    for (const kind of order) rates[kind] = await rateOf(url, `${kind}/${how}-${round}`, commits, how);
    measured.push({ ours: rates.kernel, beside: rates.bare });
    progress(`commits, ${how}, round ${round + 1} of ${rounds}`);
  }
  return {
    what: how === 'synced' ? 'durable commits, each synced' : 'durable commits, many in one turn',
    against: 'a bare object that writes two rows',
    unit: '/s',
    rounds: measured,
  };
}

/** Commits a second. The object is made, and its code warm, before the time runs. */
async function rateOf(url: string, object: string, commits: number, how: How): Promise<number> {
  await run(`${url}/${object}/20/${how}`);
  const started = performance.now();
  await run(`${url}/${object}/${commits}/${how}`);
  return (commits * 1_000) / (performance.now() - started);
}

async function run(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST' });
  const text = await answer.text();
  if (text !== 'ready') throw new Error(`${url}: ${answer.status} ${text}`);
}
