/** Raw ends of the wire: a live socket frame by frame, and bytes on a connection. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { MatchView, ServerFrame } from '../../../durable-objects/wire/views.ts';
import { eventually, WAIT_MS } from './mirror.ts';

export interface Opening {
  readonly as?: string;
  readonly role?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const PROTOCOL = 'money-match.v1';

/** Keeps what it hears, and applies it as a client must: the first view whole, then each delta by its number. */
export class Listener {
  readonly texts: string[] = [];
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #view: MatchView | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => this.#hear(String(data)));
  }

  /** Rejects with an error that names the HTTP status where the upgrade is refused. */
  static async open(url: string, matchId: string, opening: Opening): Promise<Listener> {
    const { as, role = 'player', protocols = [PROTOCOL], headers = {} } = opening;
    const query = as === undefined ? '' : `?${new URLSearchParams({ as, role })}`;
    const address = `${url.replace(/^http/, 'ws')}/api/v1/matches/${matchId}/live${query}`;
    const socket = new WebSocket(address, [...protocols], { headers });
    const listener = new Listener(socket);
    await once(socket, 'open');
    return listener;
  }

  /** As folded so far. */
  get view(): MatchView | null {
    return this.#view;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  async until(what: string, holds: (listener: Listener) => boolean): Promise<void> {
    await eventually(what, async () => this, holds);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #hear(text: string): void {
    this.texts.push(text);
    // SAFETY: our own server's frames; the tests check what matters of them.
    const frame = JSON.parse(text) as ServerFrame;
    this.frames.push(frame);
    if (frame.type === 'view') this.#view = frame.view;
    if (frame.type === 'delta' && this.#view !== null)
      this.#view = { ...this.#view, ...frame.changes, seq: frame.seq };
  }
}

/** Sends bytes and nothing after them; answers what comes back until `until` is in it. The connection stays open. */
export async function sendBytes(url: string, bytes: string, until: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding('utf8').setTimeout(WAIT_MS, () => socket.destroy(new Error('no answer')));
  socket.write(bytes);
  let heard = '';
  try {
    for await (const chunk of socket) {
      heard += String(chunk);
      if (heard.includes(until)) return heard;
    }
    return heard;
  } finally {
    socket.destroy();
  }
}
