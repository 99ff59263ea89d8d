/** The page: one match, live; the deposits beside it; the chain's health; and, in development, the means to play. */
import type { AlertRow } from '../../durable-objects/wire/objects.ts';
import type { HealthView, MatchView } from '../../durable-objects/wire/views.ts';
import { call, type Reply } from './api.ts';
import { bindControls, busy, showNotice } from './controls.ts';
import { depositSections } from './deposit-view.ts';
import { Deposits, type ShownDeposit } from './deposits.ts';
import { byId, h, redraw, setPill } from './dom.ts';
import { tick } from './ending-view.ts';
import { healthSections } from './health-view.ts';
import { healthText, levelTone } from './health-words.ts';
import { LiveMatch, type LiveStatus } from './live.ts';
import { matchSections } from './match-view.ts';
import { actOf } from './requests.ts';
import { Timeline } from './timeline.ts';
import { canSignAs, NAMES, playerIn, walletOf, walletOfUser } from './wallet.ts';
import { PLATFORM } from './words.ts';

const HEALTH_MS = 2_000;
const TICK_MS = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const shown = byId('shown', HTMLDivElement);
const viewerBox = byId('viewer', HTMLSelectElement);
let live: LiveMatch | null = null;
let view: MatchView | null = null;
let timeline = new Timeline();
let reviewedFor: string | null = null;
let known: readonly ShownDeposit[] = [];

const deposits = new Deposits({
  viewer: () => viewerBox.value,
  owners: () =>
    viewerBox.value === 'operator'
      ? NAMES.map((name) => playerIn(view?.paymentMethod ?? PLATFORM, name))
      : [viewerBox.value],
  draw: (found) => {
    known = found;
    redraw(byId('deposits', HTMLDivElement), depositSections(found, viewerBox.value, canSignAs));
  },
});

/** Asks before it connects: a browser does not say why an upgrade was refused, and would try for ever. */
async function watch(matchId: string): Promise<void> {
  live?.close();
  live = null;
  view = null;
  reviewedFor = null;
  const viewer = viewerBox.value;
  byId('match-id', HTMLInputElement).value = matchId;
  const found = await call(viewer, `/api/v1/matches/${matchId}`);
  if (!found.ok) return showNothing(found);
  history.replaceState(null, '', `#${matchId}`);
  const query = new URLSearchParams({ as: viewer, role: viewer === 'operator' ? 'operator' : 'player' });
  const wallet = walletOfUser(viewer);
  if (wallet !== null) query.set('wallet', wallet.address);
  const url = new URL(`/api/v1/matches/${matchId}/live?${query}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  timeline = new Timeline();
  live = new LiveMatch(url.href, { view: show, status: showStatus });
}

function showNothing(reply: Reply): void {
  showNotice(reply);
  setPill(byId('socket', HTMLSpanElement), 'muted', 'no match');
  byId('empty', HTMLElement).hidden = false;
  shown.hidden = true;
}

function show(next: MatchView): void {
  timeline.note(view, next, Date.now());
  const isOther = view?.paymentMethod !== next.paymentMethod;
  view = next;
  byId('empty', HTMLElement).hidden = true;
  shown.hidden = false;
  draw();
  byId('said', HTMLParagraphElement).textContent = timeline.entries[0]?.text ?? '';
  void askWhy(next);
  if (isOther) deposits.nudge();
}

function draw(): void {
  if (view === null) return;
  const beside = { viewer: viewerBox.value, timeline: timeline.entries, reviewedFor, canSignAs };
  redraw(shown, matchSections(view, beside));
}

/** Why a match waits for a person stands in its alerts, which operators may read. */
async function askWhy({ matchId, money, seq }: MatchView): Promise<void> {
  if (money !== 'review' || viewerBox.value !== 'operator') {
    reviewedFor = null;
    return;
  }
  const { ok, body } = await call('operator', `/api/v1/matches/${matchId}/alerts`);
  if (!ok || view?.seq !== seq || view.matchId !== matchId) return;
  // SAFETY: our own server's answer to a route whose form this is.
  const alert = (body as readonly AlertRow[]).findLast(({ severity }) => severity === 'critical');
  reviewedFor = alert === undefined ? null : `${alert.class}: ${alert.message}`;
  draw();
}

function showStatus(status: LiveStatus): void {
  const pill = byId('socket', HTMLSpanElement);
  shown.toggleAttribute('data-stale', status.kind !== 'live');
  if (status.kind === 'live') setPill(pill, 'good', 'live');
  else if (status.kind === 'connecting') setPill(pill, 'warn', 'connecting');
  else setPill(pill, 'bad', `disconnected, again in ${(status.ms / 1_000).toFixed(1)} s`);
}

async function showHealth(): Promise<void> {
  const { ok, body } = await call('operator', '/api/v1/health');
  const pill = byId('chain', HTMLSpanElement);
  const place = byId('health', HTMLDivElement);
  if (!ok) return setPill(pill, 'bad', 'mirror unreachable');
  // SAFETY: our own server's answer to a route whose form this is.
  const { chain } = body as { readonly chain: HealthView };
  setPill(pill, levelTone(chain.level), healthText(chain));
  redraw(place, viewerBox.value === 'operator' ? healthSections(chain, Date.now()) : []);
}

/** One question after the other: a slow mirror is not asked faster than it answers. */
async function followHealth(): Promise<void> {
  await showHealth();
  setTimeout(followHealth, HEALTH_MS);
}

/** Whoever has a wallet in this browser may be watched as, too. */
function listWallets(): void {
  for (const userId of NAMES.flatMap((name) => walletOf(name)?.userId ?? [])) {
    if ([...viewerBox.options].some(({ value }) => value === userId)) continue;
    viewerBox.append(h('option', { value: userId }, `${userId} (wallet)`));
  }
}

function acted(): void {
  listWallets();
  deposits.nudge();
}

/** Inside of what is drawn anew, where a button of its own would not last. */
function pressed({ target }: Event): void {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>('button[data-do]') : null;
  if (button === null) return;
  const depositRequests = known.flatMap((each) => (each.kind === 'known' ? each.view.signRequests : []));
  const act = actOf(button, { view, depositRequests, viewer: viewerBox.value });
  if (act !== null) void busy(button, act, { acted });
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
viewerBox.addEventListener('change', () => {
  deposits.nudge();
  if (view !== null) void watch(view.matchId);
});
byId('match', HTMLElement).addEventListener('click', pressed);
byId('dismiss', HTMLButtonElement).addEventListener('click', () => {
  byId('notice', HTMLDivElement).hidden = true;
});
bindControls({ shown: () => view, watch: (matchId) => void watch(matchId), acted });
listWallets();
setInterval(() => tick(shown, Date.now()), TICK_MS);
if (UUID.test(location.hash.slice(1))) void watch(location.hash.slice(1));
deposits.nudge();
void followHealth();
