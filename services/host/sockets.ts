/**
 * Live listeners over hibernating WebSockets: the object may leave memory while they stay open. Who a socket belongs to
 * is therefore kept in its attachment, never in a field.
 */
import * as z from 'zod';
import type { SocketsPort, Viewer } from '../../durable-objects/ports.ts';
import type { ServerFrame } from '../../durable-objects/wire/views.ts';
import { refusal } from '../../machines/refusals.ts';

/** An isolate of 128 MB holds several objects; beyond this a listener is told to come back (1013). */
const MAX_SOCKETS = 1_000;
/** Checked before anything is parsed. Clients have nothing long to say. */
const MAX_FRAME = 4_096;
const MAX_JUNK = 8;

const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';

/** Versioned, since a deployment meets attachments that the release before it wrote. Far below the 2 KB limit. */
const attachmentSchema = z.object({
  v: z.literal(1),
  userId: z.string().nullable(),
  role: z.enum(['player', 'operator']),
  junk: z.int().min(0),
});
type Attachment = z.infer<typeof attachmentSchema>;

const pingFrame = z.strictObject({ type: z.literal('ping') });

export class LiveSockets implements SocketsPort {
  readonly #ctx: DurableObjectState;
  /** Sockets that wait for their first view; true once a delta was withheld from them. */
  readonly #greeting = new Map<WebSocket, boolean>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    // Answered by the platform without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  count(): number {
    return this.#open().length;
  }

  broadcast(frameFor: (viewer: Viewer) => string | null): void {
    for (const socket of this.#open()) {
      if (this.#greeting.has(socket)) {
        this.#greeting.set(socket, true);
        continue;
      }
      const attachment = attachmentOf(socket);
      if (attachment === null) continue;
      const frame = frameFor({ userId: attachment.userId, role: attachment.role });
      if (frame !== null) trySend(socket, frame);
    }
  }

  /** The client's end of a new listener, or null when the object has as many as it takes. */
  accept(viewer: Viewer): { readonly client: WebSocket; readonly server: WebSocket } {
    const { 0: client, 1: server } = new WebSocketPair();
    const full = this.count() >= MAX_SOCKETS;
    this.#ctx.acceptWebSocket(server);
    attach(server, { v: 1, userId: viewer.userId, role: viewer.role, junk: 0 });
    // A refused upgrade shows a browser no reason; an accepted one that closes does.
    if (full) server.close(1013, 'try again later');
    else this.#greeting.set(server, false);
    return { client, server };
  }

  /**
   * Sends what `frames` makes, once no delta was withheld while it was made: a listener misses none and sees none
   * before its view. Answers false when the object would not stand still, and the listener has to come again.
   */
  async greet(server: WebSocket, frames: () => Promise<readonly ServerFrame[]>): Promise<boolean> {
    try {
      for (let round = 0; round < 5; round++) {
        this.#greeting.set(server, false);
        const greeting = await frames();
        if (this.#greeting.get(server) !== false) continue;
        for (const frame of greeting) trySend(server, JSON.stringify(frame));
        return true;
      }
      server.close(1013, 'try again later');
      return false;
    } finally {
      this.#greeting.delete(server);
    }
  }

  /** Changes nothing in the object: mutations go over HTTP in this version of the protocol. */
  receive(socket: WebSocket, message: string | ArrayBuffer): void {
    if (isPing(message)) {
      trySend(socket, PONG);
      return;
    }
    const attachment = attachmentOf(socket);
    const junk = (attachment?.junk ?? MAX_JUNK) + 1;
    const { code, message: text, retryable } = refusal('bad_frame');
    const nack: ServerFrame = { type: 'nack', id: null, code, message: text, retryable };
    trySend(socket, JSON.stringify(nack));
    if (attachment === null || junk >= MAX_JUNK) socket.close(1008, 'too many bad frames');
    else attach(socket, { ...attachment, junk });
  }

  /** `getWebSockets` also lists sockets that are closing (platform facts: A3). */
  #open(): WebSocket[] {
    return this.#ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN);
  }
}

/** Completes the closing handshake. 1005, 1006 and 1015 stand for "no code" and must not be sent. */
export function closeBack(socket: WebSocket, code: number): void {
  try {
    socket.close([1005, 1006, 1015].includes(code) ? 1000 : code);
  } catch {
    // Closed already: there is nobody left to answer.
  }
}

function isPing(message: string | ArrayBuffer): boolean {
  if (typeof message !== 'string' || message.length > MAX_FRAME) return false;
  try {
    return pingFrame.safeParse(JSON.parse(message)).success;
  } catch {
    return false;
  }
}

function attach(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment);
}

function attachmentOf(socket: WebSocket): Attachment | null {
  return attachmentSchema.safeParse(socket.deserializeAttachment()).data ?? null;
}

function trySend(socket: WebSocket, frame: string): void {
  try {
    socket.send(frame);
  } catch {
    // The listener is gone; its close event follows. The others must still be told.
  }
}
