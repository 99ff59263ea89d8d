/** Every way in and out of the program that is not a PLATFORM match, on the local chain with the real program. */
import { type Keypair, VersionedTransaction } from '@solana/web3.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeEscrow, decodeUserDeposit } from '../../../core/index.ts';
import type { InstructionPlan, TransactionPlan } from '../../../durable-objects/ports.ts';
import { fromBase64, toBase64 } from '../../../services/solana/base64.ts';
import { developmentTreasury, ensureProgram } from '../../../services/solana/dev-genesis.ts';
import { COORDINATOR, keypair } from './fixtures.ts';
import { type LocalWorld, localWorld } from './local-world.ts';

const SOL = 1_000_000_000n;
const STAKE = 100_000_000n;
const FEE = 5_000n;
const WITHDRAWAL_FEE = 5_000n;
const DEPOSIT_RENT = 1_781_760n;
const TREASURY = developmentTreasury().publicKey.toBase58();
const PLAYERS = [keypair(80), keypair(81), keypair(82)] as const;
const [ALICE, BOB, CAROL] = PLAYERS;

let world: LocalWorld;
let actions = 0;

const walletOf = (key: Keypair): string => key.publicKey.toBase58();

function plan(...instructions: InstructionPlan[]): TransactionPlan {
  const actionHash = (++actions).toString(16).padStart(64, 'e');
  return {
    actionHash,
    coordinator: COORDINATOR.publicKey.toBase58(),
    custody: null,
    wallet: null,
    instructions,
  };
}

async function balance(address: string): Promise<bigint> {
  return (await world.chain.accounts([address])).accounts[0]?.lamports ?? 0n;
}

async function data(address: string): Promise<Uint8Array> {
  return (await world.chain.accounts([address])).accounts[0]?.data ?? new Uint8Array();
}

/** Offers, has the wallet sign as wallets do, countersigns, and lands; answers what the chain then shows. */
async function landSigned(transaction: TransactionPlan, key: Keypair) {
  const { chain } = world;
  const offer = await chain.offer(transaction);
  const parsed = VersionedTransaction.deserialize(fromBase64(offer.transaction) ?? new Uint8Array());
  parsed.sign([key]);
  const answer = chain.walletSignature(offer, toBase64(parsed.serialize()));
  if ('fault' in answer) throw new Error(answer.fault);
  const attempt = await chain.countersign(transaction, offer, answer.signature);
  expect(await chain.send(attempt)).toEqual({ kind: 'accepted' });
  world.blocks(40);
  const landed = await chain.transaction(attempt.signature, 'finalized');
  expect(landed).toMatchObject({ error: null, instructions: chain.expected(transaction) });
  return landed;
}

async function land(transaction: TransactionPlan) {
  const landed = await world.chain.transaction(await world.land(transaction), 'finalized');
  expect(landed).toMatchObject({ error: null, instructions: world.chain.expected(transaction) });
  return landed;
}

function create(matchId: string, paymentMethod: 0 | 1): TransactionPlan {
  return plan({
    kind: 'create_match',
    matchId,
    gameType: 0,
    seed: 1n,
    entryFee: STAKE,
    paymentMethod,
    matchType: 1,
    tournamentId: null,
  });
}

function walletJoin(matchId: string, key: Keypair): TransactionPlan {
  const wallet = walletOf(key);
  const source = { kind: 'wallet', wallet } as const;
  return { ...plan({ kind: 'join_match', matchId, userId: wallet.slice(0, 20), source }), wallet };
}

async function deposit(userId: string, key: Keypair, lamports: bigint, rent = 0n): Promise<TransactionPlan> {
  const authority = await world.chain.custodyAuthority(userId);
  const wallet = walletOf(key);
  return {
    ...plan(
      { kind: 'transfer', from: wallet, to: authority, lamports: lamports + rent },
      { kind: 'deposit_sol', authority, lamports },
    ),
    custody: { userId, authority },
    wallet,
  };
}

beforeAll(async () => {
  world = localWorld();
  world.blocks(40);
  await ensureProgram(world.parts, world.dev);
  for (const key of PLAYERS) world.local.airdrop(walletOf(key), 10n * SOL);
  world.blocks(40);
});

