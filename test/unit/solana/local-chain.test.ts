import { beforeAll, describe, expect, it } from 'vitest';
import {
  base58Encode,
  decodeConfig,
  decodeEscrow,
  decodeMatch,
  decodeRegistry,
  decodeUserDeposit,
  feeBreakdown,
  fromHex,
} from '../../../core/index.ts';
import type { InstructionPlan, TransactionPlan } from '../../../durable-objects/ports.ts';
import { fundPlayer } from '../../../services/solana/dev-funding.ts';
import { developmentTreasury, ensureProgram } from '../../../services/solana/dev-genesis.ts';
import { createProbes } from '../../../services/solana-health-monitor.ts';
import { COORDINATOR } from './fixtures.ts';
import { type LocalWorld, localWorld } from './local-world.ts';

const MATCH_ID = '0192f0c0-aaaa-7000-8000-000000000001';
const STAKE = 100_000_000n;
const FUNDS = 1_000_000_000n;
const TREASURY = developmentTreasury().publicKey.toBase58();

const CREATE: InstructionPlan = {
  kind: 'create_match',
  matchId: MATCH_ID,
  gameType: 0,
  seed: 9_876_543_210n,
  entryFee: STAKE,
  paymentMethod: 1,
  matchType: 1,
  tournamentId: null,
};

const hashOf = (n: number): string => n.toString(16).padStart(64, 'f');

function plan(n: number, ...instructions: InstructionPlan[]): TransactionPlan {
  const coordinator = COORDINATOR.publicKey.toBase58();
  return { actionHash: hashOf(n), coordinator, custody: null, wallet: null, instructions };
}

async function joinOf(n: number, userId: string, matchId = MATCH_ID): Promise<TransactionPlan> {
  const authority = await world.chain.custodyAuthority(userId);
  const source = { kind: 'deposit', authority } as const;
  return { ...plan(n, { kind: 'join_match', matchId, userId, source }), custody: { userId, authority } };
}

let world: LocalWorld;

async function data(...addresses: string[]): Promise<Uint8Array[]> {
  const { accounts } = await world.chain.accounts(addresses);
  return accounts.map((account) => account?.data ?? new Uint8Array());
}

async function deposit(userId: string): Promise<Uint8Array> {
  const authority = await world.chain.custodyAuthority(userId);
  const [bytes = new Uint8Array()] = await data(world.chain.pda('deposit', authority).address);
  return bytes;
}

/** Lands a plan and checks that the chain shows exactly what was expected of it. */
async function landAndCompare(transaction: TransactionPlan): Promise<void> {
  const signature = await world.land(transaction);
  const landed = await world.chain.transaction(signature, 'finalized');
  expect(landed).toMatchObject({ signature, error: null, customCode: null });
  expect(landed?.instructions).toEqual(world.chain.expected(transaction));
  expect(await world.chain.status(signature)).toMatchObject({ commitment: 'finalized', failed: false });
}

beforeAll(async () => {
  world = localWorld();
  world.blocks(40);
  await ensureProgram(world.parts, world.dev);
  await fundPlayer(world.parts, world.dev, 'alice', FUNDS);
  await fundPlayer(world.parts, world.dev, 'bob', FUNDS);
});

describe('the development genesis', () => {
  it('makes config, registry and the games', async () => {
    const { chain } = world;
    const [config, registry] = await data(chain.pda('config').address, chain.pda('registry').address);
    expect(decodeConfig(config ?? new Uint8Array())).toMatchObject({
      treasuryMultisig: TREASURY,
      platformFeeBps: 500,
    });
    expect(decodeRegistry(registry ?? new Uint8Array()).games).toMatchObject([
      { gameId: 0, name: 'CLAIM', minPlayers: 2, maxPlayers: 4, enabled: true },
      { gameId: 1, name: 'ROUND TABLE', minPlayers: 2, maxPlayers: 10, enabled: true },
    ]);
  });

  it('changes nothing when it is made again', async () => {
    const before = world.local.transactionCount;
    await ensureProgram(world.parts, world.dev);
    expect(world.local.transactionCount).toBe(before);
  });

  it('deposits exactly what was asked for, and as much again on a second call', async () => {
    expect(decodeUserDeposit(await deposit('alice'))).toMatchObject({
      available: FUNDS,
      totalDeposited: FUNDS,
    });
    await fundPlayer(world.parts, world.dev, 'carol', 5n);
    const carol = await fundPlayer(world.parts, world.dev, 'carol', 7n);
    expect(decodeUserDeposit(await deposit('carol')).available).toBe(12n);
    expect(carol.authority).toBe(await world.chain.custodyAuthority('carol'));
  });

  it('is refused outside development', async () => {
    const parts = { ...world.parts, settings: { ...world.settings, development: false } };
    await expect(ensureProgram(parts, world.dev)).rejects.toMatchObject({ code: 'development_only' });
    await expect(fundPlayer(parts, world.dev, 'x', 1n)).rejects.toMatchObject({ code: 'development_only' });
  });
});

