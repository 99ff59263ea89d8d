/** Follows one match over the live socket: full view first, then deltas by sequence number; comes back by itself. */
import type { MatchView, ServerFrame } from '../../durable-objects/wire/views.ts';
import { createViewStore } from './view-store.ts';

const PROTOCOL = 'money-match.v1';
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;
const PING_MS = 15_000;
/** Nothing heard for so long, though pings were sent: the connection is dead, whatever the browser thinks. */
const SILENCE_MS = 25_000;

export type LiveStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly ms: number };

export interface LiveHandlers {
  view(view: MatchView): void;
  status(status: LiveStatus): void;
}

export class LiveMatch {
  readonly #url: string;
  readonly #handlers: LiveHandlers;
  #socket: WebSocket | null = null;
  readonly #store = createViewStore();
  #shown: MatchView | null = null;
  #tries = 0;
  #heardAt = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, handlers: LiveHandlers) {
    this.#url = url;
    this.#handlers = handlers;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  #connect(): void {
    this.#handlers.status({ kind: 'connecting' });
    const socket = new WebSocket(this.#url, [PROTOCOL]);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    socket.addEventListener('close', () => this.#lost(socket));
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  #ping(): void {
    if (Date.now() - this.#heardAt > SILENCE_MS) this.#reconnect();
    else if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"ping"}');
  }

  #lost(socket: WebSocket): void {
    if (socket === this.#socket) this.#reconnect();
  }

  /** Full jitter, so that a thousand pages do not come back in one moment. Waits longer each time, without end. */
  #reconnect(): void {
    this.#drop();
    if (this.#closed) return;
    const most = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
    this.#tries = Math.min(this.#tries + 1, 10);
    const ms = Math.round(most * (0.5 + Math.random() / 2));
    this.#handlers.status({ kind: 'waiting', ms });
    this.#timer = setTimeout(() => this.#connect(), ms);
  }

  #drop(): void {
    clearInterval(this.#pings);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #receive(text: string): void {
    this.#heardAt = Date.now();
    // SAFETY: our own server's frames; a type that is not known here is left alone by the store.
    this.#store.trigger.frame({ frame: JSON.parse(text) as ServerFrame });
    const { view, hasGap } = this.#store.getSnapshot().context;
    if (hasGap) this.#reconnect();
    else if (view !== null && view !== this.#shown) this.#show(view);
  }

  #show(view: MatchView): void {
    this.#shown = view;
    this.#tries = 0;
    this.#handlers.status({ kind: 'live' });
    this.#handlers.view(view);
  }
}
