/** How a request of a client becomes one event: its id, what a repeat is compared with, and the answer it gets. */
import { type Refusal, type RefusalCode, refusal, refusalStatus } from '../machines/refusals.ts';
import type { CommitOptions, Outcome } from './kernel/kernel.ts';
import type { WalletFault } from './plans.ts';
import type { Answer, Caller } from './wire/objects.ts';

/** Options of a client's event. The id names user and key; the other fields of the request are what a repeat must repeat. */
export function clientOptions<Context>(
  caller: Pick<Caller, 'userId'>,
  request: { readonly clientKey: string },
  answer: NonNullable<CommitOptions<Context>['answer']>,
): CommitOptions<Context> {
  const { clientKey: _, ...fields } = request;
  // SAFETY: a request that passed its schema is JSON; undefined fields vanish in the stored text.
  const comparable = JSON.parse(JSON.stringify(fields)) as NonNullable<CommitOptions<Context>['request']>;
  return { id: clientEventId(caller, request), request: comparable, answer };
}

/** A client's event id (design: section 5). */
export function clientEventId(
  { userId }: Pick<Caller, 'userId'>,
  { clientKey }: { readonly clientKey: string },
): string {
  return `client:${userId}:${clientKey}`;
}

const FAULTS: { readonly [fault in WalletFault]: Refusal } = {
  malformed: refusal('invalid_request', 'transaction: not a signed transaction'),
  transaction_changed: refusal('transaction_changed'),
  signature_invalid: refusal('signature_invalid', 'the first signature of the transaction'),
};

/** Why the transaction that came back from a wallet is not taken. */
export function faultyTransaction(fault: WalletFault): Answer {
  return answerOf(FAULTS[fault]);
}

export function answerIn<Context>(outcome: Outcome<Context>): Answer {
  if (outcome.kind === 'lease_lost' || outcome.answer === null) return refused('internal');
  return outcome.answer;
}

export function answerOf(reason: Refusal): Answer {
  return { status: refusalStatus(reason.code), text: JSON.stringify(reason) };
}

export function refused(code: RefusalCode, detail?: string): Answer {
  return answerOf(refusal(code, detail));
}

export function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'retryable' in value;
}
