/** Requests as anyone could send them, well formed or not, and what a refusal must look like. */
import { refusalCodes, refusalStatus } from '../../../machines/refusals.ts';

export interface Asked {
  readonly method?: string;
  /** Header `x-dev-user`, as it is. */
  readonly as?: string;
  readonly role?: string;
  readonly json?: unknown;
  /** The body itself, where it is not to be JSON. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export async function ask({ url }: { readonly url: string }, path: string, asked: Asked): Promise<Told> {
  const body = asked.body ?? (asked.json === undefined ? undefined : JSON.stringify(asked.json));
  const response = await fetch(`${url}${path}`, {
    method: asked.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      'content-type': 'application/json',
      ...(asked.as === undefined ? {} : { 'x-dev-user': asked.as }),
      ...(asked.role === undefined ? {} : { 'x-dev-role': asked.role }),
      ...asked.headers,
    },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
}

/**
 * A problem of RFC 9457 with a code of the table, its status and its `retryable`; throws where it is anything else. A
 * status of 500 is never one: the mirror has failed.
 */
export function problemOf({ status, text, headers }: Told): Problem {
  const fail = (what: string): never => {
    throw new Error(`${what}: ${status} ${headers.get('content-type')} ${text.slice(0, 300)}`);
  };
  if (headers.get('content-type') !== 'application/problem+json') fail('no problem');
  const { code, retryable, ...rest } = JSON.parse(text);
  const known = refusalCodes.find((each) => each === code) ?? fail('not a code of the table');
  if (typeof retryable !== 'boolean') fail('does not say whether to try again');
  if (rest.status !== status || refusalStatus(known) !== status) fail('another status than the code has');
  if (typeof rest.type !== 'string' || typeof rest.title !== 'string') fail('no type, or no title');
  if (status === 500) fail('the mirror failed');
  return { status, code, retryable };
}
