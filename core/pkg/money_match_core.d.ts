/* tslint:disable */
/* eslint-disable */

export function __wbg_reset_state(): void;

export function abiVersion(): number;

export function anchorLeaf(object_name: string, seq: bigint, head: string): Uint8Array;

export function base58Decode(text: string): Uint8Array;

export function base58Encode(bytes: Uint8Array | number[]): string;

export function clientKey(origin: string, created_at: bigint, kind: string, n: number): string;

export function decodeConfig(data: Uint8Array | number[]): string;

export function decodeEscrow(data: Uint8Array | number[]): string;

export function decodeInstruction(data: Uint8Array | number[]): string;

export function decodeMatch(data: Uint8Array | number[]): string;

export function decodeRegistry(data: Uint8Array | number[]): string;

export function decodeUserDeposit(data: Uint8Array | number[]): string;

export function encodeInstruction(json: string): Uint8Array;

/**
 * Total, fee, net pool.
 */
export function feeBreakdown(total_entry: bigint, platform_fee_bps: number): BigUint64Array;

export function feeBreakdownBytes(total_entry: bigint, platform_fee: bigint, net_pool: bigint): Uint8Array;

export function journalGenesis(object_name: string): string;

export function journalHash(prev: string, entry: string): string;

export function matchStateBytes(json: string): Uint8Array;

export function matchStateFromAccounts(pda: string, account: Uint8Array | number[], escrow?: Uint8Array | number[] | null): string;

export function matchStateFromBytes(bytes: Uint8Array | number[]): string;

export function matchStateHash(json: string): string;

/**
 * The hash of a leaf. The trees take hashes, so that the leaves themselves need not fit the memory together.
 */
export function merkleLeaf(leaf: Uint8Array | number[]): Uint8Array;

/**
 * The siblings, from the leaf's level upwards.
 */
export function merkleProof(hashes: Uint8Array | number[], index: number): Uint8Array;

export function merkleRoot(hashes: Uint8Array | number[]): string;

export function pendingActionBytes(json: string): Uint8Array;

export function pendingActionHash(json: string): string;

/**
 * The prizes by rank.
 */
export function prizeDistribution(net_pool: bigint, shares_bps: Uint16Array | number[]): BigUint64Array;

export function prizeDistributionBytes(net_pool: bigint, prizes: BigUint64Array | bigint[]): Uint8Array;

export function programErrorName(code: number): string | undefined;

/**
 * The payouts by position of the list, then what the treasury receives.
 */
export function refundBreakdown(total_entry: bigint, stakes: BigUint64Array | bigint[], listed: Uint8Array | number[], reason: number, cancellation_fee_bps: number, abandoned?: number | null): BigUint64Array;

export function refundBreakdownBytes(payouts: BigUint64Array | bigint[], treasury: bigint): Uint8Array;

export function refundFeasible(payouts: BigUint64Array | bigint[], treasury: bigint, escrow_lamports: bigint, rent_minimum: bigint): boolean;

export function sha256(bytes: Uint8Array | number[]): Uint8Array;

export function verifyProof(root: string, leaf: Uint8Array | number[], index: number, siblings: Uint8Array | number[]): boolean;

export function withdrawalDebit(amount: bigint, fee: bigint): bigint;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly abiVersion: () => number;
    readonly anchorLeaf: (a: number, b: number, c: bigint, d: number, e: number) => [number, number, number, number];
    readonly base58Decode: (a: number, b: number) => [number, number, number, number];
    readonly base58Encode: (a: number, b: number) => [number, number, number, number];
    readonly clientKey: (a: number, b: number, c: bigint, d: number, e: number, f: number) => [number, number, number, number];
    readonly decodeConfig: (a: number, b: number) => [number, number, number, number];
    readonly decodeEscrow: (a: number, b: number) => [number, number, number, number];
    readonly decodeInstruction: (a: number, b: number) => [number, number, number, number];
    readonly decodeMatch: (a: number, b: number) => [number, number, number, number];
    readonly decodeRegistry: (a: number, b: number) => [number, number, number, number];
    readonly decodeUserDeposit: (a: number, b: number) => [number, number, number, number];
    readonly encodeInstruction: (a: number, b: number) => [number, number, number, number];
    readonly feeBreakdown: (a: bigint, b: number) => [number, number, number, number];
    readonly feeBreakdownBytes: (a: bigint, b: bigint, c: bigint) => [number, number, number, number];
    readonly journalGenesis: (a: number, b: number) => [number, number];
    readonly journalHash: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly matchStateBytes: (a: number, b: number) => [number, number, number, number];
    readonly matchStateFromAccounts: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number, number];
    readonly matchStateFromBytes: (a: number, b: number) => [number, number, number, number];
    readonly matchStateHash: (a: number, b: number) => [number, number, number, number];
    readonly merkleLeaf: (a: number, b: number) => [number, number];
    readonly merkleProof: (a: number, b: number, c: number) => [number, number, number, number];
    readonly merkleRoot: (a: number, b: number) => [number, number, number, number];
    readonly pendingActionBytes: (a: number, b: number) => [number, number, number, number];
    readonly pendingActionHash: (a: number, b: number) => [number, number, number, number];
    readonly prizeDistribution: (a: bigint, b: number, c: number) => [number, number, number, number];
    readonly prizeDistributionBytes: (a: bigint, b: number, c: number) => [number, number, number, number];
    readonly programErrorName: (a: number) => [number, number];
    readonly refundBreakdown: (a: bigint, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly refundBreakdownBytes: (a: number, b: number, c: bigint) => [number, number, number, number];
    readonly refundFeasible: (a: number, b: number, c: bigint, d: bigint, e: bigint) => [number, number, number];
    readonly sha256: (a: number, b: number) => [number, number];
    readonly verifyProof: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly withdrawalDebit: (a: bigint, b: bigint) => [bigint, number, number];
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
