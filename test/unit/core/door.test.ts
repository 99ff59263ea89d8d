import { describe, expect, it } from 'vitest';
import * as core from '../../../core/index.ts';

/** The code of the refusal, or what was returned instead. */
function code(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof core.CoreError ? error.code : error;
  }
}

/** A value that the types forbid, as a caller without types would pass it. */
// SAFETY: that is the point of it.
const untyped = <T>(value: unknown): T => value as T;

const deposit = (amount: bigint): core.MoneyInstruction => ({ kind: 'deposit_sol', amount });

describe('the door to the core', () => {
  it('refuses integers that the ABI would wrap', () => {
    expect(code(() => core.feeBreakdown(2n ** 64n, 500))).toBe('out_of_range');
    expect(code(() => core.feeBreakdown(-1n, 500))).toBe('out_of_range');
    expect(code(() => core.feeBreakdown(1n, 65_536 + 500))).toBe('out_of_range');
    expect(code(() => core.feeBreakdown(1n, 0.5))).toBe('out_of_range');
    expect(code(() => core.feeBreakdown(1n, Number.NaN))).toBe('out_of_range');
    expect(code(() => core.prizeDistribution(1n, [65_536 + 10_000]))).toBe('out_of_range');
    expect(code(() => core.prizeDistributionBytes({ netPool: 1n, prizes: [2n ** 64n + 1n] }))).toBe(
      'out_of_range',
    );
    expect(code(() => core.clientKey('1'.repeat(32), 2n ** 63n, 'start', 0))).toBe('out_of_range');
    expect(code(() => core.clientKey('1'.repeat(32), 0n, 'start', 2 ** 32))).toBe('out_of_range');
    expect(code(() => core.encodeInstruction(deposit(2n ** 64n)))).toBe('invalid_instruction');
    expect(code(() => core.encodeInstruction(deposit(-1n)))).toBe('invalid_instruction');
  });

  it('carries the whole of u64 and i64 in both directions', () => {
    for (const amount of [0n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(core.decodeInstruction(core.encodeInstruction(deposit(amount)))).toEqual(deposit(amount));
    }
    expect(core.feeBreakdown(2n ** 64n - 1n, 0).netPool).toBe(2n ** 64n - 1n);
    const update: core.MoneyInstruction = {
      kind: 'update_config',
      platformFeeBps: 600,
      withdrawalFeeLamports: 2n ** 64n - 1n,
      minEntryFee: 2n ** 53n + 1n,
      maxEntryFee: null,
      treasuryMultisig: null,
      supportedPaymentMethods: 3,
    };
    expect(core.decodeInstruction(core.encodeInstruction(update))).toEqual(update);
    const state: core.MatchStateSnapshot = {
      matchPda: '1'.repeat(32),
      matchId: 'm',
      createdAt: -(2n ** 63n),
      gameType: 0,
      phase: 0,
      matchType: 0,
      paymentMethod: 0,
      entryFee: 2n ** 64n - 1n,
      authority: '1'.repeat(32),
      playerIds: [],
      matchHash: null,
      endedAt: 2n ** 63n - 1n,
      escrow: null,
    };
    expect(core.matchStateFromBytes(core.matchStateBytes(state))).toEqual(state);
  });

  it('refuses a text that UTF-8 cannot hold, instead of hashing its replacement', () => {
    const lone = 'match/\ud800';
    expect(code(() => core.journalGenesis(lone))).toBe('invalid_text');
    expect(code(() => core.journalHash('00'.repeat(32), lone))).toBe('invalid_text');
    expect(code(() => core.encodeInstruction({ kind: 'join_match', matchId: 'm', userId: lone }))).toBe(
      'invalid_instruction',
    );
    expect(core.journalGenesis('match/\u{1f600}')).not.toBe(core.journalGenesis('match/\ufffd'));
  });

  it('refuses what is not of the type that its signature says', () => {
    expect(code(() => core.sha256(untyped('abc')))).toBe('invalid_argument');
    expect(code(() => core.feeBreakdown(untyped(1), 500))).toBe('invalid_argument');
    expect(code(() => core.journalGenesis(untyped(null)))).toBe('invalid_argument');
    expect(code(() => core.pendingActionHash(untyped(undefined)))).toBe('invalid_argument');
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(code(() => core.pendingActionHash(untyped(cycle)))).toBe('invalid_argument');
  });

  it('turns a trap into a refusal, and answers the next call from a fresh instance', () => {
    // Above the 16 MiB that the core may use: its allocator fails, which is a trap.
    const tooLarge = new Uint8Array(20 * 1024 * 1024);
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    for (let round = 0; round < 3; round++) {
      expect(code(() => core.sha256(tooLarge))).toBe('core_trap');
      expect(core.toHex(core.sha256(new Uint8Array()))).toBe(empty);
      expect(core.feeBreakdown(200_000_000n, 500).platformFee).toBe(10_000_000n);
    }
    expect(code(() => core.journalGenesis('x'.repeat(20 * 1024 * 1024)))).toBe('core_trap');
  });

  it('does not grow from call to call', () => {
    const entry = 'x'.repeat(100_000);
    const prev = '00'.repeat(32);
    const first = core.journalHash(prev, entry);
    // A leak of one entry a call would meet the 16 MiB after 160 of them; of one refusal a call, a little later.
    for (let round = 0; round < 400; round++) {
      expect(core.journalHash(prev, entry)).toBe(first);
      expect(code(() => core.journalHash('zz', entry))).toBe('invalid_hex');
    }
  });

  it('spells bytes in lower-case hex only', () => {
    expect(core.toHex(Uint8Array.of(0, 171, 255))).toBe('00abff');
    expect(core.fromHex('00abff')).toEqual(Uint8Array.of(0, 171, 255));
    for (const bad of ['0', 'AB', 'zz', ' 00', '0x00']) {
      expect(code(() => core.fromHex(bad))).toBe('invalid_hex');
    }
  });
});
