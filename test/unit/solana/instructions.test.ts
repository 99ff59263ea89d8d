import { VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Decode, toHex } from '../../../core/index.ts';
import type { InstructionPlan, TransactionPlan } from '../../../durable-objects/ports.ts';
import { fromBase64 } from '../../../services/solana/base64.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect } from '../../../services/solana/connect.ts';
import { observedInstructions } from '../../../services/solana/message.ts';
import { signedWire } from '../../../services/solana/transactions.ts';
import {
  ACTION_HASH,
  address,
  COORDINATOR,
  codeOf,
  MATCH_ID,
  PROGRAM_ID,
  scripted,
  settings,
} from './fixtures.ts';

const SYSTEM = '11111111111111111111111111111111';
const MEMO = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
const CONFIG = 'HR8RVLAzoDvEnJPxVJghgWDy7595aHBXqCUN4BEF2qDT';
const MATCH = 'ADPEHmGF86TGCbDrUUboepgVKWZXaXbYQmkBi6GrtrtM';
const ESCROW = 'C7UXvaGDrLWMAe3CctAumJ6n1558B9mBrXtWnGN9uCuY';
const NONE = PROGRAM_ID;
const AUTHORITY = COORDINATOR.publicKey.toBase58();
const TREASURY = address(20);
const WALLET = address(30);

const { fetch, asked } = scripted(() => {
  throw new Error('no network is needed here');
});
const parts = connect(settings(), { fetch });
const chain = new SolanaChain(parts);
const REGISTRY = chain.pda('registry').address;
const ALICE = await parts.signers.custodyAuthority('user-alice-001');
const ALICE_DEPOSIT = chain.pda('deposit', ALICE).address;

const CREATE: InstructionPlan = {
  kind: 'create_match',
  matchId: MATCH_ID,
  gameType: 0,
  seed: 9_876_543_210n,
  entryFee: 100_000_000n,
  paymentMethod: 1,
  matchType: 1,
  tournamentId: null,
};
const CUSTODY = { userId: 'user-alice-001', authority: ALICE };
const JOIN: InstructionPlan = {
  kind: 'join_match',
  matchId: MATCH_ID,
  userId: 'user-alice-001',
  source: { kind: 'deposit', authority: ALICE },
};
const START: InstructionPlan = { kind: 'start_match', matchId: MATCH_ID };
const END: InstructionPlan = { kind: 'end_match', matchId: MATCH_ID, matchHash: null, hotUrl: null };

function plan(...instructions: InstructionPlan[]): TransactionPlan {
  const needsCustody = instructions.some(({ kind }) => kind === 'join_match' || kind === 'withdraw_sol');
  const custody = needsCustody ? CUSTODY : null;
  return { actionHash: ACTION_HASH, coordinator: AUTHORITY, custody, wallet: null, instructions };
}

function byWallet(...instructions: InstructionPlan[]): TransactionPlan {
  return { ...plan(), wallet: WALLET, instructions };
}

const WALLET_JOIN = byWallet({
  kind: 'join_match',
  matchId: MATCH_ID,
  userId: 'user-alice-001',
  source: { kind: 'wallet', wallet: WALLET },
});
const DEPOSIT: TransactionPlan = {
  ...byWallet(
    { kind: 'transfer', from: WALLET, to: ALICE, lamports: 9_007_199_254_740_993n },
    { kind: 'deposit_sol', authority: ALICE, lamports: 9_007_199_254_740_993n },
  ),
  custody: CUSTODY,
};
const WITHDRAWAL = plan(
  { kind: 'withdraw_sol', authority: ALICE, lamports: 50_000_000n, treasury: TREASURY },
  { kind: 'transfer', from: ALICE, to: WALLET, lamports: 50_000_000n },
);

function payees(count: number, platform: boolean) {
  return Array.from({ length: count }, (_, index) => ({ index, payee: address(100 + index), platform }));
}

function distribution(count: number, platform: boolean): InstructionPlan {
  const winners = payees(count, platform).map((payee) => ({ ...payee, lamports: 1_000_000n }));
  return { kind: 'distribute_prizes', matchId: MATCH_ID, treasury: TREASURY, winners };
}

