/** The real ledger on the kernel: within its budget, and its balances a fold of its postings whatever happens between. */
import { expect, it } from 'vitest';
import { depositBehaviour } from '../../durable-objects/deposit/behaviour.ts';
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import type { LedgerAccount } from '../../machines/effects.ts';
import { Bench, START } from './bench.ts';
import { ALL_ROWS, type Cost, costOf, KERNEL_ROWS } from './cost.ts';
import { Crashed, type WithStorage } from './storage.ts';

const at = START;
const binding = { userId: 'ann', wallet: 'wallet', authority: 'authority' };
const limits = { expiresAt: null, known: null, maxHolds: 20, maxLamports: '10000000000', maxPerHour: 60 };
const epoch = { generation: 1, counter: 1 };

/** A deposit is credited, two stakes are held, one is taken by the chain and one is given back. */
const events: readonly DepositEvent[] = [
  { type: 'deposit.bind', at, binding, verdict: { level: 'online', healthEpoch: epoch } },
  fact('credit', '9000', null, 'chain:one:0:0'),
  { type: 'history.read', at, cursor: 'one' },
  { type: 'hold.request', at, binding, token: 'join 1', amount: '4000', matchId: 'm', ...limits },
  { type: 'hold.request', at, binding, token: 'join 2', amount: '4000', matchId: 'm', ...limits },
  fact('debit', '4000', 'join 1', 'chain:two:0:0'),
  {
    type: 'hold.release',
    at,
    binding,
    token: 'release',
    holdToken: 'join 2',
    matchId: 'm',
    amount: null,
    known: 'open',
  },
  // What no balance covers: it freezes the deposit, and calls a person.
  fact('debit', '6000', null, 'chain:three:0:0'),
];

function fact(
  direction: 'credit' | 'debit',
  amount: string,
  holdToken: string | null,
  token: string,
): DepositEvent {
  return { type: 'chain.fact', at, token, direction, amount, holdToken, ref: 'test', slot: 9 };
}

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
      for (const [nth, event] of events.entries()) {
        bench.stepped.restart();
        expect(kernel.commit(event, answered(nth, event)).kind).toBe('committed');
        costs.push(costOf(event.type, bench.stepped));
      }
      expect(costs.filter(({ kernel, all }) => kernel > KERNEL_ROWS || all > ALL_ROWS)).toEqual([]);
      expect(Math.min(...costs.map((cost) => cost.kernel))).toBeGreaterThanOrEqual(3);
    }));

  it('Through a crash at every commit the five accounts sum to nothing and make up the balances.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      for (const [nth, event] of events.entries()) {
        const dying = bench.isolateOf(depositBehaviour).kernel;
        bench.stepped.restart();
        // Its own hydration takes two statements; which of the others is the last changes from event to event.
        bench.stepped.crash = { step: 3 + (nth % 4) };
        expect(() => dying.commit(event, answered(nth, event))).toThrow(Crashed);
        bench.stepped.crash = null;
        const { kernel } = bench.isolateOf(depositBehaviour);
        kernel.commit(event, answered(nth, event));
        const totals = fold(kernel.records.postings());
        const { balances } = kernel.standing.context;
        expect([...totals.values()].reduce((sum, total) => sum + total, 0n)).toBe(0n);
        expect({
          available: totals.get('available') ?? 0n,
          held: totals.get('held') ?? 0n,
          suspense: -(totals.get('suspense') ?? 0n),
        }).toEqual({
          available: BigInt(balances.available),
          held: BigInt(balances.held),
          suspense: BigInt(balances.suspense),
        });
      }
      const { standing } = bench.isolateOf(depositBehaviour).kernel;
      expect(standing.value).toMatchObject({ money: 'frozen' });
      expect(standing.context.balances).toMatchObject({ available: '0', held: '0', suspense: '1000' });
    }));
}

function fold(postings: readonly { account: LedgerAccount; delta: string }[]): Map<LedgerAccount, bigint> {
  const totals = new Map<LedgerAccount, bigint>();
  for (const { account, delta } of postings) totals.set(account, (totals.get(account) ?? 0n) + BigInt(delta));
  return totals;
}
