/**
 * Model check of the deposit: every state and transition of both regions, the ledger checked after each step. Three
 * walks: holds, facts and freezes under every weather; a withdrawal through its life while it is fine, beside a deposit
 * that at most waits for a person; and the other way round. The whole product would be the same transitions a hundred
 * times over.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { depositBehaviour, depositValue } from '../../durable-objects/deposit/behaviour.ts';
import { type DepositContext, expectedOnChain } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { depositMachine } from '../../machines/deposit/machine.ts';
import { chainEventType } from '../../machines/link.ts';
import {
  admission,
  bind,
  conclude,
  type DepositState,
  debit,
  depositStep,
  fact,
  holdRelease,
  holdRequest,
  MAX_LAMPORTS,
  reportsOf,
  resolve,
  transferAction,
  transferRequest,
  unfreeze,
} from './deposit-model.ts';
import { AT, epoch, LEVELS, pause, restored, resume } from './events.ts';
import { allTransitions, takenTransitions } from './transitions.ts';

type Snapshot = SnapshotFrom<typeof depositMachine>;

const HOLD = 400n;
/** Enough for two holds, or for one over the limit. */
const FUNDS = 1_200n;
/** What the chain takes without a hold: covered once, and not twice. */
const FOREIGN = 700n;
const LATER = AT + 60_000;

/** A hold that expires, one that does not, an admission; facts, freezes, comparisons; every verdict and operator. */
function ledgerEvents({ context }: Snapshot): readonly DepositEvent[] {
  if (context.binding === null) return LEVELS.map((level) => bind(level));
  const { balances, holds, admissions } = context;
  const [hold] = holds;
  const free = ['a', 'b'].find((token) => !holds.some((each) => each.token === token)) ?? 'c';
  const isFunded = BigInt(balances.available) + BigInt(balances.held) >= FUNDS;
  const expiresAt = free === 'a' ? null : LATER;
  return [
    holdRequest(free, HOLD, null, { expiresAt }),
    holdRequest('again', HOLD, 'released'),
    holdRequest('too much', MAX_LAMPORTS + 1n, null),
    ...(admissions.length === 0 ? [admission('w', 100n)] : [holdRelease('w', 'open')]),
    admission('too much', MAX_LAMPORTS + 1n),
    holdRelease('unknown', null),
    conclude('a'),
    debit('fee', 10n),
    fact('chain:foreign', 'debit', FOREIGN),
    ...(isFunded ? [] : [fact('chain:deposit', 'credit', FUNDS)]),
    ...(hold === undefined
      ? []
      : [
          holdRelease(hold.token, 'open'),
          fact('chain:join', 'debit', HOLD, hold.token),
          { type: 'hold.expire', at: LATER, token: hold.token } as const,
          { type: 'hold.expire', at: AT, token: hold.token } as const,
          { type: 'hold.stale', at: LATER, token: hold.token } as const,
        ]),
    unfreeze(),
    ...comparisons(context),
    ...LEVELS.map((level) => verdict(context, level)),
    pause(),
    restored(),
    resume(),
  ];
}

function comparisons(context: DepositContext): DepositEvent[] {
  const onChain = expectedOnChain(context);
  const breaks = [{ class: 'amount_mismatch', detail: 'available differs' }] as const;
  return [
    { type: 'history.read', at: AT, cursor: 'newest' },
    ...(onChain < 0n
      ? []
      : [{ type: 'compare.clean', at: AT, slot: 1, onChain: onChain.toString() } as const]),
    { type: 'compare.clean', at: AT, slot: 1, onChain: '1' },
    { type: 'compare.mismatch', at: AT, slot: 1, breaks },
    { type: 'compare.surplus', at: AT, slot: 1, lamports: '1' },
    { type: 'compare.inPlay', at: AT, slot: 1, onChain: '0', timingMs: 0 },
    { type: 'treasury.mismatch', at: AT, signature: 'sig', treasury: 'another' },
  ];
}

function verdict(context: DepositContext, level: (typeof LEVELS)[number]): DepositEvent {
  const counter = (context.link.epoch?.counter ?? 0) + 1;
  return { type: chainEventType(level), at: AT, healthEpoch: epoch(counter) };
}

const WITHDRAWAL = transferAction('withdraw', 1, 300n).hash;
const DEPOSIT = transferAction('deposit', 2, 300n).hash;

