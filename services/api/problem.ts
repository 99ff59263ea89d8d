/** Errors as RFC 9457 problems. `code` and `retryable` are what a client acts on; the rest is for people. */
import { type Refusal, type RefusalCode, refusal, refusalStatus } from '../../machines/refusals.ts';

/** Leaves a handler at once; the API turns it into a problem. Never for what an object has decided: that is an answer. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(code: RefusalCode, detail?: string) {
    super(code);
    this.name = 'Refused';
    this.refusal = refusal(code, detail);
  }
}

export function problem(
  { code, message, retryable, detail }: Refusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const status = refusalStatus(code);
  const body = {
    type: `urn:money-match:problem:${code}`,
    title: message,
    status,
    code,
    retryable,
    ...(detail === undefined ? {} : { detail }),
  };
  return textAnswer(status, JSON.stringify(body), headers);
}

/** The text as it is: a stored answer goes out byte for byte. */
export function textAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = new Headers(headers);
  all.set('content-type', status >= 400 ? 'application/problem+json' : 'application/json');
  all.set('cache-control', 'no-store');
  all.set('x-content-type-options', 'nosniff');
  return new Response(text, { status, headers: all });
}

export function jsonAnswer(value: unknown, status = 200): Response {
  return textAnswer(status, JSON.stringify(value));
}
