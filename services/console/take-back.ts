/**
 * What its player may still take back: what nothing is signed of (decision 0012). The page offers by what its view shows,
 * which may be a moment old; the mirror decides. Pure, so that it can be tested without a page.
 */
import type { DepositView, MatchView, MoneyState, OpenActionView } from '../../durable-objects/wire/views.ts';
import { isUnsigned } from '../../machines/actions/open-action.ts';

/** With the start each seat is owed to the others. Of a match in review the view does not say whether it was started. */
const STARTED: readonly MoneyState[] = ['playing', 'settling', 'settled'];

/** Hash of the viewer's own join. An operator is shown everybody's, and has none. */
export function joinToTakeBack(
  { seats, openActions, money, link }: MatchView,
  viewer: string,
): string | null {
  const join = seats.find(({ userId }) => userId === viewer)?.action;
  if (join === undefined || link === 'paused' || STARTED.includes(money)) return null;
  return unsigned(openActions).includes(join) ? join : null;
}

/** Hashes of deposits and withdrawals: a deposit has no other actions. Frozen, it lets go of what has not left it. */
export function transfersToTakeBack(
  { openActions, link, userId }: DepositView,
  viewer: string,
): readonly string[] {
  return userId === viewer && link !== 'paused' ? unsigned(openActions) : [];
}

function unsigned(actions: readonly OpenActionView[]): readonly string[] {
  return actions.filter(({ state }) => isUnsigned(state)).map(({ hash }) => hash);
}
