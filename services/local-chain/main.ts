/** `node services/local-chain/main.ts`: a Solana for development, until Ctrl-C. */

import { parseArgs } from 'node:util';
import type { ChainProgram } from './program.ts';
import { loadMatchProgram, MATCH_PROGRAM_ID, matchProgramPath } from './program.ts';
import type { RunningChain } from './server/server.ts';
import { startLocalChain } from './server/server.ts';

const HELP = `A local Solana chain for development and tests. Never for real money.

  node services/local-chain/main.ts [--port 8899] [--slot-ms 400] [--seed text] [--bare]

  --port     RPC port on 127.0.0.1; WebSockets on the same port and the next one (default 8899; 0: any free pair)
  --slot-ms  length of a slot in ms, 10 to 10000 (default 400)
  --seed     tells chains apart: genesis hash and faucet follow from it and the start time
  --bare     without the match program
  --help     this text

The match program is read from core/match-program/artifact/match_program.so, or from the file that
MATCH_PROGRAM_SO names.

Every path is an endpoint of its own, such as http://127.0.0.1:8899/a and http://127.0.0.1:8899/b for two providers of
one chain. Each can have its own fault, and the chain can have some, too:

  curl http://127.0.0.1:8899/faults -H 'content-type: application/json' \\
    -d '{"endpoint":"a","fault":{"kind":"stale","slots":200}}'
  curl http://127.0.0.1:8899/faults -H 'content-type: application/json' -d '{"chain":"fork","depth":3}'

All of them stand in services/local-chain/README.md.
`;

class UsageError extends Error {}

interface Arguments {
  readonly port: number;
  readonly slotMs: number;
  readonly bare: boolean;
  readonly help: boolean;
  readonly seed?: string;
}

function numberIn(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
}

function readArguments(args: string[]): Arguments {
  const options = {
    port: { type: 'string', default: '8899' },
    'slot-ms': { type: 'string', default: '400' },
    seed: { type: 'string' },
    bare: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args, options, strict: true });
    return {
      // The port above it must exist, too.
      port: numberIn('port', values.port, 0, 65_534),
      slotMs: numberIn('slot-ms', values['slot-ms'], 10, 10_000),
      bare: values.bare,
      help: values.help,
      ...(values.seed === undefined ? {} : { seed: values.seed }),
    };
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readPrograms(bare: boolean): ChainProgram[] {
  if (bare) return [];
  try {
    return [loadMatchProgram()];
  } catch {
    throw new UsageError(
      `no match program at ${matchProgramPath()}: build it with \`cargo xtask program\`, ` +
        'name another file in MATCH_PROGRAM_SO, or start with --bare',
    );
  }
}

function describe({ rpcUrl, wsUrl, chain }: RunningChain, bare: boolean): string {
  return [
    'Local Solana chain, for development only.',
    `  RPC        ${rpcUrl}`,
    `  WebSocket  ${wsUrl}`,
    `  genesis    ${chain.genesisHash}`,
    `  faucet     ${chain.faucetAddress}`,
    `  program    ${bare ? 'none (--bare)' : MATCH_PROGRAM_ID}`,
    `  slots      ${chain.slotMs} ms, from ${chain.slot}`,
    `  faults     ${rpcUrl}/faults`,
    '',
  ].join('\n');
}

/** Resolves at Ctrl-C or SIGTERM. A second signal then ends the process in the default way. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

async function main(): Promise<void> {
  const { help, bare, port, slotMs, seed } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const programs = readPrograms(bare);
  // Before the start: a signal that comes while it starts must stop it as cleanly as a later one.
  const stopped = stopSignal();
  const running = await startLocalChain({ port, slotMs, programs, ...(seed === undefined ? {} : { seed }) });
  process.stdout.write(describe(running, bare));
  await stopped;
  await running.close();
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`local-chain: ${message}\n${usage ? 'Try --help.\n' : ''}`);
  process.exitCode = usage ? 2 : 1;
}
