/** Routes of a match for operators. */
import * as z from 'zod';
import { resolveMatchRequest } from '../../durable-objects/wire/requests.ts';
import { readJson } from './body.ts';
import { answered, type Call, operatorOf, type Route } from './call.ts';
import { findMatch } from './matches.ts';
import { pageOf } from './paging.ts';
import { jsonAnswer } from './problem.ts';

export const operatorRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/matches/:id/journal', handle: journal },
  { method: 'GET', path: '/api/v1/matches/:id/alerts', handle: alerts },
  { method: 'GET', path: '/api/v1/matches/:id/reviews', handle: reviews },
  { method: 'POST', path: '/api/v1/matches/:id/pause', handle: (call) => decide(call, 'pause') },
  { method: 'POST', path: '/api/v1/matches/:id/resume', handle: (call) => decide(call, 'resume') },
  { method: 'POST', path: '/api/v1/matches/:id/resolve', handle: resolve },
];

/** Kept in the journal for good, so bounded; what an auditor will want to read. */
const reasonRequest = z.strictObject({ reason: z.string().trim().min(1).max(500) });

async function journal(call: Call): Promise<Response> {
  const caller = await operatorOf(call);
  const { from, limit } = pageOf(call);
  const { match } = await findMatch(call, caller);
  return jsonAnswer(await match.journal(from, limit));
}

async function alerts(call: Call): Promise<Response> {
  const { match } = await findMatch(call, await operatorOf(call));
  return jsonAnswer(await match.alerts());
}

async function reviews(call: Call): Promise<Response> {
  const caller = await operatorOf(call);
  const { from, limit } = pageOf(call);
  const { match } = await findMatch(call, caller);
  return jsonAnswer(await match.reviews(from, limit));
}

async function decide(call: Call, act: 'pause' | 'resume'): Promise<Response> {
  const caller = await operatorOf(call);
  const { reason } = await readJson(call.request, reasonRequest);
  const { match } = await findMatch(call, caller);
  return answered(await match[act](caller.userId, reason));
}

async function resolve(call: Call): Promise<Response> {
  const caller = await operatorOf(call);
  const request = await readJson(call.request, resolveMatchRequest);
  const { match } = await findMatch(call, caller);
  return answered(await match.resolve(caller, request));
}
