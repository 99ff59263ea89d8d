import type { Keypair } from '@solana/web3.js';
import { VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Decode, toHex } from '../../../core/index.ts';
import type { InstructionPlan, TransactionPlan } from '../../../durable-objects/ports.ts';
import { fromBase64 } from '../../../services/solana/base64.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect } from '../../../services/solana/connect.ts';
import { observedInstructions } from '../../../services/solana/message.ts';
import { signedWire, signersOf } from '../../../services/solana/transactions.ts';
import { ACTION_HASH, COORDINATOR, keypair, MATCH_ID, PROGRAM_ID, scripted, settings } from './fixtures.ts';

const SYSTEM = '11111111111111111111111111111111';
const MEMO = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
const CONFIG = 'HR8RVLAzoDvEnJPxVJghgWDy7595aHBXqCUN4BEF2qDT';
const MATCH = 'ADPEHmGF86TGCbDrUUboepgVKWZXaXbYQmkBi6GrtrtM';
const ESCROW = 'C7UXvaGDrLWMAe3CctAumJ6n1558B9mBrXtWnGN9uCuY';
const NONE = PROGRAM_ID;
const AUTHORITY = COORDINATOR.publicKey.toBase58();
const TREASURY = keypair(20).publicKey.toBase58();

const { fetch, asked } = scripted(() => {
  throw new Error('no network is needed here');
});
const parts = connect(settings(), { fetch });
const chain = new SolanaChain(parts);
const REGISTRY = chain.pda('registry').address;
const ALICE = parts.signers.custody.address('user-alice-001');
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
const JOIN = {
  kind: 'join_match',
  matchId: MATCH_ID,
  userId: 'user-alice-001',
  paymentMethod: 1,
} as const;
const START: InstructionPlan = { kind: 'start_match', matchId: MATCH_ID };
const END: InstructionPlan = { kind: 'end_match', matchId: MATCH_ID, matchHash: null, hotUrl: null };

function plan(...instructions: InstructionPlan[]): TransactionPlan {
  const custodyOf = instructions.some(({ kind }) => kind === 'join_match') ? JOIN.userId : null;
  return { actionHash: ACTION_HASH, coordinator: AUTHORITY, custodyOf, instructions };
}

function distribution(count: number, platform: boolean): InstructionPlan {
  const winners = Array.from({ length: count }, (_, index) => ({
    index,
    lamports: 1_000_000n,
    payee: keypair(100 + index).publicKey.toBase58(),
    platform,
  }));
  return { kind: 'distribute_prizes', matchId: MATCH_ID, treasury: TREASURY, winners };
}

function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'accepted';
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
    const payees = [100, 101].map((byte) => keypair(byte).publicKey.toBase58());
    const deposits = payees.map((payee) => chain.pda('deposit', payee).address);
    const [distribute] = chain.expected(plan(two));
    expect(distribute?.accounts).toEqual([
      ...[ESCROW, MATCH, CONFIG, TREASURY],
      ...[...payees, ...Array(8).fill(payees[0])],
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

  it('refuse what cannot be signed for or would not be what was decided', () => {
    expect(codeOf(() => chain.size(plan()))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(START, END, END)))).toBe('plan_invalid');
    expect(codeOf(() => chain.size({ ...plan(JOIN), custodyOf: null }))).toBe('plan_invalid');
    expect(codeOf(() => chain.size({ ...plan(JOIN), custodyOf: 'user-bob' }))).toBe('plan_invalid');
    expect(codeOf(() => chain.size({ ...plan(START), custodyOf: 'user-bob' }))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan({ ...JOIN, paymentMethod: 0 })))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan({ ...CREATE, entryFee: 0n })))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(distribution(0, true))))).toBe('plan_invalid');
    expect(codeOf(() => chain.size(plan(distribution(11, true))))).toBe('plan_invalid');
    expect(codeOf(() => chain.size({ ...plan(START), actionHash: 'ab' }))).toBe('hash_invalid');
  });

  it('are decoded to the same instructions that were expected of them', () => {
    for (const transaction of [plan(CREATE), plan(JOIN), plan(END, distribution(3, true))]) {
      const message = parts.transactions.compile(transaction, SYSTEM);
      const { bytes } = signedWire(message, signersOf(transaction, parts.signers));
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
  function wireLength(transaction: TransactionPlan, keypairs: readonly Keypair[]): number {
    return (
      fromBase64(signedWire(parts.transactions.compile(transaction, SYSTEM), keypairs).bytes)?.length ?? 0
    );
  }

  it('counts exactly what is serialised', () => {
    for (const transaction of [plan(CREATE), plan(JOIN), plan(START), plan(END, distribution(4, true))]) {
      expect(chain.size(transaction)).toBe(wireLength(transaction, signersOf(transaction, parts.signers)));
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

  it('counts a transaction that is too large, and refuses to sign it', () => {
    const large = plan(END, distribution(10, true));
    expect(chain.size(large)).toBeGreaterThan(1_232);
    const message = parts.transactions.compile(large, SYSTEM);
    expect(codeOf(() => signedWire(message, signersOf(large, parts.signers)))).toBe('transaction_too_large');
  });
});
