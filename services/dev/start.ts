/** `npm start`: local chain, Worker and page, started and stopped as one, until Ctrl-C. For development only. */
import { parseArgs } from 'node:util';
import { DevError } from './errors.ts';
import { catchInterrupts, type Interrupts } from './interrupts.ts';
import { requirePort } from './ports.ts';
import { Stack } from './stack.ts';

const HELP = `The mirror on a local chain, with a page that shows a match live. For development only.

  npm start -- [--port 8787] [--chain-port 8899] [--slot-ms 400] [--scale 0.25] [--quiet]

  --port        of the page and the API
  --chain-port  of the chain's RPC; the port above it takes WebSockets
  --slot-ms     length of a slot in ms
  --scale       factor on the mirror's thresholds, so that an outage shows in seconds; 1 as in production
  --quiet       without the Worker's log
`;

const CRON_MS = 60_000;

interface Arguments {
  readonly port: number;
  readonly chainPort: number;
  readonly slotMs: number;
  readonly scale: number;
  readonly quiet: boolean;
  readonly help: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      'chain-port': { type: 'string', default: '8899' },
      'slot-ms': { type: 'string', default: '400' },
      scale: { type: 'string', default: '0.25' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    port: numberIn('port', values.port, 1, 65_535),
    chainPort: numberIn('chain-port', values['chain-port'], 1, 65_534),
    slotMs: numberIn('slot-ms', values['slot-ms'], 10, 10_000),
    scale: numberIn('scale', values.scale, 0.01, 1),
    quiet: values.quiet,
    help: values.help,
  };
}

function numberIn(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new TypeError(`--${name} is a number from ${min} to ${max}, not "${text}"`);
}

function guide({ url, chain }: Stack): string {
  const json = "-H 'content-type: application/json'";
  return `
  page        ${url}/
  API         ${url}/api/v1
  chain       ${chain.rpcUrl}  (RPC; genesis ${chain.chain.genesisHash}, made for this start)
  faults      ${chain.rpcUrl}/faults

Try, or press the buttons of the page:

  curl ${url}/api/v1/health
  curl ${url}/dev/fund -H 'x-dev-user: alice' ${json} -d '{"userId":"alice","lamports":"1000000000"}'
  curl ${url}/api/v1/deposits/me -H 'x-dev-user: alice'
  curl ${url}/dev/faults -H 'x-dev-user: me' ${json} -d '{"chain":"frozen"}'
  curl ${url}/dev/faults -H 'x-dev-user: me' ${json} -d '{"chain":"running"}'

Ctrl-C stops everything; nothing of it is kept.
`;
}

/** Resolves with the exit code once a signal came or the Worker died. */
function ending({ worker }: Stack, interrupts: Interrupts): Promise<number> {
  return new Promise((resolve) => {
    interrupts.act = () => resolve(0);
    void worker.ended.then(({ unexpected }) => {
      if (!unexpected) return;
      process.stderr.write(`start: the Worker ended by itself; its last words:\n${worker.output}\n`);
      resolve(1);
    });
  });
}

async function main(): Promise<number> {
  const { help, port, chainPort, slotMs, scale, quiet } = readArguments();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  await requirePort(port, 'Worker (--port)');
  await requirePort(chainPort, "chain's RPC (--chain-port)");
  await requirePort(chainPort + 1, "chain's WebSockets (--chain-port, plus one)");
  process.stdout.write(
    'Starting chain and Worker. The program is set up first: final after 32 slots, some 15 s ...\n',
  );
  const onLine = (line: string): void => {
    if (!quiet) process.stdout.write(`worker │ ${line}\n`);
  };
  const interrupts = catchInterrupts();
  const stack = await Stack.start({ slotMs, scale, chainPort, workerPort: port, watch: true, onLine });
  process.stdout.write(guide(stack));
  const cron = setInterval(() => void stack.tick().catch(() => {}), CRON_MS);
  const code = await ending(stack, interrupts);
  clearInterval(cron);
  process.stdout.write('\nStopping ...\n');
  await stack.stop();
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  const told = error instanceof DevError || error instanceof TypeError;
  process.stderr.write(`start: ${told ? error.message : String(Object(error).stack)}\n`);
  process.exitCode = 1;
}
