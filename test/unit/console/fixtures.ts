/** A match and a deposit in which nothing has happened. */
import type { DepositView, MatchView } from '../../../durable-objects/wire/views.ts';

export const matchView: MatchView = {
  matchId: 'm',
  matchPda: 'p',
  seq: 1,
  money: 'lobby',
  link: 'online',
  decidedBy: 'chain',
  gameType: 0,
  entryFee: '1',
  paymentMethod: 1,
  minPlayers: 2,
  maxPlayers: 4,
  seats: [],
  feeBreakdown: { totalEntry: '0', platformFee: '0', netPool: '0' },
  provisional: true,
  openActions: [],
  result: null,
  settlement: null,
  cancellation: null,
  absent: [],
  signRequests: [],
  pausedFor: null,
};

export const depositView: DepositView = {
  userId: 'alice',
  authority: 'a',
  seq: 1,
  money: 'active',
  link: 'online',
  decidedBy: 'chain',
  balances: { available: '0', held: '0', withdrawing: '0', suspense: '0' },
  holds: [],
  admissions: [],
  openActions: [],
  signRequests: [],
  inPlay: { derived: '0', onChain: null },
  frozenFor: null,
};
