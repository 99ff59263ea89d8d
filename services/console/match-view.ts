/** Draws one match. A pure function of the view: what the mirror says is what is shown. */
import type {
  LinkState,
  MatchView,
  MoneyState,
  SeatState,
  SeatView,
} from '../../durable-objects/wire/views.ts';
import { h } from './dom.ts';
import { solText } from './sol.ts';
import type { TimelineEntry } from './timeline.ts';

const MONEY: readonly MoneyState[] = ['lobby', 'funded', 'playing', 'settling', 'settled', 'review'];
const LINK: readonly LinkState[] = ['online', 'degraded', 'queued', 'reconciling', 'paused'];
const SEAT: readonly SeatState[] = ['requested', 'reserved', 'submitted', 'landed', 'final'];

const LINK_TONE: Readonly<Record<LinkState, string>> = {
  online: 'good',
  degraded: 'warn',
  queued: 'warn',
  reconciling: 'accent',
  paused: 'bad',
};

export function matchSections(view: MatchView, timeline: readonly TimelineEntry[]): readonly HTMLElement[] {
  return [
    heading(view),
    regions(view),
    h('div', { class: 'split' }, pool(view), seats(view)),
    ...(view.result === null ? [] : [result(view, view.result)]),
    h('div', { class: 'split' }, actions(view), events(timeline)),
  ];
}

function heading({ matchId, matchPda, decidedBy, pausedFor }: MatchView): HTMLElement {
  const byChain = decidedBy === 'chain';
  const badge = h(
    'span',
    { class: 'pill', 'data-tone': byChain ? 'good' : 'warn', id: 'decided-by' },
    h('i', { 'aria-hidden': 'true' }),
    byChain ? 'decided by the chain' : 'decided by the mirror, provisional',
  );
  const title = h('div', {}, h('strong', {}, 'Match'), h('span', { class: 'mono' }, matchId));
  const account = h('span', { class: 'sub mono' }, `account ${matchPda}`);
  const paused = pausedFor === null ? null : h('p', { class: 'notice' }, `Paused: ${pausedFor}`);
  title.append(account);
  return h('section', { class: 'card' }, h('div', { class: 'heading' }, title, badge), paused);
}

function regions({ money, link }: MatchView): HTMLElement {
  return h(
    'section',
    { class: 'card regions', 'aria-label': 'States' },
    region('Money', MONEY, money, money === 'review' ? 'bad' : money === 'settled' ? 'good' : 'accent'),
    region('Link', LINK, link, LINK_TONE[link]),
  );
}

function region(name: string, states: readonly string[], current: string, tone: string): HTMLElement {
  const items = states.map((state) =>
    h('li', state === current ? { 'aria-current': 'true', class: `tone-${tone}` } : {}, state),
  );
  return h('div', { class: 'region' }, h('h3', {}, name), h('ul', { class: 'states' }, ...items));
}

function pool({ feeBreakdown, entryFee, provisional }: MatchView): HTMLElement {
  const { totalEntry, platformFee, netPool } = feeBreakdown;
  const sum = (name: string, lamports: string) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, `${solText(lamports)} SOL`));
  return h(
    'section',
    { class: 'card pool' },
    h('h2', {}, 'Prize pool'),
    h('strong', {}, solText(netPool), h('small', {}, 'SOL')),
    h(
      'span',
      { class: 'sub' },
      provisional ? 'provisional: not final on the chain yet' : 'final on the chain',
    ),
    h(
      'dl',
      { class: 'sums' },
      sum('Entry fee', entryFee),
      sum('Stakes', totalEntry),
      sum('Platform fee', platformFee),
      sum('To the winners', netPool),
    ),
  );
}

function seats({ seats: taken, maxPlayers }: MatchView): HTMLElement {
  const free = Array.from({ length: Math.max(0, maxPlayers - taken.length) }, freeSeat);
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Seats', h('small', {}, `${taken.length} of ${maxPlayers}`)),
    h('ul', { class: 'seats' }, ...taken.map(seat), ...free),
  );
}

function seat({ userId, state, stake }: SeatView): HTMLElement {
  const reached = SEAT.indexOf(state);
  const steps = SEAT.map((step, index) => h('li', { 'data-done': String(index <= reached), title: step }));
  return h(
    'li',
    { class: 'seat', 'data-final': String(state === 'final') },
    h('span', { class: 'avatar', 'aria-hidden': 'true' }, userId.slice(0, 1)),
    h('span', {}, h('b', {}, userId), h('span', { class: 'sub' }, `${solText(stake)} SOL`)),
    h('span', { class: 'seat-state' }, state),
    h('ol', { class: 'steps', 'aria-hidden': 'true' }, ...steps),
  );
}

function freeSeat(): HTMLElement {
  const avatar = h('span', { class: 'avatar', 'aria-hidden': 'true' });
  return h('li', { class: 'seat', 'data-free': 'true' }, avatar, h('b', {}, 'free'));
}

function actions({ openActions }: MatchView): HTMLElement {
  const rows = openActions.map(({ kind, state, hash }) =>
    h(
      'tr',
      {},
      h('td', {}, kind),
      h('td', {}, state),
      h('td', { class: 'mono', title: hash }, hash.slice(0, 8)),
    ),
  );
  const head = h('tr', {}, ...['Action', 'State', 'Hash'].map((name) => h('th', { scope: 'col' }, name)));
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Open actions'),
    rows.length === 0
      ? h('p', { class: 'none' }, 'Nothing waits for the chain.')
      : h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows)),
  );
}

function result({ settlement }: MatchView, ranks: NonNullable<MatchView['result']>): HTMLElement {
  const rows = ranks.map(({ userId, shareBps, prize }, index) =>
    h(
      'tr',
      {},
      h('td', {}, `${index + 1}. ${userId}`),
      h('td', {}, `${(shareBps / 100).toFixed(2)} %`),
      h('td', {}, prize === null ? 'to be computed' : `${solText(prize)} SOL`),
    ),
  );
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Result'),
    h('table', {}, h('tbody', {}, ...rows)),
    settlement === null
      ? h('p', { class: 'none' }, 'Not settled on the chain yet.')
      : h('p', { class: 'sub mono' }, `settled by ${settlement}`),
  );
}

function events(entries: readonly TimelineEntry[]): HTMLElement {
  const items = entries.map(({ at, text }) => {
    const time = new Date(at);
    const clock = `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0').slice(0, 1)}`;
    return h('li', {}, h('time', { datetime: time.toISOString() }, clock), h('span', {}, text));
  });
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Events'),
    h('ol', { class: 'timeline', tabindex: '0', 'aria-label': 'Events, newest first' }, ...items),
  );
}
