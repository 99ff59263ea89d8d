/** Draws what the monitor says of the chain: for operators, below the match. */
import type { HealthView } from '../../durable-objects/wire/views.ts';
import { h, pill, table } from './dom.ts';
import { breakerText, levelTone, paceText, reasonText, replayText } from './health-words.ts';

/** `now`: Unix ms. */
export function healthSections(view: HealthView, now: number): readonly HTMLElement[] {
  return [h('section', { class: 'card', 'aria-label': 'Health of the chain' }, ...chain(view, now))];
}

function chain(view: HealthView, now: number): readonly (HTMLElement | null)[] {
  const { state, level, because, providers, replay, changes } = view;
  const replayed = replayText(level, replay);
  const rows = providers.map((provider) => [
    provider.name,
    provider.slot === null ? '–' : `${provider.slot}`,
    provider.p95 === null ? '–' : `${Math.round(provider.p95)} ms`,
    breakerText(provider, now),
  ]);
  return [
    h('h2', {}, 'Chain'),
    h('p', {}, pill(levelTone(level), state), ` ${reasonText(state, because)}`),
    h('p', { class: 'sub' }, paceText(view)),
    replayed === null ? null : h('p', { class: 'sub', id: 'replay' }, `replay: ${replayed}`),
    table(['Provider', 'Slot', 'p95', 'Breaker'], rows),
    changes.length === 0 ? null : changeList(changes),
  ];
}

function changeList(changes: HealthView['changes']): HTMLElement {
  const items = changes.map(({ at, from, to, because }) => {
    const time = new Date(at);
    return h(
      'li',
      {},
      h('time', { datetime: time.toISOString() }, time.toTimeString().slice(0, 8)),
      h('span', {}, `${from} → ${to}: ${reasonText(to, because)}`),
    );
  });
  return h(
    'ol',
    {
      class: 'timeline',
      tabindex: '0',
      'data-key': 'changes',
      'aria-label': 'Changes of state, newest first',
    },
    ...items,
  );
}
