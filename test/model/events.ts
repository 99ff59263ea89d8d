/** What the driver, the comparison, the monitor and the operators report to a match, with real figures and hashes. */
import { matchStateHash } from '../../core/index.ts';
import type {
  ActionOffered,
  ActionRefused,
  ActionSigned,
  AttemptReplaced,
  OfferDead,
  WalletSigned,
} from '../../machines/actions/events.ts';
import type { AttemptRecord, OfferRecord } from '../../machines/effects.ts';
import {
  type ChainEvent,
  type ChainLevel,
  chainEventType,
  type LinkEvent,
  RESTORED,
} from '../../machines/link.ts';
import {
  isWalletSigned,
  type MatchContext,
  mirroredState,
  seatByHash,
} from '../../machines/match/context.ts';
import type {
  ActionFinal,
  CompareEnded,
  MatchEvent,
  SettlementFigures,
} from '../../machines/match/events.ts';
import { ENDED_AT } from './endings.ts';
import { figuresFor } from './figures.ts';
import { AT, address, epoch, HOUR, TERMS } from './requests.ts';

export * from './endings.ts';
export * from './requests.ts';

type Figures = SettlementFigures | null;

export function expire(hash: string): MatchEvent {
  return { type: 'timer.expire', at: AT + HOUR, hash };
}

export function lapse(hash: string): MatchEvent {
  return { type: 'timer.lapse', at: AT + HOUR / 2, hash };
}

export type Level = ChainLevel;

export const LEVELS: readonly ChainLevel[] = ['online', 'degraded', 'down', 'recovering'];

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

/** As the driver makes it: where a wallet signs, by the offer that came back from it. */
export function signed(context: MatchContext, hash: string, offer?: string | null): ActionSigned<Figures> {
  const { epoch: seen } = context.link;
  const seat = seatByHash(context, hash);
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
  const used = seat !== undefined && isWalletSigned(seat) ? offerId(hash) : null;
  return {
    type: 'action.signed',
    at: AT,
    hash,
    attempt,
    offer: offer === undefined ? used : offer,
    healthEpoch: seen ?? epoch(0, 0),
    figures: figuresFor(context, hash),
  };
}

export function offerId(hash: string, nth = 1): string {
  return `offer-${hash.slice(0, 12)}-${nth}`;
}

export function offered(context: MatchContext, hash: string, id = offerId(hash)): ActionOffered<Figures> {
  const offer: OfferRecord = {
    id,
    hash,
    wallet: seatByHash(context, hash)?.wallet ?? address(7),
    transaction: 'AA==',
    blockhash: address(6),
    lastValidBlockHeight: 150,
    blockhashSlot: 1,
    provider: 'rpc-1',
    expected: '[]',
  };
  const healthEpoch = context.link.epoch ?? epoch(0, 0);
  return { type: 'action.offered', at: AT, hash, offer, healthEpoch, figures: figuresFor(context, hash) };
}

export function walletSigned(hash: string, offer = offerId(hash)): WalletSigned {
  return { type: 'wallet.signed', at: AT, hash, offer, signature: `wallet-${offer}` };
}

export function offerDead(hash: string, offer = offerId(hash)): OfferDead {
  return { type: 'offer.dead', at: AT, hash, offer };
}

/** The wallet cannot pay: nothing of it is signed. */
export function unpayable(hash: string): ActionRefused {
  return { type: 'action.refused', at: AT, hash, code: 'insufficient_funds', detail: 'too little' };
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

/** Its wallet signed the very same message anew, and that one landed. */
export function replaced(context: MatchContext, hash: string): AttemptReplaced {
  const { attempt } = signed(context, hash);
  const signature = signatureOf(context, hash);
  return { type: 'attempt.replaced', at: AT, hash, signature, attempt };
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
  const isWhole = kind === 'end' && context.result?.separate === false;
  return {
    type: 'action.final',
    at: AT,
    hash,
    signature: signatureOf(context, hash),
    slot: context.facts.slot + 1,
    instruction: isWhole ? 1 : 0,
    createdAt: '1800000000',
    seatIndex: kind === 'join' ? context.seats.filter((seat) => seat.index !== null).length : null,
    endedAt: kind === 'end' || kind === 'distribute' ? ENDED_AT.toString() : context.facts.endedAt,
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

export function pause(): LinkEvent {
  return { type: 'operator.pause', at: AT, operator: 'olga', reason: 'looks odd' };
}

/** Of the mirror itself: a reason also where there is another one already. */
export function restored(): LinkEvent {
  return { type: 'operator.pause', at: AT, operator: 'mirror', reason: `${RESTORED}; generation 2` };
}

export function resume(): LinkEvent {
  return { type: 'operator.resume', at: AT, operator: 'olga', reason: 'looked at' };
}
