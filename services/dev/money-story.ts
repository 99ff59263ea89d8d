/** What a story about money is told with, and what it reports. */
import type { Print } from './narrator.ts';
import type { Stack } from './stack.ts';
import type { StoryOptions } from './story.ts';

export interface MoneyStoryOptions {
  /** What goes wrong with the chain in the middle of it; null: nothing, it is told online. */
  readonly fault: StoryOptions['fault'] | null;
  /** The whole runtime is killed in mid-outage and started again on the same files; else an object is evicted. */
  readonly killRuntimeMidOutage?: boolean;
  readonly print?: Print;
}

export interface MoneyStoryReport {
  readonly ms: number;
  readonly facts: number;
}

export type TellMoneyStory = (stack: Stack, options: MoneyStoryOptions) => Promise<MoneyStoryReport>;
