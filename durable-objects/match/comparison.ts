/**
 * Mirror against chain for one match, at one finalized slot (design: section 9). Tolerance on principal: 0 lamports. An
 * action in flight explains exactly its own delta and nothing more: the mirror's state with that delta applied must
 * hash to the chain's.
 */
import {
  decodeEscrow,
  decodeMatch,
  type EscrowAccount,
  type MatchAccount,
  type MatchStateSnapshot,
  matchStateFromAccounts,
  matchStateHash,
} from '../../core/index.ts';
import { isInFlight, openActionOf } from '../../machines/actions/open-action.ts';
import type { BreakClass } from '../../machines/effects.ts';
import {
  type ChainFacts,
  isPaidOut,
  type MatchContext,
  mirroredState,
  type Terms,
} from '../../machines/match/context.ts';
import type { ChainAccount } from '../ports.ts';

export interface FoundBreak {
  readonly class: BreakClass;
  readonly detail: string;
}

export type Comparison =
  | { readonly kind: 'clean'; readonly chainHash: string | null; readonly surplus: bigint }
  /** Explained by actions in flight: no difference, and no agreement yet. */
  | { readonly kind: 'explained'; readonly by: readonly string[] }
  | { readonly kind: 'broken'; readonly breaks: readonly FoundBreak[] };

export interface MatchAccounts {
  readonly match: ChainAccount | null;
  readonly escrow: ChainAccount | null;
  readonly escrowRent: bigint;
  readonly programId: string;
}

export function compareMatch(context: MatchContext, accounts: MatchAccounts): Comparison {
  const { terms } = context;
  if (terms === null) return broken('missing_in_mirror', 'the mirror has no terms');
  const inFlight = context.actions.filter(isInFlight).map((action) => action.kind);
  if (context.facts.createdAt === null) return beforeCreate(accounts, inFlight);
  // Anyone may close an ended match (H-13); once the money is paid out there is nothing to lose by it.
  if (accounts.match === null && isPaidOut(context)) return { kind: 'clean', chainHash: null, surplus: 0n };
  if (accounts.match === null || accounts.escrow === null)
    return broken('account_closed', 'match or escrow is gone');
  if (accounts.match.owner !== accounts.programId || accounts.escrow.owner !== accounts.programId) {
    return broken('undecodable', 'an account has another owner than the program');
  }
  return compareDecoded(context, terms, accounts.match, accounts.escrow, accounts.escrowRent);
}

/** Until `create` is final there is nothing on the chain that is ours, except by a `create` in flight. */
function beforeCreate(accounts: MatchAccounts, inFlight: readonly string[]): Comparison {
  if (accounts.match === null) return { kind: 'clean', chainHash: null, surplus: 0n };
  if (inFlight.includes('create')) return { kind: 'explained', by: ['create'] };
  return broken('missing_in_mirror', 'a match that this mirror did not create has our id');
}

function compareDecoded(
  context: MatchContext,
  terms: Terms,
  match: ChainAccount,
  escrow: ChainAccount,
  rent: bigint,
): Comparison {
  try {
    const shown = matchStateFromAccounts(terms.matchPda, match.data, escrow.data);
    const decoded = decodeMatch(match.data);
    const booked = decodeEscrow(escrow.data);
    const surplus = escrow.lamports - rent - booked.totalEntry;
    if (surplus < 0n) return broken('shortfall', `the escrow is ${-surplus} lamports short of what it owes`);
    const chainHash = matchStateHash(asLabelled(context, shown));
    if (hashOf(context) === chainHash) return { kind: 'clean', chainHash, surplus };
    const explanation = explain(context, decoded, booked);
    if (
      explanation !== null &&
      hashOf(explanation.context) === matchStateHash(asLabelled(explanation.context, shown))
    )
      return { kind: 'explained', by: explanation.by };
    return { kind: 'broken', breaks: classify(context, decoded, escrow.data) };
  } catch (error) {
    return broken('undecodable', error instanceof Error ? error.message : 'the core refused the accounts');
  }
}

/** Anyone can write another reason over a refund, and moves nothing by it: the first that we knew of stands (H-23). */
function asLabelled(context: MatchContext, shown: MatchStateSnapshot): MatchStateSnapshot {
  const { refunded } = context.facts;
  const { escrow } = shown;
  if (refunded === null || escrow === null || !escrow.cancelled) return shown;
  const { reason: cancellationReason, abandonedIndex } = refunded;
  return { ...shown, escrow: { ...escrow, cancellationReason, abandonedIndex } };
}

