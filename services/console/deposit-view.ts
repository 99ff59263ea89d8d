/** Draws what is known of one player's deposit. */
import type { DepositView, StatementEntry } from '../../durable-objects/wire/views.ts';
import type { ShownDeposit } from './deposits.ts';
import { h, pill, table } from './dom.ts';
import { signCards } from './sign-view.ts';
import { solText } from './sol.ts';
import { transfersToTakeBack } from './take-back.ts';
import { takeBackButton } from './take-back-view.ts';
import { depositNotice, inPlayNote, movedText, queueText } from './words.ts';

export function depositSections(
  deposits: readonly ShownDeposit[],
  viewer: string,
  canSignAs: (address: string) => boolean,
): readonly HTMLElement[] {
  return deposits.flatMap((shown) => [
    card(shown, viewer),
    ...(shown.kind === 'known' ? signCards(shown.view.signRequests, 'deposit', canSignAs) : []),
  ]);
}

function card(shown: ShownDeposit, viewer: string): HTMLElement {
  const { userId } = shown;
  const attributes = { class: 'card deposit', 'data-owner-of': userId, 'aria-label': `Deposit of ${userId}` };
  const title = h('h2', {}, `Deposit of ${userId}`);
  if (shown.kind !== 'known') {
    const text = shown.kind === 'none' ? 'There is none yet: fund it first.' : 'The mirror does not say.';
    return h('section', attributes, title, h('p', { class: 'none' }, text));
  }
  const { view, entries } = shown;
  const notice = depositNotice(view);
  title.append(pill(view.link === 'online' ? 'good' : view.link === 'paused' ? 'bad' : 'warn', view.link));
  return h(
    'section',
    attributes,
    title,
    notice === null ? null : h('p', { class: 'notice', 'data-tone': noticeTone(view) }, notice),
    figures(view),
    open(view, viewer),
    queued(view),
    statement(entries),
  );
}

/** What the chain does to everybody is no fault of this deposit. */
function noticeTone({ money, link }: DepositView): string {
  return money === 'active' && link !== 'paused' ? 'warn' : 'bad';
}

function queued({ queue }: DepositView): HTMLElement | null {
  const text = queueText(queue);
  return text === null ? null : h('p', { class: 'sub' }, text);
}

function figures({ balances, inPlay }: DepositView): HTMLElement {
  const { available, held, withdrawing, suspense } = balances;
  const note = inPlayNote(inPlay);
  const sum = (name: string, lamports: string, tone: string | null = null) =>
    h(
      'div',
      { 'data-account': name.toLowerCase(), class: tone },
      h('dt', {}, name),
      h('dd', {}, `${solText(lamports)} SOL`),
    );
  return h(
    'div',
    {},
    h(
      'dl',
      { class: 'sums' },
      sum('Available', available, 'main'),
      sum('Held', held),
      sum('Withdrawing', withdrawing),
      sum('Suspense', suspense, suspense === '0' ? null : 'wrong'),
      sum('In play', inPlay.derived),
    ),
    note === null ? null : h('p', { class: 'sub' }, note),
  );
}

/** Whatever still moves, or keeps money from moving. */
function open(view: DepositView, viewer: string): HTMLElement | null {
  const { userId, holds, admissions, openActions } = view;
  const unsigned = transfersToTakeBack(view, viewer);
  const rows = [
    ...holds.map(({ amount, matchId, expiresAt }) => [
      'hold',
      `${solText(amount)} SOL`,
      until(matchId, expiresAt),
    ]),
    ...admissions.map(({ amount, matchId }) => [
      'wallet stake',
      `${solText(amount)} SOL`,
      until(matchId, null),
    ]),
    ...openActions.map(({ kind, state, hash }) => [
      kind,
      state,
      unsigned.includes(hash)
        ? h('span', { class: 'open-acts' }, hash.slice(0, 8), takeBackButton('deposit', userId, hash))
        : hash.slice(0, 8),
    ]),
  ];
  return rows.length === 0 ? null : table(['Open', '', 'For'], rows);
}

function until(matchId: string | null, expiresAt: number | null): string {
  const what = matchId === null ? 'no match' : `match ${matchId.slice(0, 8)}`;
  return expiresAt === null ? what : `${what}, until ${new Date(expiresAt).toLocaleTimeString()}`;
}

function statement(entries: readonly StatementEntry[]): HTMLElement {
  if (entries.length === 0) return h('p', { class: 'none' }, 'Nothing has moved yet.');
  const rows = entries.map((entry) => {
    const at = new Date(entry.at);
    const time = h('time', { class: 'sub', datetime: at.toISOString() }, at.toTimeString().slice(0, 8));
    return [h('span', {}, entry.kind, time), movedText(entry), `${solText(entry.balances.available)}`];
  });
  return table(['Statement', 'Moved, SOL', 'Available'], rows);
}
