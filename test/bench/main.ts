/** `npm run bench`: what the mirror costs, as ratios of two things that were measured side by side in one run. */
import { parseArgs } from 'node:util';
import { benchAcks } from './acks.ts';
import { benchCommits } from './commits.ts';
import { benchDrain } from './drain.ts';
import type { Effort } from './effort.ts';
import { type Comparison, report } from './figures.ts';

const HELP = `What the mirror costs, each figure beside another that was measured in the same run.

  npm run bench -- [--only a,b,c] [--quick]

  --only   a  durable commits a second of the kernel, beside a bare object that writes two rows
           b  from a join's request to its ack in an outage, beside online
           c  how fast queued joins drain once the chain is back, beside the chain alone
  --quick  few and small rounds: whether it runs, not how fast

Real workerd and a real SVM, on this machine and on nothing else. Progress goes to stderr, one table to stdout. Figures
of a machine that does other work meanwhile say nothing; the whole takes some five minutes.
`;

type Part = (effort: Effort) => Promise<readonly Comparison[]>;

const PARTS: ReadonlyMap<string, Part> = new Map([
  ['a', benchCommits],
  ['b', benchAcks],
  ['c', benchDrain],
]);
const NAMES = [...PARTS.keys()];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: NAMES.join(',') },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const parts = partsIn(values.only);
  const effort: Effort = {
    isQuick: values.quick,
    progress: (text) => void process.stderr.write(`${text}\n`),
  };
  const comparisons: Comparison[] = [];
  try {
    for (const part of parts) comparisons.push(...(await part(effort)));
  } finally {
    // Also where a later part has failed.
    if (comparisons.length > 0) process.stdout.write(`${report(comparisons)}\n`);
  }
}

function partsIn(only: string): readonly Part[] {
  return only.split(',').map((name) => {
    const part = PARTS.get(name);
    if (part === undefined) throw new TypeError(`--only takes ${NAMES.join(', ')}, not "${name}"`);
    return part;
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `bench: ${error instanceof TypeError ? error.message : String(Object(error).stack)}\n`,
  );
  process.exitCode = 1;
}
