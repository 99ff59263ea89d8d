/** How an instruction is put together, and how tests bend one. */

import type { AccountMeta } from '@solana/web3.js';
import { type PublicKey, TransactionInstruction } from '@solana/web3.js';
import { instructionDiscriminator, PROGRAM_ID, SYSTEM_PROGRAM } from './interface.ts';

export const read = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: false, isWritable: false });
export const write = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: false, isWritable: true });
export const sign = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: true, isWritable: false });
export const pay = (pubkey: PublicKey): AccountMeta => ({ pubkey, isSigner: true, isWritable: true });
/** "None": the program's own id, neither signer nor writable (section 1.4). */
export const NONE = read(PROGRAM_ID);
export const SYSTEM = read(SYSTEM_PROGRAM);
export const optional = (there: boolean, meta: AccountMeta): AccountMeta => (there ? meta : NONE);

/** An instruction of the program from its name, accounts and encoded arguments. */
export function build(name: string, keys: AccountMeta[], ...args: Uint8Array[]): TransactionInstruction {
  const data = Buffer.concat([instructionDiscriminator(name), ...args]);
  return new TransactionInstruction({ programId: PROGRAM_ID, keys, data });
}

/** The same instruction with one account changed. */
export function withAccount(
  instruction: TransactionInstruction,
  index: number,
  change: Partial<AccountMeta>,
): TransactionInstruction {
  const keys = instruction.keys.map((key, at) => (at === index ? { ...key, ...change } : key));
  return new TransactionInstruction({ ...instruction, keys });
}

/** The same instruction without its last account. */
export function withoutLast(instruction: TransactionInstruction): TransactionInstruction {
  return new TransactionInstruction({ ...instruction, keys: instruction.keys.slice(0, -1) });
}

/** The same instruction with `count` bytes of its data cut off. */
export function cut(instruction: TransactionInstruction, count: number): TransactionInstruction {
  return new TransactionInstruction({ ...instruction, data: instruction.data.subarray(0, -count) });
}
