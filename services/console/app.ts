/** The page: one match, live; the chain's health; and, in development, the means to make both interesting. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { call, type Reply } from './api.ts';
import { bindControls, showNotice } from './controls.ts';
import { byId, setPill } from './dom.ts';
import { LiveMatch, type LiveStatus } from './live.ts';
import { matchSections } from './match-view.ts';
import { Timeline } from './timeline.ts';

const HEALTH_MS = 2_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let live: LiveMatch | null = null;
let view: MatchView | null = null;

/** Asks before it connects: a browser does not say why an upgrade was refused, and would try for ever. */
async function watch(matchId: string): Promise<void> {
  live?.close();
  live = null;
  view = null;
  const viewer = byId('viewer', HTMLSelectElement).value;
  byId('match-id', HTMLInputElement).value = matchId;
  const found = await call(viewer, `/api/v1/matches/${matchId}`);
  if (!found.ok) return showNothing(found);
  history.replaceState(null, '', `#${matchId}`);
  const query = new URLSearchParams({ as: viewer, role: viewer === 'operator' ? 'operator' : 'player' });
  const url = new URL(`/api/v1/matches/${matchId}/live?${query}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const timeline = new Timeline();
  live = new LiveMatch(url.href, { view: (next) => show(next, timeline), status: showStatus });
}

function showNothing(reply: Reply): void {
  showNotice(reply);
  setPill(byId('socket', HTMLSpanElement), 'muted', 'no match');
  byId('empty', HTMLElement).hidden = false;
  byId('shown', HTMLDivElement).hidden = true;
}

function show(next: MatchView, timeline: Timeline): void {
  timeline.note(view, next, Date.now());
  view = next;
  byId('empty', HTMLElement).hidden = true;
  const shown = byId('shown', HTMLDivElement);
  shown.hidden = false;
  keepingPlace(shown, () => shown.replaceChildren(...matchSections(next, timeline.entries)));
  byId('said', HTMLParagraphElement).textContent = timeline.entries[0]?.text ?? '';
}

/** The list of events is drawn anew with everything else: whoever reads it must not lose their place in it. */
function keepingPlace(shown: HTMLElement, draw: () => void): void {
  const before = shown.querySelector('.timeline');
  const scrolled = before?.scrollTop ?? 0;
  const focused = before !== null && document.activeElement === before;
  draw();
  const after = shown.querySelector('.timeline');
  if (!(after instanceof HTMLElement)) return;
  after.scrollTop = scrolled;
  if (focused) after.focus({ preventScroll: true });
}

function showStatus(status: LiveStatus): void {
  const pill = byId('socket', HTMLSpanElement);
  byId('shown', HTMLDivElement).toggleAttribute('data-stale', status.kind !== 'live');
  if (status.kind === 'live') setPill(pill, 'good', 'live');
  else if (status.kind === 'connecting') setPill(pill, 'warn', 'connecting');
  else setPill(pill, 'bad', `disconnected, again in ${(status.ms / 1_000).toFixed(1)} s`);
}

async function showHealth(): Promise<void> {
  const { ok, body } = await call('operator', '/api/v1/health');
  const { chain } = Object(body);
  const pill = byId('chain', HTMLSpanElement);
  if (!ok) return setPill(pill, 'bad', 'mirror unreachable');
  const slots = Object(chain)
    .providers?.map((provider: { slot: number | null }) => provider.slot ?? '–')
    .join(', ');
  const tone = chain.level === 'online' ? 'good' : chain.level === 'down' ? 'bad' : 'warn';
  setPill(pill, tone, `chain ${chain.state}${slots ? `, slot ${slots}` : ''}`);
}

/** One question after the other: a slow mirror is not asked faster than it answers. */
async function followHealth(): Promise<void> {
  await showHealth();
  setTimeout(followHealth, HEALTH_MS);
}

byId('watch', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('match-id', HTMLInputElement);
  const id = input.value.trim();
  input.setCustomValidity(UUID.test(id) ? '' : 'A match id is a lower-case UUID.');
  if (input.reportValidity()) void watch(id);
});
byId('match-id', HTMLInputElement).addEventListener('input', ({ currentTarget }) => {
  if (currentTarget instanceof HTMLInputElement) currentTarget.setCustomValidity('');
});
bindControls({
  shown: () => (view === null ? null : { id: view.matchId, entryFee: view.entryFee }),
  watch: (matchId) => void watch(matchId),
});
if (UUID.test(location.hash.slice(1))) void watch(location.hash.slice(1));
void followHealth();
