/** What a caller sees of a match: a pure projection. Nobody sees another player's action or wallet. */
import { feeBreakdown } from '../../core/index.ts';
import type { Json } from '../../machines/effects.ts';
import {
  countedSeats,
  type MatchContext,
  type Seat,
  seatByHash,
  type Terms,
  totalEntry,
} from '../../machines/match/context.ts';
import { isReady } from '../../machines/match/readiness.ts';
import type { Standing } from '../kernel/kernel.ts';
import type { Viewer } from '../ports.ts';
import { queueOf } from '../queue-view.ts';
import { noticeOf } from '../wire/notices.ts';
import type {
  FeeBreakdownView,
  LinkState,
  MatchView,
  MoneyState,
  QueueView,
  SeatView,
  SignRequestView,
} from '../wire/views.ts';

export interface MatchValue {
  readonly money: MoneyState;
  readonly link: LinkState;
}

export function matchValue(value: Json): MatchValue {
  // SAFETY: the match machine's value has exactly these two regions.
  return value as unknown as MatchValue;
}

/** `signRequests`: what this viewer's own wallet is asked to sign; it stands in rows, not in the context. */
export function matchView(
  standing: Standing<MatchContext>,
  viewer: Viewer,
  signRequests: readonly SignRequestView[] = [],
): MatchView | null {
  const { context, seq } = standing;
  const { terms, result, facts, cancellation } = context;
  if (terms === null) return null;
  const { money, link } = matchValue(standing.value);
  const counted = countedSeats(context);
  return {
    matchId: terms.matchId,
    matchPda: terms.matchPda,
    seq,
    money,
    link,
    decidedBy: link === 'online' ? 'chain' : 'mirror',
    notice: noticeOf(link),
    queue: matchQueue(context, { money, link }),
    gameType: terms.gameType,
    entryFee: terms.entryFee,
    paymentMethod: terms.paymentMethod,
    minPlayers: terms.minPlayers,
    maxPlayers: terms.maxPlayers,
    seats: context.seats.map((seat) => seatView(seat, terms, viewer)),
    feeBreakdown: pool(terms, counted.length),
    provisional: counted.some((seat) => seat.state !== 'final') || facts.createdAt === null,
    openActions: context.actions
      .filter(
        (action) => viewer.role === 'operator' || action.userId === null || action.userId === viewer.userId,
      )
      .map(({ hash, kind, state }) => ({ hash, kind, state })),
    result: result?.shares.map((share, rank) => ({ ...share, prize: result.prizes?.[rank] ?? null })) ?? null,
    settlement: result?.settlement ?? cancellation?.settlement ?? null,
    cancellation:
      cancellation === null
        ? null
        : {
            reason: cancellation.reason,
            abandonedUserId: cancellation.abandonedUserId,
            refunds: cancellation.refunds,
          },
    absent: context.absences,
    signRequests,
    pausedFor: context.link.pausedFor,
  };
}

/** A seat whose hold is not granted was not accepted yet. Nothing more is signed of a match that waits for a person. */
function matchQueue(context: MatchContext, { money, link }: MatchValue): QueueView {
  const accepted = context.actions.filter(({ hash }) => seatByHash(context, hash)?.state !== 'requested');
  const queue = queueOf(accepted, link, (action) => isReady(context, action));
  return money === 'review' && queue.waiting > 0 ? { ...queue, waitsFor: 'person' } : queue;
}

/** Top-level fields that differ; a field is replaced whole. `seq` always differs, and travels in the frame. */
export function changedFields(before: MatchView | null, after: MatchView): Partial<MatchView> {
  // SAFETY: the entries come from a MatchView, a subset of them is a Partial of it.
  return Object.fromEntries(
    Object.entries(after).filter(
      ([field, value]) =>
        field !== 'seq' && JSON.stringify(value) !== JSON.stringify(before?.[field as keyof MatchView]),
    ),
  ) as Partial<MatchView>;
}

function seatView(seat: Seat, terms: Terms, viewer: Viewer): SeatView {
  const own = viewer.role === 'operator' || viewer.userId === seat.userId;
  return {
    userId: seat.userId,
    state: seat.state,
    stake: terms.entryFee,
    ...(own ? { action: seat.hash } : {}),
  };
}

/** What a winner gets is `netPool`, never the gross figure (H-10). */
function pool(terms: Terms, seats: number): FeeBreakdownView {
  const {
    totalEntry: total,
    platformFee,
    netPool,
  } = feeBreakdown(totalEntry(terms, seats), terms.platformFeeBps);
  return { totalEntry: total.toString(), platformFee: platformFee.toString(), netPool: netPool.toString() };
}
