/** Draws one match. A pure function of the view: what the mirror says is what is shown. */
import type {
  LinkState,
  MatchView,
  MoneyState,
  SeatState,
  SeatView,
} from '../../durable-objects/wire/views.ts';
import { h, pill, table } from './dom.ts';
import { absences, calledOff, inReview } from './ending-view.ts';
import { signCards } from './sign-view.ts';
import { solText } from './sol.ts';
import { joinToTakeBack } from './take-back.ts';
import { takeBackButton } from './take-back-view.ts';
import type { TimelineEntry } from './timeline.ts';
import { linkNotice, paymentText, queueText, seatsText, waitingForWallet } from './words.ts';

const MONEY: readonly MoneyState[] = [
  'lobby',
  'funded',
  'playing',
  'settling',
  'settled',
  'cancelling',
  'refunded',
  'review',
];
const MONEY_TONE: Partial<Readonly<Record<MoneyState, string>>> = {
  settled: 'good',
  cancelling: 'warn',
  refunded: 'good',
  review: 'bad',
};
const LINK: readonly LinkState[] = ['online', 'degraded', 'queued', 'reconciling', 'paused'];
const SEAT: readonly SeatState[] = ['requested', 'reserved', 'submitted', 'landed', 'final'];

const LINK_TONE: Readonly<Record<LinkState, string>> = {
  online: 'good',
  degraded: 'warn',
  queued: 'warn',
  reconciling: 'accent',
  paused: 'bad',
};

/** What the page knows beside the view. */
export interface Beside {
  /** User id of whoever looks. */
  readonly viewer: string;
  readonly timeline: readonly TimelineEntry[];
  /** Why the match waits for a person, where the viewer may know. */
  readonly reviewedFor: string | null;
  /** Does this page hold the wallet with this address, or of this player? */
  canSignAs(who: string): boolean;
}

export function matchSections(view: MatchView, beside: Beside): readonly HTMLElement[] {
  const { result: ranks, settlement } = view;
  return [
    heading(view),
    regions(view),
    ...inReview(view, beside.reviewedFor),
    ...absences(view),
    ...signCards(view.signRequests, 'match', beside.canSignAs),
    h('div', { class: 'split' }, pool(view), seats(view, beside)),
    ...calledOff(view),
    ...(ranks === null ? [] : [result(ranks, settlement)]),
    h('div', { class: 'split' }, actions(view), events(beside.timeline)),
  ];
}

function heading(view: MatchView): HTMLElement {
  const { matchId, matchPda, decidedBy, link, paymentMethod } = view;
  const badges = h(
    'div',
    { class: 'badges' },
    pill('muted', paymentText(paymentMethod), { id: 'payment' }),
    decidedBy === 'chain'
      ? pill('good', 'decided by the chain', { id: 'decided-by' })
      : pill('warn', 'decided by the mirror, provisional', { id: 'decided-by' }),
  );
  const title = h('div', {}, h('strong', {}, 'Match'), h('span', { class: 'mono' }, matchId));
  const account = h('span', { class: 'sub mono' }, `account ${matchPda}`);
  const text = linkNotice(view);
  const tone = link === 'paused' ? 'bad' : 'warn';
  const told = text === null ? null : h('p', { class: 'notice', id: 'told', 'data-tone': tone }, text);
  title.append(account);
  return h('section', { class: 'card' }, h('div', { class: 'heading' }, title, badges), told);
}

function regions({ money, link }: MatchView): HTMLElement {
  return h(
    'section',
    { class: 'card regions', 'aria-label': 'States' },
    region('Money', MONEY, money, MONEY_TONE[money] ?? 'accent'),
    region('Link', LINK, link, LINK_TONE[link]),
  );
}

function region(name: string, states: readonly string[], current: string, tone: string): HTMLElement {
  const items = states.map((state) =>
    h('li', state === current ? { 'aria-current': 'true', class: `tone-${tone}` } : {}, state),
  );
  return h('div', { class: 'region' }, h('h3', {}, name), h('ul', { class: 'states' }, ...items));
}

