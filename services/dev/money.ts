/** Where the money of a story's people is, read at `finalized` past the mirror, and by how much it has changed. */
import { type ConfigAccount, decodeConfig, decodeUserDeposit } from '../../core/index.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import { PdaTable } from '../solana/pda.ts';
import type { Player, Stage } from './scene.ts';

export const DEPOSIT_BYTES = 128;
const ESCROW_BYTES = 192;

export interface Purse {
  /** Lamports on the wallet itself. */
  readonly wallet: bigint;
  /** What the deposit account says is available; 0 where there is no account yet. */
  readonly available: bigint;
  /** What that account has beyond its rent: the same, or it owes more or less than it has. */
  readonly deposited: bigint;
  /** The program's own figure, unreliable (H-04). */
  readonly inPlay: bigint;
}

export interface Money {
  readonly alice: Purse;
  readonly bob: Purse;
  /** Lamports. */
  readonly treasury: bigint;
  readonly config: ConfigAccount;
}

/** Lamports; what is left out must not have changed. A deposit changes in both its figures alike. */
export interface Changes {
  readonly alice?: { readonly wallet?: bigint; readonly deposit?: bigint };
  readonly bob?: { readonly wallet?: bigint; readonly deposit?: bigint };
  readonly treasury?: bigint;
}

/** Needs a chain that answers. */
export async function readMoney(stage: Stage): Promise<Money> {
  const { reader, alice, bob } = stage;
  const config = decodeConfig(await reader.data(new PdaTable(MATCH_PROGRAM_ID).derive('config').address));
  const [ofAlice, ofBob] = [await purseOf(stage, alice), await purseOf(stage, bob)];
  return { alice: ofAlice, bob: ofBob, treasury: await reader.balance(config.treasuryMultisig), config };
}

/** A fact for each of them: to the lamport, and also that nothing has changed where nothing should have. */
export async function checkMoney(stage: Stage, before: Money, changes: Changes): Promise<void> {
  const { narrator } = stage;
  const after = await readMoney(stage);
  const exact = (what: string, change: bigint, expected = 0n): void => {
    const amount = expected === 0n ? 'as before, to the lamport' : `${expected} lamports, exactly`;
    narrator.fact(`${what}: ${amount}`, change === expected, change);
  };
  for (const name of ['alice', 'bob'] as const) {
    const [then, now] = [before[name], after[name]];
    exact(`${name}'s deposit`, now.available - then.available, changes[name]?.deposit);
    narrator.fact(`and ${name}'s deposit account has what it owes`, now.deposited === now.available, now);
    exact(`${name}'s wallet`, now.wallet - then.wallet, changes[name]?.wallet);
  }
  exact('treasury', after.treasury - before.treasury, changes.treasury);
}

/** What an escrow has beyond its rent. */
export async function escrowed({ reader }: Stage, escrowPda: string): Promise<bigint> {
  return (await reader.balance(escrowPda)) - (await reader.rent(ESCROW_BYTES));
}

async function purseOf({ reader }: Stage, player: Player): Promise<Purse> {
  const wallet = await reader.balance(player.wallet.address);
  // Nobody has asked the mirror for a deposit of theirs yet, or it answers: no other account can be theirs.
  const authority = await player.deposit().then(
    (deposit) => deposit.authority,
    () => null,
  );
  const account =
    authority === null
      ? null
      : await reader.account(new PdaTable(MATCH_PROGRAM_ID).derive('deposit', authority).address);
  if (account === null) return { wallet, available: 0n, deposited: 0n, inPlay: 0n };
  const { available, inPlay } = decodeUserDeposit(account.data);
  return { wallet, available, inPlay, deposited: account.lamports - (await reader.rent(DEPOSIT_BYTES)) };
}
