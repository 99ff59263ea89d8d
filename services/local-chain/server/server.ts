/** Serves a chain on the loopback interface and drives it by the wall clock. */

import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalChain } from '../chain.ts';
import type { LocalChainOptions } from '../options.ts';
import { Endpoints } from './endpoints.ts';
import { FaultBoard } from './faults.ts';
import { HttpSkin } from './http.ts';
import { SocketSkin } from './sockets.ts';

/** Never another interface: whoever reaches the port can print money and freeze the chain. */
const HOST = '127.0.0.1';

/** web3.js looks for the WebSocket one port above, so free ports must come in pairs; that many are tried. */
const PORT_TRIES = 20;

export interface ServerOptions extends Omit<LocalChainOptions, 'startAt' | 'slotMs'> {
  /** Any free port if left out. The one above it serves WebSockets, too. */
  readonly port?: number;
  /** Unix ms; now if left out. */
  readonly startAt?: number;
  /** 400 if left out. */
  readonly slotMs?: number;
}

export interface RunningChain {
  /** Of the endpoint `default`; append a name for another endpoint of the same chain, such as `rpcUrl + '/b'`. */
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly chain: LocalChain;
  readonly faults: FaultBoard;
  close(): Promise<void>;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      // SAFETY: a server that listens on TCP has an AddressInfo, never a pipe's name.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Idle keep-alive connections would hold `close` up, so they are cut. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Listens on a port and the next one. A given port that is taken is an error; of free ones another pair is tried. */
async function listenPair(rpc: Server, ws: Server, wanted: number | undefined): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = await listen(rpc, wanted ?? 0);
    try {
      await listen(ws, port + 1);
      return port;
    } catch (error) {
      await shut(rpc);
      if (wanted !== undefined || tries >= PORT_TRIES) throw error;
    }
  }
}

/** Wakes when the next block is due. While frozen it looks once a slot, so that a thaw is noticed. */
function drive(chain: LocalChain): () => void {
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    chain.advanceTo(Date.now());
    const wait = chain.frozen ? chain.slotMs : chain.nextBlockAt - Date.now();
    timer = setTimeout(tick, Math.max(1, Math.min(wait, chain.slotMs)));
  };
  tick();
  return () => clearTimeout(timer);
}

/** Starts a chain with its JSON-RPC skin. Rejects if the port is taken. */
export async function startLocalChain(options: ServerOptions = {}): Promise<RunningChain> {
  const { port: wanted, startAt = Date.now(), slotMs = 400, ...rest } = options;
  const chain = new LocalChain({ ...rest, startAt, slotMs });
  const faults = new FaultBoard();
  const http = new HttpSkin(chain, faults, new Endpoints(chain, faults));
  const sockets = new SocketSkin(chain, faults);
  const servers = [0, 1].map(() =>
    createServer((request, response) => void http.handle(request, response)).on('upgrade', (...args) =>
      sockets.upgrade(...args),
    ),
  );
  const [rpc, ws] = servers;
  if (rpc === undefined || ws === undefined) throw new TypeError('two servers were made');
  const port = await listenPair(rpc, ws, wanted);
  const stop = drive(chain);
  return {
    rpcUrl: `http://${HOST}:${port}`,
    wsUrl: `ws://${HOST}:${port}`,
    chain,
    faults,
    close: async () => {
      stop();
      http.close();
      sockets.close();
      await Promise.all(servers.map(shut));
    },
  };
}