describe('a WALLET match', () => {
  const MATCH_ID = '0192f0c0-cccc-7000-8000-000000000001';

  it('is joined out of wallets, which also pay their fees, and refunded to them to the lamport', async () => {
    const { chain } = world;
    const escrow = chain.pda('escrow', chain.pda('match', MATCH_ID).address).address;
    await land(create(MATCH_ID, 0));
    for (const key of [ALICE, BOB]) {
      const landed = await landSigned(walletJoin(MATCH_ID, key), key);
      const own = landed?.balances.find(({ address }) => address === walletOf(key));
      // Two signatures: the wallet's and, on the memo, the coordinator's.
      expect((own?.before ?? 0n) - (own?.after ?? 0n)).toBe(STAKE + 2n * FEE);
      const ours = landed?.balances.find(({ address }) => address === chain.coordinator);
      expect(ours?.after).toBe(ours?.before);
    }
    expect(decodeEscrow(await data(escrow))).toMatchObject({ totalEntry: 2n * STAKE });
    const before = await balance(walletOf(BOB));
    const players = [ALICE, BOB].map((key, index) => ({ index, payee: walletOf(key), platform: false }));
    await land(
      plan({
        kind: 'refund_escrow',
        matchId: MATCH_ID,
        treasury: null,
        players,
        reason: 0,
        abandonedIndex: null,
      }),
    );
    expect(await balance(walletOf(BOB))).toBe(before + STAKE);
    expect(decodeEscrow(await data(escrow))).toMatchObject({ totalEntry: 0n, cancelled: true });
  });

  it('pays its winner’s wallet', async () => {
    const matchId = '0192f0c0-dddd-7000-8000-000000000002';
    await land(create(matchId, 0));
    for (const key of [ALICE, BOB]) await landSigned(walletJoin(matchId, key), key);
    await land(plan({ kind: 'start_match', matchId }));
    const before = await balance(walletOf(ALICE));
    const winners = [{ index: 0, lamports: 190_000_000n, payee: walletOf(ALICE), platform: false }];
    await land(
      plan(
        { kind: 'end_match', matchId, matchHash: null, hotUrl: null },
        { kind: 'distribute_prizes', matchId, treasury: TREASURY, winners },
      ),
    );
    expect(await balance(walletOf(ALICE))).toBe(before + 190_000_000n);
  });
});

describe('a deposit', () => {
  it('takes amount and rent from the wallet the first time, the amount alone the next, and leaves custody nothing', async () => {
    const { chain } = world;
    const authority = await chain.custodyAuthority('carol');
    const pda = chain.pda('deposit', authority).address;
    const before = await balance(walletOf(CAROL));
    await landSigned(await deposit('carol', CAROL, SOL, DEPOSIT_RENT), CAROL);
    await landSigned(await deposit('carol', CAROL, SOL), CAROL);
    expect(decodeUserDeposit(await data(pda))).toMatchObject({
      available: 2n * SOL,
      totalDeposited: 2n * SOL,
    });
    expect(await balance(authority)).toBe(0n);
    // Three signatures each: wallet, custody, coordinator.
    expect(before - (await balance(walletOf(CAROL)))).toBe(2n * SOL + DEPOSIT_RENT + 6n * FEE);
  });

  it('comes back by a withdrawal to the lamport, its fee to the treasury', async () => {
    const { chain } = world;
    const authority = await chain.custodyAuthority('carol');
    const [before, house] = [await balance(walletOf(CAROL)), await balance(TREASURY)];
    const landed = await land({
      ...plan(
        { kind: 'withdraw_sol', authority, lamports: SOL, treasury: TREASURY },
        { kind: 'transfer', from: authority, to: walletOf(CAROL), lamports: SOL },
      ),
      custody: { userId: 'carol', authority },
    });
    expect(await balance(walletOf(CAROL))).toBe(before + SOL);
    expect(await balance(TREASURY)).toBe(house + WITHDRAWAL_FEE);
    expect(await balance(authority)).toBe(0n);
    const pda = chain.pda('deposit', authority).address;
    expect(decodeUserDeposit(await data(pda)).available).toBe(SOL - WITHDRAWAL_FEE);
    const debited = landed?.balances.find(({ address }) => address === pda);
    expect((debited?.before ?? 0n) - (debited?.after ?? 0n)).toBe(SOL + WITHDRAWAL_FEE);
  });
});

it('a PLATFORM match is refunded into its deposits', async () => {
  const { chain } = world;
  const matchId = '0192f0c0-eeee-7000-8000-000000000003';
  const authority = await chain.custodyAuthority('carol');
  const pda = chain.pda('deposit', authority).address;
  const { available } = decodeUserDeposit(await data(pda));
  await land(create(matchId, 1));
  const source = { kind: 'deposit', authority } as const;
  await land({
    ...plan({ kind: 'join_match', matchId, userId: 'carol', source }),
    custody: { userId: 'carol', authority },
  });
  expect(decodeUserDeposit(await data(pda)).available).toBe(available - STAKE);
  const players = [{ index: 0, payee: authority, platform: true }];
  await land(
    plan({ kind: 'refund_escrow', matchId, treasury: TREASURY, players, reason: 0, abandonedIndex: null }),
  );
  expect(decodeUserDeposit(await data(pda))).toMatchObject({ available, inPlay: 0n });
});

it('a message that the coordinator has not signed cannot land', async () => {
  const { chain } = world;
  const join = walletJoin('0192f0c0-dddd-7000-8000-000000000002', CAROL);
  const offer = await chain.offer(join);
  const parsed = VersionedTransaction.deserialize(fromBase64(offer.transaction) ?? new Uint8Array());
  parsed.sign([CAROL]);
  const bytes = toBase64(parsed.serialize());
  const answer = chain.walletSignature(offer, bytes);
  const signature = 'signature' in answer ? answer.signature : '';
  const { blockhash, lastValidBlockHeight, blockhashSlot, provider } = offer;
  const attempt = { signature, bytes, blockhash, lastValidBlockHeight, blockhashSlot, provider };
  expect(await chain.send(attempt)).toMatchObject({ kind: 'bytes_refused' });
  world.blocks(40);
  expect(await chain.status(signature)).toEqual({ kind: 'unknown' });
});
