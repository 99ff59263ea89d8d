/** Model check of the deposit: every state and transition of both regions, the ledger checked after each step. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotFrom } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { depositBehaviour, depositValue } from '../../durable-objects/deposit/behaviour.ts';
import { type DepositContext, expectedOnChain } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { depositMachine } from '../../machines/deposit/machine.ts';
import { chainEventType } from '../../machines/link.ts';
import {
  bind,
  type DepositState,
  depositStep,
  fact,
  holdRelease,
  holdRequest,
  MAX_LAMPORTS,
} from './deposit-model.ts';
import { AT, epoch, LEVELS, pause, resume } from './events.ts';
import { allTransitions, takenTransitions } from './transitions.ts';

type Snapshot = SnapshotFrom<typeof depositMachine>;

const HOLD = 400n;
/** Enough for two holds, or for one over the limit. */
const FUNDS = 1_200n;
/** What the chain takes without a hold: covered once, and not twice. */
const FOREIGN = 700n;

function eventsOf({ context }: Snapshot): readonly DepositEvent[] {
  if (context.binding === null) return LEVELS.map((level) => bind(level));
  const { balances, holds } = context;
  const [hold] = holds;
  const free = ['a', 'b'].find((token) => !holds.some((each) => each.token === token)) ?? 'c';
  const isFunded = BigInt(balances.available) + BigInt(balances.held) >= FUNDS;
  return [
    holdRequest(free, HOLD, null),
    holdRequest('again', HOLD, 'released'),
    holdRequest('too much', MAX_LAMPORTS + 1n, null),
    holdRelease('unknown', null),
    fact('chain:foreign', 'debit', FOREIGN),
    ...(isFunded ? [] : [fact('chain:deposit', 'credit', FUNDS)]),
    ...(hold === undefined
      ? []
      : [holdRelease(hold.token, 'open'), fact('chain:join', 'debit', HOLD, hold.token)]),
    { type: 'history.read', at: AT, cursor: 'newest' },
    ...comparisons(context),
    ...LEVELS.map((level) => verdict(context, level)),
    pause(),
    resume(),
  ];
}

function comparisons(context: DepositContext): DepositEvent[] {
  const onChain = expectedOnChain(context.balances);
  const breaks = [{ class: 'amount_mismatch', detail: 'available differs' }] as const;
  return [
    ...(onChain < 0n
      ? []
      : [{ type: 'compare.clean', at: AT, slot: 1, onChain: onChain.toString() } as const]),
    { type: 'compare.clean', at: AT, slot: 1, onChain: '1' },
    { type: 'compare.mismatch', at: AT, slot: 1, breaks },
    { type: 'compare.surplus', at: AT, slot: 1, lamports: '1' },
  ];
}

function verdict(context: DepositContext, level: (typeof LEVELS)[number]): DepositEvent {
  const counter = (context.link.epoch?.counter ?? 0) + 1;
  return { type: chainEventType(level), at: AT, healthEpoch: epoch(counter) };
}

/** Amounts as far as they decide about the next step. */
function stateKey({ value, context }: Snapshot): string {
  const { money, link } = depositValue(value);
  const { balances, holds, synced, binding } = context;
  const spendable = BigInt(balances.available);
  const covers = [spendable > 0n, spendable >= HOLD, spendable > MAX_LAMPORTS, balances.suspense !== '0'];
  return [money, link, context.link.level, binding === null, synced, holds.length, covers].join(' | ');
}

function eventKey(event: DepositEvent): string {
  const { at: _, ...fields } = event;
  return JSON.stringify(fields);
}

describe('the deposit machine', () => {
  const taken = new Set<string>();
  const combinations = new Set<string>();

  beforeAll(() => {
    const options = { events: eventsOf, serializeState: stateKey, serializeEvent: eventKey, limit: 100_000 };
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
      for (const next of eventsOf(snapshot))
        if (depositStep(after, next) !== null)
          for (const name of takenTransitions(depositMachine, snapshot, next)) taken.add(name);
    }
  }, 60_000);

  it('takes every transition that it defines', () => {
    const untaken = [...allTransitions(depositMachine)].filter((name) => !taken.has(name));
    expect(untaken).toEqual([]);
    expect([...taken].filter((name) => !allTransitions(depositMachine).has(name))).toEqual([]);
  });

  it('reaches every combination of its two regions', () => {
    expect(combinations.size).toBe(10);
  });
});
