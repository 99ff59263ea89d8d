/** A chain under a virtual clock, and transactions for it made by web3.js. */

import { Keypair, PublicKey, SystemProgram, Transaction, TransactionInstruction } from '@solana/web3.js';
import type { LocalChainOptions } from '../../../services/local-chain/index.ts';
import { LocalChain } from '../../../services/local-chain/index.ts';

export const START = 1_800_000_000_000;
export const SLOT_MS = 400;
export const SOL = 1_000_000_000n;
export const MEMO_PROGRAM = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
export const MEMO_V1_PROGRAM = 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo';

export function newChain(options: Partial<LocalChainOptions> = {}): LocalChain {
  return new LocalChain({ startAt: START, slotMs: SLOT_MS, ...options });
}

/** The same keys in every run: a failing test must fail again. */
export function keypair(number: number): Keypair {
  return Keypair.fromSeed(new Uint8Array(32).fill(number));
}

export function produce(chain: LocalChain, blocks: number): void {
  for (let i = 0; i < blocks; i += 1) chain.produceBlock();
}

/** An account with lamports, already in a block. */
export function funded(chain: LocalChain, number: number, lamports: bigint = 10n * SOL): Keypair {
  const owner = keypair(number);
  chain.airdrop(owner.publicKey.toBase58(), lamports);
  chain.produceBlock();
  return owner;
}

export function memo(data: string | Uint8Array, program: string = MEMO_PROGRAM): TransactionInstruction {
  return new TransactionInstruction({ programId: new PublicKey(program), keys: [], data: Buffer.from(data) });
}

export function transfer(from: Keypair, to: Keypair, lamports: bigint): TransactionInstruction {
  return SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: to.publicKey, lamports });
}

/** Wire bytes of a legacy transaction signed by its payer. */
export function signed(
  payer: Keypair,
  blockhash: string,
  ...instructions: TransactionInstruction[]
): Uint8Array {
  const tx = new Transaction({ feePayer: payer.publicKey, recentBlockhash: blockhash });
  tx.add(...instructions);
  tx.sign(payer);
  return tx.serialize();
}

/** Signed on the chain's newest blockhash. */
export function onTip(
  chain: LocalChain,
  payer: Keypair,
  ...instructions: TransactionInstruction[]
): Uint8Array {
  return signed(payer, chain.getLatestBlockhash().blockhash, ...instructions);
}
