/** `npm start`: one command that starts everything, and leaves nothing behind however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, LOOPBACK } from '../../services/dev/ports.ts';
import { eventually, SLOT_MS } from './support/mirror.ts';
import { descendantsOf, type RunningProcess, stillRunning } from './support/processes.ts';

const START = fileURLToPath(new URL('../../services/dev/start.ts', import.meta.url));
const READY = 'Ctrl-C stops everything';

/** The command as it runs; its files are in a folder of the test's own. */
class Started {
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  out = '';
  err = '';

  constructor(args: readonly string[], folder: string) {
    const env = { ...process.env, TMPDIR: folder };
    this.#child = spawn(process.execPath, [START, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.ended = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
  }

  get pid(): number {
    return this.#child.pid ?? expect.unreachable('it was never started');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Until it has said this; rejects where it ends before. */
  async untilSaid(text: string): Promise<void> {
    const said = eventually(
      `it says "${text}"`,
      async () => this.out,
      (out) => out.includes(text),
    );
    const ended = this.ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${this.err}`)));
    await Promise.race([said, ended]);
  }
}

let folder: string;
let started: Started | null = null;
let processes: readonly RunningProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'money-match-start-'));
});

afterEach(async () => {
  started?.signal('SIGKILL');
  await started?.ended;
  started = null;
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Ports {
  readonly worker: number;
  readonly chain: number;
}

async function freePorts(): Promise<Ports> {
  // The chain takes two, one above the other: far from what the system hands out, one of them is hardly ever taken.
  return { worker: await freePort(), chain: 20_000 + 2 * (process.pid % 5_000) };
}

function start({ worker, chain }: Ports): Started {
  const ports = ['--port', `${worker}`, '--chain-port', `${chain}`];
  started = new Started([...ports, '--slot-ms', `${SLOT_MS}`, '--scale', '0.2'], folder);
  return started;
}

/** Up, with all that it runs. */
async function startWhole(): Promise<{ readonly command: Started; readonly ports: Ports }> {
  const ports = await freePorts();
  const command = start(ports);
  await command.untilSaid(READY);
  processes = await descendantsOf(command.pid);
  const names = processes.map(({ command: name }) => name).join('\n');
  expect(names).toContain('workerd');
  return { command, ports };
}

/** Of the process whose command has all of this in it, and is not the guard's, which names what it guards. */
function pidOf(...parts: readonly string[]): number {
  const fits = ({ command }: RunningProcess): boolean =>
    !command.includes('guard.ts') && parts.every((part) => command.includes(part));
  return processes.find(fits)?.pid ?? expect.unreachable(`no ${parts.join(' ')}`);
}

/** Processes need a moment to die after the one that they ended with. */
async function expectNothingLeft(): Promise<void> {
  await eventually(
    'every process of it is gone',
    () => stillRunning(processes),
    (left) => left.length === 0,
  );
}

describe('npm start', () => {
  it('says where everything is, serves it, and is gone after Ctrl-C', async () => {
    const { command, ports } = await startWhole();
    const url = `http://${LOOPBACK}:${ports.worker}`;
    for (const address of [`${url}/`, `${url}/api/v1`, `http://${LOOPBACK}:${ports.chain}`]) {
      expect(command.out).toContain(address);
    }
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await fetch(`${url}/dist/app.js`)).status).toBe(200);
    const health = await fetch(`${url}/api/v1/health`);
    expect(await health.json()).toMatchObject({ build: { environment: 'development', scale: 0.2 } });
    command.signal('SIGINT');
    expect(await command.ended).toBe(0);
    expect(command.err).toBe('');
    await expectNothingLeft();
    expect(readdirSync(folder)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('outlives a crash of the runtime; where the Worker ends, it ends with a message and everything else', async () => {
    const { command, ports } = await startWhole();
    const isUp = () => fetch(`http://${LOOPBACK}:${ports.worker}/api/v1/health`).then(({ ok }) => ok);
    // The one with an inspector runs our code; the other passes requests on to it. Wrangler starts it anew.
    process.kill(pidOf('workerd serve', '--inspector-addr'), 'SIGKILL');
    await eventually('it is back', isUp, (up) => up);
    processes = await descendantsOf(command.pid);
    process.kill(pidOf('cli.js dev'), 'SIGKILL');
    expect(await command.ended).toBe(1);
    expect(command.err).toContain('start: the Worker ended by itself');
    await expectNothingLeft();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes everything along when it is killed itself, and the chain in it', async () => {
    const { command } = await startWhole();
    command.signal('SIGKILL');
    expect(await command.ended).toBe('SIGKILL');
    await expectNothingLeft();
  });

  it('is gone after a Ctrl-C while it is still starting', async () => {
    const command = start(await freePorts());
    await command.untilSaid('Starting');
    processes = await eventually(
      'it has started something',
      () => descendantsOf(command.pid),
      (found) => found.length > 0,
    );
    command.signal('SIGINT');
    expect(await command.ended).toBe(130);
    await expectNothingLeft();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['worker', 'chain', 'socket'] as const)(
    'says so when the port of the %s is taken',
    async (which) => {
      const ports = await freePorts();
      const taken = which === 'worker' ? ports.worker : which === 'chain' ? ports.chain : ports.chain + 1;
      const server = createServer();
      await listen(server, taken);
      try {
        const command = start(ports);
        expect(await command.ended).toBe(1);
        expect(command.err).toMatch(new RegExp(`^start: port ${taken}, meant for .+, is taken`));
        expect(readdirSync(folder)).toEqual([]);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    },
  );

  it.each([
    ['--port', '0'],
    ['--port', 'x'],
    ['--chain-port', '65535'],
    ['--scale', '2'],
    ['--slot-ms', '-1'],
    ['--nonsense', '1'],
  ])('refuses %s %s with a message', async (name, value) => {
    started = new Started([name, value], folder);
    expect(await started.ended).toBe(1);
    expect(started.err).toMatch(/^start: /);
    expect(started.err).not.toContain('    at ');
  });
});

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, LOOPBACK, () => resolve());
  });
}
