/** Random operations, asked of the real deposit object and of the independent book at once. */
import fc from 'fast-check';
import type { HoldAnswer } from '../../../durable-objects/wire/objects.ts';
import type { Balances } from '../../../durable-objects/wire/views.ts';
import { AT } from '../../model/requests.ts';
import { BINDING, CALLER, DepositHome, OPERATOR, WITHDRAWAL_FEE } from './ledger-object.ts';
import { Oracle } from './ledger-oracle.ts';

export const LIMITS = { actions: 4, lamports: 1_000n, perHour: 6 };
const SETTINGS = {
  maxActionsPerUser: LIMITS.actions,
  maxLamportsPerUser: LIMITS.lamports,
  maxOperationsPerHour: LIMITS.perHour,
};

const amount = fc.oneof(fc.bigInt({ min: 1n, max: 400n }), fc.bigInt({ min: 1n, max: 1_100n }));
/** Few names, so that the same one is met again and again, as itself and as another's. */
const name = fc.integer({ min: 0, max: 5 }).map((n) => `join ${n}`);
const delay = fc.constantFrom(null, null, 500, 5_000);

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('hold' as const), name, amount, delay }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('admit' as const), name, amount, delay: fc.constant(null) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      by: fc.integer({ min: 0, max: 9 }),
      name,
      amount: fc.option(amount, { nil: null }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('fact' as const),
      nth: fc.integer({ min: 0, max: 14 }),
      direction: fc.constantFrom('credit' as const, 'credit' as const, 'debit' as const),
      amount,
      memo: fc.option(name, { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('debit' as const),
      nth: fc.integer({ min: 0, max: 4 }),
      amount,
      memo: fc.option(name, { nil: null }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('withdraw' as const),
      key: fc.integer({ min: 0, max: 5 }),
      amount,
      notAfter: fc.constantFrom(AT + 4_000, AT + 40_000, AT + 3_600_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('conclude' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unfreeze' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(100, 1_000, 6_000, 3_600_000),
      /** The alarm may come late (F23). */
      fires: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
);

export type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never;

export const operations = fc.array(operation, { minLength: 5, maxLength: 45, size: 'max' });

function codeOf(answer: HoldAnswer): string {
  return answer.ok ? 'ok' : answer.code;
}

/** Base58 has no digits that are not in a name. */
const factName = (nth: number): string => `chain:fact${nth + 1}:0:0`;
const clientKey = (n: number): string => `0192f0c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export class Run {
  readonly home = new DepositHome(SETTINGS);
  readonly oracle = new Oracle(LIMITS);
  #resolved = 1_000;

  /** Asks the object, and the book, for the same; answers both. */
  async ask(each: Operation): Promise<readonly [string, string] | null> {
    const { home, oracle } = this;
    const { object, now } = home;
    switch (each.do) {
      case 'hold':
      case 'admit': {
        const expiresAt = each.delay === null ? null : AT + each.delay;
        const asked = { token: each.name, amount: each.amount.toString(), matchId: 'm' };
        const request = expiresAt === null ? asked : { ...asked, expiresAt };
        const kind = each.do === 'hold' ? 'hold' : 'admission';
        const answer = await (kind === 'hold'
          ? object.hold(BINDING, request)
          : object.admit(BINDING, request));
        return [codeOf(answer), oracle.hold(now, kind, each.name, each.amount, expiresAt)];
      }
      case 'release': {
        const token = `release ${each.by}`;
        const asked = { token, holdToken: each.name, matchId: 'm' };
        const request = each.amount === null ? asked : { ...asked, amount: each.amount.toString() };
        const answer = await object.release(BINDING, request);
        return [codeOf(answer), oracle.release(now, token, each.name, each.amount)];
      }
      case 'fact':
      case 'debit': {
        const isFact = each.do === 'fact';
        const token = isFact ? factName(each.nth) : `fee ${each.nth}`;
        const direction = isFact ? each.direction : 'debit';
        const amount = each.amount.toString();
        const fact = { token, direction, amount, holdToken: each.memo, ref: 'test', slot: 1 };
        const answer = codeOf(await object.fact(BINDING, fact));
        return [
          answer,
          isFact
            ? oracle.fact(token, each.direction, each.amount, each.memo)
            : oracle.debit(now, token, each.amount, each.memo),
        ];
      }
      case 'withdraw':
        return this.#withdraw(each);
      case 'conclude':
        return [
          codeOf(await object.conclude(BINDING, { token: `concluded:${each.name}`, holdToken: each.name })),
          'ok',
        ];
      case 'unfreeze': {
        this.#resolved += 1;
        const request = {
          clientKey: clientKey(this.#resolved),
          as: 'unfreeze',
          reason: 'looked at',
        } as const;
        const expected = oracle.unfreeze();
        return [codeIn(await object.resolve(OPERATOR, request)), expected];
      }
      case 'wait':
        home.now += each.ms;
        if (each.fires) {
          await home.fireDue();
          oracle.timePasses(home.now);
        }
        return null;
      case 'evict':
        home.evict();
        return null;
    }
  }

  async #withdraw({ key, amount, notAfter }: Extract<Operation, { do: 'withdraw' }>) {
    const { now, object } = this.home;
    const request = { clientKey: clientKey(key), lamports: amount.toString(), notAfter };
    const answer = codeIn(await object.withdraw(CALLER, request));
    return [answer, this.oracle.withdraw(now, clientKey(key), amount, WITHDRAWAL_FEE, notAfter)] as const;
  }

  async balances(): Promise<Balances> {
    return (await this.home.object.view())?.balances ?? this.home.object.recomputed();
  }

  expected(): Balances {
    const { available, held, withdrawing, suspense } = this.oracle;
    return {
      available: available.toString(),
      held: held.toString(),
      withdrawing: withdrawing.toString(),
      suspense: suspense.toString(),
    };
  }
}

function codeIn({ status, text }: { readonly status: number; readonly text: string }): string {
  return status === 200 ? 'ok' : (JSON.parse(text) as { readonly code: string }).code;
}
