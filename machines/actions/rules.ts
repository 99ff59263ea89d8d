/** What every owner refuses of what is reported of its actions. */
import { isNewerEpoch, type LinkContext } from '../link.ts';
import { type RefusalCode, refusal } from '../refusals.ts';
import { first, unless, type Verdict } from '../verdict.ts';
import type { ActionOffered, ActionSigned } from './events.ts';
import { type ActionsContext, actionByHash, mayBeReported } from './open-action.ts';

export type Signing = ActionSigned<unknown> | ActionOffered<unknown>;

interface Owner extends ActionsContext {
  readonly link: LinkContext;
}

/** What comes late or astray changes nothing. */
export function reportVerdict(
  context: ActionsContext,
  { type, hash }: { readonly type: string; readonly hash: string },
): Verdict {
  return unless(
    mayBeReported(actionByHash(context, hash), type),
    'event_ignored',
    'no open action is there yet, or still',
  );
}

/**
 * No effect on the chain starts while paused, while the chain is down, or under an older verdict than the newest seen
 * (I21), and none of an action that is only waited for.
 */
export function signingVerdict({ link, ...context }: Owner, event: Signing, paused: RefusalCode): Verdict {
  const named = event.type === 'action.signed' ? event.attempt : event.offer;
  return first(
    () => reportVerdict(context, event),
    () => (link.pausedFor === null ? null : refusal(paused)),
    () => unless(link.level !== 'down', 'chain_unreadable'),
    () => unless(!isNewerEpoch(link.epoch ?? event.healthEpoch, event.healthEpoch), 'not_ready', 'epoch'),
    () => unless(actionByHash(context, event.hash)?.doomed === false, 'event_ignored', 'doomed'),
    () => unless(named.hash === event.hash, 'action_hash_mismatch'),
  );
}
