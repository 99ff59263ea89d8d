/** Every frame that one live socket of a match brings, as it came: who is told what is a fact of the stories. */
import type { ServerFrame, SignRequestView } from '../../durable-objects/wire/views.ts';
import { LIVE_PROTOCOL } from '../host/protocol.ts';

/** A runtime that was killed is back within seconds; sooner than this nobody can be waiting for it. */
const AGAIN_MS = 250;

export class LiveFrames {
  readonly #url: string;
  readonly #frames: ServerFrame[] = [];
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
    this.#connect();
  }

  /** Greeted, and so told of whatever comes from now on. */
  get isGreeted(): boolean {
    return this.#frames.some(({ type }) => type === 'view');
  }

  /** Of this action, or of any; oldest first. */
  asked(action?: string): readonly SignRequestView[] {
    return this.#frames.flatMap((frame) =>
      frame.type === 'signRequest' && (action === undefined || frame.action === action) ? [frame] : [],
    );
  }

  /** Whether a text stands anywhere in what was told. */
  mentions(text: string): boolean {
    return this.#frames.some((frame) => JSON.stringify(frame).includes(text));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, [LIVE_PROTOCOL]);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      // SAFETY: our own server's frames; the stories look at the fields that matter.
      this.#frames.push(JSON.parse(String(data)) as ServerFrame);
    });
    // An error is always followed by a close.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', () => {
      if (!this.#closed) this.#timer = setTimeout(() => this.#connect(), AGAIN_MS);
    });
  }
}
