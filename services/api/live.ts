/** The live socket of a match: everything is checked before the upgrade, since a browser shows no reason after it. */
import { LIVE_PROTOCOL } from '../host/protocol.ts';
import { type Call, callerOf, type Route, viewerOf } from './call.ts';
import { findMatch } from './matches.ts';
import { Refused } from './problem.ts';

export const liveRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/matches/:id/live', handle: live },
];

async function live(call: Call): Promise<Response> {
  checkUpgrade(call.request);
  const caller = await callerOf(call);
  const { name } = await findMatch(call, caller);
  return await call.deps.live(name, viewerOf(caller));
}

/** Codes: `invalid_request`, `forbidden`. */
function checkUpgrade(request: Request): void {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new Refused('invalid_request', 'upgrade: websocket expected');
  }
  const offered = request.headers.get('sec-websocket-protocol');
  if (!offered?.split(',').some((name) => name.trim() === LIVE_PROTOCOL)) {
    throw new Refused('invalid_request', `sec-websocket-protocol: ${LIVE_PROTOCOL} expected`);
  }
  // Browsers send cookies and reach loopback from any site: only our own page may listen in. Others send no Origin.
  const origin = request.headers.get('origin');
  if (origin !== null && originHost(origin) !== new URL(request.url).host) {
    throw new Refused('forbidden', 'origin: another site');
  }
}

function originHost(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
