/** How a match ends otherwise than by a result: players who have gone, a match called off, one that waits for a person. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { h, table } from './dom.ts';
import { solText } from './sol.ts';
import { countdownText, reasonText, reviewedKinds } from './words.ts';

/** The time that is left is kept right by `tick`, and is announced by nobody: a timer is no live region. */
export function absences({ absent }: MatchView): readonly HTMLElement[] {
  if (absent.length === 0) return [];
  const rows = absent.map(({ userId, until }) =>
    h(
      'li',
      {},
      h('b', {}, userId),
      ' forfeits the stake unless back in ',
      h('span', { role: 'timer', 'data-until': `${until}` }, countdownText(until, Date.now())),
    ),
  );
  return [h('section', { class: 'card alarm' }, h('h2', {}, 'Gone'), h('ul', {}, ...rows))];
}

/** Called once a second. */
export function tick(place: HTMLElement, now: number): void {
  for (const timer of place.querySelectorAll<HTMLElement>('[data-until]')) {
    timer.textContent = countdownText(Number(timer.dataset.until), now);
  }
}

export function inReview(view: MatchView, reason: string | null): readonly HTMLElement[] {
  if (view.money !== 'review') return [];
  const kinds = reviewedKinds(view.openActions);
  const what = kinds.length === 0 ? 'Nothing goes on by itself.' : `Stuck: ${kinds.join(', ')}.`;
  return [
    h(
      'section',
      { class: 'card alarm', id: 'review' },
      h('h2', {}, 'Waits for a person'),
      h('p', {}, what),
      reason === null ? null : h('p', { class: 'sub' }, reason),
    ),
  ];
}

export function calledOff({ cancellation, settlement, money }: MatchView): readonly HTMLElement[] {
  if (cancellation === null) return [];
  const { reason, abandonedUserId, refunds } = cancellation;
  const who = abandonedUserId === null ? '' : ` (${abandonedUserId}, who forfeits the stake)`;
  return [
    h(
      'section',
      { class: 'card', id: 'called-off' },
      h('h2', {}, 'Called off'),
      h('p', {}, `Because of: ${reasonText(reason)}${who}.`),
      refunds === null
        ? null
        : table(
            ['Player', 'Gets back'],
            refunds.map(({ userId, lamports }) => [userId, `${solText(lamports)} SOL`]),
          ),
      settlement === null
        ? h('p', { class: 'none' }, openText(money, refunds !== null))
        : h('p', { class: 'sub mono' }, `paid back by ${settlement}`),
    ),
  ];
}

function openText(money: MatchView['money'], isSigned: boolean): string {
  if (money === 'refunded') return 'There was nothing to pay back.';
  if (money === 'review') return 'The refund waits for a person.';
  return isSigned ? 'Not final on the chain yet.' : 'What everybody gets follows once every join has ended.';
}
