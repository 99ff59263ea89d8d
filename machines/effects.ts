/**
 * What a transition asks for. Machines are pure: they do nothing, they return effects, and the kernel writes them down
 * in the same transaction as the new state. Work and messages are then done from the outbox, at least once.
 */
import type { PendingAction } from './pending-action.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Something the object has to do itself. The key is unique within the object: the same key again replaces the row. */
export interface WorkEffect {
  readonly type: 'work';
  readonly key: string;
  readonly task: 'drive' | 'compare' | 'alert' | 'directory' | 'publish';
  readonly body: Json;
  /** Due this long after the event, ms. */
  readonly inMs: number;
}

/** A message to another object; its id is `<sender>:generation:seq:index`, so that the receiver takes it once. */
export interface MessageEffect {
  readonly type: 'message';
  readonly task: 'hold' | 'admit' | 'release' | 'fact' | 'conclude';
  /** Rows with the same key are one message: what is asked again before it was done is not asked twice. */
  readonly key: string;
  readonly body: Json;
}

/** A row of timers; at its time it becomes the ordinary event that it carries. `at` null cancels. */
export interface TimerEffect {
  readonly type: 'timer';
  readonly name: string;
  readonly at: number | null;
  readonly event: Json;
}

export type RecordEffect =
  | {
      readonly type: 'record';
      readonly row: 'action';
      readonly action: PendingAction;
      readonly state: string;
    }
  | {
      readonly type: 'record';
      readonly row: 'actionState';
      readonly hash: string;
      readonly state: string;
      readonly detail: string | null;
    }
  | {
      readonly type: 'record';
      readonly row: 'intent';
      readonly hash: string;
      readonly signer: string;
      readonly signature: string;
    }
  | { readonly type: 'record'; readonly row: 'offer'; readonly offer: OfferRecord }
  | {
      readonly type: 'record';
      readonly row: 'offerState';
      readonly id: string;
      readonly state: OfferState;
      /** The wallet's, base58; null leaves what is stored. */
      readonly signature: string | null;
    }
  | { readonly type: 'record'; readonly row: 'attempt'; readonly attempt: AttemptRecord }
  | {
      readonly type: 'record';
      readonly row: 'attemptState';
      readonly signature: string;
      readonly state: AttemptState;
      readonly detail: string | null;
    }
  | {
      readonly type: 'record';
      readonly row: 'hold';
      readonly token: string;
      readonly state: HoldState;
      readonly amount: string;
      readonly matchId: string | null;
    }
  | {
      readonly type: 'record';
      readonly row: 'posting';
      readonly token: string;
      readonly account: LedgerAccount;
      readonly delta: string;
    }
  | {
      readonly type: 'record';
      readonly row: 'break';
      readonly class: BreakClass;
      readonly entity: string;
      readonly detail: string;
    }
  | { readonly type: 'record'; readonly row: 'review'; readonly entity: string; readonly reason: string }
  | {
      readonly type: 'record';
      readonly row: 'alert';
      readonly class: string;
      readonly entity: string;
      readonly severity: 'warning' | 'critical';
      readonly message: string;
    }
  /** Completes the stored answer of an earlier event, whose sender was told to ask again. */
  | {
      readonly type: 'record';
      readonly row: 'answer';
      readonly id: string;
      readonly status: number;
      readonly body: Json;
    };

export type Effect = WorkEffect | MessageEffect | TimerEffect | RecordEffect;

export type AttemptState = 'signed' | 'sent' | 'absent' | 'landed' | 'final' | 'failed' | 'dead';
export type HoldState = 'open' | 'captured' | 'released' | 'expired';
export type LedgerAccount = 'chain' | 'available' | 'held' | 'withdrawing' | 'suspense';

/** One signature of an action, stored before it is sent (design: section 6). */
export interface AttemptRecord {
  readonly signature: string;
  readonly hash: string;
  readonly bytes: string;
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  readonly blockhashSlot: number;
  readonly provider: string;
  /** `generation.counter` of the verdict under which it was signed (I16). */
  readonly epoch: string;
  /** The instructions it carries, as the chain would show them: what `landed` is compared with. */
  readonly expected: string;
  /** Of a message that a wallet signed: whoever has that key can sign the very same message anew, and otherwise. */
  readonly isWalletSigned?: true;
}

export type OfferState = 'open' | 'signed' | 'countersigned' | 'dead';

/** A message prepared for a wallet to sign; stored before it is shown (design: section 6). */
export interface OfferRecord {
  /** SHA-256 of the message, hex. */
  readonly id: string;
  readonly hash: string;
  /** Whose signature it waits for; also the fee payer. */
  readonly wallet: string;
  /** The whole wire transaction with empty signatures, base64. */
  readonly transaction: string;
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  readonly blockhashSlot: number;
  readonly provider: string;
  readonly expected: string;
}

/** Break classes of design section 9. */
export type BreakClass =
  | 'missing_on_chain'
  | 'missing_in_mirror'
  | 'amount_mismatch'
  | 'state_mismatch'
  | 'payee_mismatch'
  | 'treasury_mismatch'
  | 'duplicate_effect'
  | 'orphan_hold'
  | 'stuck_attempt'
  | 'surplus'
  | 'shortfall'
  | 'account_closed'
  | 'config_changed'
  | 'undecodable'
  | 'provider_disagreement'
  | 'journal_broken'
  | 'timing';
