/** `npm run demo`: a story without a browser, in less than a minute. Exits 0 only if every fact of it holds. */
import { parseArgs } from 'node:util';
import { DevError } from './errors.ts';
import { catchInterrupts } from './interrupts.ts';
import type { Print } from './narrator.ts';
import { Stack } from './stack.ts';
import { moneyStories } from './stories.ts';
import { type StoryOptions, tellStory } from './story.ts';

const HELP = `Paid matches on a real Worker and a real SVM, nothing mocked.

  npm run demo -- [--story <name>] [--fault none|frozen|erring|reply-lost] [--kill-runtime] [--verbose]

  --story                 which one is told (default match)
      match        a paid match survives an outage of Solana
      wallet       players pay by wallets of their own, and sign by themselves
      refund       matches are called off, and every stake comes back
      abandonment  a player leaves, and forfeits
      deposit      money comes in from a wallet, and goes back to it
  --fault                 what goes wrong with the chain in the middle of it (default frozen)
      none         nothing: the story is told online (not match)
      frozen       it answers, but its tip stands still
      erring       every request fails
      reply-lost   it stands still, and replies to transactions are lost
  --kill-runtime          the whole runtime is killed in mid-outage, and started again
  --create-during-outage  the match itself is created while the chain is down (match only)
  --verbose               the Worker's log, too
`;

/** Slots are an eighth of the chain's, thresholds a tenth: the same story in seconds. */
const SLOT_MS = 50;
const SCALE = 0.1;

const FAULTS = ['none', 'frozen', 'erring', 'reply-lost'] as const;

interface Arguments {
  readonly story: string;
  readonly fault: StoryOptions['fault'] | null;
  readonly createDuringOutage: boolean;
  readonly killRuntimeMidOutage: boolean;
  readonly help: boolean;
  readonly verbose: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      story: { type: 'string', default: 'match' },
      fault: { type: 'string', default: 'frozen' },
      'create-during-outage': { type: 'boolean', default: false },
      'kill-runtime': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { story } = values;
  const names = ['match', ...Object.keys(moneyStories)];
  if (!names.includes(story)) throw new TypeError(`--story is one of ${names.join(', ')}, not "${story}"`);
  const fault = FAULTS.find((each) => each === values.fault);
  if (fault === undefined)
    throw new TypeError(`--fault is one of ${FAULTS.join(', ')}, not "${values.fault}"`);
  const isMatch = story === 'match';
  if (isMatch && fault === 'none') throw new TypeError('the story of a match is one of an outage');
  if (!isMatch && values['create-during-outage'])
    throw new TypeError('--create-during-outage is of the story of a match');
  return {
    story,
    fault: fault === 'none' ? null : fault,
    createDuringOutage: values['create-during-outage'],
    killRuntimeMidOutage: values['kill-runtime'],
    verbose: values.verbose,
    help: values.help,
  };
}

/** Answers what is to be said at the end. */
async function tell(stack: Stack, { story, fault, ...options }: Arguments, print: Print): Promise<string> {
  const told = (facts: number, ms: number) => `${facts} facts held in ${(ms / 1_000).toFixed(1)} s`;
  if (story in moneyStories) {
    // SAFETY: just found in it.
    const name = story as keyof typeof moneyStories;
    const { killRuntimeMidOutage } = options;
    const { facts, ms } = await moneyStories[name](stack, { fault, killRuntimeMidOutage, print });
    return `${told(facts, ms)}.`;
  }
  const { facts, ms, outageJoinMs } = await tellStory(stack, {
    ...options,
    fault: fault ?? 'frozen',
    print,
  });
  return `${told(facts, ms)}; a join in the outage took ${outageJoinMs.toFixed(1)} ms.`;
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given.help) {
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
    ...(given.verbose ? { onLine: (line) => print(`           │ ${line}`) } : {}),
  });
  try {
    print(`\n${await tell(stack, given, print)}`);
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
