/** Reads what a client sent, within bounds, and believes none of it before its schema has. */
import type { ZodError, ZodType } from 'zod';
import { Refused } from './problem.ts';

/** The largest request that has the documented form is an `end` of ten seats: below 2 KB. */
export const MAX_BODY_BYTES = 16 * 1024;
/** An `end` nests three levels. Deeper than a few thousand even writing a value down again fails. */
const MAX_DEPTH = 16;

/** Codes: `unsupported_media_type`, `body_too_large`, `invalid_request`. */
export async function readJson<T>(request: Request, schema: ZodType<T>): Promise<T> {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  // Also what keeps other sites' forms out: a browser asks before it sends this type across origins.
  if (mediaType !== 'application/json') throw new Refused('unsupported_media_type');
  return check(schema, parse(await readBounded(request)));
}

/** Code: `invalid_request`, with the first field that is wrong. */
export function check<T>(schema: ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refused('invalid_request', firstIssue(parsed.error));
  return parsed.data;
}

function firstIssue(error: ZodError): string {
  const issue = error.issues[0];
  const where = issue?.path.join('.') ?? '';
  return `${where === '' ? 'body' : where}: ${issue?.message ?? 'invalid'}`.slice(0, 200);
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused('invalid_request', 'body: not JSON');
  }
  // The parser takes the last of two; whoever checked the request before us may have read the first (RFC 7493, 2.3).
  if (fieldsIn(value) !== fieldsWritten(text)) throw new Refused('invalid_request', 'body: a field twice');
  return value;
}

/** Refuses what nests too deep, before anything recurses into it. */
function fieldsIn(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_DEPTH) throw new Refused('invalid_request', 'body: nested too deep');
  const inside: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : inside.length;
  return inside.reduce<number>((count, each) => count + fieldsIn(each, depth + 1), own);
}

/** Of text that is JSON: strings that a colon follows. */
function fieldsWritten(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) count += 1;
  return count;
}

/** Stops reading at the bound: what a client announces, and how much it has left to send, is not its choice. */
async function readBounded(request: Request): Promise<string> {
  const announced = Number(request.headers.get('content-length') ?? '0');
  const reader = request.body?.getReader();
  if (reader === undefined) throw new Refused('invalid_request', 'body: missing');
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let text = '';
  let size = 0;
  for (;;) {
    if (size > MAX_BODY_BYTES || announced > MAX_BODY_BYTES) {
      await reader.cancel().catch(() => {}); // The request is refused in any case.
      throw new Refused('body_too_large', `at most ${MAX_BODY_BYTES} bytes`);
    }
    const { done, value } = await reader.read();
    if (done) return text + decode(() => decoder.decode());
    size += value.byteLength;
    if (size <= MAX_BODY_BYTES) text += decode(() => decoder.decode(value, { stream: true }));
  }
}

function decode(step: () => string): string {
  try {
    return step();
  } catch {
    throw new Refused('invalid_request', 'body: not UTF-8');
  }
}
