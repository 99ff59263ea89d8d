/**
 * Every refusal that a caller can meet, in one table: code, message, whether the same request may succeed later
 * (`retryable`), and the HTTP status that carries it. A final refusal (not retryable) is sticky for its client key.
 * Codes are never reused and never change their meaning.
 */

interface RefusalRow {
  readonly message: string;
  readonly retryable: boolean;
  readonly status: number;
}

const table = {
  // The request itself.
  invalid_request: {
    status: 400,
    retryable: false,
    message: 'the request does not have the documented form',
  },
  body_too_large: { status: 413, retryable: false, message: 'the request body is larger than allowed' },
  unsupported_media_type: { status: 415, retryable: false, message: 'send application/json' },
  unauthenticated: { status: 401, retryable: false, message: 'no valid identity was given' },
  forbidden: { status: 403, retryable: false, message: 'this identity may not do that' },
  route_not_found: { status: 404, retryable: false, message: 'no such route' },
  method_not_allowed: { status: 405, retryable: false, message: 'this route does not take that method' },
  idempotency_conflict: {
    status: 409,
    retryable: false,
    message: 'this client key was used for another request',
  },
  internal: {
    status: 500,
    retryable: true,
    message: 'the mirror failed; nothing was changed by this request',
  },

  // The match.
  match_not_found: { status: 404, retryable: false, message: 'no match has this id' },
  match_exists: {
    status: 409,
    retryable: false,
    message: 'a match with this id, or its first 31 characters, exists',
  },
  match_paused: { status: 503, retryable: true, message: 'the match is paused until an operator resumes it' },
  match_in_review: { status: 409, retryable: true, message: 'the match waits for a person' },
  wrong_phase: { status: 409, retryable: false, message: 'the match is not in a phase that allows this' },
  match_full: { status: 409, retryable: false, message: 'every seat is taken' },
  already_seated: { status: 409, retryable: false, message: 'this player has a seat in this match' },
  not_seated: { status: 409, retryable: false, message: 'this player has no seat in this match' },
  not_enough_seats: { status: 409, retryable: true, message: 'too few seats are reserved to start' },
  create_not_final: { status: 409, retryable: true, message: 'the match is not final on the chain yet' },
  seats_not_final: {
    status: 409,
    retryable: true,
    message: 'a seat must be final on the chain before it plays',
  },
  entry_fee_mismatch: {
    status: 409,
    retryable: false,
    message: 'the entry fee shown to the player is not that of the match',
  },
  fee_breakdown_mismatch: {
    status: 409,
    retryable: false,
    message: 'the fee breakdown is not the one the core computes',
  },
  payment_method_mismatch: {
    status: 409,
    retryable: false,
    message: 'the match takes another payment method',
  },
  payment_method_unsupported: {
    status: 422,
    retryable: false,
    message: 'this mirror does not take that payment method yet',
  },
  free_match_unsupported: { status: 422, retryable: false, message: 'this mirror takes paid matches only' },
  unknown_game: { status: 422, retryable: false, message: 'the game is not in the registry, or is disabled' },
  entry_fee_out_of_range: {
    status: 422,
    retryable: false,
    message: 'the entry fee is outside the configured range',
  },
  result_invalid: {
    status: 422,
    retryable: false,
    message: 'the result must list seated players once, with shares summing to 10000 bps',
  },
  result_too_large: {
    status: 422,
    retryable: false,
    message: 'the settlement does not fit into one transaction',
  },
  result_already_accepted: {
    status: 409,
    retryable: false,
    message: 'another result was accepted for this match',
  },
  action_hash_mismatch: {
    status: 422,
    retryable: false,
    message: 'the action does not hash to the hash it carries',
  },
  not_after_out_of_range: {
    status: 422,
    retryable: false,
    message: 'notAfter must lie in the next 72 hours',
  },
  cancel_reason_invalid: {
    status: 409,
    retryable: false,
    message: 'the match cannot be called off for this reason, or not by this caller',
  },
  played_seats_not_final: {
    status: 409,
    retryable: true,
    message: 'a played seat is not final on the chain yet: it can neither be cancelled nor refunded',
  },
  not_playing: {
    status: 409,
    retryable: false,
    message: 'nobody can leave a match that is not being played',
  },
  attempts_outstanding: {
    status: 409,
    retryable: true,
    message: 'a signed transaction of it may still land: it is not ended before that is known',
  },
  void_impossible: {
    status: 409,
    retryable: false,
    message: 'an ended match cannot be refunded, only settled',
  },
  intent_required: {
    status: 400,
    retryable: false,
    message: "a WALLET join needs notAfter and the wallet's signature over the action's hash",
  },
  signature_invalid: {
    status: 422,
    retryable: false,
    message: 'the signature does not verify strictly under the wallet of the caller',
  },
  sign_request_gone: {
    status: 409,
    retryable: true,
    message: 'the transaction is no longer the one that waits for this wallet',
  },
  transaction_changed: {
    status: 422,
    retryable: false,
    message: 'the transaction that came back is not the one that was offered',
  },
  payee_below_rent: {
    status: 409,
    retryable: false,
    message: 'the receiving account would stay below the rent minimum',
  },
  match_limit_reached: {
    status: 429,
    retryable: false,
    message: 'too many actions, or too much money, of this match is open; recorded for manual review',
  },
  // Leaves no trace: else whoever has joined too often could have rows written without end.
  too_many_joins: { status: 403, retryable: false, message: 'this player has joined this match too often' },
  join_played: {
    status: 409,
    retryable: false,
    message: 'the match was started with this seat: it can no longer be taken back',
  },
  join_final: {
    status: 409,
    retryable: false,
    message: 'the stake is in the escrow: it comes back only by the end of the match',
  },
  action_ended: { status: 409, retryable: false, message: 'the action has ended' },
  stake_capped: {
    status: 503,
    retryable: true,
    message: 'the chain is slow: larger stakes than the cap are taken once it is well again',
  },

  program_paused: { status: 503, retryable: true, message: 'the program is paused on the chain' },

  // The deposit.
  deposit_unknown: {
    status: 409,
    retryable: true,
    message: 'this player has no deposit that is final on the chain',
  },
  binding_mismatch: { status: 409, retryable: false, message: 'the user id is bound to another wallet' },
  insufficient_funds: {
    status: 409,
    retryable: false,
    message: 'the spendable balance does not cover the stake',
  },
  deposit_frozen: {
    status: 409,
    retryable: false,
    message: 'the deposit is frozen until a person has looked at it',
  },
  deposit_paused: {
    status: 503,
    retryable: true,
    message: 'the deposit is paused until an operator resumes it',
  },
  deposit_in_review: {
    status: 409,
    retryable: true,
    message: 'an action of this deposit waits for a person',
  },
  velocity_exceeded: {
    status: 429,
    retryable: true,
    message: 'too many operations of this user within an hour',
  },
  figure_mismatch: {
    status: 409,
    retryable: true,
    message: 'the account does not show the figure that is to be adopted',
  },
  suspense_not_covered: {
    status: 409,
    retryable: true,
    message: 'the spendable balance does not cover what the chain took beyond it',
  },
  user_limit_reached: {
    status: 429,
    retryable: false,
    message: 'too many actions, or too much money, of this user is open; recorded for manual review',
  },
  hold_unknown: { status: 409, retryable: false, message: 'there is no hold with this token' },
  hold_captured: { status: 409, retryable: false, message: 'the hold was captured' },
  hold_released: { status: 409, retryable: false, message: 'the hold was released' },
  hold_expired: { status: 409, retryable: false, message: 'the hold has expired' },
  amount_exceeds_hold: { status: 409, retryable: false, message: 'the amount is more than what is held' },

  // The runtime.
  not_ready: { status: 503, retryable: true, message: 'the object cannot be sure of its state yet' },
  chain_unreadable: { status: 503, retryable: true, message: 'the chain cannot be read, and this needs it' },
  signer_unavailable: {
    status: 503,
    retryable: true,
    message: 'the keys cannot be asked now, and this needs them',
  },
  action_not_found: { status: 404, retryable: false, message: 'no action has this hash' },
  entry_not_found: { status: 404, retryable: false, message: 'the journal has no such entry yet' },
  snapshot_version_unknown: {
    status: 503,
    retryable: true,
    message: 'the object was written by a newer release',
  },
  slow_down: { status: 429, retryable: true, message: 'too many requests' },
  bad_frame: { status: 400, retryable: false, message: 'the frame does not have the documented form' },
  event_ignored: { status: 409, retryable: false, message: 'the event changes nothing in this state' },
} satisfies Record<string, RefusalRow>;

export type RefusalCode = keyof typeof table;

/** A refusal as it is stored and sent. `detail` names the offending field or figure, never private data. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly detail?: string;
}

export function refusal(code: RefusalCode, detail?: string): Refusal {
  const { message, retryable } = table[code];
  return { code, message, retryable, ...(detail === undefined ? {} : { detail }) };
}

export function refusalStatus(code: RefusalCode): number {
  return table[code].status;
}

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(table, code);
}

export const refusalCodes = Object.keys(table).filter(isRefusalCode);

/**
 * A final refusal by the actor itself is its stored answer for that client key. What is malformed, unauthorised, unknown
 * or retryable leaves no trace (design: section 5).
 */
export function isSticky(code: RefusalCode): boolean {
  const { retryable, status } = table[code];
  return !retryable && (status === 409 || status === 422 || status === 429);
}
