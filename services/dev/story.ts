/**
 * First light: a paid match survives an outage of Solana. Told over HTTP and WebSocket against a real Worker and a real
 * SVM; the demo prints it, the end-to-end tests run it in all its variants. Every line with a tick is a fact that was
 * checked; the first that does not hold ends the story with `fact_failed`.
 */
import * as chapters from './chapters.ts';
import { checkChain, checkJournal, checkLedgers } from './ending.ts';
import { readMoney } from './money.ts';
import { Narrator, type Print } from './narrator.ts';
import { Scene } from './scene.ts';
import type { Stack } from './stack.ts';

export interface StoryOptions {
  /**
   * What goes wrong. `reply-lost`: the chain freezes, and besides each join is executed at its first transmission with
   * the reply lost; it must land once.
   */
  readonly fault: 'frozen' | 'erring' | 'reply-lost';
  /** The match itself is created while the chain is down, and both joins with it. */
  readonly createDuringOutage?: boolean;
  /** The whole runtime is killed in mid-outage and started again on the same files; else only the object is evicted. */
  readonly killRuntimeMidOutage?: boolean;
  /** What the join in the outage may take; 100 if left out. More where other work competes for the machine. */
  readonly joinMs?: number;
  readonly print?: Print;
}

export interface StoryReport {
  readonly matchId: string;
  readonly ms: number;
  readonly facts: number;
  /** From request to answer, of the join that the mirror accepted while the chain was down. */
  readonly outageJoinMs: number;
}

/** On a fresh stack only: it takes the players' first deposits as their whole money. Code: `fact_failed`. */
export async function tellStory(stack: Stack, options: StoryOptions): Promise<StoryReport> {
  const narrator = new Narrator(options.print ?? (() => {}));
  const scene = new Scene(stack, narrator);
  try {
    await chapters.fund(scene);
    const before = await readMoney(scene);
    const outageJoinMs = options.createDuringOutage
      ? await createdInOutage(scene, options)
      : await createdBefore(scene, options);
    const view = await chapters.settled(scene);
    await checkChain(scene, view, before);
    await checkLedgers(scene, before);
    await checkJournal(scene, scene.table, view);
    return { matchId: scene.table.matchId, ms: narrator.elapsed, facts: narrator.facts, outageJoinMs };
  } finally {
    scene.close();
  }
}

async function createdBefore(scene: Scene, options: StoryOptions): Promise<number> {
  await chapters.create(scene);
  await chapters.createFinal(scene);
  await chapters.firstJoinLands(scene, options);
  await chapters.outage(scene, options);
  await chapters.queued(scene);
  const outageJoinMs = await chapters.joinInOutage(scene, options);
  await chapters.start(scene);
  await chapters.playedByMirror(scene);
  await chapters.interrupt(scene, options);
  await chapters.end(scene);
  await chapters.thaw(scene, options);
  await chapters.replayed(scene);
  return outageJoinMs;
}

/** Nothing of it can be played before its `create` is final: the match starts once the chain is back. */
async function createdInOutage(scene: Scene, options: StoryOptions): Promise<number> {
  await chapters.outage(scene, options);
  await chapters.create(scene);
  await chapters.queued(scene);
  await chapters.firstJoinQueues(scene);
  const outageJoinMs = await chapters.joinInOutage(scene, options);
  await chapters.startRefused(scene);
  await chapters.interrupt(scene, options);
  await chapters.thaw(scene, options);
  await chapters.replayed(scene);
  await chapters.start(scene);
  await chapters.end(scene);
  return outageJoinMs;
}