function pool(view: MatchView): HTMLElement {
  const { feeBreakdown, entryFee } = view;
  const { totalEntry, platformFee, netPool } = feeBreakdown;
  const sum = (name: string, lamports: string) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, `${solText(lamports)} SOL`));
  return h(
    'section',
    { class: 'card pool' },
    h('h2', {}, 'Prize pool'),
    h('strong', {}, solText(netPool), h('small', {}, 'SOL')),
    h('span', { class: 'sub' }, poolText(view)),
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

function poolText({ cancellation, provisional }: MatchView): string {
  if (cancellation !== null) return 'called off: nobody wins it';
  return provisional ? 'provisional: not final on the chain yet' : 'final on the chain';
}

function seats(view: MatchView, beside: Beside): HTMLElement {
  const { seats: taken, maxPlayers } = view;
  const free = Array.from({ length: Math.max(0, maxPlayers - taken.length) }, freeSeat);
  const waiting = waitingForWallet(view);
  const unsigned = joinToTakeBack(view, beside.viewer);
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Seats', h('small', {}, seatsText(view))),
    h(
      'ul',
      { class: 'seats' },
      ...taken.map((each) =>
        seat(each, {
          isWaiting: waiting.includes(each.userId),
          canSign: beside.canSignAs(each.userId),
          takeBack: each.action === unsigned ? unsigned : null,
        }),
      ),
      ...free,
    ),
  );
}

interface SeatActs {
  /** Is a wallet asked to sign for it, and does this page hold that wallet? */
  readonly isWaiting: boolean;
  readonly canSign: boolean;
  /** Hash of the join that the viewer may take back. */
  readonly takeBack: string | null;
}

function seat({ userId, state, stake }: SeatView, acts: SeatActs): HTMLElement {
  const { isWaiting, canSign, takeBack } = acts;
  const reached = SEAT.indexOf(state);
  const steps = SEAT.map((step, index) => h('li', { 'data-done': String(index <= reached), title: step }));
  const about = `${solText(stake)} SOL${isWaiting ? ', waits for the wallet' : ''}`;
  const sign = { type: 'button', 'data-do': 'sign', 'data-user': userId, 'data-key': `sign ${userId}` };
  return h(
    'li',
    { class: 'seat', 'data-final': String(state === 'final') },
    h('span', { class: 'avatar', 'aria-hidden': 'true' }, userId.slice(0, 1)),
    h('span', {}, h('b', {}, userId), h('span', { class: 'sub' }, about)),
    h(
      'div',
      { class: 'seat-acts' },
      isWaiting && canSign
        ? h('button', { ...sign, class: 'primary small' }, `Sign as ${userId}`)
        : h('span', { class: 'seat-state' }, state),
      takeBack === null ? null : takeBackButton('match', userId, takeBack),
    ),
    h('ol', { class: 'steps', 'aria-hidden': 'true' }, ...steps),
  );
}

function freeSeat(): HTMLElement {
  const avatar = h('span', { class: 'avatar', 'aria-hidden': 'true' });
  return h('li', { class: 'seat', 'data-free': 'true' }, avatar, h('b', {}, 'free'));
}

function actions({ openActions, queue }: MatchView): HTMLElement {
  const rows = openActions.map(({ kind, state, hash }) => [
    kind,
    state,
    h('span', { class: 'mono', title: hash }, hash.slice(0, 8)),
  ]);
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Open actions', h('small', { id: 'queue' }, queueText(queue))),
    rows.length === 0
      ? h('p', { class: 'none' }, 'Nothing waits for the chain.')
      : table(['Action', 'State', 'Hash'], rows),
  );
}

function result(ranks: NonNullable<MatchView['result']>, settlement: string | null): HTMLElement {
  const rows = ranks.map(({ userId, shareBps, prize }, index) => [
    `${index + 1}. ${userId}`,
    `${(shareBps / 100).toFixed(2)} %`,
    prize === null ? 'to be computed' : `${solText(prize)} SOL`,
  ]);
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Result'),
    table([], rows),
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
    h(
      'ol',
      { class: 'timeline', tabindex: '0', 'data-key': 'events', 'aria-label': 'Events, newest first' },
      ...items,
    ),
  );
}
