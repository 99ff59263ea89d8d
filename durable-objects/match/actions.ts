/** Bodies of a match's actions, sealed by the core: fields and PDAs in the order that the formats fix. */
import { clientKey } from '../../core/index.ts';
import type { MatchContext, OwnKind, Payer, Seat, Terms } from '../../machines/match/context.ts';
import { type PendingAction, type PendingActionBody, sealAction } from '../../machines/pending-action.ts';
import type { ChainPort, Pda } from '../ports.ts';
import type { CreateRequest, EndRequest, JoinRequest } from '../wire/requests.ts';

/** Settlement never expires: the largest u64 that a number holds exactly stands for it. */
const NEVER = Number.MAX_SAFE_INTEGER;

function seedsOf(pdas: readonly Pda[]): PendingActionBody['seeds'] {
  return pdas.map(({ name, seeds, address, bump }) => ({ name, seeds: [...seeds], address, bump }));
}

function matchPdas(chain: ChainPort, matchId: string): Pda[] {
  const match = chain.pda('match', matchId);
  return [match, chain.pda('escrow', match.address)];
}

export function createAction(chain: ChainPort, request: CreateRequest): PendingAction {
  const { gameType, seed, entryFee, paymentMethod } = request;
  return sealAction({
    v: 1,
    kind: 'create',
    cluster: chain.cluster,
    programId: chain.programId,
    matchId: request.matchId,
    args: { gameType, seed, entryFee, paymentMethod, matchType: 1, tournamentId: null },
    seeds: seedsOf(matchPdas(chain, request.matchId)),
    clientKey: request.clientKey,
    notAfter: NEVER,
  });
}

export interface Joiner {
  readonly id: string;
  readonly wallet: string;
  readonly payer: Payer;
  readonly authority: string;
}

export function joinAction(
  chain: ChainPort,
  terms: Terms,
  user: Joiner,
  request: JoinRequest,
  notAfter: number,
): PendingAction {
  const deposit = user.payer === 'wallet' ? [] : [chain.pda('deposit', user.authority)];
  return sealAction({
    v: 1,
    kind: 'join',
    cluster: chain.cluster,
    programId: chain.programId,
    matchId: terms.matchId,
    user: { id: user.id, wallet: user.wallet },
    args: { entryFee: request.entryFee, paymentMethod: request.paymentMethod },
    seeds: seedsOf([...matchPdas(chain, terms.matchId), ...deposit]),
    clientKey: request.clientKey,
    notAfter,
  });
}

/** On every load: it is this match's and this seat's, and its addresses are those of the seeds (design: section 6; I19). */
export function isIntact(
  chain: ChainPort,
  terms: Terms,
  seat: Seat | undefined,
  action: PendingAction,
): boolean {
  const deposit = seat === undefined || seat.payer === 'wallet' ? [] : [chain.pda('deposit', seat.authority)];
  const seeds = seedsOf([...matchPdas(chain, terms.matchId), ...deposit]);
  return (
    action.matchId === terms.matchId &&
    action.user?.id === seat?.userId &&
    action.user?.wallet === seat?.wallet &&
    JSON.stringify(action.seeds) === JSON.stringify(seeds)
  );
}

/** Arguments of the mirror's own actions, by kind (formats: PendingAction). */
export interface OwnArgs {
  readonly start: object;
  readonly end: Pick<EndRequest, 'result'> & {
    readonly matchHash: string | null;
    readonly hotUrl: string | null;
  };
  readonly distribute: Pick<EndRequest, 'result'>;
  readonly refund: { readonly reason: number; readonly abandonedUserId: string | null };
}

/** The mirror's own actions derive their client key: the same action made twice is one action (formats). */
export function ownAction<Kind extends OwnKind>(
  chain: ChainPort,
  context: MatchContext,
  terms: Terms,
  kind: Kind,
  args: OwnArgs[Kind],
): PendingAction {
  const createdAt = BigInt(context.facts.createdAt ?? '0');
  return sealAction({
    v: 1,
    kind,
    cluster: chain.cluster,
    programId: chain.programId,
    matchId: terms.matchId,
    args,
    seeds: seedsOf(matchPdas(chain, terms.matchId)),
    clientKey: clientKey(terms.matchPda, createdAt, kind, context.made[kind]),
    notAfter: NEVER,
  });
}
