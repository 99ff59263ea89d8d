/** Events and effects for the bench, one of each kind that a machine can ask for. */
import type { CommitOptions } from '../../durable-objects/kernel/kernel.ts';
import type { AttemptRecord, Effect, Json } from '../../machines/effects.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Bench } from './bench.ts';
import type { BenchContext, BenchEvent } from './machine.ts';

export function ask(bench: Bench, effects: readonly Effect[] = [], amount = '1'): BenchEvent {
  return { type: 'ask', at: bench.clock.now(), amount, effects };
}

export function close(bench: Bench): BenchEvent {
  return { type: 'close', at: bench.clock.now() };
}

/** A request with an answer that shows the state in which it was answered. */
export function asked(id: string, request: { readonly [field: string]: Json } = { amount: '1' }) {
  return {
    id,
    request,
    answer: ({ seq, context }) => ({ status: 200, body: { seq, total: context.total } }),
  } satisfies CommitOptions<BenchContext>;
}

export function work(key: string, inMs = 0, body: Json = null): Effect {
  return { type: 'work', key, task: 'drive', body, inMs };
}

export function message(key: string, body: Json = null): Effect {
  return { type: 'message', task: 'hold', key, body };
}

export function timer(name: string, at: number | null, event: Json = { type: 'close' }): Effect {
  return { type: 'timer', name, at, event };
}

export function posting(token: string, delta: string): Effect {
  return { type: 'record', row: 'posting', token, account: 'available', delta };
}

export const sampleAction: PendingAction = {
  v: 1,
  kind: 'start',
  cluster: 'cluster',
  programId: 'program',
  matchId: '11111111-1111-4111-8111-111111111111',
  args: {},
  seeds: [],
  clientKey: '22222222-2222-8222-8222-222222222222',
  notAfter: Number.MAX_SAFE_INTEGER,
  hash: 'aa'.repeat(32),
};

export const sampleAttempt: AttemptRecord = {
  signature: 'signature-1',
  hash: sampleAction.hash,
  bytes: 'AAAA',
  blockhash: 'blockhash',
  lastValidBlockHeight: 150,
  blockhashSlot: 7,
  provider: 'one',
  epoch: '1.2',
  expected: '[]',
};

/** One effect of every kind, in an order in which each finds the row that it changes. `answers`: an answer to complete. */
export function everyEffect(at: number, answers: string): Effect[] {
  const { hash } = sampleAction;
  const { signature } = sampleAttempt;
  return [
    { type: 'record', row: 'action', action: sampleAction, state: 'queued' },
    { type: 'record', row: 'intent', hash, signer: 'coordinator', signature: 'over the hash' },
    { type: 'record', row: 'actionState', hash, state: 'signed', detail: 'once' },
    { type: 'record', row: 'attempt', attempt: sampleAttempt },
    { type: 'record', row: 'attemptState', signature, state: 'sent', detail: null },
    { type: 'record', row: 'hold', token: hash, state: 'open', amount: '5', matchId: null },
    posting('token', '18446744073709551615'),
    { type: 'record', row: 'break', class: 'surplus', entity: 'escrow', detail: 'one too many' },
    { type: 'record', row: 'review', entity: hash, reason: 'a person is asked' },
    {
      type: 'record',
      row: 'alert',
      class: 'surplus',
      entity: 'escrow',
      severity: 'warning',
      message: 'look',
    },
    { type: 'record', row: 'answer', id: answers, status: 200, body: { done: true } },
    work('drive:a', 5_000, { hash }),
    message('hold:a', { hash }),
    timer('expire:a', at + 9_000),
  ];
}
