/** `npm run demo`: the story without a browser, in less than a minute. Exits 0 only if every fact of it holds. */
import { parseArgs } from 'node:util';
import { DevError } from './errors.ts';
import { catchInterrupts } from './interrupts.ts';
import { Stack } from './stack.ts';
import { type StoryOptions, tellStory } from './story.ts';

const HELP = `A paid match survives an outage of Solana: a real Worker, a real SVM, nothing mocked.

  npm run demo -- [--fault frozen|erring|reply-lost] [--create-during-outage] [--kill-runtime] [--verbose]

  --fault                 what goes wrong with the chain (default frozen)
  --create-during-outage  the match itself is created while the chain is down
  --kill-runtime          the whole runtime is killed in mid-outage, and started again
  --verbose               the Worker's log, too
`;

/** Slots are an eighth of the chain's, thresholds a tenth: the same story in seconds. */
const SLOT_MS = 50;
const SCALE = 0.1;

interface Arguments extends StoryOptions {
  readonly help: boolean;
  readonly verbose: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      fault: { type: 'string', default: 'frozen' },
      'create-during-outage': { type: 'boolean', default: false },
      'kill-runtime': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { fault } = values;
  if (fault !== 'frozen' && fault !== 'erring' && fault !== 'reply-lost') {
    throw new TypeError(`--fault is frozen, erring or reply-lost, not "${fault}"`);
  }
  return {
    fault,
    createDuringOutage: values['create-during-outage'],
    killRuntimeMidOutage: values['kill-runtime'],
    verbose: values.verbose,
    help: values.help,
  };
}

async function main(): Promise<void> {
  const { help, verbose, ...options } = readArguments();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  print('Starting the local chain and the Worker ...');
  // A story that was interrupted is over: there is nothing to put in order but what ends with this process.
  catchInterrupts();
  const stack = await Stack.start({
    slotMs: SLOT_MS,
    scale: SCALE,
    ...(verbose ? { onLine: (line) => print(`           │ ${line}`) } : {}),
  });
  try {
    const { facts, ms, outageJoinMs } = await tellStory(stack, { ...options, print });
    print(
      `\n${facts} facts held in ${(ms / 1_000).toFixed(1)} s; a join in the outage took ${outageJoinMs.toFixed(1)} ms.`,
    );
  } finally {
    await stack.stop();
  }
}

try {
  await main();
} catch (error) {
  const told = error instanceof DevError || error instanceof TypeError;
  process.stderr.write(`\ndemo: ${told ? error.message : String(Object(error).stack)}\n`);
  process.exitCode = 1;
}
