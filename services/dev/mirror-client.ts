/** A player's, or an operator's, view of the mirror: HTTP, and the live socket of one match. */
import type { AlertRow, JournalPage } from '../../durable-objects/wire/objects.ts';
import type {
  Balances,
  DepositView,
  HealthView,
  MatchView,
  StatementPage,
} from '../../durable-objects/wire/views.ts';
import { LiveMatch } from '../console/live.ts';
import { uuidV7 } from '../console/uuid.ts';
import { DevError } from './errors.ts';
import { LiveFrames } from './live-frames.ts';

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
  readonly #wallet: string | null;

  /** `wallet`: of a player who signs by themselves; the mirror then knows them by it. */
  constructor(
    url: string,
    user: string,
    role: 'player' | 'operator' = 'player',
    wallet: string | null = null,
  ) {
    this.#url = url;
    this.#user = user;
    this.#role = role;
    this.#wallet = wallet;
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

  statement(from: number, limit: number): Promise<StatementPage> {
    return this.#get<StatementPage>(`/api/v1/deposits/me/statement?from=${from}&limit=${limit}`);
  }

  /** Code: `http_failed`, also where the journal has no such entry yet. */
  async balancesAt(seq: number): Promise<Balances> {
    return (await this.#get<{ balances: Balances }>(`/api/v1/deposits/me/balance?seq=${seq}`)).balances;
  }

  alerts(matchId: string): Promise<readonly AlertRow[]> {
    return this.#get<readonly AlertRow[]>(`/api/v1/matches/${matchId}/alerts`);
  }

  async chain(): Promise<HealthView> {
    return (await this.#get<{ chain: HealthView }>('/api/v1/health')).chain;
  }

  journal(matchId: string, from: number): Promise<JournalPage> {
    return this.#get<JournalPage>(`/api/v1/matches/${matchId}/journal?from=${from}&limit=100`);
  }

  /** Follows the match until the answer is closed; comes back by itself after an outage of the mirror. */
  live(matchId: string, onView: (view: MatchView) => void): LiveMatch {
    return new LiveMatch(this.#socketUrl(matchId), { view: onView, status: () => {} });
  }

  /** The same socket, frame by frame as they come. */
  frames(matchId: string): LiveFrames {
    return new LiveFrames(this.#socketUrl(matchId));
  }

  #socketUrl(matchId: string): string {
    const wallet = this.#wallet === null ? {} : { wallet: this.#wallet };
    const query = new URLSearchParams({ as: this.#user, role: this.#role, ...wallet });
    return `${this.#url.replace(/^http/, 'ws')}/api/v1/matches/${matchId}/live?${query}`;
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
      headers: {
        'content-type': 'application/json',
        'x-dev-user': this.#user,
        'x-dev-role': this.#role,
        ...(this.#wallet === null ? {} : { 'x-dev-wallet': this.#wallet }),
      },
      ...(body === null ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, text, ms: performance.now() - started };
  }
}
