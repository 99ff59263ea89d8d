/** Buttons and forms of the page. Development only: the Worker has some of these routes nowhere else. */
import * as acts from './acts.ts';
import { call, type Reply, refused } from './api.ts';
import { byId } from './dom.ts';
import { playerIn } from './wallet.ts';
import { fillWallets, joinByWallet } from './wallet-acts.ts';
import { PLATFORM, WALLET } from './words.ts';

export interface ControlsContext {
  /** The match on the page, or null. */
  shown(): acts.Shown | null;
  watch(matchId: string): void;
  /** A button was pressed, and has its answer. */
  acted(): void;
}

/** An act, by the button or the form that it belongs to. `field`: what the form says. */
type Act = (user: string, field: (name: string) => string) => Promise<Reply>;

export function bindControls(context: ControlsContext): void {
  const onMatch =
    (act: (match: acts.Shown, ...rest: Parameters<Act>) => Promise<Reply>): Act =>
    async (user, field) => {
      const match = context.shown();
      return match === null ? refused('Create or watch a match first.') : await act(match, user, field);
    };
  const buttons: Readonly<Record<string, Act>> = {
    fund: acts.fundBoth,
    fill: fillWallets,
    join: onMatch((match, user) =>
      match.paymentMethod === WALLET ? joinByWallet(match, user) : acts.joinByDeposit(match, user),
    ),
    start: onMatch(acts.start),
    freeze: () => call('operator', '/dev/faults', { chain: 'frozen' }),
    thaw: () => call('operator', '/dev/faults', { chain: 'running' }),
    evict: onMatch(({ matchId }) => call('operator', '/dev/evict', { matchId })),
  };
  const forms: Readonly<Record<string, Act>> = {
    create: async (_user, field) => {
      const reply = await acts.create(field('fee'), Number(field('payment')));
      if (reply.ok) context.watch(reply.matchId);
      return reply;
    },
    end: onMatch((match, _user, field) => acts.end(match, field('winner'))),
    withdraw: (_user, field) =>
      acts.withdraw(playerIn(context.shown()?.paymentMethod ?? PLATFORM, field('of')), field('amount')),
    'call-off': onMatch((match, _user, field) => acts.callOff(match, field('because'))),
    presence: onMatch((match, user, field) => acts.report(match, field('who'), user === 'back')),
    decide: (_user, field) => acts.decide(context.shown(), field('decision'), field('reason')),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-act]')) {
    const act = buttons[button.dataset.act ?? ''];
    const user = button.dataset.user ?? '';
    if (act !== undefined)
      button.addEventListener('click', () => busy(button, () => act(user, () => ''), context));
  }
  for (const [id, act] of Object.entries(forms)) bindForm(byId(id, HTMLFormElement), act, context);
}

/** The act learns which of several buttons was pressed, as its `user`. */
function bindForm(form: HTMLFormElement, act: Act, context: ControlsContext): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector('button');
    const data = new FormData(form);
    if (!(button instanceof HTMLButtonElement)) return;
    void busy(button, () => act(button.value, (name) => String(data.get(name) ?? '')), context);
  });
}

export async function busy(
  button: HTMLButtonElement,
  act: () => Promise<Reply>,
  { acted }: Pick<ControlsContext, 'acted'>,
): Promise<void> {
  const hadFocus = document.activeElement === button;
  button.disabled = true;
  try {
    showNotice(await act());
  } finally {
    button.disabled = false;
    // What is disabled loses the focus; whoever went elsewhere meanwhile is left there.
    if (hadFocus && document.activeElement === document.body) button.focus({ preventScroll: true });
    acted();
  }
}

/** Told to screen readers at once. An answer without words clears it. */
export function showNotice({ ok, message }: Reply): void {
  const box = byId('notice', HTMLDivElement);
  box.hidden = message === '';
  box.dataset.tone = ok ? 'good' : 'bad';
  byId('notice-text', HTMLSpanElement).textContent = message;
}
