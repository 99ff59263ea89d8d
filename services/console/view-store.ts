/**
 * What the page knows of a match, as a store fed by frames: a full view replaces it, a delta continues it, and a gap
 * makes it ask for a full view again. Pure, so that the order of frames can be tested without a socket.
 */
import { createStore } from '@xstate/store';
import type { MatchView, ServerFrame } from '../../durable-objects/wire/views.ts';

interface Shown {
  readonly view: MatchView | null;
  /** Frames were missed: what follows makes no sense before the next full view. */
  readonly hasGap: boolean;
}

const NOTHING: Shown = { view: null, hasGap: false };

export function createViewStore() {
  return createStore({
    context: NOTHING,
    on: {
      frame: (shown, { frame }: { frame: ServerFrame }): Shown => follow(shown, frame),
    },
  });
}

function follow(shown: Shown, frame: ServerFrame): Shown {
  if (frame.type === 'view') return { view: frame.view, hasGap: false };
  if (frame.type === 'signRequest') return asked(shown, frame);
  // A delta before the first view, or one that the view has in it already, says nothing new.
  if (frame.type !== 'delta' || shown.view === null || frame.seq <= shown.view.seq) return shown;
  if (frame.since > shown.view.seq) return { ...shown, hasGap: true };
  return { view: withoutSigned({ ...shown.view, ...frame.changes, seq: frame.seq }), hasGap: false };
}

/** What a wallet is asked comes in a frame of its own. One that is told again, as to whoever comes back, changes nothing. */
function asked(shown: Shown, frame: Extract<ServerFrame, { type: 'signRequest' }>): Shown {
  const { view } = shown;
  const { action, wallet, transaction, lastValidBlockHeight } = frame;
  if (view === null || view.signRequests.some((known) => known.transaction === transaction)) return shown;
  const others = view.signRequests.filter((known) => known.action !== action);
  const request = { action, wallet, transaction, lastValidBlockHeight };
  return { ...shown, view: { ...view, signRequests: [...others, request] } };
}

/** No delta says that a request is gone: it is as soon as its action waits for the wallet no longer. */
function withoutSigned(view: MatchView): MatchView {
  const offered = view.openActions.filter(({ state }) => state === 'offered').map(({ hash }) => hash);
  const signRequests = view.signRequests.filter(({ action }) => offered.includes(action));
  return signRequests.length === view.signRequests.length ? view : { ...view, signRequests };
}
