/** What the owner of a deposit sees of it: a pure projection of its state, and of the offers that wait for the wallet. */
import { type DepositContext, inPlay } from '../../machines/deposit/context.ts';
import { isReady } from '../../machines/deposit/readiness.ts';
import type { Standing } from '../kernel/kernel.ts';
import type { Offer } from '../kernel/records.ts';
import { queueOf } from '../queue-view.ts';
import { noticeOf } from '../wire/notices.ts';
import type { DepositView } from '../wire/views.ts';
import { depositValue } from './behaviour.ts';

/** `offerOf`: the message that waits for the wallet, by action. Null: nobody is bound yet. */
export function depositView(
  { context, value, seq }: Standing<DepositContext>,
  offerOf: (hash: string) => Offer | null,
): DepositView | null {
  const { binding, balances, holds, admissions, actions, frozenFor } = context;
  if (binding === null) return null;
  const { money, link } = depositValue(value);
  return {
    userId: binding.userId,
    authority: binding.authority,
    seq,
    money,
    link,
    decidedBy: link === 'online' ? 'chain' : 'mirror',
    notice: noticeOf(link),
    queue: depositQueue(context, link),
    balances,
    holds: holds.map(({ token, amount, matchId, expiresAt }) => ({ token, amount, matchId, expiresAt })),
    admissions: admissions.map(({ token, amount, matchId }) => ({ token, amount, matchId })),
    openActions: actions.map(({ hash, kind, state }) => ({ hash, kind, state })),
    signRequests: actions.flatMap(({ hash, state }) => {
      const offer = state === 'offered' ? offerOf(hash) : null;
      if (offer === null) return [];
      const { wallet, transaction, lastValidBlockHeight } = offer;
      return [{ action: hash, wallet, transaction, lastValidBlockHeight }];
    }),
    inPlay: { derived: inPlay(context).toString(), onChain: context.inPlay.onChain },
    frozenFor,
  };
}

/** What a frozen deposit keeps back waits for whoever unfreezes it. */
function depositQueue(context: DepositContext, link: DepositView['link']): DepositView['queue'] {
  const queue = queueOf(context.actions, link, (action) => isReady(context, action));
  return queue.waitsFor === 'action' ? { ...queue, waitsFor: 'person' } : queue;
}
