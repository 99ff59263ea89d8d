/** What an open action of a match would be on the chain, and everything that is looked at to say so. */
import type { ConfigAccount, MatchAccount } from '../../core/index.ts';
import type { MatchContext, Terms } from '../../machines/match/context.ts';
import type { SettlementFigures } from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { ChainAccount, ChainPort, InstructionPlan, TransactionPlan } from '../ports.ts';
import type { Planned } from '../submission/owner.ts';

export type MatchPlan = Planned<SettlementFigures | null>;

/** Read in one call, so at one finalized slot. */
export interface PlannerAccounts {
  readonly slot: number;
  readonly match: ChainAccount | null;
  readonly escrow: ChainAccount | null;
  readonly config: ChainAccount | null;
  /** The coordinator's own account, which pays. */
  readonly payer: ChainAccount | null;
}

/** Everything that a plan looks at. */
export interface Planning {
  readonly chain: ChainPort;
  readonly context: MatchContext;
  readonly terms: Terms;
  readonly action: PendingAction;
  readonly accounts: PlannerAccounts;
  readonly match: MatchAccount;
  readonly config: ConfigAccount;
}

export async function readPlannerAccounts(
  chain: ChainPort,
  terms: Terms,
  minSlot: number,
): Promise<PlannerAccounts> {
  const addresses = [terms.matchPda, terms.escrowPda, chain.pda('config').address, terms.coordinator];
  const { slot, accounts } = await chain.accounts(addresses, minSlot);
  const [match = null, escrow = null, config = null, payer = null] = accounts;
  return { slot, match, escrow, config, payer };
}

/** Signed by the coordinator alone. */
export function plan(
  terms: Terms,
  { hash }: { readonly hash: string },
  instructions: readonly InstructionPlan[],
  figures: SettlementFigures | null,
): Extract<MatchPlan, { kind: 'plan' }> {
  return { kind: 'plan', plan: coordinatorPlan(terms, hash, instructions), figures };
}

export function coordinatorPlan(
  { coordinator }: Terms,
  actionHash: string,
  instructions: readonly InstructionPlan[],
): TransactionPlan {
  return { actionHash, coordinator, custody: null, wallet: null, instructions };
}

export function blocked(reason: string): MatchPlan {
  return { kind: 'blocked', reason };
}

export function review(reason: string): MatchPlan {
  return { kind: 'review', reason };
}
