/** What the page can do, besides watching. Development only: the Worker has these routes nowhere else. */
import { call, clientKey, forgetKey, type Reply } from './api.ts';
import { byId } from './dom.ts';
import { lamportsOf } from './sol.ts';

const FUND_LAMPORTS = '1000000000';
const PLATFORM = 1;

export interface Shown {
  readonly id: string;
  readonly entryFee: string;
}

export interface ControlsContext {
  /** The match on the page, or null. */
  shown(): Shown | null;
  watch(matchId: string): void;
}

export function bindControls(context: ControlsContext): void {
  const onMatch = (act: (match: Shown) => Promise<Reply>) => async (): Promise<Reply> => {
    const match = context.shown();
    return match === null ? refused('Create or watch a match first.') : await act(match);
  };
  const acts: Readonly<Record<string, (user: string) => Promise<Reply>>> = {
    fund: () => fund(),
    join: (user) => onMatch((match) => join(match, user))(),
    start: onMatch(({ id }) => intend('operator', `/api/v1/matches/${id}/start`, `start:${id}`, {})),
    freeze: () => call('operator', '/dev/faults', { chain: 'frozen' }),
    thaw: () => call('operator', '/dev/faults', { chain: 'running' }),
    evict: onMatch(({ id }) => call('operator', '/dev/evict', { matchId: id })),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-act]')) {
    const act = acts[button.dataset.act ?? ''];
    const user = button.dataset.user ?? '';
    if (act !== undefined) button.addEventListener('click', () => busy(button, () => act(user)));
  }
  submit('create', (data) => create(String(data.get('fee')), context));
  submit('end', (data) => onMatch((match) => end(match, String(data.get('winner'))))());
}

async function create(fee: string, { watch }: ControlsContext): Promise<Reply> {
  const entryFee = lamportsOf(fee);
  if (entryFee === null) return refused('The entry fee is a decimal number of SOL, such as 0.1.');
  const matchId = crypto.randomUUID();
  const body = { matchId, gameType: 0, seed: '1', entryFee, paymentMethod: PLATFORM };
  const reply = await intend('operator', '/api/v1/matches', `create:${matchId}`, body);
  if (reply.ok) watch(matchId);
  return reply;
}

async function fund(): Promise<Reply> {
  const replies = await Promise.all(
    ['alice', 'bob'].map((userId) => call('operator', '/dev/fund', { userId, lamports: FUND_LAMPORTS })),
  );
  return replies.find(({ ok }) => !ok) ?? done('Alice and bob have 1 SOL more each.');
}

async function join({ id, entryFee }: Shown, user: string): Promise<Reply> {
  const body = { entryFee, paymentMethod: PLATFORM };
  return await intend(user, `/api/v1/matches/${id}/join`, `join:${id}:${user}`, body);
}

async function end({ id }: Shown, winner: string): Promise<Reply> {
  const body = { result: [{ userId: winner, shareBps: 10_000 }] };
  return await intend('operator', `/api/v1/matches/${id}/end`, `end:${id}:${winner}`, body);
}

async function intend(user: string, path: string, intent: string, body: object): Promise<Reply> {
  const reply = await call(user, path, { clientKey: clientKey(intent), ...body });
  if (reply.status >= 400 && reply.status < 500) forgetKey(intent);
  return reply;
}

function submit(id: string, act: (data: FormData) => Promise<Reply>): void {
  const form = byId(id, HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    if (button !== null) void busy(button, () => act(new FormData(form)));
  });
}

async function busy(button: HTMLButtonElement, act: () => Promise<Reply>): Promise<void> {
  button.disabled = true;
  try {
    showNotice(await act());
  } finally {
    button.disabled = false;
  }
}

/** Told to screen readers at once. An answer without words clears it. */
export function showNotice({ ok, message }: Reply): void {
  const box = byId('notice', HTMLParagraphElement);
  box.hidden = message === '';
  box.dataset.tone = ok ? 'good' : 'bad';
  box.textContent = message;
}

function refused(message: string): Reply {
  return { ok: false, status: 0, body: null, message };
}

function done(message: string): Reply {
  return { ok: true, status: 200, body: null, message };
}
