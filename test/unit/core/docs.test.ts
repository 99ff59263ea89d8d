import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(`${root}docs/consuming-the-wasm.md`, 'utf8');

/** The block that the page marks so: ```` ```ts node ````. */
function block(mark: string): string {
  const [, rest] = page.split(`\`\`\`${mark}\n`);
  const [content] = rest?.split('```') ?? [];
  if (content === undefined) throw new Error(`no block ${mark}`);
  return content;
}

/** What a program prints that is run in the repository's folder. */
function printed(type: string, code: string): string {
  const args = ['--no-warnings', `--input-type=${type}`, '--eval', code];
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

async function bundled(code: string, conditions: string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    // Not a file of Node's is found on this platform.
    platform: 'browser',
    conditions,
    external: ['*.wasm'],
  });
  return outputFiles[0]?.text ?? '';
}

describe('the page about the WASM', () => {
  it('has a snippet for Node that prints what it says', () => {
    expect(printed('module-typescript', block('ts node'))).toBe(block('text node'));
  });

  it('has a snippet without the door that prints what it says', () => {
    expect(printed('module', block('js plain'))).toBe(block('text plain'));
  });

  it('has a snippet for a browser that needs nothing of Node, and prints what it says', async () => {
    const code = await bundled(block('ts browser'), []);
    expect(code).not.toContain('node:');
    expect(printed('module', code)).toBe(block('text browser'));
  });

  it('has a Worker that answers what it says', async () => {
    const contents = await bundled(block('ts worker'), ['workerd']);
    const wasm = Uint8Array.from(readFileSync(`${root}core/pkg/money_match_core_bg.wasm`));
    const [, specifier] = /from "\.\/([^"]*\.wasm)"/.exec(contents) ?? [];
    const modules = {
      'worker.js': { type: 'esm' as const, contents },
      [String(specifier)]: { type: 'wasm' as const, contents: wasm },
    };
    const manifest = { mainModule: 'worker.js', modules };
    const worker = new Miniflare({
      workers: [{ config: { name: 'page', compatibilityDate: '2026-11-01', manifest } }],
    });
    try {
      const answer = await worker.dispatchFetch('http://localhost/');
      expect(`${await answer.text()}\n`).toBe(block('text worker'));
    } finally {
      await worker.dispose();
    }
  });
});
