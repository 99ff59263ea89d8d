/**
 * One outage: faults that follow one another, each with the actions that are asked for under it; then all is well again,
 * and everything must have ended: nothing lost, nothing doubled, everybody paid to the lamport.
 */
import { eventually, pause } from '../../e2e/support/mirror.ts';
import type { Batch } from './batch.ts';
import { wrongs } from './effects.ts';
import type { Trouble } from './faults.ts';
import type { People } from './people.ts';

/** Well past the verdict: the objects have heard of it, and have tried what they try. */
const PAST_VERDICT_MS = 1_500;

export interface Bout {
  readonly trouble: Trouble;
  readonly batch: Batch;
}

export interface Told {
  readonly title: string;
  /** From the fault's begin to its end, and until everything had ended and was compared. */
  readonly faultMs: number;
  readonly settledMs: number;
  /** What the monitor said meanwhile, each once it changed. */
  readonly states: readonly string[];
}

/** Answers what happened; throws with all that is wrong. `next` begins as soon as the last fault has ended. */
export async function play(people: People, bouts: readonly Bout[], next: () => Promise<void>): Promise<Told> {
  const { stack } = people;
  const started = performance.now();
  const since = Date.now();
  let heal = (): void => {};
  const repeated: string[] = [];
  try {
    for (const { trouble, batch } of bouts) {
      await batch.begin(() => {
        heal();
        heal = trouble.begin(stack.chain);
      });
      await batch.request();
      repeated.push(...(await batch.repeat()));
      await outlast(people, trouble, batch);
    }
    heal();
    heal = () => {};
    const healed = performance.now();
    const [, ...ends] = await Promise.all([next(), ...bouts.map(({ batch }) => batch.settled())]);
    const settled = performance.now();
    for (const { batch } of bouts) repeated.push(...(await batch.repeat()));
    const acknowledged = bouts.flatMap(({ batch }) => batch.acknowledged);
    const found = [...repeated, ...wrongs(stack, acknowledged), ...people.off()];
    if (found.length > 0) throw new Error(`${ends.length} batches:\n  ${found.join('\n  ')}`);
    const title = bouts.map(({ trouble }) => trouble.name).join(', then ');
    return {
      title,
      faultMs: healed - started,
      settledMs: settled - healed,
      states: await statesSince(people, since),
    };
  } finally {
    heal();
    for (const { batch } of bouts) batch.close();
  }
}

async function outlast({ operator }: People, { name, lasts }: Trouble, batch: Batch): Promise<void> {
  if (lasts === 'ended') return await batch.ended();
  if (typeof lasts === 'number') return await pause(lasts);
  await eventually(
    `${name}: the monitor says ${lasts}`,
    () => operator.chain(),
    ({ state }) => state === lasts,
  );
  await pause(PAST_VERDICT_MS);
}

/** By the monitor's own account, oldest first. */
async function statesSince({ operator }: People, unixMs: number): Promise<readonly string[]> {
  const { changes, state } = await operator.chain();
  const since = changes.filter(({ at }) => at >= unixMs).toReversed();
  return [since[0]?.from ?? state, ...since.map(({ to }) => to)];
}

export function lineOf({ title, faultMs, settledMs, states }: Told): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return `${title}: ${seconds(faultMs)} of fault, all ended ${seconds(settledMs)} later; ${states.join(' → ')}`;
}
