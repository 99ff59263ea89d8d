/** The stories by name: the demo prints them, the end-to-end tests run them in their variants. */
import { tellAbandonmentStory } from './abandonment-story.ts';
import { tellDepositStory } from './deposit-story.ts';
import type { TellMoneyStory } from './money-story.ts';
import { tellRefundStory } from './refund-story.ts';
import { tellWalletStory } from './wallet-story.ts';

/** On a fresh stack each: they take the players' first money as all that they have. Code: `fact_failed`. */
export const moneyStories = {
  wallet: tellWalletStory,
  refund: tellRefundStory,
  abandonment: tellAbandonmentStory,
  deposit: tellDepositStory,
} as const satisfies { readonly [name: string]: TellMoneyStory };
