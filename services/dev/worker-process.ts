/**
 * The Worker as a process on real workerd, which can be killed in earnest and started again: a bundle by itself
 * (`runtime.ts`), or the sources by `wrangler dev`, which restarts when they change.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevError } from './errors.ts';
import { freePort, LOOPBACK } from './ports.ts';
import { NODE_ARGUMENTS, quietEnvironment, ROOT, WRANGLER_CONFIG, wranglerScript } from './wrangler.ts';

/** A cold start boots workerd, and bundles first where it watches: some 3 s on two cores, more beside other work. */
const START_MS = 60_000;
const STOP_MS = 5_000;
/** Of the output, for the message when it dies. */
const TAIL = 4_000;
const GUARD = fileURLToPath(new URL('guard.ts', import.meta.url));
const RUNTIME = fileURLToPath(new URL('runtime.ts', import.meta.url));

export interface WorkerOptions {
  readonly port: number;
  /** Holds the objects' files and the logs; survives the process. */
  readonly folder: string;
  /** File of settings, with `NAME='value'` in each line. */
  readonly settings: string;
  /** Folder of the bundle to run (`makeRunnable`); null to bundle the sources and restart whenever they change. */
  readonly bundle: string | null;
  /** HTTP status of `/api/v1/health` that says that it is up; 200 if left out. */
  readonly readyStatus?: number;
  /** Each line that it prints. */
  readonly onLine?: (line: string) => void;
}

export class WorkerProcess {
  readonly url: string;
  /** Resolves when it ends, wanted or not; `unexpected` tells which. */
  readonly ended: Promise<{ readonly unexpected: boolean }>;
  readonly #child: ChildProcess;
  #tail = '';
  #stopping = false;

  private constructor(child: ChildProcess, { port, onLine }: WorkerOptions) {
    this.#child = child;
    this.url = `http://${LOOPBACK}:${port}`;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#tail = (this.#tail + text).slice(-TAIL);
        for (const line of text.split('\n')) if (line.trim() !== '') onLine?.(line);
      });
    }
    this.ended = once(child, 'exit').then(() => ({ unexpected: !this.#stopping }));
  }

  /** Resolves once it answers. Codes: `worker_failed`, `not_ready`. */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(await spawnRuntime(options), options);
    try {
      await worker.#ready(options.readyStatus ?? 200);
      return worker;
    } catch (error) {
      await worker.kill();
      throw error;
    }
  }

  get output(): string {
    return this.#tail;
  }

  /** As Ctrl-C does. What has not ended after `STOP_MS` is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#signal('SIGINT');
    const late = setTimeout(() => this.#signal('SIGKILL'), STOP_MS);
    if (!this.#gone()) await this.ended;
    clearTimeout(late);
    // Whoever started workerd ends before it does, by a moment.
    this.#signal('SIGKILL');
  }

  /** At once, with no word to the objects: as a power cut. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#signal('SIGKILL');
    if (!this.#gone()) await this.ended;
  }

  #gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** To the whole group: guard, workerd and who started it. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nothing is left of it.
    }
  }

  async #ready(status: number): Promise<void> {
    for (const end = Date.now() + START_MS; Date.now() < end; await pause(50)) {
      if (this.#gone()) throw new DevError('worker_failed', `the Worker ended at start:\n${this.#tail}`);
      const answer = await fetch(`${this.url}/api/v1/health`).catch(() => null);
      if (answer?.status === status) return;
    }
    throw new DevError('not_ready', `the Worker did not answer in ${START_MS} ms:\n${this.#tail}`);
  }
}

async function spawnRuntime(options: WorkerOptions): Promise<ChildProcess> {
  const command = options.bundle === null ? await wranglerDev(options) : runtime(options, options.bundle);
  return spawn(
    process.execPath,
    [...NODE_ARGUMENTS, GUARD, process.execPath, ...NODE_ARGUMENTS, ...command],
    {
      cwd: ROOT,
      detached: true,
      // Never written to: its end tells the guard that we are gone.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: quietEnvironment(options.folder),
    },
  );
}

function runtime({ port, folder, settings }: WorkerOptions, bundle: string): string[] {
  const places = ['--bundle', bundle, '--settings', settings, '--folder', folder];
  return [RUNTIME, '--port', String(port), ...places];
}

async function wranglerDev({ port, folder, settings }: WorkerOptions): Promise<string[]> {
  const args = ['dev', '--config', WRANGLER_CONFIG, '--local', '--ip', LOOPBACK, '--port', String(port)];
  args.push('--inspector-ip', LOOPBACK, '--inspector-port', String(await freePort()));
  args.push('--persist-to', join(folder, 'state'), '--env-file', settings, '--log-level', 'log');
  return [wranglerScript(), ...args, '--show-interactive-dev-session=false'];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
