/** A real Chromium, with a profile of its own that is gone afterwards, and nothing to say to the outside. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium } from 'playwright-core';

/** As distributions and vendors install it. Where none is, a packaged one is unpacked, which takes some seconds. */
const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** No sandbox, since tests may run as root in a container; the page is our own. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** `CHROMIUM` names another one: a path, or `packaged`. */
export async function startBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'money-match-browser-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const found = await findBrowser(folder);
    const options = { ...found, headless: true, args: FLAGS };
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), options);
    return {
      context,
      close: async () => {
        await context.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Found {
  readonly executablePath: string;
  readonly env?: NodeJS.ProcessEnv;
}

async function findBrowser(folder: string): Promise<Found> {
  const wanted = process.env.CHROMIUM;
  if (wanted !== undefined && wanted !== 'packaged') return { executablePath: wanted };
  const installed = wanted === 'packaged' ? undefined : INSTALLED.find((path) => existsSync(path));
  return installed === undefined ? await unpack(folder) : { executablePath: installed };
}

/**
 * With the libraries that the package brings for a machine on which no browser was ever installed. It unpacks into the
 * system's folder for temporary files, and would stay there.
 */
async function unpack(folder: string): Promise<Found> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const { default: packaged, inflate } = await import('@sparticuz/chromium');
    const executablePath = await packaged.executablePath();
    const module = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
    const libraries = await inflate(join(dirname(module), '../bin/al2023.tar.br'));
    return { executablePath, env: { ...process.env, LD_LIBRARY_PATH: join(libraries, 'lib') } };
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