function refund(count: number, platform: boolean, treasury: string | null = null) {
  return {
    kind: 'refund_escrow',
    matchId: MATCH_ID,
    treasury,
    players: payees(count, platform),
    reason: 0,
    abandonedIndex: null,
  } as const satisfies InstructionPlan;
}

/** Accounts and their flags as the compiled message grants them. */
function flags(transaction: TransactionPlan, instruction: number): string[] {
  const message = parts.transactions.compile(transaction, SYSTEM);
  const indexes = message.compiledInstructions[instruction]?.accountKeyIndexes ?? [];
  return indexes.map(
    (index) => `${message.isAccountWritable(index) ? 'W' : '-'}${message.isAccountSigner(index) ? 'S' : '-'}`,
  );
}

describe('account lists', () => {
  it('lists the accounts of a paid create_match in the order of section 4.5', () => {
    const [create] = chain.expected(plan(CREATE));
    expect(create?.accounts).toEqual([MATCH, REGISTRY, ESCROW, CONFIG, AUTHORITY, SYSTEM]);
    expect(flags(plan(CREATE), 0)).toEqual(['W-', '--', 'W-', '--', 'WS', '--']);
  });

  it('leaves the escrow of a free create_match absent', () => {
    const free = { ...CREATE, entryFee: 0n, matchType: 0, paymentMethod: 0 };
    const [create] = chain.expected(plan(free));
    expect(create?.accounts).toEqual([MATCH, REGISTRY, NONE, CONFIG, AUTHORITY, SYSTEM]);
  });

  it('lists the accounts of a PLATFORM join in the order of section 4.6, the wallet absent', () => {
    const [join] = chain.expected(plan(JOIN));
    expect(join?.accounts).toEqual([MATCH, REGISTRY, ESCROW, ALICE_DEPOSIT, NONE, CONFIG, ALICE, SYSTEM]);
    expect(flags(plan(JOIN), 0)).toEqual(['W-', '--', 'W-', 'W-', '--', '--', '-S', '--']);
  });

  it('lists the accounts of start_match and end_match in the orders of sections 4.7 and 4.8', () => {
    expect(chain.expected(plan(START))[0]?.accounts).toEqual([MATCH, REGISTRY, ESCROW, AUTHORITY]);
    expect(chain.expected(plan(END))[0]?.accounts).toEqual([MATCH, ESCROW, AUTHORITY]);
    expect(flags(plan(END), 0)).toEqual(['W-', '--', 'WS']); // the coordinator also pays
  });

  it('fills the empty places of a distribution and leaves their deposits absent', () => {
    const two = distribution(2, true);
    const winners = [address(100), address(101)];
    const deposits = winners.map((winner) => chain.pda('deposit', winner).address);
    const [distribute] = chain.expected(plan(two));
    expect(distribute?.accounts).toEqual([
      ...[ESCROW, MATCH, CONFIG, TREASURY],
      ...[...winners, ...Array(8).fill(winners[0])],
      ...[...deposits, ...Array(8).fill(NONE)],
      SYSTEM,
    ]);
    expect(flags(plan(two), 0)).toEqual([
      ...['W-', '--', '--', 'W-'],
      ...Array(10).fill('W-'),
      ...['W-', 'W-', ...Array(8).fill('--')],
      '--',
    ]);
  });

  it('gives no deposits to a distribution to wallets', () => {
    const [distribute] = chain.expected(plan(distribution(3, false)));
    expect(distribute?.accounts.slice(14, 24)).toEqual(Array(10).fill(NONE));
  });

  it('lists the accounts of a WALLET join in the order of section 4.6, the deposit absent', () => {
    const [join, memo] = chain.expected(WALLET_JOIN);
    expect(join?.accounts).toEqual([MATCH, REGISTRY, ESCROW, NONE, WALLET, CONFIG, WALLET, SYSTEM]);
    expect(flags(WALLET_JOIN, 0)).toEqual(['W-', '--', 'W-', '--', 'WS', '--', 'WS', '--']);
    expect(memo?.accounts).toEqual([AUTHORITY]);
    expect(flags(WALLET_JOIN, 1)).toEqual(['-S']);
  });

  it('lists the accounts of a deposit in the order of section 4.11, after its transfer', () => {
    const [transfer, deposit, memo] = chain.expected(DEPOSIT);
    expect([transfer?.programId, transfer?.accounts]).toEqual([SYSTEM, [WALLET, ALICE]]);
    expect(toHex(transfer?.data ?? new Uint8Array())).toBe('020000000100000000002000');
    expect(deposit?.accounts).toEqual([ALICE_DEPOSIT, ALICE, CONFIG, SYSTEM]);
    expect(flags(DEPOSIT, 1)).toEqual(['W-', 'WS', '--', '--']);
    expect(memo?.accounts).toEqual([AUTHORITY]);
    expect(flags(DEPOSIT, 2)).toEqual(['-S']);
  });

  it('lists the accounts of a withdrawal in the order of section 4.12, before its transfer', () => {
    const [withdraw, transfer, memo] = chain.expected(WITHDRAWAL);
    expect(withdraw?.accounts).toEqual([ALICE_DEPOSIT, ALICE, CONFIG, TREASURY, SYSTEM]);
    expect(flags(WITHDRAWAL, 0)).toEqual(['W-', 'WS', '--', 'W-', '--']);
    expect(toHex(withdraw?.data ?? new Uint8Array())).toBe('91834a8841892a2680f0fa0200000000');
    expect([transfer?.programId, transfer?.accounts]).toEqual([SYSTEM, [ALICE, WALLET]]);
    expect(toHex(transfer?.data ?? new Uint8Array())).toBe('0200000080f0fa0200000000');
    expect(memo?.accounts).toEqual([]);
  });

  it('lists the accounts of a refund in the order of section 4.14, the empty places filled', () => {
    const players = [address(100), address(101)];
    const deposits = players.map((player) => chain.pda('deposit', player).address);
    const [back] = chain.expected(plan(refund(2, true, TREASURY)));
    expect(back?.accounts).toEqual([
      ...[ESCROW, MATCH],
      ...[...players, ...Array(8).fill(players[0])],
      ...[...deposits, ...Array(8).fill(NONE)],
      ...[CONFIG, TREASURY, SYSTEM],
    ]);
    expect(flags(plan(refund(2, true, TREASURY)), 0)).toEqual([
      ...['W-', '--'],
      ...Array(10).fill('W-'),
      ...['W-', 'W-', ...Array(8).fill('--')],
      ...['--', 'W-', '--'],
    ]);
  });

  it('leaves the deposits of a refund to wallets absent, and the treasury where nothing is due to it', () => {
    const [back] = chain.expected(plan(refund(3, false)));
    expect(back?.accounts.slice(12)).toEqual([...Array(10).fill(NONE), CONFIG, NONE, SYSTEM]);
    expect(flags(plan(refund(3, false)), 0)[23]).toBe('--');
  });
});

