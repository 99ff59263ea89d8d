/** What a wallet is asked to sign: to be taken to one's own client, or signed here where the page holds the key. */
import type { SignRequestView } from '../../durable-objects/wire/views.ts';
import { h } from './dom.ts';

/** `owner`: whose object asks, and so where the signed transaction goes back to. */
export type SignOwner = 'match' | 'deposit';

export function signCards(
  requests: readonly SignRequestView[],
  owner: SignOwner,
  canSignAs: (address: string) => boolean,
): readonly HTMLElement[] {
  return requests.map((request) => card(request, owner, canSignAs(request.wallet)));
}

function card(request: SignRequestView, owner: SignOwner, canSign: boolean): HTMLElement {
  const { action, wallet, transaction, lastValidBlockHeight } = request;
  const of = (name: string) => ({
    'data-action': action,
    'data-owner': owner,
    'data-key': `${name} ${action}`,
  });
  const id = `transaction-${action.slice(0, 8)}`;
  return h(
    'section',
    { class: 'card alarm sign', 'aria-label': 'Sign request' },
    h('h2', {}, 'Your wallet is asked to sign'),
    h('p', { class: 'sub mono' }, wallet),
    h('label', { for: id }, `Transaction, base64, good until block ${lastValidBlockHeight}`),
    h('textarea', { id, readonly: true, rows: '3', class: 'mono', ...of('text') }, transaction),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', 'data-do': 'copy', ...of('copy') }, 'Copy'),
      canSign
        ? h('button', { type: 'button', 'data-do': 'sign', class: 'primary', ...of('sign') }, 'Sign here')
        : h('p', { class: 'sub' }, 'Sign it in your own client, and send it back to /sign.'),
    ),
  );
}