/** The mirror's state with what actions in flight may have done, as far as the chain shows it. */
function explain(
  context: MatchContext,
  chain: MatchAccount,
  escrow: EscrowAccount,
): { context: MatchContext; by: string[] } | null {
  const inFlight = context.actions.filter(isInFlight);
  if (inFlight.length === 0) return null;
  const by: string[] = [];
  const refund = inFlight.find(({ kind }) => kind === 'refund');
  const hasStake = (index: number): boolean => (escrow.playerStakes[index] ?? 0n) > 0n;
  const seats = context.seats.map((seat) => {
    if (seat.owed === true && refund !== undefined && !hasStake(seat.index ?? -1)) {
      by.push(refund.hash);
      return { ...seat, owed: false };
    }
    const index = chain.playerIds.indexOf(seat.userId);
    if (seat.index !== null || index < 0 || !inFlight.some((action) => action.hash === seat.hash))
      return seat;
    by.push(seat.hash);
    return { ...seat, index, ...(context.facts.refunded !== null && hasStake(index) && { owed: true }) };
  });
  const facts = explainFacts(context, chain, escrow, by);
  return { context: { ...context, seats, facts }, by };
}

/** What `start`, `end`, `distribute` and `refund` in flight would have changed, where the chain shows it. */
function explainFacts(
  context: MatchContext,
  chain: MatchAccount,
  escrow: EscrowAccount,
  by: string[],
): ChainFacts {
  const { result } = context;
  let { facts } = context;
  const seen = (kind: 'start' | 'end' | 'distribute' | 'refund', shown: boolean): boolean => {
    const action = openActionOf(context, kind);
    if (!shown || action === undefined || !isInFlight(action)) return false;
    by.push(action.hash);
    return true;
  };
  if (seen('start', facts.phase === 0 && chain.phase >= 1)) facts = { ...facts, phase: 1 };
  if (seen('end', facts.phase === 1 && chain.phase === 2)) {
    const matchHash = result?.matchHash ?? null;
    facts = { ...facts, phase: 2, endedAt: chain.endedAt.toString(), matchHash };
    // One transaction does both, or neither.
    if (result?.separate === false) facts = { ...facts, distributed: true };
  }
  if (seen('distribute', !facts.distributed && escrow.distributed)) facts = { ...facts, distributed: true };
  if (seen('refund', facts.refunded === null && escrow.cancelled)) {
    const { reason, abandonedUserId } = context.cancellation ?? { reason: 0, abandonedUserId: null };
    const abandoned = context.seats.find(({ userId }) => userId === abandonedUserId);
    facts = { ...facts, refunded: { reason, abandonedIndex: abandoned?.index ?? null } };
  }
  return facts;
}

/** The class tells a person where to look; any one of them pauses. */
function classify(context: MatchContext, chain: MatchAccount, escrowData: Uint8Array): FoundBreak[] {
  const mirrored = mirroredState(context);
  if (mirrored?.escrow == null)
    return [{ class: 'state_mismatch', detail: 'the mirror has no escrow to compare' }];
  const escrow = decodeEscrow(escrowData);
  const breaks: FoundBreak[] = [];
  const add = (cls: BreakClass, differs: boolean, detail: string): void => {
    if (differs) breaks.push({ class: cls, detail });
  };
  const unknown = chain.playerIds.filter((id) => !mirrored.playerIds.includes(id));
  add(
    'missing_in_mirror',
    unknown.length > 0,
    `the chain seats ${unknown.length} player(s) that the mirror does not`,
  );
  add(
    'missing_on_chain',
    mirrored.playerIds.some((id) => !chain.playerIds.includes(id)),
    'a final seat is not on the chain',
  );
  const { totalEntry, stakes } = mirrored.escrow;
  add(
    'amount_mismatch',
    escrow.totalEntry !== totalEntry,
    `total_entry is ${escrow.totalEntry}, mirrored ${totalEntry}`,
  );
  const chainStakes = escrow.playerStakes.slice(0, chain.playerCount);
  add(
    'amount_mismatch',
    chainStakes.join() !== stakes.join(),
    `stakes are ${chainStakes.join()}, mirrored ${stakes.join()}`,
  );
  if (breaks.length === 0)
    add(
      'state_mismatch',
      true,
      `phase ${chain.phase}, mirrored ${mirrored.phase}, or a flag or field differs`,
    );
  return breaks;
}

function hashOf(context: MatchContext): string | null {
  const mirrored = mirroredState(context);
  return mirrored === null ? null : matchStateHash(mirrored);
}

function broken(cls: BreakClass, detail: string): Comparison {
  return { kind: 'broken', breaks: [{ class: cls, detail }] };
}
