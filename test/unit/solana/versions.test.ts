/** Transactions of every version as another library makes them: a foreign one must stop no reader (trap E15). */
import {
  type Address,
  address,
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransaction,
  createKeyPairSignerFromPrivateKeyBytes,
  createTransactionMessage,
  getBase58Decoder,
  getTransactionEncoder,
  type Instruction,
  type KeyPairSigner,
  partiallySignTransaction,
  pipe,
  setTransactionMessageConfig,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../../services/solana/base64.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { address as addressOf, PROGRAM_ID, scripted, settings } from './fixtures.ts';

const LIFETIME = { blockhash: addressOf(50) as Blockhash, lastValidBlockHeight: 1_000n };
const TARGET = address(addressOf(41));

let payer: KeyPairSigner;
beforeAll(async () => {
  payer = await createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(40));
});

/** One instruction with so many bytes of data. */
function instruction(bytes: number): Instruction {
  const accounts = [
    { address: payer.address as Address, role: 3 },
    { address: TARGET, role: 1 },
  ];
  return { programAddress: address(PROGRAM_ID), accounts, data: new Uint8Array(bytes).fill(7) };
}

function observed(bytes: number) {
  return { programId: PROGRAM_ID, accounts: [payer.address, TARGET], data: new Uint8Array(bytes).fill(7) };
}

async function landed(wire: Uint8Array, signature: string) {
  const balances = [5, 5, 5];
  const meta = { err: null, preBalances: balances, postBalances: balances };
  const result = { slot: 12, transaction: [toBase64(wire), 'base64'], meta };
  const { fetch } = scripted(() => ({ result }));
  return createChain(settings(), { fetch, now: Date.now }).transaction(signature, 'finalized');
}

const made = (version: 'legacy' | 0 | 1, instructions: readonly Instruction[]) =>
  pipe(
    createTransactionMessage({ version }),
    (tx) => setTransactionMessageFeePayer(payer.address, tx),
    (tx) => setTransactionMessageLifetimeUsingBlockhash(LIFETIME, tx),
    (tx) => appendTransactionMessageInstructions(instructions, tx),
  );

async function signedBytes(message: Parameters<typeof compileTransaction>[0]) {
  const transaction = await partiallySignTransaction([payer.keyPair], compileTransaction(message));
  const wire = new Uint8Array(getTransactionEncoder().encode(transaction));
  const signature = getBase58Decoder().decode(transaction.signatures[payer.address] ?? new Uint8Array(64));
  return { wire, signature };
}

describe('a transaction made by kit', () => {
  it.each(['legacy', 0, 1] as const)('of version %s is read from its bytes', async (version) => {
    const { wire, signature } = await signedBytes(made(version, [instruction(3), instruction(200)]));
    expect((await landed(wire, signature))?.instructions).toEqual([observed(3), observed(200)]);
  });

  it('of version 1 is read with a budget in its header, and with more bytes than others may have', async () => {
    const budgeted = pipe(
      createTransactionMessage({ version: 1 }),
      (tx) => setTransactionMessageConfig({ computeUnitLimit: 5_000, heapSize: 65_536 }, tx),
      (tx) => setTransactionMessageFeePayer(payer.address, tx),
      (tx) => setTransactionMessageLifetimeUsingBlockhash(LIFETIME, tx),
      (tx) => appendTransactionMessageInstructions([instruction(1_500), instruction(1_500)], tx),
    );
    const { wire, signature } = await signedBytes(budgeted);
    expect(wire.length).toBeGreaterThan(3_000);
    expect((await landed(wire, signature))?.instructions).toEqual([observed(1_500), observed(1_500)]);
  });

  it('of version 1 with one byte changed is not believed', async () => {
    const { wire, signature } = await signedBytes(made(1, [instruction(3)]));
    for (const at of [20, wire.length - 65, wire.length - 1]) {
      const forged = wire.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      await expect(landed(forged, signature)).rejects.toMatchObject({ code: 'malformed' });
    }
  });

  it('of a version that nobody knows yet is unreadable, which is not absent', async () => {
    const { wire, signature } = await signedBytes(made(1, [instruction(3)]));
    await expect(landed(Uint8Array.of(0x82, ...wire.subarray(1)), signature)).rejects.toMatchObject({
      code: 'malformed',
    });
  });
});
