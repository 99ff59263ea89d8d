/** Calls of the page to its own Worker, as a development user. */

import { uuidV7 } from './uuid.ts';
import { walletOfUser } from './wallet.ts';
import { answerText } from './words.ts';

/** What a request answered. `message` is a sentence for people where it was refused. */
export interface Reply {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
  readonly message: string;
}

export async function call(user: string, path: string, body?: unknown): Promise<Reply> {
  const headers: Record<string, string> = { 'x-dev-user': encodeURIComponent(user) };
  if (user === 'operator') headers['x-dev-role'] = 'operator';
  const wallet = walletOfUser(user);
  if (wallet !== null) headers['x-dev-wallet'] = wallet.address;
  const init: RequestInit = { headers };
  if (body !== undefined) {
    init.method = 'POST';
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(path, init);
    const answer: unknown = await response.json();
    return { ok: response.ok, status: response.status, body: answer, message: answerText(answer) };
  } catch {
    return { ok: false, status: 0, body: null, message: 'The mirror did not answer.' };
  }
}

/**
 * The idempotency key of one intent, made before it is sent and kept until it has its answer: a second press, or a
 * reload in between, repeats the request instead of making another.
 */
export function clientKey(intent: string): string {
  const name = `money-match:${intent}`;
  const known = localStorage.getItem(name);
  if (known !== null) return known;
  const made = uuidV7();
  localStorage.setItem(name, made);
  return made;
}

/**
 * A mutation with the key of its intent. `again`: the same may be meant a second time (to withdraw as much once more), so
 * that an answer ends the intent; else it stays, and a second press gets the stored answer.
 */
export async function intend(
  user: string,
  path: string,
  intent: string,
  body: object,
  { again = false } = {},
): Promise<Reply> {
  const reply = await call(user, path, { clientKey: clientKey(intent), ...body });
  if ((reply.status >= 400 && reply.status < 500) || (again && reply.ok)) forgetKey(intent);
  return reply;
}

/** The page's own answer to a request that it does not even send. */
export function refused(message: string): Reply {
  return { ok: false, status: 0, body: null, message };
}

export function done(message: string): Reply {
  return { ok: true, status: 200, body: null, message };
}

/** A final refusal is sticky for its key: the next try is another intent. */
export function forgetKey(intent: string): void {
  localStorage.removeItem(`money-match:${intent}`);
}
