/** Routes of a match for players. */
import { matchName } from '../../durable-objects/names.ts';
import type { Answer, Caller, MatchObject } from '../../durable-objects/wire/objects.ts';
import {
  cancelRequest,
  createRequest,
  endRequest,
  joinRequest,
  matchIdText,
  presenceRequest,
  signRequest,
  startRequest,
  takeBackRequest,
} from '../../durable-objects/wire/requests.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { check, readJson } from './body.ts';
import { answered, type Call, callerOf, type Route, viewerOf } from './call.ts';
import type { ApiDeps } from './deps.ts';
import { jsonAnswer, Refused } from './problem.ts';

/** What an operator reads and does stands in operator.ts. */
export const matchRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/v1/matches', handle: create },
  { method: 'GET', path: '/api/v1/matches/:id', handle: read },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/join',
    handle: (call) => mutate(call, joinRequest, (match, caller, request) => match.join(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/join/cancel',
    handle: (call) =>
      mutate(call, takeBackRequest, (match, caller, request) => match.takeBack(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/start',
    handle: (call) => mutate(call, startRequest, (match, caller, request) => match.start(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/end',
    handle: (call) => mutate(call, endRequest, (match, caller, request) => match.end(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/cancel',
    handle: (call) => mutate(call, cancelRequest, (match, caller, request) => match.cancel(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/presence',
    handle: (call) =>
      mutate(call, presenceRequest, (match, caller, request) => match.presence(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/join/intent',
    handle: (call) =>
      mutate(call, joinRequest, (match, caller, request) => match.joinIntent(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/matches/:id/sign',
    handle: (call) => mutate(call, signRequest, (match, caller, request) => match.sign(caller, request)),
  },
];

async function create(call: Call): Promise<Response> {
  const caller = await callerOf(call);
  const request = await readJson(call.request, createRequest);
  return answered(
    await call.deps.peers.match(objectNameOf(call.deps, request.matchId)).create(caller, request),
  );
}

async function read(call: Call): Promise<Response> {
  return jsonAnswer((await findMatch(call, await callerOf(call))).view);
}

async function mutate<T>(
  call: Call,
  schema: Parameters<typeof readJson<T>>[1],
  apply: (match: MatchObject, caller: Caller, request: T) => Promise<Answer>,
): Promise<Response> {
  const caller = await callerOf(call);
  const request = await readJson(call.request, schema);
  const { match } = await findMatch(call, caller);
  return answered(await apply(match, caller, request));
}

export interface FoundMatch {
  readonly name: string;
  readonly match: MatchObject;
  readonly view: MatchView;
}

/**
 * The match with this very id. The PDA, and so the object, takes only the first 31 characters (H-14): without the
 * comparison a request for one match could act on another. Codes: `invalid_request`, `match_not_found`.
 */
export async function findMatch(call: Call, caller: Caller): Promise<FoundMatch> {
  const id = check(matchIdText, call.id);
  const name = objectNameOf(call.deps, id);
  const match = call.deps.peers.match(name);
  const view = await match.view(viewerOf(caller));
  if (view === null || view.matchId !== id) throw new Refused('match_not_found');
  return { name, match, view };
}

function objectNameOf({ chain }: ApiDeps, matchId: string): string {
  return matchName(chain, chain.pda('match', matchId).address);
}
