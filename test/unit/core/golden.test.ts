import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromJson } from '../../../core/boundary.ts';
import * as core from '../../../core/index.ts';

// The vectors are what the native build answers (`cargo xtask vectors`); the Rust tests hold those against the formats.
type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
interface Vector {
  function: string;
  args: Json[];
  ok?: Json;
  error?: string;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/core.json', import.meta.url), 'utf8'),
);

/** A vector's argument in the door's terms: decimal text becomes `bigint` where the types say so. */
function typed<T extends object>(json: Json | undefined): T {
  return fromJson<T>(JSON.stringify(json));
}

/** A result in the vectors' terms: `bigint` as decimal text, bytes as hex. */
function plain(result: unknown): unknown {
  return JSON.parse(
    JSON.stringify(result, (_key, value: unknown) => {
      if (value instanceof Uint8Array) return core.toHex(value);
      return typeof value === 'bigint' ? value.toString() : value;
    }),
  );
}

const text = (json: Json | undefined): string => String(json);
const bytes = (json: Json | undefined): Uint8Array => core.fromHex(text(json));
const integer = (json: Json | undefined): bigint => BigInt(text(json));

/** `prizes` and `netPool` are names of amounts here only, so they are not in the door's list. */
function distribution(json: Json | undefined): core.PrizeDistribution {
  const { netPool, prizes } = typed<{ netPool: string; prizes: string[] }>(json);
  return { netPool: BigInt(netPool), prizes: prizes.map(BigInt) };
}

function breakdown(json: Json | undefined): core.FeeBreakdown {
  const { totalEntry, platformFee, netPool } = typed<{
    totalEntry: bigint;
    platformFee: bigint;
    netPool: string;
  }>(json);
  return { totalEntry, platformFee, netPool: BigInt(netPool) };
}

function refund(json: Json | undefined): core.RefundBreakdown {
  const { payouts, treasury } = typed<{ payouts: string[]; treasury: string }>(json);
  return { payouts: payouts.map(BigInt), treasury: BigInt(treasury) };
}

const leaves = (json: Json | undefined): Uint8Array[] => typed<string[]>(json).map(core.fromHex);

const functions: Record<string, (...args: Json[]) => unknown> = {
  abiVersion: () => core.abiVersion(),
  feeBreakdown: (total, bps) => core.feeBreakdown(integer(total), Number(bps)),
  prizeDistribution: (net, shares) => core.prizeDistribution(integer(net), typed<number[]>(shares)),
  feeBreakdownBytes: (b) => core.feeBreakdownBytes(breakdown(b)),
  prizeDistributionBytes: (p) => core.prizeDistributionBytes(distribution(p)),
  // `stakes` is decimal text with one meaning everywhere, so `typed` reads the terms as they are.
  refundBreakdown: (terms) => core.refundBreakdown(typed<core.RefundTerms>(terms)),
  refundFeasible: (b, lamports, rent) => core.refundFeasible(refund(b), integer(lamports), integer(rent)),
  refundBreakdownBytes: (b) => core.refundBreakdownBytes(refund(b)),
  withdrawalDebit: (amount, fee) => core.withdrawalDebit(integer(amount), integer(fee)),
  programErrorName: (code) => core.programErrorName(Number(code)),
  decodeMatch: (data) => core.decodeMatch(bytes(data)),
  decodeEscrow: (data) => core.decodeEscrow(bytes(data)),
  decodeUserDeposit: (data) => core.decodeUserDeposit(bytes(data)),
  decodeConfig: (data) => core.decodeConfig(bytes(data)),
  decodeRegistry: (data) => core.decodeRegistry(bytes(data)),
  encodeInstruction: (ix) => core.encodeInstruction(typed<core.MoneyInstruction>(ix)),
  decodeInstruction: (data) => core.decodeInstruction(bytes(data)),
  matchStateBytes: (s) => core.matchStateBytes(typed<core.MatchStateSnapshot>(s)),
  matchStateFromBytes: (data) => core.matchStateFromBytes(bytes(data)),
  matchStateHash: (s) => core.matchStateHash(typed<core.MatchStateSnapshot>(s)),
  matchStateFromAccounts: (pda, match, escrow) =>
    core.matchStateFromAccounts(text(pda), bytes(match), escrow === null ? null : bytes(escrow)),
  // Not `typed`: an action is JSON in its own spelling, where an amount is text.
  pendingActionBytes: (action) => core.pendingActionBytes(JSON.parse(JSON.stringify(action))),
  pendingActionHash: (action) => core.pendingActionHash(JSON.parse(JSON.stringify(action))),
  journalGenesis: (name) => core.journalGenesis(text(name)),
  journalHash: (prev, entry) => core.journalHash(text(prev), text(entry)),
  anchorLeaf: (name, seq, head) => core.anchorLeaf(text(name), integer(seq), text(head)),
  merkleLeaf: (leaf) => core.merkleLeaf(bytes(leaf)),
  merkleRoot: (list) => core.merkleRoot(leaves(list)),
  merkleProof: (list, index) => core.merkleProof(leaves(list), Number(index)),
  verifyProof: (root, leaf, proof) =>
    core.verifyProof(text(root), bytes(leaf), typed<core.MerkleProof>(proof)),
  clientKey: (origin, createdAt, kind, n) =>
    // SAFETY: one vector names no kind, to see it refused.
    core.clientKey(text(origin), integer(createdAt), text(kind) as core.ActionKind, Number(n)),
  sha256: (data) => core.sha256(bytes(data)),
  base58Encode: (data) => core.base58Encode(bytes(data)),
  base58Decode: (value) => core.base58Decode(text(value)),
};

/** What the door makes of a vector's call, in the shape of a vector. */
function answer(vector: Vector): Vector {
  const { function: name, args } = vector;
  try {
    const ok = plain(functions[name]?.(...args));
    // SAFETY: `plain` gives JSON.
    return { function: name, args, ok: ok as Json };
  } catch (error) {
    if (!(error instanceof core.CoreError)) throw error;
    return { function: name, args, error: error.code };
  }
}

describe('the golden vectors', () => {
  it('cover every function of the door that the core answers', () => {
    const covered = new Set(vectors.map((vector) => vector.function));
    expect([...covered].sort()).toEqual(Object.keys(functions).sort());
    const door = Object.entries(core).filter(
      ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name),
    );
    // Hex is the door's own.
    const own = ['toHex', 'fromHex'];
    expect([...covered, ...own].sort()).toEqual(door.map(([name]) => name).sort());
  });

  for (const name of Object.keys(functions)) {
    it(`are what ${name} answers`, () => {
      const calls = vectors.filter((vector) => vector.function === name);
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.map(answer)).toEqual(calls);
    });
  }
});
