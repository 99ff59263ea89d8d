/**
 * A stake that landed after somebody else had paid the others back: the program takes joins into an escrow that was
 * refunded (H-07). No refund is open that would pay it back too, so a person has to call the match off again.
 */
import { actionByHash } from '../actions/open-action.ts';
import { alert } from '../step.ts';
import { type MatchContext, stakedSeats } from './context.ts';
import type { ActionFinal } from './events.ts';
import type { MatchStep } from './seats.ts';

export function leavesStake(context: MatchContext, { hash, hasStake }: ActionFinal): boolean {
  const isJoin = actionByHash(context, hash)?.kind === 'join';
  return isJoin && hasStake === true && context.facts.refunded !== null;
}

/** Nothing is open that would pay back what the escrow owes: only a person's word can go on with it. */
export function owesLateStake(context: MatchContext): boolean {
  const { cancellation, actions } = context;
  return cancellation !== null && actions.length === 0 && stakedSeats(context).length > 0;
}

export function callForStake({ context, effects }: MatchStep, { hash, signature }: ActionFinal): MatchStep {
  const entity = context.terms?.matchPda ?? '';
  const reason = `${signature} paid a stake into an escrow that was refunded before: void the match to pay it back`;
  return {
    context,
    effects: [
      ...effects,
      { type: 'record', row: 'review', entity: hash, reason },
      alert('late_stake', entity, 'critical', reason),
    ],
  };
}
