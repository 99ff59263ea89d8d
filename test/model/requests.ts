/**
 * Requests to a match as its object would make them, with real sealed actions, so that the guards that run in the model
 * are the guards that run in production. Time stands still here; only `notAfter` looks ahead. How a match ends stands in
 * `endings.ts`.
 */
import { base58Encode, type PendingActionBody } from '../../core/index.ts';
import type { ChainLevel, HealthEpoch } from '../../machines/link.ts';
import type { Payer, Terms } from '../../machines/match/context.ts';
import type {
  Caller,
  CreateRequested,
  EntryLimits,
  JoinRequested,
  JoinTakenBack,
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
  timeouts: { lobbyMs: 72 * HOUR, playMs: 24 * HOUR, graceMs: 300_000, walletLapseMs: 600_000 },
};

export const WALLET_TERMS: Terms = { ...TERMS, paymentMethod: 0 };

export interface Player {
  readonly id: string;
  readonly wallet: string;
  readonly authority: string;
  readonly payer: Payer;
}

export const ANN = playerOf('ann', 11, 'custody');
export const BOB = playerOf('bob', 12, 'custody');
export const CAT = playerOf('cat', 13, 'custody');

function playerOf(id: string, fill: number, payer: Payer): Player {
  return { id, wallet: address(fill), authority: address(fill + 10), payer };
}

/** The same player with another purse: the deposit of the own wallet, or the wallet itself. */
export function paying(player: Player, payer: Payer): Player {
  return { ...player, payer, authority: payer === 'own' ? player.wallet : player.authority };
}

export const HOST_CALL: Caller = { userId: TERMS.host, role: 'player' };
export const OPERATOR: Caller = { userId: 'olga', role: 'operator' };

export function callOf(player: Player): Caller {
  return { userId: player.id, role: 'player' };
}

function uuid(n: number): string {
  return `0192f0c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Sealed once for each content: the hash is the dearest part of a step. */
const sealed = new Map<string, PendingAction>();

export function seal(content: PendingActionBody): PendingAction {
  const text = JSON.stringify(content);
  const action = sealed.get(text) ?? sealAction(content);
  sealed.set(text, action);
  return action;
}

export function body(kind: PendingActionBody['kind'], n: number, args: object): PendingActionBody {
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
    paymentMethod: methodOf(player),
  });
  return seal({ ...join, user: { id: player.id, wallet: player.wallet }, notAfter });
}

function methodOf({ payer }: Player): 0 | 1 {
  return payer === 'wallet' ? 0 : 1;
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

/** Wide enough that no walk runs into them. */
export const ENTRY_LIMITS: EntryLimits = {
  maxActions: 64,
  maxLamports: (100n * BigInt(TERMS.entryFee)).toString(),
  maxJoins: 20,
  degradedMaxStake: TERMS.entryFee,
};

export function join(player: Player, round = 0): JoinRequested {
  const action = joinAction(player, round);
  const intent =
    player.payer === 'custody' ? null : { signer: player.wallet, signature: `intent-${action.hash}` };
  return {
    type: 'player.join',
    at: AT,
    requestId: `client:${player.id}:${round}`,
    user: { id: player.id, wallet: player.wallet },
    payer: player.payer,
    authority: player.authority,
    entryFee: TERMS.entryFee,
    paymentMethod: methodOf(player),
    notAfter: AT + HOUR,
    feeBreakdown: null,
    action,
    intent,
    earlier: 0,
    ...ENTRY_LIMITS,
  };
}

/** The player takes their join back; `userId` is whose caller it is. */
export function takeBack(userId: string, join: string | null): JoinTakenBack {
  return { type: 'player.takeBack', at: AT, userId, join, ended: null };
}

export function granted(hash: string): MatchEvent {
  return { type: 'hold.granted', at: AT, hash, refusal: null };
}

export function refused(hash: string): MatchEvent {
  const refusal = { code: 'insufficient_funds', message: 'too little', status: 409 };
  return { type: 'hold.refused', at: AT, hash, refusal };
}

export function start(made = 0): StartRequested {
  const action = seal(body('start', 100_000 + made, {}));
  return { type: 'match.start', at: AT, caller: HOST_CALL, allowProvisional: true, action };
}

export function epoch(counter: number, generation = 1): HealthEpoch {
  return { generation, counter };
}
