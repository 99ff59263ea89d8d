import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { wasmBase64 } from '../../../core/pkg/money_match_core_inline.js';

// Node's types know it as a namespace of types only.
declare const WebAssembly: {
  Module: { new (bytes: Uint8Array): object; imports(module: object): { module: string; kind: string }[] };
};

const file = (name: string): Buffer => readFileSync(new URL(`../../../core/pkg/${name}`, import.meta.url));
const wasm = file('money_match_core_bg.wasm');

describe('the vendored WASM package', () => {
  it('keeps its budget: 60 kB raw, 25 kB gzipped (design: section 13)', () => {
    expect(wasm.length).toBeLessThanOrEqual(60_000);
    expect(gzipSync(wasm, { level: 9 }).length).toBeLessThanOrEqual(25_000);
  });

  it('is the build that its record says', () => {
    const record: { sha256: string; size: { raw: number } } = JSON.parse(file('BUILD.json').toString());
    expect(createHash('sha256').update(wasm).digest('hex')).toBe(record.sha256);
    expect(wasm.length).toBe(record.size.raw);
  });

  it('is one module in both its forms', () => {
    expect(Buffer.from(wasmBase64, 'base64').equals(wasm)).toBe(true);
  });

  it('holds no path of the machine that built it', () => {
    expect(/\/(home|root|work|tmp|usr)\//.test(wasm.toString('latin1'))).toBe(false);
  });

  it('asks its host for three functions of the binding, and for nothing else', () => {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(wasm)));
    expect(imports.map(({ module, kind }) => `${module} ${kind}`)).toEqual(
      Array(3).fill('./money_match_core_bg.js function'),
    );
  });
});
