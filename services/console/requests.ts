/** Presses inside what is redrawn: to sign, to copy what is to be signed elsewhere, to take back what is not signed. */
import type { MatchView, SignRequestView } from '../../durable-objects/wire/views.ts';
import { pathOf, takeBackJoin, takeBackTransfer } from './acts.ts';
import { done, type Reply, refused } from './api.ts';
import { sign, signForSeat } from './wallet-acts.ts';

const NO_MATCH = 'Watch a match first.';

export interface Asked {
  readonly view: MatchView | null;
  /** Of the deposits on the page. */
  readonly depositRequests: readonly SignRequestView[];
  readonly viewer: string;
}

/** Null where the button is none of these. */
export function actOf(button: HTMLButtonElement, asked: Asked): (() => Promise<Reply>) | null {
  const { do: what, user, action, owner } = button.dataset;
  const { view, viewer } = asked;
  if (what === 'sign' && user !== undefined) {
    return async () => (view === null ? refused(NO_MATCH) : await signForSeat(view, user));
  }
  if (what === 'take-back' && user !== undefined && action !== undefined) {
    if (owner === 'deposit') return () => takeBackTransfer(user, action);
    return async () => (view === null ? refused(NO_MATCH) : await takeBackJoin(view, user, action));
  }
  const requests = owner === 'deposit' ? asked.depositRequests : (view?.signRequests ?? []);
  const request = requests.find((each) => each.action === action);
  if (request === undefined) return null;
  if (what === 'copy') return () => copy(request);
  if (what !== 'sign') return null;
  const path = owner === 'match' && view !== null ? pathOf(view, 'sign') : '/api/v1/deposits/me/sign';
  return () => sign(request, viewer, path);
}

/** A browser may refuse; the text can still be taken by hand. */
async function copy({ action, transaction }: SignRequestView): Promise<Reply> {
  try {
    await navigator.clipboard.writeText(transaction);
    return done('Copied: sign it unchanged, with your signature in the first place.');
  } catch {
    document.querySelector<HTMLTextAreaElement>(`textarea[data-action="${action}"]`)?.select();
    return refused('The browser does not let this page copy: the text is selected, take it by hand.');
  }
}
