/** What live listeners are told after a commit: the change of their own view, and what their own wallet is asked. */
import type { MatchContext } from '../../machines/match/context.ts';
import type { Standing } from '../kernel/kernel.ts';
import type { SocketsPort, Viewer } from '../ports.ts';
import type { ServerFrame, SignRequestView } from '../wire/views.ts';
import { changedFields, matchView } from './view.ts';

type MatchStanding = Standing<MatchContext>;

export function broadcast(
  sockets: SocketsPort,
  before: MatchStanding,
  after: MatchStanding,
  requestsFor: (viewer: Viewer) => readonly SignRequestView[],
): void {
  sockets.broadcast((viewer) => {
    const view = matchView(after, viewer);
    if (view === null) return null;
    const changes = changedFields(matchView(before, viewer), view);
    return text({ type: 'delta', seq: after.seq, since: before.seq, changes });
  });
  for (const hash of newOffers(before, after)) {
    // To the player whose wallet it waits for, and to nobody else.
    sockets.broadcast((viewer) => {
      const request = requestsFor(viewer).find(({ action }) => action === hash);
      return request === undefined ? null : text({ type: 'signRequest', seq: after.seq, ...request });
    });
  }
}

function newOffers(before: MatchStanding, after: MatchStanding): string[] {
  const known = before.context.actions.filter(({ state }) => state === 'offered').map(({ hash }) => hash);
  return after.context.actions
    .filter(({ state, hash }) => state === 'offered' && !known.includes(hash))
    .map(({ hash }) => hash);
}

function text(frame: ServerFrame): string {
  return JSON.stringify(frame);
}
