/** What concerns the deposit as a whole: whose it is, what a comparison found, how a freeze ends. */
import { mayTry } from '../link.ts';
import { alert, directoryWork, foundBreak, nothing } from '../step.ts';
import { type DepositContext, expectedOnChain, inPlay, isBusy } from './context.ts';
import type {
  Bound,
  BreakFound,
  CompareClean,
  HistoryRead,
  InPlaySeen,
  SurplusSeen,
  TreasuryMismatch,
  Unfrozen,
} from './events.ts';
import { type DepositStep, post } from './postings.ts';
import { wakeReady } from './readiness.ts';

export function bound(context: DepositContext, event: Bound): DepositStep {
  const { level, healthEpoch } = event.verdict;
  const link = { ...context.link, level, epoch: healthEpoch };
  return { context: { ...context, binding: event.binding, link }, effects: [directoryWork] };
}

type Seen = HistoryRead | CompareClean | BreakFound | SurplusSeen | InPlaySeen | TreasuryMismatch | Unfrozen;

export function looked(context: DepositContext, event: Seen): DepositStep {
  switch (event.type) {
    case 'history.read': {
      const synced = context.synced || event.isPart !== true;
      return nothing({ ...context, cursor: event.cursor, synced });
    }
    case 'compare.clean':
      // Online again with nothing open: the directory need not tell it anything more.
      return { context, effects: isBusy(context) ? [] : [directoryWork] };
    case 'compare.mismatch':
      return breakFound(context, event);
    case 'compare.surplus':
      return surplusSeen(context, event);
    case 'compare.inPlay':
      return inPlaySeen(context, event);
    case 'treasury.mismatch':
      return treasuryDiffers(context, event);
    case 'operator.unfreeze':
      return unfrozen(context, event);
  }
}

function breakFound(context: DepositContext, event: BreakFound): DepositStep {
  const entity = authorityOf(context);
  const classes = [...new Set(event.breaks.map((found) => found.class))].join(', ');
  const text = `${classes}: ${event.breaks.map((found) => found.detail).join('; ')} (slot ${event.slot})`;
  const rows = event.breaks.map((found) => foundBreak(found.class, entity, found.detail));
  const link = { ...context.link, pausedFor: classes };
  return {
    context: { ...context, link, frozenFor: classes },
    effects: [...rows, alert(`break:${classes}`, entity, 'critical', text)],
  };
}

function surplusSeen(context: DepositContext, { slot, lamports }: SurplusSeen): DepositStep {
  const detail = `${lamports} lamports beyond what is owed, at slot ${slot}`;
  return noted(context, 'surplus', detail, 'warning');
}

/** The fee is booked as what it cost the player; that it is our revenue is what this says no to (H-05). */
function treasuryDiffers(context: DepositContext, event: TreasuryMismatch): DepositStep {
  const detail = `${event.signature} paid the fee to ${event.treasury}, which is not the config's treasury`;
  return noted(context, 'treasury_mismatch', detail, 'critical');
}

/**
 * The program never releases the stakes of losers, so its figure may be higher and means nothing then (H-04). Too low,
 * it makes a refund fail for everybody in it. The settlement is on the chain before we are told of it: so a shortfall is
 * a person's matter only once it has lasted.
 */
function inPlaySeen(context: DepositContext, event: InPlaySeen): DepositStep {
  const isShort = BigInt(event.onChain) < inPlay(context);
  const { shortSince: before } = context.inPlay;
  const shortSince = isShort ? (before ?? event.at) : null;
  const next = { ...context, inPlay: { onChain: event.onChain, shortSince } };
  if (shortSince === null || event.at - shortSince < event.timingMs) return { context: next, effects: [] };
  const detail = `in_play is ${event.onChain} on the chain, ${inPlay(context)} by the captured stakes`;
  return {
    context: next,
    effects: [alert('in_play_short', authorityOf(context), 'warning', detail)],
  };
}

/** What the chain took beyond the balance is paid from it first; both regions go on from there. */
function unfrozen(context: DepositContext, event: Unfrozen): DepositStep {
  const { adopted } = event;
  const owed = BigInt(context.balances.suspense);
  const change =
    adopted === undefined
      ? BigInt(context.beyond)
      : BigInt(adopted.onChain) - expectedOnChain({ ...context, beyond: '0' });
  const paid = post(context, `unfreeze:${event.at}`, {
    chain: -change,
    available: change - owed,
    suspense: owed,
  });
  const link = { ...context.link, pausedFor: null };
  const slot = Math.max(context.slot, adopted?.slot ?? 0);
  const next = { ...paid.context, beyond: '0', slot, frozenFor: null, link };
  // Withdrawals waited for it.
  return { context: next, effects: [...paid.effects, ...(mayTry(link) ? wakeReady(next) : [])] };
}

function noted(
  context: DepositContext,
  cls: 'surplus' | 'treasury_mismatch',
  detail: string,
  severity: 'warning' | 'critical',
): DepositStep {
  const entity = authorityOf(context);
  return { context, effects: [foundBreak(cls, entity, detail), alert(cls, entity, severity, detail)] };
}

function authorityOf({ binding }: DepositContext): string {
  return binding?.authority ?? '';
}
