/** A deposit whose authority is the player's own wallet, and how it comes to be: without the mirror. */
import { Transaction, TransactionInstruction } from '@solana/web3.js';
import { decodeUserDeposit, encodeInstruction } from '../../core/index.ts';
import { walletKeys } from './ids.ts';
import type { Story } from './story.ts';
import { fillWallet } from './wallets.ts';
import { walletOf } from './world.ts';

/** Past the mirror: the wallet's owner needs nobody for that. */
export async function depositsByThemselves(story: Story, user: string, amount: bigint): Promise<void> {
  const { world } = story;
  await fillWallet(story, user, 2n * amount);
  const keys = walletKeys(user);
  const { blockhash } = world.chain.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: keys.publicKey, recentBlockhash: blockhash });
  const data = Buffer.from(encodeInstruction({ kind: 'deposit_sol', amount }));
  const { programId } = world.solana.lists;
  const accounts = world.solana.lists.depositSol(walletOf(user));
  transaction.add(new TransactionInstruction({ programId, keys: accounts, data })).sign(keys);
  world.chain.sendTransaction(transaction.serialize());
  await world.advance(5_000);
}

/** What it has, at `finalized`. */
export function ownDeposit({ world }: Story, user: string): bigint {
  const account = world.chain.getAccount(world.port.pda('deposit', walletOf(user)).address, 'finalized');
  return decodeUserDeposit(account?.data ?? new Uint8Array()).available;
}
