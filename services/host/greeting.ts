/** The first frames of a live socket. */
import type { MatchView, ServerFrame } from '../../durable-objects/wire/views.ts';
import { LIVE_PROTOCOL } from './protocol.ts';

/** What waits for the viewer's wallet is told once more: whoever was away when it was asked must not wait for ever. */
export function greetingOf(view: MatchView): readonly ServerFrame[] {
  const { matchId, seq } = view;
  return [
    { type: 'hello', protocol: LIVE_PROTOCOL, matchId, seq },
    { type: 'view', seq, view },
    ...view.signRequests.map((request) => ({ type: 'signRequest', seq, ...request }) as const),
  ];
}
