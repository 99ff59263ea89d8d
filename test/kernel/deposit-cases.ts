/** The real ledger on the kernel: within its budget, and its balances a fold of its postings whatever happens between. */
import { expect, it } from 'vitest';
import { depositBehaviour } from '../../durable-objects/deposit/behaviour.ts';
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import type { LedgerAccount } from '../../machines/effects.ts';
import {
  admission,
  bind,
  conclude,
  debit,
  fact,
  holdRelease,
  holdRequest,
  LIMITS,
  offered,
  reportsOf,
  resolve,
  signed,
  takeBack,
  transferAction,
  transferRequest,
  unfreeze,
} from '../model/deposit-events.ts';
import { AT, HOUR } from '../model/requests.ts';
import { Bench } from './bench.ts';
import { ALL_ROWS, type Cost, costOf, KERNEL_ROWS } from './cost.ts';
import { Crashed, dumpOf, type WithStorage } from './storage.ts';

type Make = (context: DepositContext) => DepositEvent;

const W = transferAction('withdraw', 1, 3_000n).hash;
const D = transferAction('deposit', 2, 7_000n).hash;
const limits = { ...LIMITS, maxHolds: 20, maxLamports: '10000000000' };

/** The first report of that type, as the action stands. */
function report(hash: string, type: DepositEvent['type']): Make {
  return (context) => {
    const found = reportsOf(context, hash).find((event) => event.type === type);
    if (found === undefined) throw new Error(`no report ${type}`);
    return found;
  };
}

const booked = (
  token: string,
  direction: 'credit' | 'debit',
  amount: bigint,
  memo: string | null = null,
): Make => {
  const seen = fact(token, direction, amount, memo, direction === 'credit' ? 'deposit_sol' : 'withdraw_sol');
  return () => seen;
};

/** A deposit with every kind of operation in its life: holds, a withdrawal, a deposit that a wallet signs, a freeze. */
const story: readonly Make[] = [
  () => bind('online'),
  booked('chain:one:0:0', 'credit', 9_000n),
  () => ({ type: 'history.read', at: AT, cursor: 'one' }),
  () => holdRequest('join 1', 4_000n, null, limits),
  () => holdRequest('join 2', 1_000n, null, { ...limits, expiresAt: AT + 5 }),
  () => admission('wallet join', 100n),
  () => holdRelease('join 1', 'open', { amount: '500' }),
  booked('chain:two:0:0', 'debit', 3_500n, 'join 1'),
  () => conclude('join 1'),
  () => ({ type: 'hold.expire', at: AT + 5, token: 'join 2' }),
  () => holdRelease('wallet join', 'open'),
  () => transferRequest('withdraw', 1, 3_000n, 5n, limits),
  () => ({ type: 'withdraw.fee', at: AT, hash: W, fee: '9' }),
  report(W, 'action.leased'),
  (context) => signed(context, W),
  report(W, 'action.sent'),
  report(W, 'action.review'),
  () => resolve('retry', [W]),
  report(W, 'action.landed'),
  booked('chain:three:0:0', 'debit', 3_009n, W),
  report(W, 'action.final'),
  () => transferRequest('deposit', 2, 7_000n, 0n, limits),
  report(D, 'action.leased'),
  (context) => offered(context, D),
  report(D, 'wallet.signed'),
  (context) => ({ ...signed(context, D), offer: `offer-${D.slice(0, 12)}-0` }) as DepositEvent,
  report(D, 'action.sent'),
  booked('chain:four:0:0', 'credit', 7_000n, D),
  report(D, 'action.final'),
  () => transferRequest('withdraw', 3, 1_000n, 5n, limits),
  () => ({ type: 'transfer.expire', at: AT + HOUR, hash: transferAction('withdraw', 3, 1_000n).hash }),
  () => transferRequest('withdraw', 4, 1_000n, 5n, limits),
  () => takeBack(transferAction('withdraw', 4, 1_000n).hash),
  // Over the limit: nothing is held, a person is asked.
  () => holdRequest('too much', 1n, null, { ...limits, maxHolds: 0 }),
  () => debit('fee', 91n),
  // What no balance covers: it freezes the deposit, and calls a person.
  booked('chain:five:0:0', 'debit', 10_000n),
  booked('chain:six:0:0', 'credit', 2_000n),
  () => unfreeze(),
];

