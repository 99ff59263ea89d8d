import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../../../core/index.ts';

function code(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof core.CoreError ? error.code : error;
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hash = (...parts: Uint8Array[]): Uint8Array =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** The definition of the formats, level by level, with Node's own hash. */
function root(leaves: Uint8Array[]): string {
  let level = leaves.map((leaf) => hash(Uint8Array.of(0), leaf));
  while (level.length > 1) {
    level = level.flatMap((left, at) =>
      at % 2 === 0 ? [hash(Uint8Array.of(1), left, level[at + 1] ?? left)] : [],
    );
  }
  return core.toHex(level[0] ?? new Uint8Array(32));
}

const anyLeaves = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 40 });
const distinct = fc.uniqueArray(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 40 });
const numRuns = Number(process.env.CASES ?? 100);

describe('a Merkle tree', () => {
  it('has the root of the formats', () => {
    const abc = ['a', 'b', 'c'].map(utf8);
    expect(core.merkleRoot(abc)).toBe('e9636069c740c9ff51625b01a0b040396d265a9b920cc6febdfa5ecc9f58ecce');
    expect(core.merkleRoot([])).toBe('00'.repeat(32));
    fc.assert(
      fc.property(anyLeaves, (leaves) => {
        expect(core.merkleRoot(leaves)).toBe(root(leaves));
      }),
      { numRuns },
    );
  });

  it('proves every leaf at its own place, and at no other', () => {
    fc.assert(
      fc.property(distinct, fc.nat(70), (names, other) => {
        const leaves = names.map(utf8);
        const top = core.merkleRoot(leaves);
        leaves.forEach((leaf, index) => {
          const proof = core.merkleProof(leaves, index);
          expect(core.verifyProof(top, leaf, proof)).toBe(true);
          expect(core.verifyProof(top, leaf, { ...proof, index: other })).toBe(other === index);
          expect(core.verifyProof(top, Uint8Array.of(...leaf, 0), proof)).toBe(false);
        });
      }),
      { numRuns: Math.ceil(numRuns / 5) },
    );
  });

  it('does not prove the copy of an odd last leaf', () => {
    const three = ['a', 'b', 'c'].map(utf8);
    const four = [...three, utf8('c')];
    const top = core.merkleRoot(three);
    expect(core.merkleRoot(four)).toBe(top);
    const proof = core.merkleProof(three, 2);
    expect(core.verifyProof(top, utf8('c'), proof)).toBe(true);
    expect(core.verifyProof(top, utf8('c'), { ...proof, index: 3 })).toBe(false);
    expect(code(() => core.merkleProof(four, 3))).toBe('ambiguous_leaf');
  });

  it('takes a node for no leaf', () => {
    const leaves = ['a', 'b', 'c', 'd'].map(utf8);
    const top = core.merkleRoot(leaves);
    const { siblings } = core.merkleProof(leaves, 0);
    const pair = core.fromHex(core.merkleLeaf(utf8('a')) + siblings[0]);
    expect(core.verifyProof(top, pair, { index: 0, siblings: siblings.slice(1) })).toBe(false);
  });

  it('has bounds, and works up to them', () => {
    const leaves = Array.from({ length: 65_537 }, (_, index) => utf8(`match/${index}`));
    expect(code(() => core.merkleRoot(leaves))).toBe('bad_length');
    const full = leaves.slice(0, -1);
    const proof = core.merkleProof(full, 65_535);
    expect(proof.siblings).toHaveLength(16);
    expect(core.verifyProof(core.merkleRoot(full), utf8('match/65535'), proof)).toBe(true);
    const deep = { index: 0, siblings: Array<string>(17).fill('00'.repeat(32)) };
    expect(core.verifyProof('00'.repeat(32), utf8('a'), deep)).toBe(false);
  });

  it('refuses what is no proof and no leaf', () => {
    const leaf = utf8('a');
    const top = core.merkleRoot([leaf]);
    const verify = (root: string, proof: core.MerkleProof) => code(() => core.verifyProof(root, leaf, proof));
    expect(verify(top, { index: 0, siblings: [] })).toBe(true);
    expect(verify(top, { index: 1, siblings: [] })).toBe(false);
    expect(verify(top.toUpperCase(), { index: 0, siblings: [] })).toBe('invalid_hex');
    expect(verify(top, { index: 0, siblings: ['00'] })).toBe('invalid_hex');
    // Together they would be one hash.
    expect(verify(top, { index: 0, siblings: ['00'.repeat(31), '00'.repeat(33)] })).toBe('invalid_hex');
    expect(verify(top, { index: -1, siblings: [] })).toBe('out_of_range');
    expect(code(() => core.merkleProof([leaf], 1))).toBe('index_out_of_range');
    // SAFETY: as a caller without types would pass it.
    expect(code(() => core.merkleRoot(['a'] as unknown as Uint8Array[]))).toBe('invalid_argument');
  });
});

describe('the leaf of an anchor', () => {
  const head = 'ab'.repeat(32);

  it('is the name of the object, a zero, its sequence number, its head', () => {
    const name = utf8('match/test');
    const seq = Uint8Array.of(2, 1, 0, 0, 0, 0, 0, 0);
    const expected = Uint8Array.of(...name, 0, ...seq, ...core.fromHex(head));
    expect(core.anchorLeaf('match/test', 0x0102n, head)).toEqual(expected);
  });

  it('refuses a name that could run into the next field', () => {
    expect(code(() => core.anchorLeaf('a\0b', 1n, head))).toBe('invalid_text');
    expect(code(() => core.anchorLeaf('', 1n, head))).toBe('invalid_text');
    expect(code(() => core.anchorLeaf('a', 1n, 'ab'))).toBe('invalid_hex');
    expect(code(() => core.anchorLeaf('a', 2n ** 64n, head))).toBe('out_of_range');
  });
});
