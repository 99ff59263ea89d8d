/** Development only: gives a PLATFORM player money, as a finished deposit of design section 6 would. */
import { lamports as lamportsSchema } from './answers.ts';
import type { SolanaParts } from './connect.ts';
import { airdrop, type DevDeps, developmentOnly, execute } from './dev-transactions.ts';
import { SolanaError } from './errors.ts';

const USER_DEPOSIT_BYTES = 128;
/** A deposit has one signature at 5,000 lamports; twice that, against a rise in the fee. */
const FEE_RESERVE = 10_000n;

export interface FundedPlayer {
  /** The user's custody key. */
  readonly authority: string;
  /** The deposit PDA that holds the money. */
  readonly deposit: string;
  readonly signature: string;
  /** Slot of the deposit, finalized. */
  readonly slot: number;
}

/**
 * Airdrops to the custody key and deposits exactly `lamports`; each call adds as much again. Returns when that is
 * final. Codes: `development_only`, `development_failed`, `user_id_invalid`; `ChainUnavailable`.
 */
export async function fundPlayer(
  parts: SolanaParts,
  deps: DevDeps,
  userId: string,
  lamports: bigint,
): Promise<FundedPlayer> {
  developmentOnly(parts, 'fundPlayer');
  // A signing service may well serve real players: it is not asked for what no wallet has given.
  if (parts.settings.custody.kind !== 'derived') {
    throw new SolanaError('development_only', 'fundPlayer: custody keys of a signing service');
  }
  const authority = await parts.signers.custodyAuthority(userId);
  const custody = await parts.signers.custodySigner({ userId, authority });
  await airdrop(parts, deps, authority, lamports + (await reserve(parts)));
  const instruction = parts.instructions.instruction(parts.lists.depositSol(authority), {
    kind: 'deposit_sol',
    amount: lamports,
  });
  const { signature, slot } = await execute(parts, deps, [custody], [instruction]);
  return { authority, deposit: parts.pdas.derive('deposit', authority).address, signature, slot };
}

/** Rent of a first deposit account and of the custody key itself, which must not fall below it when it pays the fee. */
async function reserve(parts: SolanaParts): Promise<bigint> {
  const rents = [USER_DEPOSIT_BYTES, 0].map((size) =>
    parts.pool.read((provider) => provider.call('getMinimumBalanceForRentExemption', [size], lamportsSchema)),
  );
  return (await Promise.all(rents)).reduce((sum, rent) => sum + rent, FEE_RESERVE);
}
