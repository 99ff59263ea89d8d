/** The fee that a message will be charged: for getFeeForMessage. What a block charged is measured, not computed. */

import type { CompiledInstruction, Message } from './transaction.ts';

const LAMPORTS_PER_SIGNATURE = 5_000n;
const MICRO_LAMPORTS = 1_000_000n;

const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111';
const SET_LIMIT = 2;
const SET_PRICE = 3;

/** Programs that check signatures: the first byte of their data is a count, each charged like a signature. */
const PRECOMPILES: ReadonlySet<string> = new Set([
  'Ed25519SigVerify111111111111111111111111111',
  'KeccakSecp256k11111111111111111111111111111',
  'Secp256r1SigVerify1111111111111111111111111',
]);

/** Programs that get 3,000 units by default (SIMD-0170); every other instruction gets 200,000. */
const BUILTINS: ReadonlySet<string> = new Set([
  '11111111111111111111111111111111',
  COMPUTE_BUDGET,
  'Vote111111111111111111111111111111111111111',
  'BPFLoader1111111111111111111111111111111111',
  'BPFLoader2111111111111111111111111111111111',
  'BPFLoaderUpgradeab1e11111111111111111111111',
  'LoaderV411111111111111111111111111111111111',
  ...PRECOMPILES,
]);
const BUILTIN_UNITS = 3_000n;
const DEFAULT_UNITS = 200_000n;
const MAX_UNITS = 1_400_000n;

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Lamports: signatures, and the compute-unit price times the limit, rounded up. */
export function feeOf(message: Message): bigint {
  const program = (ix: CompiledInstruction) => message.staticKeys[ix.programIdIndex] ?? '';
  const setting = (tag: number) =>
    message.instructions.find((ix) => program(ix) === COMPUTE_BUDGET && ix.data[0] === tag)?.data.subarray(1);
  const precompiles = message.instructions
    .filter((ix) => PRECOMPILES.has(program(ix)))
    .reduce((count, ix) => count + (ix.data[0] ?? 0), 0);
  const defaultUnits = message.instructions.reduce(
    (units, ix) => units + (BUILTINS.has(program(ix)) ? BUILTIN_UNITS : DEFAULT_UNITS),
    0n,
  );
  const limit = setting(SET_LIMIT);
  const wanted = limit === undefined ? defaultUnits : littleEndian(limit);
  const units = wanted > MAX_UNITS ? MAX_UNITS : wanted;
  const price = littleEndian(setting(SET_PRICE) ?? new Uint8Array());
  const signatures = BigInt(message.header.numRequiredSignatures + precompiles);
  return signatures * LAMPORTS_PER_SIGNATURE + (units * price + MICRO_LAMPORTS - 1n) / MICRO_LAMPORTS;
}
