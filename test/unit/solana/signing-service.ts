/** A signing service on a free loopback port, over real HTTP: honest, or as the test has it misbehave. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ed25519 } from '@noble/curves/ed25519';
import { base58Encode, sha256 } from '../../../core/index.ts';
import { fromBase64 } from '../../../services/solana/base64.ts';

export const TOKEN = 'a-token-of-the-signing-service';

export interface SignRequest {
  readonly userId: string;
  readonly address?: string;
  readonly message?: string;
}

export interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: SignRequest;
}

export type Behaviour = (request: Heard, response: ServerResponse) => void | Promise<void>;

const seedOf = (userId: string): Uint8Array => sha256(new TextEncoder().encode(`hsm:${userId}`));

export const addressOf = (userId: string): string => base58Encode(ed25519.getPublicKey(seedOf(userId)));

export const signatureOf = (userId: string, message: Uint8Array): string =>
  base58Encode(ed25519.sign(message, seedOf(userId)));

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export const honest: Behaviour = ({ path, headers, body }, response) => {
  if (headers.authorization !== `Bearer ${TOKEN}`) return json(response, { error: 'token' }, 401);
  const address = addressOf(body.userId);
  if (path === '/v1/address') return json(response, { address });
  if (path !== '/v1/sign' || body.address !== address) return json(response, { error: 'key' }, 409);
  const message = fromBase64(body.message ?? '') ?? new Uint8Array();
  json(response, { address, signature: signatureOf(body.userId, message) });
};

export interface SigningService {
  readonly url: string;
  readonly heard: Heard[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export async function signingService(): Promise<SigningService> {
  const heard: Heard[] = [];
  let behaviour = honest;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as SignRequest;
    const one = { path: request.url ?? '', headers: request.headers, body };
    heard.push(one);
    await behaviour(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // SAFETY: listening on an address, not on a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    heard,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
