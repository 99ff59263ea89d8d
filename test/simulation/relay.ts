/** A stranger's program: it hands what it is given on to another program, so that nothing of it stands in a transaction. */
import { readFileSync } from 'node:fs';
import { Keypair, PublicKey, TransactionInstruction } from '@solana/web3.js';

const ELF = new URL('../../core/core-probe/artifact/core_probe.so', import.meta.url);

/** The test-only probe, which does that too (core/core-probe). */
export const relayProgram = {
  address: Keypair.fromSeed(new Uint8Array(32).fill(201)).publicKey.toBase58(),
  elf: readFileSync(process.env.CORE_PROBE_SO ?? ELF),
} as const;

/** The same instruction, from within. */
export function relayed({ programId, keys, data }: TransactionInstruction): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(relayProgram.address),
    keys: [{ pubkey: programId, isSigner: false, isWritable: false }, ...keys],
    data,
  });
}
