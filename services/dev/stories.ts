/** The stories by name: the demo prints them, the end-to-end tests run them in their variants. */
import { tellAbandonmentStory } from './abandonment-story.ts';
import { tellDepositStory } from './deposit-story.ts';
import type { Print } from './narrator.ts';
import { tellRefundStory } from './refund-story.ts';
import type { Stack } from './stack.ts';
import type { StoryOptions } from './story.ts';
import { tellWalletStory } from './wallet-story.ts';

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

/** On a fresh stack each: they take the players' first money as all that they have. Code: `fact_failed`. */
export const moneyStories = {
  wallet: tellWalletStory,
  refund: tellRefundStory,
  abandonment: tellAbandonmentStory,
  deposit: tellDepositStory,
} as const satisfies { readonly [name: string]: TellMoneyStory };
