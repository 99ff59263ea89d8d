/**
 * Events of a match as its object would make them: real sealed actions, real figures, real hashes, so that the guards
 * that run in the model are the guards that run in production. Time stands still here; only `notAfter` looks ahead.
 */
import {
  base58Encode,
  feeBreakdown,
  matchStateHash,
  type PendingActionBody,
  prizeDistribution,
} from '../../core/index.ts';
import type { AttemptRecord } from '../../machines/effects.ts';
import type { ChainEvent, ChainLevel, HealthEpoch } from '../../machines/link.ts';
import { chainEventType } from '../../machines/link.ts';
import {
  type MatchContext,
  mirroredState,
  type RankedShare,
  type Terms,
  totalEntry,
} from '../../machines/match/context.ts';
import type {
  ActionFinal,
  ActionSigned,
  CompareEnded,
  CreateRequested,
  EndRequested,
  JoinRequested,
  MatchEvent,
  StartRequested,
} from '../../machines/match/events.ts';
import { type PendingAction, sealAction } from '../../machines/pending-action.ts';

/** Any instant does: a machine has no clock. */
export const AT = 1_800_000_000_000;
export const HOUR = 3_600_000;

/** An address that only stands for one. */
export function address(fill: number): string {
  return base58Encode(new Uint8Array(32).fill(fill));
}

export const TERMS: Terms = {
  cluster: address(1),
  programId: address(2),
  matchId: '11111111-2222-4333-8444-555555555555',
  matchPda: address(3),
  escrowPda: address(4),
  coordinator: address(5),
  host: 'ann',
  gameType: 0,
  seed: '7',
  entryFee: '100000000',
  paymentMethod: 1,
  minPlayers: 2,
  maxPlayers: 3,
  platformFeeBps: 500,
};

export interface Player {
  readonly id: string;
  readonly wallet: string;
  readonly authority: string;
}

export const ANN: Player = { id: 'ann', wallet: address(11), authority: address(21) };
export const BOB: Player = { id: 'bob', wallet: address(12), authority: address(22) };
export const CAT: Player = { id: 'cat', wallet: address(13), authority: address(23) };

/** Two thirds and one third: a split that leaves a remainder. */
export const SHARES: readonly RankedShare[] = [
  { userId: 'ann', shareBps: 6_667 },
  { userId: 'bob', shareBps: 3_333 },
];

