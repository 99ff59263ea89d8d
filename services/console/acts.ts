/** What the page can ask of the mirror, besides watching: as a player, as the host, as an operator. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { call, done, forgetKey, intend, type Reply, refused } from './api.ts';
import { lamportsOf } from './sol.ts';
import { NAMES, playerIn } from './wallet.ts';
import { PLATFORM } from './words.ts';

const OPERATOR = 'operator';
const FUND_LAMPORTS = '1000000000';
const NO_AMOUNT = 'An amount is a decimal number of SOL above 0, such as 0.1.';

export type Shown = Pick<MatchView, 'matchId' | 'entryFee' | 'paymentMethod'>;

/** Answers the id of the new match, too. */
export async function create(
  fee: string,
  paymentMethod: number,
): Promise<Reply & { readonly matchId: string }> {
  const matchId = crypto.randomUUID();
  const entryFee = lamportsOf(fee);
  if (entryFee === null) {
    return { ...refused('The entry fee is a decimal number of SOL, such as 0.1.'), matchId };
  }
  const body = { matchId, gameType: 0, seed: '1', entryFee, paymentMethod };
  return { ...(await intend(OPERATOR, '/api/v1/matches', `create:${matchId}`, body)), matchId };
}

export async function fundBoth(): Promise<Reply> {
  const replies = await Promise.all(
    NAMES.map((userId) => call(OPERATOR, '/dev/fund', { userId, lamports: FUND_LAMPORTS })),
  );
  return replies.find(({ ok }) => !ok) ?? done('Alice and bob have 1 SOL more each.');
}

export async function withdraw(userId: string, sol: string): Promise<Reply> {
  const lamports = lamportsOf(sol);
  if (lamports === null || lamports === '0') return refused(NO_AMOUNT);
  const intent = `withdraw:${userId}:${lamports}`;
  return await intend(userId, '/api/v1/withdrawals', intent, { lamports }, { again: true });
}

export async function joinByDeposit(match: Shown, userId: string): Promise<Reply> {
  const body = { entryFee: match.entryFee, paymentMethod: PLATFORM };
  return await intend(userId, pathOf(match, 'join'), joinIntent(match, userId), body);
}

export function joinIntent({ matchId }: Pick<Shown, 'matchId'>, userId: string): string {
  return `join:${matchId}:${userId}`;
}

/** The join's own key is forgotten first, whatever the answer, or none: who joins again after this means another join. */
export async function takeBackJoin(
  match: Pick<Shown, 'matchId'>,
  userId: string,
  action: string,
): Promise<Reply> {
  forgetKey(joinIntent(match, userId));
  const reply = await intend(userId, pathOf(match, 'join/cancel'), `take-back:${action}`, { action });
  return reply.ok ? done('Taken back: the seat is free, and so is the stake.') : reply;
}

/** A deposit, or a withdrawal. */
export async function takeBackTransfer(userId: string, action: string): Promise<Reply> {
  const path = `/api/v1/deposits/me/actions/${action}/cancel`;
  const reply = await intend(userId, path, `take-back:${action}`, {});
  return reply.ok ? done('Taken back: its money is spendable again.') : reply;
}

export async function start(match: Shown): Promise<Reply> {
  return await intend(OPERATOR, pathOf(match, 'start'), `start:${match.matchId}`, {});
}

export async function end(match: Shown, winner: string): Promise<Reply> {
  const userId = playerIn(match.paymentMethod, winner);
  const body = { result: [{ userId, shareBps: 10_000 }] };
  return await intend(OPERATOR, pathOf(match, 'end'), `end:${match.matchId}:${userId}`, body);
}

/** Who creates a match here is its host and an operator: both kinds of reason are theirs to give. */
export async function callOff(match: Shown, reason: string): Promise<Reply> {
  const intent = `cancel:${match.matchId}:${reason}`;
  return await intend(OPERATOR, pathOf(match, 'cancel'), intent, { reason });
}

export async function report(match: Shown, name: string, present: boolean): Promise<Reply> {
  const userId = playerIn(match.paymentMethod, name);
  const intent = `presence:${match.matchId}:${userId}:${present}`;
  return await intend(OPERATOR, pathOf(match, 'presence'), intent, { userId, present }, { again: true });
}

/** `match:settle:alice`, `match:void`, `alice:unfreeze`: of whom, what, and who wins where it says so. */
export async function decide(match: Shown | null, decision: string, reason: string): Promise<Reply> {
  const [of = '', as = '', winner] = decision.split(':');
  if (reason.trim() === '') return refused('A decision needs a reason: the journal keeps it.');
  if (of !== 'match') {
    const userId = playerIn(match?.paymentMethod ?? PLATFORM, of);
    const path = `/api/v1/operator/deposits/${encodeURIComponent(userId)}/resolve`;
    return await intend(OPERATOR, path, `resolve:${decision}:${reason}`, { as, reason }, { again: true });
  }
  if (match === null) return refused('Create or watch a match first.');
  const shares =
    winner === undefined ? [] : [{ userId: playerIn(match.paymentMethod, winner), shareBps: 10_000 }];
  const body = { as, reason, ...(shares.length === 0 ? {} : { result: shares }) };
  const intent = `resolve:${match.matchId}:${decision}:${reason}`;
  return await intend(OPERATOR, pathOf(match, 'resolve'), intent, body, { again: true });
}

export function pathOf({ matchId }: Pick<Shown, 'matchId'>, what: string): string {
  return `/api/v1/matches/${matchId}/${what}`;
}
