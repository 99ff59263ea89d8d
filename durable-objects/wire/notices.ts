/** What a client is told while its object is not `online`. The one table of the codes and their words. */
import type { LinkState } from './views.ts';

export type NoticeCode = 'chain_degraded' | 'chain_down' | 'replaying' | 'paused';

export interface NoticeView {
  readonly code: NoticeCode;
  readonly message: string;
}

const MESSAGES: Readonly<Record<NoticeCode, string>> = {
  chain_degraded:
    'Solana is slow or erring. Requests are taken, and carried out one after the other at the pace it allows.',
  chain_down:
    'Solana cannot be reached. Requests are taken and kept in order; no money moves until it is back.',
  replaying: 'Solana is back. What was taken meanwhile is carried out in the order in which it was taken.',
  paused: 'Paused until an operator has looked at it. No money moves; what was sent already is looked after.',
};

const BY_LINK: Readonly<Record<Exclude<LinkState, 'online'>, NoticeCode>> = {
  degraded: 'chain_degraded',
  queued: 'chain_down',
  reconciling: 'replaying',
  paused: 'paused',
};

/** Null exactly where the chain decides. */
export function noticeOf(link: LinkState): NoticeView | null {
  if (link === 'online') return null;
  const code = BY_LINK[link];
  return { code, message: MESSAGES[code] };
}
