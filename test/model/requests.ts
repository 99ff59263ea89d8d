/**
 * Requests to a match as its object would make them, with real sealed actions, so that the guards that run in the model
 * are the guards that run in production. Time stands still here; only `notAfter` looks ahead.
 */
import { base58Encode, type PendingActionBody } from '../../core/index.ts';
import type { ChainLevel, HealthEpoch } from '../../machines/link.ts';
import type { RankedShare, Terms } from '../../machines/match/context.ts';
import type {
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

/** Sealed once for each content: the hash is the dearest part of a step. */
const sealed = new Map<string, PendingAction>();

function seal(content: PendingActionBody): PendingAction {
  const text = JSON.stringify(content);
  const action = sealed.get(text) ?? sealAction(content);
  sealed.set(text, action);
  return action;
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
  return seal(
    body('create', 0, { gameType, seed, entryFee, paymentMethod, matchType: 1, tournamentId: null }),
  );
}

/** `round` tells apart the joins of one player who lost a seat and asks for another. */
export function joinAction(player: Player, round = 0, notAfter = AT + HOUR): PendingAction {
  const join = body('join', 1_000 * (round + 1) + player.authority.charCodeAt(0), {
    entryFee: TERMS.entryFee,
    paymentMethod: 1,
  });
  return seal({ ...join, user: { id: player.id, wallet: player.wallet }, notAfter });
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
  const action = seal(body('start', 100_000 + made, {}));
  return { type: 'match.start', at: AT, caller, allowProvisional: true, action };
}

export function end(shares: readonly RankedShare[] = SHARES): EndRequested {
  const caller = { userId: TERMS.host, role: 'player' } as const;
  const action = seal(body('end', 200_000, { result: shares, matchHash: null, hotUrl: null }));
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

export function epoch(counter: number, generation = 1): HealthEpoch {
  return { generation, counter };
}
