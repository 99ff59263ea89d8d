/** Every function of the core that the chain has too, with the generator of its cases. */

import { Random } from '../random.ts';
import { configs, escrows, matches, registries, userDeposits } from './accounts.ts';
import type { Case } from './case.ts';
import { instructions } from './instructions.ts';
import { fees, prizes, refunds, withdrawals } from './money.ts';

export const FUNCTIONS: Readonly<Record<string, (random: Random) => Case>> = {
  fee_breakdown: fees,
  prize_distribution: prizes,
  refund_breakdown: refunds,
  withdrawal_debit: withdrawals,
  decode_match: matches,
  decode_escrow: escrows,
  decode_user_deposit: userDeposits,
  decode_config: configs,
  decode_registry: registries,
  decode_instruction: instructions,
};

/** `count` cases; the same for the same seed. */
export function generate(make: (random: Random) => Case, seed: number, count: number): Case[] {
  const random = new Random(seed);
  return random.list(count, () => make(random));
}
