/** How the Worker tells a match who opened a socket: a request made anew, of which nothing comes from the client. */
import * as z from 'zod';
import type { Viewer } from '../../durable-objects/ports.ts';

const HEADER = 'x-viewer';
const viewerSchema = z.strictObject({ userId: z.string().nullable(), role: z.enum(['player', 'operator']) });

export function liveRequest(viewer: Viewer): Request {
  // Percent-encoded: a header carries bytes, and a user id may hold any character.
  const text = encodeURIComponent(JSON.stringify({ userId: viewer.userId, role: viewer.role }));
  return new Request('https://object/live', { headers: { upgrade: 'websocket', [HEADER]: text } });
}

/** Throws where the header is missing or malformed, so that nobody is taken for somebody. */
export function viewerFrom(request: Request): Viewer {
  return viewerSchema.parse(JSON.parse(decodeURIComponent(request.headers.get(HEADER) ?? '')));
}
