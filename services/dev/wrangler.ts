/** Wrangler as this project runs it: from its own dependencies, and quiet towards the outside. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The mirror's own. */
export const WRANGLER_CONFIG = join(ROOT, 'wrangler.toml');

/** Warnings of tools that a tool uses are nobody's business here. */
export const NODE_ARGUMENTS = ['--no-warnings'];

/**
 * Path of the command's script, for `node`. Not `bin/wrangler.js`, which starts this one as a child and stands between
 * us and its signals.
 */
export function wranglerScript(): string {
  const manifest = createRequire(import.meta.url).resolve('wrangler/package.json');
  return join(dirname(manifest), 'wrangler-dist', 'cli.js');
}

/** Nothing leaves this machine, and no log is written outside `folder`. */
export function quietEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // The runtime's own scratch folders, which stay behind where it is killed.
    TMPDIR: folder,
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    // The banner is what asks a registry for newer versions.
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    WRANGLER_LOG_PATH: join(folder, 'logs'),
    WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
    CI: 'true',
    NO_COLOR: '1',
  };
}