const END = { available: '1400', held: '0', withdrawing: '0', suspense: '0' };

function answered(nth: number, { type }: DepositEvent) {
  return {
    id: `event ${nth}`,
    request: { type },
    answer: ({ context }: { readonly context: DepositContext }) => ({
      status: 200,
      body: { ...context.balances },
    }),
  };
}

export function depositCases(withStorage: WithStorage): void {
  it('No event of a deposit writes more rows than its budget, answers included.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolateOf(depositBehaviour);
      const costs: Cost[] = [];
      for (const [nth, make] of story.entries()) {
        const event = make(kernel.standing.context);
        bench.stepped.restart();
        expect(kernel.commit(event, answered(nth, event)).kind, event.type).toBe('committed');
        costs.push(costOf(event.type, bench.stepped));
      }
      expect(costs.filter(({ kernel, all }) => kernel > KERNEL_ROWS || all > ALL_ROWS)).toEqual([]);
      expect(Math.min(...costs.map((cost) => cost.kernel))).toBeGreaterThanOrEqual(3);
      expect(kernel.standing.context.balances).toEqual(END);
    }));

  it('A crash at any statement of any operation leaves the deposit as it was; the next try does it.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      let crashes = 0;
      for (const [nth, make] of story.entries()) {
        const before = await dumpOf(storage);
        for (let step = 1; ; step += 1) {
          const { kernel } = bench.isolateOf(depositBehaviour);
          // Its own hydration takes statements too; only those of the commit are to be the last ones.
          const event = make(kernel.standing.context);
          bench.stepped.restart();
          bench.stepped.crash = { step };
          const outcome = attempt(() => kernel.commit(event, answered(nth, event)).kind);
          bench.stepped.crash = null;
          if (outcome === 'committed') break;
          expect([outcome, event.type]).toEqual(['crashed', event.type]);
          expect(await dumpOf(storage), `${event.type} at statement ${step}`).toEqual(before);
          crashes += 1;
        }
      }
      const { kernel } = bench.isolateOf(depositBehaviour);
      expect(kernel.standing.value).toMatchObject({ money: 'active' });
      expect(kernel.standing.context.balances).toEqual(END);
      expect(kernel.journal.firstBreak()).toBeNull();
      expect(crashes).toBeGreaterThan(6 * story.length);
    }));

  it('Through a crash after every commit the five accounts sum to nothing and make up the balances.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      for (const [nth, make] of story.entries()) {
        const { kernel: dying } = bench.isolateOf(depositBehaviour);
        const event = make(dying.standing.context);
        bench.stepped.crash = 'after the transaction';
        expect(() => dying.commit(event, answered(nth, event))).toThrow(Crashed);
        bench.stepped.crash = null;
        const { kernel } = bench.isolateOf(depositBehaviour);
        // Nobody heard of it: asked again, it is told, and nothing is done twice.
        expect(kernel.commit(event, answered(nth, event)).kind).toBe('repeated');
        const totals = fold(kernel.records.postings());
        const { balances } = kernel.standing.context;
        expect([...totals.values()].reduce((sum, total) => sum + total, 0n)).toBe(0n);
        expect({
          available: totals.get('available') ?? 0n,
          held: totals.get('held') ?? 0n,
          withdrawing: totals.get('withdrawing') ?? 0n,
          suspense: -(totals.get('suspense') ?? 0n),
        }).toEqual({
          available: BigInt(balances.available),
          held: BigInt(balances.held),
          withdrawing: BigInt(balances.withdrawing),
          suspense: BigInt(balances.suspense),
        });
      }
      expect(bench.isolateOf(depositBehaviour).kernel.standing.context.balances).toEqual(END);
    }));
}

function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    if (error instanceof Crashed) return 'crashed';
    throw error;
  }
}

function fold(postings: readonly { account: LedgerAccount; delta: string }[]): Map<LedgerAccount, bigint> {
  const totals = new Map<LedgerAccount, bigint>();
  for (const { account, delta } of postings) totals.set(account, (totals.get(account) ?? 0n) + BigInt(delta));
  return totals;
}
