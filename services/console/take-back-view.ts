/** The button that takes back what is not signed. Who presses it is its player: `requests.ts` asks in their name. */
import { h } from './dom.ts';

/** `owner`: whose object has the action, and so which route ends it. */
export function takeBackButton(owner: 'match' | 'deposit', userId: string, action: string): HTMLElement {
  const attributes = {
    type: 'button',
    'data-do': 'take-back',
    'data-owner': owner,
    'data-user': userId,
    'data-action': action,
    'data-key': `take-back ${action}`,
  };
  return h('button', attributes, 'Take back');
}
