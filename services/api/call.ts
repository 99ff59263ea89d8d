/** One request on its way through a handler. */
import * as z from 'zod';
import type { Viewer } from '../../durable-objects/ports.ts';
import type { Answer, Caller } from '../../durable-objects/wire/objects.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import type { ApiDeps } from './deps.ts';
import { isRefusal } from './identity.ts';
import { problem, Refused, textAnswer } from './problem.ts';

export interface Call {
  readonly deps: ApiDeps;
  readonly request: Request;
  /** Path parameter `:id`, unchecked; empty where the route has none. */
  readonly id: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Hono's path syntax. */
  readonly path: string;
  handle(call: Call): Promise<Response>;
}

/** Codes: `unauthenticated` and whatever else the identity refuses with. */
export async function callerOf({ deps, request }: Call): Promise<Caller> {
  const caller = await deps.identity.authenticate(request);
  if (isRefusal(caller)) throw new Refused(caller.code, caller.detail);
  return caller;
}

/** Code: `forbidden`. */
export async function operatorOf(call: Call): Promise<Caller> {
  const caller = await callerOf(call);
  if (caller.role !== 'operator') throw new Refused('forbidden', 'operators only');
  return caller;
}

export function viewerOf({ userId, role }: Caller): Viewer {
  return { userId, role };
}

/** As objects store and send a refusal (machines/refusals.ts). */
const storedRefusal = z.object({
  code: z.string().refine(isRefusalCode),
  message: z.string(),
  retryable: z.boolean(),
  detail: z.string().optional(),
});

/**
 * What the object answered, byte for byte. A refusal takes the form of a problem, which follows from the stored bytes
 * alone: so a repeat gets the very same answer here, too.
 */
export function answered({ status, text }: Answer): Response {
  if (status < 400) return textAnswer(status, text);
  const { code, message, retryable, detail } = storedRefusal.parse(JSON.parse(text));
  return problem({ code, message, retryable, ...(detail === undefined ? {} : { detail }) });
}
