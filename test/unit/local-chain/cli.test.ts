import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../services/local-chain/main.ts', import.meta.url));

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command; `until` stops it by SIGTERM once its output contains that. */
function run(args: string[], until?: string, env: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
      if (until !== undefined && out.includes(until)) child.kill('SIGTERM');
    });
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('the command', () => {
  it('starts, prints where it listens, and stops cleanly on SIGTERM', async () => {
    const { code, out, err } = await run(['--port', '0', '--slot-ms', '50', '--bare'], '/faults');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/RPC {8}http:\/\/127\.0\.0\.1:\d+\n/);
    expect(out).toContain('for development only');
  });

  it('explains itself', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('--slot-ms');
    expect(out).toContain('http://127.0.0.1:8899/b for two providers');
  });

  it('refuses bad flags with a message and code 2', async () => {
    for (const args of [
      ['--port', 'x'],
      ['--port', '65535'],
      ['--slot-ms', '0'],
      ['--nonsense'],
      ['stray'],
    ]) {
      const { code, out, err } = await run(args);
      expect([code, out], args.join(' ')).toEqual([2, '']);
      expect(err).toMatch(/^local-chain: .+\nTry --help\.\n$/s);
    }
  });

  it('says where it looked for the match program', async () => {
    const { code, err } = await run(['--port', '0'], undefined, {
      MATCH_PROGRAM_SO: '/nonexistent/program.so',
    });
    expect(code).toBe(2);
    expect(err).toContain('/nonexistent/program.so');
  });
});
