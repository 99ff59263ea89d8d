/**
 * The one door to the Rust core from TypeScript. Every function is pure and synchronous; every refusal is a
 * `CoreError` with a code, a trap in the core included.
 */
import { amounts, bytes, call, fromJson, i64, text, toJson, u64, whole } from './boundary.ts';
import { CoreError } from './error.ts';
import type {
  ActionKind,
  ConfigAccount,
  EscrowAccount,
  FeeBreakdown,
  MatchAccount,
  MatchStateSnapshot,
  MerkleProof,
  MoneyInstruction,
  PendingActionBody,
  PrizeDistribution,
  RefundBreakdown,
  RefundTerms,
  RegistryAccount,
  UserDepositAccount,
} from './types.ts';

export { CoreError } from './error.ts';
export type * from './types.ts';

const U8_MAX = 0xff;
const U16_MAX = 0xffff;
const U32_MAX = 0xffff_ffff;
const HASH_BYTES = 32;
/** The core's own bounds on a tree, met before anything is hashed. */
const MAX_DEPTH = 16;
const MAX_LEAVES = 2 ** MAX_DEPTH;

/** The version of the boundary; it changes whenever a function or a code changes its meaning. */
export function abiVersion(): number {
  return call((core) => core.abiVersion());
}

/** Fee floored, as on chain. Codes: `invalid_bps`, `overflow`. */
export function feeBreakdown(totalEntry: bigint, platformFeeBps: number): FeeBreakdown {
  const [total, fee, net] = call((core) =>
    core.feeBreakdown(u64(totalEntry), whole(platformFeeBps, U16_MAX)),
  );
  if (total === undefined || fee === undefined || net === undefined) throw new CoreError('core_trap');
  return { totalEntry: total, platformFee: fee, netPool: net };
}

/** Splits by rank: floor, remainder to the first. Codes: `invalid_shares`, `zero_prize`. */
export function prizeDistribution(netPool: bigint, sharesBps: readonly number[]): PrizeDistribution {
  const shares = Uint16Array.from(sharesBps, (share) => whole(share, U16_MAX));
  return { netPool, prizes: [...call((core) => core.prizeDistribution(u64(netPool), shares))] };
}

/**
 * What a call of `refund_escrow` moves, as coded on chain. Codes, in the program's order: `invalid_list` unless 1 to 10
 * are listed, `invalid_reason`, `index_out_of_range`, `overflow` (the fee; `invalid_bps`), then position by position
 * `zero_stake` (also of a player listed twice) and `overflow` (a stake above what is left of the total, H-06).
 */
export function refundBreakdown(terms: RefundTerms): RefundBreakdown {
  const stakes = amounts(terms.stakes);
  const listed = Uint8Array.from(terms.listed, (index) => whole(index, U8_MAX));
  const reason = whole(terms.reason, U8_MAX);
  const bps = whole(terms.cancellationFeeBps, U16_MAX);
  const abandoned = terms.abandoned === null ? undefined : whole(terms.abandoned, U8_MAX);
  const payouts = [
    ...call((core) => core.refundBreakdown(u64(terms.totalEntry), stakes, listed, reason, bps, abandoned)),
  ];
  const treasury = payouts.pop();
  if (treasury === undefined) throw new CoreError('core_trap');
  return { payouts, treasury };
}

/**
 * Whether the refund can land: the escrow keeps its rent minimum, or ends at exactly 0 lamports, which deletes it
 * (H-02). Code: `invalid_list` unless 1 to 10 payouts.
 */
export function refundFeasible(b: RefundBreakdown, escrowLamports: bigint, rentMinimum: bigint): boolean {
  return call((core) =>
    core.refundFeasible(amounts(b.payouts), u64(b.treasury), u64(escrowLamports), u64(rentMinimum)),
  );
}

/** What `available` must cover, and loses: amount and fee. Codes: `zero_amount`, `overflow`. */
export function withdrawalDebit(amount: bigint, fee: bigint): bigint {
  return call((core) => core.withdrawalDebit(u64(amount), u64(fee)));
}

/** Borsh. Code: `inconsistent` unless the parts make the whole. */
export function feeBreakdownBytes(b: FeeBreakdown): Uint8Array {
  return call((core) => core.feeBreakdownBytes(u64(b.totalEntry), u64(b.platformFee), u64(b.netPool)));
}

