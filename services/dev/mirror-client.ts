/** A player's, or an operator's, view of the mirror: HTTP, and the live socket of one match. */
import type { JournalPage } from '../../durable-objects/wire/objects.ts';
import type { DepositView, HealthView, MatchView } from '../../durable-objects/wire/views.ts';
import { LiveMatch } from '../console/live.ts';
import { uuidV7 } from '../console/uuid.ts';
import { DevError } from './errors.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** From the request's first byte out to the answer's last byte in. */
  readonly ms: number;
}

export class MirrorClient {
  readonly #url: string;
  readonly #user: string;
  readonly #role: 'player' | 'operator';

  constructor(url: string, user: string, role: 'player' | 'operator' = 'player') {
    this.#url = url;
    this.#user = user;
    this.#role = role;
  }

  /** A mutation, with the key of its intent: give the same key to repeat it. */
  async post(path: string, body: object, clientKey = uuidV7()): Promise<Reply> {
    return await this.#send(path, JSON.stringify({ clientKey, ...body }));
  }

  /** A development route: no intent, no key. Code: `http_failed`. */
  async develop(path: string, body: object): Promise<unknown> {
    const { status, text } = await this.#send(path, JSON.stringify(body));
    if (status !== 200) throw new DevError('http_failed', `${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  match(matchId: string): Promise<MatchView> {
    return this.#get<MatchView>(`/api/v1/matches/${matchId}`);
  }

  deposit(): Promise<DepositView> {
    return this.#get<DepositView>('/api/v1/deposits/me');
  }

  async chain(): Promise<HealthView> {
    return (await this.#get<{ chain: HealthView }>('/api/v1/health')).chain;
  }

  journal(matchId: string, from: number): Promise<JournalPage> {
    return this.#get<JournalPage>(`/api/v1/matches/${matchId}/journal?from=${from}&limit=100`);
  }

  /** Follows the match until the answer is closed; comes back by itself after an outage of the mirror. */
  live(matchId: string, onView: (view: MatchView) => void): LiveMatch {
    const url = `${this.#url.replace(/^http/, 'ws')}/api/v1/matches/${matchId}/live?as=${this.#user}&role=${this.#role}`;
    return new LiveMatch(url, { view: onView, status: () => {} });
  }

  async #get<T>(path: string): Promise<T> {
    const { status, text } = await this.#send(path, null);
    if (status !== 200) throw new DevError('http_failed', `${path}: ${status} ${text}`);
    // SAFETY: our own server's answer to a route whose form this is.
    return JSON.parse(text) as T;
  }

  async #send(path: string, body: string | null): Promise<Reply> {
    const started = performance.now();
    const response = await fetch(`${this.#url}${path}`, {
      method: body === null ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', 'x-dev-user': this.#user, 'x-dev-role': this.#role },
      ...(body === null ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, text, ms: performance.now() - started };
  }
}