describe('a paid PLATFORM match', () => {
  it('runs from create to prizes, each transaction on the chain as it was expected', async () => {
    const { chain } = world;
    const match = chain.pda('match', MATCH_ID).address;
    const escrow = chain.pda('escrow', match).address;
    const alice = await chain.custodyAuthority('alice');
    const before = await balance(TREASURY);

    await landAndCompare(plan(1, CREATE));
    await landAndCompare(await joinOf(2, 'alice'));
    await landAndCompare(await joinOf(3, 'bob'));
    await landAndCompare(plan(4, { kind: 'start_match', matchId: MATCH_ID }));
    const [running = new Uint8Array()] = await data(escrow);
    const fee = feeBreakdown(decodeEscrow(running).totalEntry, 500);
    const winners = [{ index: 0, lamports: fee.netPool, payee: alice, platform: true }];
    await landAndCompare(
      plan(
        5,
        { kind: 'end_match', matchId: MATCH_ID, matchHash: 'ab'.repeat(32), hotUrl: null },
        { kind: 'distribute_prizes', matchId: MATCH_ID, treasury: TREASURY, winners },
      ),
    );

    const [matchData = new Uint8Array(), escrowData = new Uint8Array()] = await data(match, escrow);
    expect(decodeMatch(matchData)).toMatchObject({ phase: 2, playerIds: ['alice', 'bob'] });
    expect(decodeEscrow(escrowData)).toMatchObject({ distributed: true, totalEntry: 0n });
    expect(decodeUserDeposit(await deposit('alice')).available).toBe(FUNDS - STAKE + 190_000_000n);
    expect(decodeUserDeposit(await deposit('bob')).available).toBe(FUNDS - STAKE);
    expect((await balance(TREASURY)) - before).toBe(10_000_000n);
  });

  it("points from the chain's history to its actions by their memos, newest first", async () => {
    const match = world.chain.pda('match', MATCH_ID).address;
    const history = await world.chain.history(match, null);
    const memos = [5, 4, 3, 2, 1].map((n) => base58Encode(fromHex(hashOf(n))));
    expect(history.map(({ memo }) => memo)).toEqual(memos.map((memo) => `[${memo.length}] ${memo}`));
    const since = await world.chain.history(match, history[2]?.signature ?? null);
    expect(since).toEqual(history.slice(0, 2));
  });
});

describe('an attempt', () => {
  const OTHER_ID = '0192f0c0-bbbb-7000-8000-000000000002';
  const other = plan(10, { ...CREATE, matchId: OTHER_ID });

  it('is seen at every stage, and sent twice it lands once', async () => {
    const { chain, blocks } = world;
    const attempt = await chain.prepare(other);
    expect(await chain.status(attempt.signature)).toEqual({ kind: 'unknown' });
    expect(await chain.send(attempt)).toEqual({ kind: 'accepted' });
    blocks(2);
    expect(await chain.status(attempt.signature)).toMatchObject({ kind: 'seen', commitment: 'confirmed' });
    expect(await chain.transaction(attempt.signature, 'finalized')).toBeNull();
    expect(await chain.transaction(attempt.signature, 'confirmed')).toMatchObject({ error: null });
    expect(await chain.send(attempt)).toEqual({ kind: 'already_processed' });
    blocks(40);
    expect(await chain.status(attempt.signature)).toMatchObject({ commitment: 'finalized' });
    const entries = await chain.history(chain.pda('match', OTHER_ID).address, null);
    expect(entries.map(({ signature }) => signature)).toEqual([attempt.signature]);
  });

  it("is refused by the preflight with the program's own code", async () => {
    const again = await world.chain.prepare(await joinOf(11, 'alice'));
    // Phase 2: the match above has ended (6001 InvalidPhase).
    expect(await world.chain.send(again)).toMatchObject({ kind: 'preflight_failed', customCode: 6_001 });
    const unfunded = await joinOf(12, 'dave', OTHER_ID);
    // No deposit account: it belongs to nobody, least of all to the program (3007).
    expect(await world.chain.send(await world.chain.prepare(unfunded))).toMatchObject({
      kind: 'preflight_failed',
      customCode: 3_007,
    });
  });

  it('that was never sent is absent once its blockhash is too old, and refused from then on', async () => {
    const { chain, blocks } = world;
    const attempt = await chain.prepare(plan(13, { ...CREATE, matchId: OTHER_ID.replace('2', '3') }));
    blocks(200);
    const { height } = await chain.finalizedHeight();
    expect(height).toBeGreaterThan(attempt.lastValidBlockHeight);
    const answers = await chain.absence(attempt);
    expect(answers).toMatchObject([
      { kind: 'absent', finalizedHeight: height },
      { kind: 'absent', finalizedHeight: height },
    ]);
    expect(await chain.send(attempt)).toEqual({
      kind: 'preflight_failed',
      error: 'BlockhashNotFound',
      customCode: null,
    });
  });

  it('that landed is present at every provider', async () => {
    const [entry] = await world.chain.history(world.chain.pda('match', MATCH_ID).address, null);
    const { blockhash, blockhashSlot } = await world.chain.prepare(plan(13, CREATE));
    const signature = entry?.signature ?? '';
    const answers = await world.chain.absence({ signature, blockhash, blockhashSlot });
    expect(answers).toEqual([{ kind: 'present' }, { kind: 'present' }]);
  });
});

it('reads at finalized, and says stale below the slot that was asked for', async () => {
  const { slot } = await world.chain.finalizedHeight();
  expect((await world.chain.accounts([TREASURY], slot)).slot).toBe(slot);
  await expect(world.chain.accounts([TREASURY], slot + 1)).rejects.toMatchObject({ code: 'stale' });
});

it('probes a chain that moves and one that stands still', async () => {
  const { fetch, settings, local, blocks } = world;
  const probes = createProbes(settings, { fetch, now: () => 0 });
  const tip = async () => (await probes.probe()).map(({ ok, slot }) => [ok, slot]);
  const [first] = await probes.probe();
  expect(first).toMatchObject({ ok: true, slot: local.slot, finalizedSlot: local.finalizedSlot });
  blocks(1);
  const moved = await tip();
  expect(moved).toEqual(Array(2).fill([true, (first?.slot ?? 0) + 1]));
  local.freeze();
  blocks(10);
  expect(await tip()).toEqual(moved);
  local.thaw();
});

async function balance(address: string): Promise<bigint> {
  const { accounts } = await world.chain.accounts([address]);
  return accounts[0]?.lamports ?? 0n;
}
