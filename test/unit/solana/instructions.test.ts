import { VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Decode, toHex } from '../../../core/index.ts';
import type { InstructionPlan } from '../../../durable-objects/ports.ts';
import { fromBase64 } from '../../../services/solana/base64.ts';
import { observedInstructions } from '../../../services/solana/message.ts';
import { signedWire } from '../../../services/solana/transactions.ts';
import { ACTION_HASH, codeOf, PROGRAM_ID } from './fixtures.ts';
import {
  asked,
  CREATE,
  chain,
  DEPOSIT,
  distribution,
  END,
  JOIN,
  MEMO,
  parts,
  payees,
  plan,
  refund,
  START,
  SYSTEM,
  TREASURY,
  WALLET,
  WALLET_JOIN,
  WITHDRAWAL,
} from './plans.ts';

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