describe('transactions', () => {
  it('carry the data of the interface, section 1.3, and then the action hash as a memo', () => {
    const [join, memo] = chain.expected(plan(JOIN));
    expect(toHex(join?.data.subarray(0, 8) ?? new Uint8Array())).toBe('f4082f82c03bb32c');
    expect(join?.data.length).toBe(66);
    expect([memo?.programId, memo?.accounts]).toEqual([MEMO, []]);
    const text = new TextDecoder().decode(memo?.data);
    expect(toHex(base58Decode(text))).toBe(ACTION_HASH);
  });

  it('put end and distribute into one transaction, in that order', () => {
    const programs = chain.expected(plan(END, distribution(2, true))).map(({ programId }) => programId);
    expect(programs).toEqual([PROGRAM_ID, PROGRAM_ID, MEMO]);
  });

  it('pay the fees from the coordinator that the plan names', () => {
    const message = parts.transactions.compile({ ...plan(START), coordinator: TREASURY }, SYSTEM);
    expect(message.accountKeys[0]?.toBase58()).toBe(TREASURY);
  });

  it('pay the fees from the wallet where one signs', () => {
    for (const transaction of [WALLET_JOIN, DEPOSIT]) {
      expect(parts.transactions.compile(transaction, SYSTEM).accountKeys[0]?.toBase58()).toBe(WALLET);
    }
  });

  it('refuse what would not be what was decided', () => {
    expect(codeOf(() => chain.size(plan({ ...CREATE, entryFee: 0n })))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(distribution(0, true))))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(distribution(11, true))))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(refund(0, true))))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(refund(11, true))))).toBe('plan_invalid');
    const [player] = payees(1, true);
    if (player === undefined) throw new Error('no player');
    const twice = { ...refund(1, true), players: [player, player] };
    expect(codeOf(() => chain.size(plan(twice)))).toBe('plan_invalid');
    expect(codeOf(() => chain.size({ ...plan(START), actionHash: 'ab' }))).toBe('hash_invalid');
  });

  it.each([0n, -1n, 1n << 64n])('refuse to move %s lamports', (lamports) => {
    const [transfer, deposit] = DEPOSIT.instructions;
    const changed = [transfer, deposit].map((each) => ({ ...each, lamports }) as InstructionPlan);
    expect(codeOf(() => chain.size({ ...DEPOSIT, instructions: changed }))).toBe('plan_invalid');
  });

  it('are decoded to the same instructions that were expected of them', async () => {
    const plans = [
      plan(CREATE),
      plan(JOIN),
      plan(END, distribution(3, true)),
      plan(refund(3, true)),
      WITHDRAWAL,
    ];
    for (const transaction of plans) {
      const message = parts.transactions.compile(transaction, SYSTEM);
      const { bytes } = await signedWire(message, await parts.signers.of(transaction));
      const decoded = VersionedTransaction.deserialize(fromBase64(bytes) ?? new Uint8Array());
      expect(observedInstructions(decoded.message)).toEqual(chain.expected(transaction));
    }
  });

  it('ask nobody on the network for their size and shape', () => {
    chain.size(plan(CREATE));
    chain.expected(plan(CREATE));
    expect(asked).toEqual([]);
  });
});

