/**
 * Local chain and Worker, started together on free ports, each reachable only from this machine. What `npm start`, the
 * demo and the end-to-end tests run on: real workerd, a real SVM, HTTP between them.
 *
 * Every start makes a new chain (its genesis hash follows from a random seed), new keys and an empty folder for the
 * objects: what was mirrored from another chain must never be compared with this one.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMatchProgram, type RunningChain, startLocalChain } from '../local-chain/index.ts';
import { DEFAULT_ENDPOINT } from '../local-chain/server/faults.ts';
import { buildConsole } from './console.ts';
import { DevError } from './errors.ts';
import { freePort } from './ports.ts';
import { makeMirror } from './runnable.ts';
import { makeSecrets } from './secrets.ts';
import { WorkerProcess } from './worker-process.ts';

/** Not scaled as far as the rest: how fast this machine answers does not follow from the length of a slot. */
const RPC_TIMEOUT_MS = 2_000;

/** By the names that the settings give them: two providers are two endpoints of one chain, each with faults of its own. */
export const ENDPOINTS = { local: DEFAULT_ENDPOINT, b: 'b' } as const;
export type ProviderName = keyof typeof ENDPOINTS;

export interface StackOptions {
  readonly slotMs: number;
  /** Factor on every threshold of the mirror, in (0, 1]. */
  readonly scale: number;
  /** One if left out. With two, both must miss a transaction before it counts as absent, as in production. */
  readonly providers?: 1 | 2;
  readonly chainPort?: number;
  readonly workerPort?: number;
  /** Runs the sources, and restarts when they change; else a bundle made once, which nobody's editor disturbs. */
  readonly watch?: boolean;
  /** Folder of one that was made before (`makeMirror`); made for this stack alone if left out. */
  readonly bundle?: string;
  readonly onLine?: (line: string) => void;
  /** A last look at what ran, while it still runs; everything is stopped all the same where it rejects. */
  readonly beforeStop?: (stack: Stack) => Promise<void>;
}

export class Stack {
  readonly chain: RunningChain;
  readonly #options: StackOptions;
  readonly #folder: string;
  readonly #port: number;
  /** Removes the folder where this process ends before `stop` did. */
  readonly #atExit: () => void;
  #worker: WorkerProcess;

  private constructor(
    options: StackOptions,
    parts: { chain: RunningChain; folder: string; port: number; worker: WorkerProcess; atExit: () => void },
  ) {
    this.#options = options;
    this.chain = parts.chain;
    this.#folder = parts.folder;
    this.#port = parts.port;
    this.#worker = parts.worker;
    this.#atExit = parts.atExit;
  }

  /** Resolves once both answer and the program is ready for matches. Leaves nothing behind when it fails. */
  static async start(options: StackOptions): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'money-match-'));
    const atExit = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', atExit);
    let chain: RunningChain | null = null;
    let worker: WorkerProcess | null = null;
    try {
      if (options.watch === true) await buildConsole();
      else if (options.bundle === undefined) await makeMirror(ownBundle(folder));
      chain = await startChain(options);
      await writeFile(join(folder, 'dev.vars'), settingsText(options, chain), { mode: 0o600 });
      const port = options.workerPort ?? (await freePort());
      worker = await startWorker(options, folder, port);
      const stack = new Stack(options, { chain, folder, port, worker, atExit });
      await stack.#genesis();
      // The first pass of the cron, not a minute later: it wakes the monitor, and without it nothing could be created.
      await stack.tick();
      return stack;
    } catch (error) {
      await worker?.kill();
      await chain?.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      process.off('exit', atExit);
      throw error;
    }
  }

  get url(): string {
    return this.#worker.url;
  }

  get worker(): WorkerProcess {
    return this.#worker;
  }

  /** Holds the objects' SQLite files, in `state`; gone after `stop`. */
  get folder(): string {
    return this.#folder;
  }

  /** The whole runtime is killed, with no chance to tidy up. The chain goes on. */
  async killRuntime(): Promise<void> {
    await this.#worker.kill();
  }

  /** Again on the same files, the same port and the same settings. */
  async restartRuntime(): Promise<void> {
    this.#worker = await startWorker(this.#options, this.#folder, this.#port);
  }

  /** Fires the cron once, as the platform does every minute. */
  async tick(): Promise<void> {
    const answer = await fetch(`${this.url}/cdn-cgi/local/scheduled?time=${Date.now()}`);
    await answer.text();
  }

  async stop(): Promise<void> {
    try {
      await this.#options.beforeStop?.(this);
    } finally {
      await this.#worker.stop();
      await this.chain.close();
      await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
      process.off('exit', this.#atExit);
    }
  }

  /** Tried again where a Worker that watches its sources restarts at this very moment. May be repeated safely. */
  async #genesis(): Promise<void> {
    const request = { method: 'POST', headers: { 'x-dev-user': 'operator' } };
    let answer = '';
    for (let tries = 0; tries < 3; tries++) {
      const response = await fetch(`${this.url}/dev/genesis`, request);
      answer = `${response.status} ${await response.text()}`;
      if (response.ok) return;
    }
    throw new DevError('chain_failed', `genesis: ${answer}`);
  }
}

async function startChain({ slotMs, chainPort }: StackOptions): Promise<RunningChain> {
  return await startLocalChain({
    slotMs,
    programs: [loadMatchProgram()],
    seed: randomBytes(16).toString('hex'),
    ...(chainPort === undefined ? {} : { port: chainPort }),
  });
}

async function startWorker(
  { watch = false, bundle, onLine }: StackOptions,
  folder: string,
  port: number,
): Promise<WorkerProcess> {
  return await WorkerProcess.start({
    port,
    folder,
    settings: join(folder, 'dev.vars'),
    bundle: watch ? null : (bundle ?? ownBundle(folder)),
    ...(onLine === undefined ? {} : { onLine }),
  });
}

function ownBundle(folder: string): string {
  return join(folder, 'bundle');
}

/** With one provider there is one witness of absence: what the settings of production refuse (design: section 6). */
function settingsText({ scale, providers = 1 }: StackOptions, { rpcUrl, chain }: RunningChain): string {
  const { coordinator, custody } = makeSecrets();
  const all = Object.entries(ENDPOINTS).map(([name, endpoint]) => ({
    name,
    url: endpoint === DEFAULT_ENDPOINT ? rpcUrl : `${rpcUrl}/${endpoint}`,
  }));
  const settings = {
    ENVIRONMENT: 'development',
    SCALE: String(scale),
    RPC_PROVIDERS: JSON.stringify(all.slice(0, providers)),
    RPC_TIMEOUT_MS: String(Math.max(RPC_TIMEOUT_MS, 5_000 * scale)),
    ABSENCE_PROVIDERS: String(providers),
    CLUSTER: chain.genesisHash,
    COORDINATOR_SECRETS: JSON.stringify([coordinator]),
    CUSTODY_SECRET: custody,
    LOCAL_CHAIN: rpcUrl,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
