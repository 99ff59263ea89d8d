/**
 * A bundle of the Worker on workerd, with nothing before it. What `wrangler dev` adds for whoever edits the sources (a
 * proxy that outlives reloads, an inspector, a line for each request) takes as long as the Worker itself takes to
 * answer: figures would be Wrangler's. What it reads of the wrangler.toml is Wrangler's own reading.
 *
 *   node runtime.ts --port <n> --bundle <folder> --settings <env file> --folder <folder of objects and logs>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { LOOPBACK } from './ports.ts';
import { readOptions } from './runnable.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '' },
    bundle: { type: 'string', default: '' },
    settings: { type: 'string', default: '' },
    folder: { type: 'string', default: '' },
  },
});
const { port, bundle, settings, folder } = values;
// SAFETY: of each name that it lists it has the value.
const variables = parseEnv(readFileSync(settings, 'utf8')) as Record<string, string>;
const worker = await readOptions(bundle);
const modules = readdirSync(bundle)
  .filter((file) => file.endsWith('.wasm'))
  .map((file) => ({ type: 'CompiledWasm' as const, path: join(bundle, file) }));

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: LOOPBACK,
    port: Number(port),
    // Where Wrangler puts them: whoever reads the objects' files finds them under either.
    resourcePersistencePath: join(folder, 'state/v3'),
    resourceTmpPath: join(folder, 'tmp'),
    // The cron is fired by an address of this machine.
    unsafeTriggerHandlers: true,
    // Nothing is asked of the network.
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.WARN),
    logRequests: false,
    workers: [
      {
        ...worker,
        modulesRoot: bundle,
        modules: [{ type: 'ESModule', path: join(bundle, 'worker.js') }, ...modules],
        bindings: { ...worker.bindings, ...variables },
      },
    ],
  }),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void miniflare.dispose().finally(() => process.exit(0)));
await miniflare.ready;