/** Borsh. Codes: `invalid_shares`, `zero_prize`, `overflow`, `inconsistent` unless the prizes make the pool. */
export function prizeDistributionBytes(p: PrizeDistribution): Uint8Array {
  return call((core) => core.prizeDistributionBytes(u64(p.netPool), amounts(p.prizes)));
}

/** Borsh. Code: `invalid_list` unless 1 to 10 payouts. */
export function refundBreakdownBytes(b: RefundBreakdown): Uint8Array {
  return call((core) => core.refundBreakdownBytes(amounts(b.payouts), u64(b.treasury)));
}

/** Codes of all five: `bad_length`, `bad_discriminator`, `invalid_account`, `invalid_text`. */
export function decodeMatch(data: Uint8Array): MatchAccount {
  return fromJson<MatchAccount>(call((core) => core.decodeMatch(bytes(data))));
}

export function decodeEscrow(data: Uint8Array): EscrowAccount {
  return fromJson<EscrowAccount>(call((core) => core.decodeEscrow(bytes(data))));
}

export function decodeUserDeposit(data: Uint8Array): UserDepositAccount {
  return fromJson<UserDepositAccount>(call((core) => core.decodeUserDeposit(bytes(data))));
}

export function decodeConfig(data: Uint8Array): ConfigAccount {
  return fromJson<ConfigAccount>(call((core) => core.decodeConfig(bytes(data))));
}

export function decodeRegistry(data: Uint8Array): RegistryAccount {
  return fromJson<RegistryAccount>(call((core) => core.decodeRegistry(bytes(data))));
}

/** Instruction data: discriminator and Borsh arguments. Code: `invalid_instruction`. */
export function encodeInstruction(ix: MoneyInstruction): Uint8Array {
  const json = toJson(ix);
  return call((core) => core.encodeInstruction(json));
}

/** Bytes after the arguments are ignored, as the program ignores them. Codes: `unknown_instruction`, `undecodable`. */
export function decodeInstruction(data: Uint8Array): MoneyInstruction {
  return fromJson<MoneyInstruction>(call((core) => core.decodeInstruction(bytes(data))));
}

/** The program's name of a custom error, 6000 to 6044; null for any other number. Names do not always tell the cause (H-29). */
export function programErrorName(code: number): string | null {
  return call((core) => core.programErrorName(whole(code, U32_MAX))) ?? null;
}

/** Borsh, version 1. Code: `invalid_snapshot`. */
export function matchStateBytes(s: MatchStateSnapshot): Uint8Array {
  const json = toJson(s);
  return call((core) => core.matchStateBytes(json));
}

/** Code: `invalid_snapshot`, also for bytes left over. */
export function matchStateFromBytes(b: Uint8Array): MatchStateSnapshot {
  return fromJson<MatchStateSnapshot>(call((core) => core.matchStateFromBytes(bytes(b))));
}

/** What both sides compare: equal hashes, equal facts. Code: `invalid_snapshot`. */
export function matchStateHash(s: MatchStateSnapshot): string {
  const json = toJson(s);
  return call((core) => core.matchStateHash(json));
}

/**
 * The snapshot of two accounts read in one slot. A free match's stray escrow is ignored (H-25). Codes: those of the
 * decoders, `invalid_base58`, and `escrow_mismatch` for a paid match whose escrow names another match.
 */
export function matchStateFromAccounts(
  matchPda: string,
  match: Uint8Array,
  escrow: Uint8Array | null,
): MatchStateSnapshot {
  const escrowBytes = escrow === null ? undefined : bytes(escrow);
  return fromJson<MatchStateSnapshot>(
    call((core) => core.matchStateFromAccounts(text(matchPda), bytes(match), escrowBytes)),
  );
}

/** Borsh of the hashed fields. Code: `invalid_action`. */
export function pendingActionBytes(a: PendingActionBody): Uint8Array {
  const json = toJson(a);
  return call((core) => core.pendingActionBytes(json));
}

/** The action's identity, hex. Code: `invalid_action`. */
export function pendingActionHash(a: PendingActionBody): string {
  const json = toJson(a);
  return call((core) => core.pendingActionHash(json));
}

