/** Routes of a match for operators. */
import * as z from 'zod';
import { check, readJson } from './body.ts';
import { answered, type Call, operatorOf, type Route } from './call.ts';
import { findMatch } from './matches.ts';
import { jsonAnswer } from './problem.ts';

export const operatorRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/matches/:id/journal', handle: journal },
  { method: 'GET', path: '/api/v1/matches/:id/alerts', handle: alerts },
  { method: 'POST', path: '/api/v1/matches/:id/pause', handle: (call) => decide(call, 'pause') },
  { method: 'POST', path: '/api/v1/matches/:id/resume', handle: (call) => decide(call, 'resume') },
];

/** Entries of a journal page: at some 2 KB each, well below what one answer between objects may carry. */
const MAX_PAGE = 200;

const wholeText = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);
const pageQuery = z.object({
  from: wholeText.default(1),
  limit: wholeText.pipe(z.int().min(1).max(MAX_PAGE)).default(100),
});
/** Kept in the journal for good, so bounded; what an auditor will want to read. */
const reasonRequest = z.strictObject({ reason: z.string().trim().min(1).max(500) });

async function journal(call: Call): Promise<Response> {
  const caller = await operatorOf(call);
  const query = new URL(call.request.url).searchParams;
  const { from, limit } = check(pageQuery, Object.fromEntries(query));
  const { match } = await findMatch(call, caller);
  return jsonAnswer(await match.journal(from, limit));
}

async function alerts(call: Call): Promise<Response> {
  const { match } = await findMatch(call, await operatorOf(call));
  return jsonAnswer(await match.alerts());
}

async function decide(call: Call, act: 'pause' | 'resume'): Promise<Response> {
  const caller = await operatorOf(call);
  const { reason } = await readJson(call.request, reasonRequest);
  const { match } = await findMatch(call, caller);
  return answered(await match[act](caller.userId, reason));
}