describe('sizes', () => {
  it('counts exactly what is serialised', async () => {
    const plans = [plan(CREATE), plan(JOIN), plan(START), plan(END, distribution(4, true)), WITHDRAWAL];
    for (const transaction of plans) {
      const message = parts.transactions.compile(transaction, SYSTEM);
      const { bytes } = await signedWire(message, await parts.signers.of(transaction));
      expect(chain.size(transaction)).toBe(fromBase64(bytes)?.length);
    }
  });

  it('makes a distribution to ten PLATFORM winners 1,141 bytes, 1,220 with its memo', () => {
    // A hash has 44 characters in base58, a small one 43 or fewer.
    const sized = { ...plan(distribution(10, true)), actionHash: 'ff'.repeat(32) };
    const memoKey = 32;
    const memo = 3 + 44;
    expect(chain.size(sized)).toBe(1_220);
    expect(chain.size(sized) - memoKey - memo).toBe(1_141);
    expect(chain.size(plan(distribution(10, true)))).toBe(1_219);
  });

  it('finds the room for an end with its distribution where the design says it ends', () => {
    const withHash = { ...END, matchHash: 'ab'.repeat(32) };
    const size = (winners: number, end: InstructionPlan) =>
      chain.size(plan(end, distribution(winners, true)));
    expect(size(8, withHash)).toBeLessThanOrEqual(1_232);
    expect(size(9, withHash)).toBeGreaterThan(1_232);
  });

  it('has room for a refund of ten PLATFORM players with the treasury', () => {
    const sized = { ...plan(refund(10, true, TREASURY)), actionHash: 'ff'.repeat(32) };
    expect(chain.size(sized)).toBeLessThanOrEqual(1_232);
  });

  it('counts a transaction that is too large, and refuses to sign it', async () => {
    const large = plan(END, distribution(10, true));
    expect(chain.size(large)).toBeGreaterThan(1_232);
    const message = parts.transactions.compile(large, SYSTEM);
    await expect(signedWire(message, await parts.signers.of(large))).rejects.toMatchObject({
      code: 'transaction_too_large',
    });
  });
});
