/** Ports on the loopback interface. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { DevError } from './errors.ts';

export const LOOPBACK = '127.0.0.1';

/** One that was free a moment ago. Whoever uses it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === null) throw new DevError('port_taken', 'no free port on this machine');
  return port;
}

/** Code: `port_taken`. */
export async function requirePort(port: number, what: string): Promise<void> {
  if ((await listenOnce(port)) !== null) return;
  throw new DevError(
    'port_taken',
    `port ${port}, meant for the ${what}, is taken: stop what uses it, or name another`,
  );
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, LOOPBACK, () => {
      // SAFETY: a server that listens on TCP has an AddressInfo, never a pipe's name.
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got));
    });
  });
}