function uuid(n: number): string {
  return `0192f0c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

function body(kind: PendingActionBody['kind'], n: number, args: object): PendingActionBody {
  const { cluster, programId, matchId, matchPda, escrowPda } = TERMS;
  return {
    v: 1,
    kind,
    cluster,
    programId,
    matchId,
    args,
    seeds: [
      { name: 'match', seeds: ['utf8:m', `utf8:${matchId.slice(0, 31)}`], address: matchPda, bump: 254 },
      { name: 'escrow', seeds: ['utf8:escrow', `base58:${matchPda}`], address: escrowPda, bump: 253 },
    ],
    clientKey: uuid(n),
    notAfter: Number.MAX_SAFE_INTEGER,
  };
}

export function createAction(terms: Terms = TERMS): PendingAction {
  const { gameType, seed, entryFee, paymentMethod } = terms;
  return sealAction(
    body('create', 0, { gameType, seed, entryFee, paymentMethod, matchType: 1, tournamentId: null }),
  );
}

/** `round` tells apart the joins of one player who lost a seat and asks for another. */
export function joinAction(player: Player, round = 0, notAfter = AT + HOUR): PendingAction {
  const join = body('join', 1_000 * (round + 1) + player.authority.charCodeAt(0), {
    entryFee: TERMS.entryFee,
    paymentMethod: 1,
  });
  return sealAction({ ...join, user: { id: player.id, wallet: player.wallet }, notAfter });
}

export function create(
  level: ChainLevel,
  healthEpoch: HealthEpoch = epoch(1),
  terms: Terms = TERMS,
): CreateRequested {
  return {
    type: 'match.create',
    at: AT,
    terms,
    action: createAction(terms),
    verdict: { level, healthEpoch },
  };
}

export function join(player: Player, round = 0): JoinRequested {
  return {
    type: 'player.join',
    at: AT,
    requestId: `client:${player.id}:${round}`,
    user: { id: player.id, wallet: player.wallet },
    authority: player.authority,
    entryFee: TERMS.entryFee,
    paymentMethod: 1,
    notAfter: AT + HOUR,
    feeBreakdown: null,
    action: joinAction(player, round),
  };
}

export function granted(hash: string): MatchEvent {
  return { type: 'hold.granted', at: AT, hash, refusal: null };
}

export function refused(hash: string): MatchEvent {
  const refusal = { code: 'insufficient_funds', message: 'too little', status: 409 };
  return { type: 'hold.refused', at: AT, hash, refusal };
}

export function start(made = 0): StartRequested {
  const caller = { userId: TERMS.host, role: 'player' } as const;
  const action = sealAction(body('start', 100_000 + made, {}));
  return { type: 'match.start', at: AT, caller, allowProvisional: true, action };
}

export function end(shares: readonly RankedShare[] = SHARES): EndRequested {
  const caller = { userId: TERMS.host, role: 'player' } as const;
  const action = sealAction(body('end', 200_000, { result: shares, matchHash: null, hotUrl: null }));
  return {
    type: 'match.end',
    at: AT,
    caller,
    shares,
    matchHash: null,
    hotUrl: null,
    transactionBytes: 900,
    action,
  };
}

export function expire(hash: string): MatchEvent {
  return { type: 'timer.expire', at: AT + HOUR, hash };
}

export const LEVELS: readonly ChainLevel[] = ['online', 'degraded', 'down', 'recovering'];

export function epoch(counter: number, generation = 1): HealthEpoch {
  return { generation, counter };
}

/** The verdict that follows the newest one this match has seen. */
export function verdict(context: MatchContext, level: ChainLevel): ChainEvent {
  const { epoch: seen } = context.link;
  return {
    type: chainEventType(level),
    at: AT,
    healthEpoch: epoch((seen?.counter ?? 0) + 1, seen?.generation ?? 1),
  };
}

export function leased(hash: string): MatchEvent {
  return { type: 'action.leased', at: AT, hash, signer: TERMS.coordinator, signature: `intent-${hash}` };
}

/** The n-th signature of an action: the same for the same n, as a key would sign it. */
export function signatureOf(context: MatchContext, hash: string): string {
  const attempts = context.actions.find((action) => action.hash === hash)?.attempts ?? 0;
  return `sig-${hash.slice(0, 12)}-${attempts}`;
}

export function signed(context: MatchContext, hash: string): ActionSigned {
  const { epoch: seen } = context.link;
  const nth = (context.actions.find((action) => action.hash === hash)?.attempts ?? 0) + 1;
  const attempt: AttemptRecord = {
    signature: `sig-${hash.slice(0, 12)}-${nth}`,
    hash,
    bytes: 'AA==',
    blockhash: address(6),
    lastValidBlockHeight: 150,
    blockhashSlot: 1,
    provider: 'rpc-1',
    epoch: `${seen?.generation ?? 0}.${seen?.counter ?? 0}`,
    expected: '[]',
  };
  const healthEpoch = seen ?? epoch(0, 0);
  return { type: 'action.signed', at: AT, hash, attempt, healthEpoch, figures: figuresFor(context, hash) };
}

/** What the planner computes for a settlement; null for every other kind. */
function figuresFor(context: MatchContext, hash: string): ActionSigned['figures'] {
  const { terms, result } = context;
  const action = context.actions.find((each) => each.hash === hash);
  if (action?.kind !== 'end' || terms === null || result === null) return null;
  const seated = context.seats.filter((seat) => seat.state === 'final').length;
  if (seated === 0) return null;
  const total = totalEntry(terms, seated);
  const { netPool } = feeBreakdown(total, terms.platformFeeBps);
  const { prizes } = prizeDistribution(
    netPool,
    result.shares.map((share) => share.shareBps),
  );
  return {
    totalEntry: total.toString(),
    platformFeeBps: terms.platformFeeBps,
    prizes: prizes.map((prize) => prize.toString()),
  };
}

export function moved(
  type: 'action.sent' | 'action.landed' | 'action.dropped',
  context: MatchContext,
  hash: string,
) {
  return { type, at: AT, hash, signature: signatureOf(context, hash) } as const;
}

export function attemptEnd(
  type: 'attempt.absent' | 'attempt.dead' | 'attempt.failed',
  context: MatchContext,
  hash: string,
  ownFault = false,
) {
  const detail = type === 'attempt.failed' ? 'custom 6013' : '100';
  return { type, at: AT, hash, signature: signatureOf(context, hash), detail, ownFault } as const;
}

export function review(hash: string): MatchEvent {
  return { type: 'action.review', at: AT, hash, reason: 'the chain shows what this mirror did not do' };
}

export function blocked(hash: string): MatchEvent {
  return { type: 'action.blocked', at: AT, hash, reason: 'the program is paused' };
}

/** What the chain would show: the seat takes the next free slot, the settlement the time of its block. */
export function final(context: MatchContext, hash: string): ActionFinal {
  const kind = context.actions.find((action) => action.hash === hash)?.kind;
  return {
    type: 'action.final',
    at: AT,
    hash,
    signature: signatureOf(context, hash),
    slot: context.facts.slot + 1,
    instruction: kind === 'end' ? 1 : 0,
    createdAt: '1800000000',
    seatIndex: kind === 'join' ? context.seats.filter((seat) => seat.index !== null).length : null,
    endedAt: kind === 'end' ? '1800000600' : '0',
    matchHash: null,
  };
}

export function clean(context: MatchContext): CompareEnded {
  const mirrored = mirroredState(context);
  const chainHash = mirrored === null ? null : matchStateHash(mirrored);
  return { type: 'compare.clean', at: AT, slot: context.facts.slot, chainHash };
}

/** A comparison of another match's hash: it must open nothing. */
export function cleanWithOtherHash(context: MatchContext): CompareEnded {
  return { type: 'compare.clean', at: AT, slot: context.facts.slot, chainHash: '00'.repeat(32) };
}

export function mismatch(context: MatchContext): MatchEvent {
  const breaks = [{ class: 'amount_mismatch', detail: 'total_entry differs' }] as const;
  return { type: 'compare.mismatch', at: AT, slot: context.facts.slot, breaks };
}

export function surplus(context: MatchContext): MatchEvent {
  return { type: 'compare.surplus', at: AT, slot: context.facts.slot, lamports: '1' };
}

export function pause(): MatchEvent {
  return { type: 'operator.pause', at: AT, operator: 'olga', reason: 'looks odd' };
}

export function resume(): MatchEvent {
  return { type: 'operator.resume', at: AT, operator: 'olga', reason: 'looked at' };
}
