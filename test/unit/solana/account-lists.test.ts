import { describe, expect, it } from 'vitest';
import { toHex } from '../../../core/index.ts';
import type { TransactionPlan } from '../../../durable-objects/ports.ts';
import { address } from './fixtures.ts';
import {
  ALICE,
  ALICE_DEPOSIT,
  AUTHORITY,
  CONFIG,
  CREATE,
  chain,
  DEPOSIT,
  distribution,
  END,
  ESCROW,
  JOIN,
  MATCH,
  NONE,
  parts,
  plan,
  REGISTRY,
  refund,
  START,
  SYSTEM,
  TREASURY,
  WALLET,
  WALLET_JOIN,
  WITHDRAWAL,
} from './plans.ts';

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