/** `prev` of an object's first journal entry, hex. Code: `invalid_text`. */
export function journalGenesis(objectName: string): string {
  return call((core) => core.journalGenesis(text(objectName)));
}

/** The hash of an entry, over its text exactly as stored. Codes: `invalid_hex`, `invalid_text`. */
export function journalHash(prevHex: string, entryJson: string): string {
  return call((core) => core.journalHash(text(prevHex), text(entryJson)));
}

/**
 * The leaf of one object in an anchor: name, 0x00, `seq`, head of its journal. Codes: `invalid_hex`, `invalid_text` for
 * an empty name or one with a NUL.
 */
export function anchorLeaf(objectName: string, seq: bigint, headHex: string): Uint8Array {
  return call((core) => core.anchorLeaf(text(objectName), u64(seq), text(headHex)));
}

/** The hash of a leaf, hex. */
export function merkleLeaf(leaf: Uint8Array): string {
  return toHex(call((core) => core.merkleLeaf(bytes(leaf))));
}

/** The root over leaves in the order given, hex; 32 zero bytes for none. Code: `bad_length` above 65,536 leaves. */
export function merkleRoot(leaves: readonly Uint8Array[]): string {
  const hashes = leafHashes(leaves);
  return call((core) => core.merkleRoot(hashes));
}

/**
 * The proof of one leaf. Codes: `bad_length`, `index_out_of_range`, and `ambiguous_leaf` where the tree repeats on the
 * right of the leaf's branch what stands on the left: its place cannot be told from that of a last node's copy.
 */
export function merkleProof(leaves: readonly Uint8Array[], index: number): MerkleProof {
  const hashes = leafHashes(leaves);
  const joined = toHex(call((core) => core.merkleProof(hashes, whole(index, U32_MAX))));
  return { index, siblings: joined.match(/.{64}/g) ?? [] };
}

/** Whether the leaf (its bytes) stands at the proof's index. Code: `invalid_hex` for what is no hash. */
export function verifyProof(rootHex: string, leaf: Uint8Array, proof: MerkleProof): boolean {
  const index = whole(proof.index, U32_MAX);
  if (proof.siblings.length > MAX_DEPTH) return false;
  if (!proof.siblings.every((hash) => text(hash).length === 2 * HASH_BYTES)) {
    throw new CoreError('invalid_hex');
  }
  const siblings = fromHex(proof.siblings.join(''));
  return call((core) => core.verifyProof(text(rootHex), bytes(leaf), index, siblings));
}

function leafHashes(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length > MAX_LEAVES) throw new CoreError('bad_length');
  const hashes = new Uint8Array(HASH_BYTES * leaves.length);
  leaves.forEach((leaf, at) => {
    hashes.set(
      call((core) => core.merkleLeaf(bytes(leaf))),
      HASH_BYTES * at,
    );
  });
  return hashes;
}

/**
 * The client key of the mirror's own n-th action of a kind (formats: PendingAction), UUIDv8. The source is the match
 * PDA; for `anchor` it is the object name, and `createdAt` is not used. Code: `invalid_client_key`.
 */
export function clientKey(
  matchPdaOrObjectName: string,
  createdAt: bigint,
  kind: ActionKind,
  n: number,
): string {
  return call((core) =>
    core.clientKey(text(matchPdaOrObjectName), i64(createdAt), text(kind), whole(n, U32_MAX)),
  );
}

export function sha256(data: Uint8Array): Uint8Array {
  return call((core) => core.sha256(bytes(data)));
}

/** At most 4096 bytes (the work grows with the square): else `bad_length`. */
export function base58Encode(data: Uint8Array): string {
  return call((core) => core.base58Encode(bytes(data)));
}

/** Code: `invalid_base58`, also for a text that decodes to more than 4096 bytes. */
export function base58Decode(value: string): Uint8Array {
  return call((core) => core.base58Decode(text(value)));
}

export function toHex(data: Uint8Array): string {
  return Array.from(bytes(data), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Lower-case hex only, since one value must have one spelling. Code: `invalid_hex`. */
export function fromHex(value: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text(value))) throw new CoreError('invalid_hex');
  return Uint8Array.from({ length: value.length / 2 }, (_, i) =>
    Number.parseInt(value.slice(2 * i, 2 * i + 2), 16),
  );
}