/** `hash` with everything that can be reported of it, the other in review at most, and all that a person can do. */
function transferEvents({ context }: Snapshot, hash: string, other: string): readonly DepositEvent[] {
  if (context.binding === null) return [bind('online')];
  if (!context.synced) return [{ type: 'history.read', at: AT, cursor: 'newest' }];
  const [hold] = context.holds;
  const isFunded = expectedOnChain(context) >= FUNDS;
  return [
    ...(isFunded ? [] : [fact('chain:deposit', 'credit', FUNDS)]),
    fact('chain:foreign', 'debit', 2n * FUNDS),
    transferRequest('withdraw', 1, 300n, 5n),
    transferRequest('deposit', 2, 300n),
    transferRequest('withdraw', 3, 1n, 0n, { maxHolds: 0 }),
    transferRequest('deposit', 4, 1n, 0n, { maxHolds: 0 }),
    hash === WITHDRAWAL
      ? fact('chain:withdrawal', 'debit', 305n, hash, 'withdraw_sol')
      : fact('chain:credit', 'credit', 300n, hash, 'deposit_sol'),
    ...(hash === WITHDRAWAL && context.transfers.length === 0 && hold === undefined
      ? [holdRequest('b', HOLD, null, { expiresAt: LATER })]
      : []),
    ...(hold === undefined
      ? []
      : [
          { type: 'hold.expire', at: LATER, token: hold.token } as const,
          { type: 'hold.stale', at: LATER, token: hold.token } as const,
          holdRelease(hold.token, 'open'),
        ]),
    conclude('b'),
    ...reportsOf(context, hash),
    { type: 'action.review', at: AT, hash: other, reason: 'unknown' },
    ...[[], [hash]].flatMap((outstanding) => [resolve('retry', outstanding), resolve('drop', outstanding)]),
    unfreeze(),
    ...comparisons(context).filter(({ type }) => type !== 'compare.mismatch'),
    ...(context.actions.length === 1 && context.actions[0]?.state === 'review' ? [pause()] : []),
  ];
}

/** Amounts as far as they decide about the next step. */
function ledgerKey({ value, context }: Snapshot): string {
  const { money, link } = depositValue(value);
  const { balances, holds, admissions, synced, binding } = context;
  const spendable = BigInt(balances.available);
  const covers = [spendable > 0n, spendable >= HOLD, spendable > MAX_LAMPORTS, balances.suspense !== '0'];
  const open = [holds.map(({ token }) => token).join(), admissions.length];
  return [money, link, context.link.level, binding === null, synced, open, covers].join(' | ');
}

function transferKey({ value, context }: Snapshot): string {
  const { money, link } = depositValue(value);
  const { balances, holds, actions, transfers } = context;
  const lives = actions.map(({ kind, state, doomed }) => [kind, state, doomed]);
  const booked = transfers.map(({ isBooked }) => isBooked);
  const spendable = BigInt(balances.available);
  const covers = [spendable >= 305n, balances.suspense !== '0', spendable >= BigInt(balances.suspense)];
  return [money, link, context.synced, holds.length, lives, booked, covers].join(' | ');
}

function eventKey(event: DepositEvent): string {
  const { at: _, ...fields } = event;
  return JSON.stringify(fields);
}

const WALKS = [
  { events: ledgerEvents, serializeState: ledgerKey },
  {
    events: (snapshot: Snapshot) => transferEvents(snapshot, WITHDRAWAL, DEPOSIT),
    serializeState: transferKey,
  },
  {
    events: (snapshot: Snapshot) => transferEvents(snapshot, DEPOSIT, WITHDRAWAL),
    serializeState: transferKey,
  },
];

describe('the deposit machine', () => {
  const taken = new Set<string>();
  const combinations = new Set<string>();

  /** Every state of the walk is reached again through the kernel's port, and every event is tried in it. */
  function explore({ events, serializeState }: (typeof WALKS)[number]): void {
    const options = { events, serializeState, serializeEvent: eventKey, limit: 400_000 };
    const reached = new Map<unknown, DepositState>();
    const paths = getShortestPaths(depositMachine, options);
    for (const { state, steps } of paths.toSorted((left, right) => left.steps.length - right.steps.length)) {
      const before = reached.get(steps.at(-2)?.state);
      const event = steps.at(-1)?.event;
      const after =
        before === undefined || event === undefined
          ? depositBehaviour.initial()
          : depositStep(before, event)?.state;
      expect(after?.value).toEqual(state.value);
      if (after === undefined) continue;
      reached.set(state, after);
      const { money, link } = depositValue(after.value);
      combinations.add(`${money}/${link}`);
      const snapshot = depositMachine.resolveState(
        after as Parameters<typeof depositMachine.resolveState>[0],
      );
      for (const next of events(snapshot))
        if (depositStep(after, next) !== null)
          for (const name of takenTransitions(depositMachine, snapshot, next)) taken.add(name);
    }
  }

  beforeAll(() => {
    for (const walk of WALKS) explore(walk);
  }, 120_000);

  it('takes every transition that it defines', () => {
    const untaken = [...allTransitions(depositMachine)].filter((name) => !taken.has(name));
    expect(untaken).toEqual([]);
    expect([...taken].filter((name) => !allTransitions(depositMachine).has(name))).toEqual([]);
  });

  it('reaches every combination of the money region with the links that it can have', () => {
    const states = ['active', 'frozen'].flatMap((money) =>
      ['online', 'degraded', 'queued', 'reconciling', 'paused'].map((link) => `${money}/${link}`),
    );
    expect([...states, 'review/online', 'review/paused'].filter((state) => !combinations.has(state))).toEqual(
      [],
    );
  });
});
