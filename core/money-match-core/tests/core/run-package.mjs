// Runs the calls that come in on stdin, one JSON line each, on the package named by the first argument, and answers each
// with a line: {"ok": result} or {"error": code}. Arguments and results in plain JSON: u64 as decimal text, bytes as hex.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const folder = pathToFileURL(`${process.argv[2]}/`);
const core = await import(new URL('money_match_core.js', folder).href);
core.initSync({ module: new WebAssembly.Module(readFileSync(new URL('money_match_core_bg.wasm', folder))) });

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data) => Buffer.from(data).toString('hex');
const texts = (amounts) => [...amounts].map(String);
const parse = JSON.parse;
const json = JSON.stringify;

const amounts = (values) => BigUint64Array.from(values, BigInt);
const hashes = (leaves) => bytes(leaves.map((leaf) => hex(core.merkleLeaf(bytes(leaf)))).join(''));

const functions = {
  abiVersion: () => core.abiVersion(),
  feeBreakdown: (total, bps) => {
    const [totalEntry, platformFee, netPool] = texts(core.feeBreakdown(BigInt(total), bps));
    return { totalEntry, platformFee, netPool };
  },
  prizeDistribution: (netPool, shares) => {
    const prizes = core.prizeDistribution(BigInt(netPool), Uint16Array.from(shares));
    return { netPool, prizes: texts(prizes) };
  },
  feeBreakdownBytes: (b) =>
    hex(core.feeBreakdownBytes(BigInt(b.totalEntry), BigInt(b.platformFee), BigInt(b.netPool))),
  prizeDistributionBytes: (p) => hex(core.prizeDistributionBytes(BigInt(p.netPool), amounts(p.prizes))),
  refundBreakdown: (t) => {
    const payouts = texts(
      core.refundBreakdown(
        BigInt(t.totalEntry),
        amounts(t.stakes),
        Uint8Array.from(t.listed),
        t.reason,
        t.cancellationFeeBps,
        t.abandoned ?? undefined,
      ),
    );
    const treasury = payouts.pop();
    return { payouts, treasury };
  },
  refundFeasible: (b, lamports, rent) =>
    core.refundFeasible(amounts(b.payouts), BigInt(b.treasury), BigInt(lamports), BigInt(rent)),
  refundBreakdownBytes: (b) => hex(core.refundBreakdownBytes(amounts(b.payouts), BigInt(b.treasury))),
  withdrawalDebit: (amount, fee) => String(core.withdrawalDebit(BigInt(amount), BigInt(fee))),
  programErrorName: (code) => core.programErrorName(code) ?? null,
  decodeMatch: (data) => parse(core.decodeMatch(bytes(data))),
  decodeEscrow: (data) => parse(core.decodeEscrow(bytes(data))),
  decodeUserDeposit: (data) => parse(core.decodeUserDeposit(bytes(data))),
  decodeConfig: (data) => parse(core.decodeConfig(bytes(data))),
  decodeRegistry: (data) => parse(core.decodeRegistry(bytes(data))),
  encodeInstruction: (instruction) => hex(core.encodeInstruction(json(instruction))),
  decodeInstruction: (data) => parse(core.decodeInstruction(bytes(data))),
  matchStateBytes: (state) => hex(core.matchStateBytes(json(state))),
  matchStateFromBytes: (data) => parse(core.matchStateFromBytes(bytes(data))),
  matchStateHash: (state) => core.matchStateHash(json(state)),
  matchStateFromAccounts: (pda, match, escrow) =>
    parse(core.matchStateFromAccounts(pda, bytes(match), escrow === null ? undefined : bytes(escrow))),
  pendingActionBytes: (action) => hex(core.pendingActionBytes(json(action))),
  pendingActionHash: (action) => core.pendingActionHash(json(action)),
  journalGenesis: (name) => core.journalGenesis(name),
  journalHash: (prev, entry) => core.journalHash(prev, entry),
  anchorLeaf: (name, seq, head) => hex(core.anchorLeaf(name, BigInt(seq), head)),
  merkleLeaf: (leaf) => hex(core.merkleLeaf(bytes(leaf))),
  merkleRoot: (leaves) => core.merkleRoot(hashes(leaves)),
  merkleProof: (leaves, index) => {
    const siblings = hex(core.merkleProof(hashes(leaves), index)).match(/.{64}/g) ?? [];
    return { index, siblings };
  },
  verifyProof: (root, leaf, proof) =>
    core.verifyProof(root, bytes(leaf), proof.index, bytes(proof.siblings.join(''))),
  clientKey: (origin, createdAt, kind, n) => core.clientKey(origin, BigInt(createdAt), kind, n),
  sha256: (data) => hex(core.sha256(bytes(data))),
  base58Encode: (data) => core.base58Encode(bytes(data)),
  base58Decode: (text) => hex(core.base58Decode(text)),
};

const answer = (line) => {
  const [name, args] = parse(line);
  try {
    return { ok: functions[name](...args) };
  } catch (error) {
    // A refusal is thrown as its code; anything else is a trap, and ends the comparison.
    if (typeof error !== 'string') throw error;
    return { error };
  }
};

const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
process.stdout.write(lines.map((line) => `${json(answer(line))}\n`).join(''));
