/** Ledger against account (design: section 9): tolerance 0, and a transfer in flight explains its own delta, nothing more. */
import { describe, expect, it } from 'vitest';
import { compareDeposit } from '../../../durable-objects/deposit/comparison.ts';
import type { ChainAccount } from '../../../durable-objects/ports.ts';
import {
  type DepositContext,
  initialDepositContext,
  type Transfer,
} from '../../../machines/deposit/context.ts';
import type { ActionState } from '../../../machines/pending-action.ts';
import { address } from '../../model/requests.ts';

const PROGRAM = address(2);
const RENT = 1_781_760n;

function account(available: bigint, { inPlay = 0n, stray = 0n, owner = PROGRAM } = {}): ChainAccount {
  const data = new Uint8Array(128);
  data.set([0x63, 0xd8, 0x71, 0x99, 0xb7, 0x75, 0x89, 0x14]);
  data.set(new Uint8Array(32).fill(9), 8);
  const view = new DataView(data.buffer);
  view.setBigUint64(56, available, true);
  view.setBigUint64(64, inPlay, true);
  return { lamports: RENT + available + stray, owner, data };
}

interface Flight {
  readonly kind: Transfer['kind'];
  readonly lamports: bigint;
  readonly state: ActionState;
  /** Nothing of it is out: never signed, or over. */
  readonly isOver?: true;
  readonly isBooked?: boolean;
}

/** `available` spendable, and transfers in flight; what a withdrawal holds is beside it. */
function ledger(available: bigint, flights: readonly Flight[] = []): DepositContext {
  const named = flights.map((flight, nth) => ({
    hash: `hash ${nth}`,
    attempts: 1,
    isBooked: false,
    ...flight,
  }));
  const held = named
    .filter(({ kind, isBooked }) => kind === 'withdraw' && !isBooked)
    .reduce((sum, { lamports }) => sum + lamports + 5n, 0n);
  return {
    ...initialDepositContext,
    balances: { available: available.toString(), held: '0', withdrawing: held.toString(), suspense: '0' },
    actions: named.map(({ hash, kind, state, isOver }, order) => ({
      hash,
      kind,
      state,
      attempts: isOver ? 0 : 1,
      order,
      userId: 'ann',
      doomed: false,
    })),
    transfers: named.map(({ hash, kind, lamports, isBooked }) => ({
      hash,
      kind,
      lamports: lamports.toString(),
      fee: kind === 'withdraw' ? '5' : '0',
      notAfter: 0,
      lapseMs: 0,
      lapseAt: null,
      isBooked,
    })),
  };
}

const compare = (context: DepositContext, at: ChainAccount | null) =>
  compareDeposit(context, { account: at, rent: RENT, programId: PROGRAM }, (hash) =>
    context.actions.some((action) => action.hash === hash && action.attempts > 0),
  );

const classes = (found: ReturnType<typeof compare>) =>
  found.kind === 'broken' ? found.breaks.map(({ class: cls }) => cls) : found.kind;

describe('a comparison', () => {
  it('is clean to the lamport, and tells the program`s own in-play figure', () => {
    expect(compare(ledger(500n), account(500n, { inPlay: 7n }))).toEqual({
      kind: 'clean',
      onChain: 500n,
      surplus: 0n,
      inPlay: 7n,
    });
    for (const other of [499n, 501n])
      expect(classes(compare(ledger(500n), account(other)))).toEqual(['amount_mismatch']);
  });

  it('takes lamports beyond what is owed for a surplus, at an address without account too', () => {
    expect(compare(ledger(500n), account(500n, { stray: 3n }))).toMatchObject({ kind: 'clean', surplus: 3n });
    const lamports = {
      lamports: 890_880n,
      owner: '11111111111111111111111111111111',
      data: new Uint8Array(),
    };
    expect(compare(ledger(0n), lamports)).toMatchObject({ kind: 'clean', surplus: 890_880n, inPlay: null });
    expect(compare(ledger(0n), null)).toMatchObject({ kind: 'clean', surplus: 0n });
  });

  it('breaks where the account is gone, another`s, short, or no deposit at all', () => {
    expect(classes(compare(ledger(1n), null))).toEqual(['account_closed']);
    expect(classes(compare(ledger(500n), account(500n, { owner: address(3) })))).toEqual(['undecodable']);
    expect(classes(compare(ledger(500n), account(500n, { stray: -1n })))).toEqual(['shortfall']);
    const garbage = { ...account(500n), data: new Uint8Array(128) };
    expect(classes(compare(ledger(500n), garbage))).toEqual(['undecodable']);
  });
});

describe('a transfer in flight', () => {
  const withdrawal = { kind: 'withdraw', lamports: 100n, state: 'sent' } as const;
  const deposit = { kind: 'deposit', lamports: 30n, state: 'landed' } as const;

  it('explains its own delta, fee included, and not a lamport more', () => {
    const context = ledger(500n, [withdrawal]);
    expect(compare(context, account(605n)).kind).toBe('clean');
    expect(compare(context, account(500n))).toEqual({ kind: 'explained', by: ['hash 0'] });
    for (const off of [499n, 501n, 604n, 606n])
      expect(classes(compare(context, account(off)))).toEqual(['amount_mismatch']);
  });

  it('explains with others whatever of them has happened', () => {
    const context = ledger(500n, [withdrawal, deposit, { ...withdrawal, lamports: 200n }]);
    // Held beside what is spendable: 105 and 205.
    expect(compare(context, account(810n)).kind).toBe('clean');
    expect(compare(context, account(840n))).toEqual({ kind: 'explained', by: ['hash 1'] });
    expect(compare(context, account(530n))).toMatchObject({ kind: 'explained' });
    expect(classes(compare(context, account(531n)))).toEqual(['amount_mismatch']);
  });

  it.each([
    ['that was never signed, or whose attempts are over', { ...withdrawal, state: 'queued', isOver: true }],
    ['whose fact is booked', { ...withdrawal, isBooked: true }],
    ['that a person looks at, with nothing out', { ...withdrawal, state: 'review', isOver: true }],
  ] as const)('%s explains nothing', (_, flight) => {
    const context = ledger(500n, [flight]);
    const expected = flight.lamports + 500n + ('isBooked' in flight ? -100n : 5n);
    expect(compare(context, account(expected)).kind).toBe('clean');
    expect(classes(compare(context, account(expected - 105n)))).toEqual(['amount_mismatch']);
  });

  it('of which nobody knows what became explains it too', () => {
    const context = ledger(500n, [{ ...withdrawal, state: 'review' }]);
    expect(compare(context, account(500n)).kind).toBe('explained');
  });

  it('and nineteen others are searched through at once', () => {
    const many = Array.from({ length: 20 }, (_, nth) => ({
      ...withdrawal,
      lamports: 2n ** BigInt(nth) * 1_000n,
    }));
    const context = ledger(0n, many);
    const held = BigInt(context.balances.withdrawing);
    const gone = [0, 3, 7, 11, 19].reduce((sum, nth) => sum + (many[nth]?.lamports ?? 0n) + 5n, 0n);
    const found = compare(context, account(held - gone));
    expect(found).toMatchObject({ kind: 'explained' });
    expect(found.kind === 'explained' && found.by.toSorted()).toEqual(
      ['hash 0', 'hash 11', 'hash 19', 'hash 3', 'hash 7'].toSorted(),
    );
    expect(classes(compare(context, account(held - gone - 1n)))).toEqual(['amount_mismatch']);
  });
});
