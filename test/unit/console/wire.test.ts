/** The page signs as wallets do: the message as it is, the signature in the payer's place, and nothing else touched. */
import { ed25519 } from '@noble/curves/ed25519';
import { Keypair, SystemProgram, Transaction, VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { timeOf, uuidV7 } from '../../../services/console/uuid.ts';
import { fromBase64, fromHex, signableBy, toBase64 } from '../../../services/console/wire.ts';

const wallet = Keypair.generate();
const second = Keypair.generate();
const address = wallet.publicKey.toBase58();

/** Paid by the wallet, signed by nobody; the other key has to sign, too. */
function offered(): string {
  const transaction = new Transaction({ feePayer: wallet.publicKey, recentBlockhash: address });
  for (const from of [wallet, second]) {
    const transfer = { fromPubkey: from.publicKey, toPubkey: wallet.publicKey, lamports: 1 };
    transaction.add(SystemProgram.transfer(transfer));
  }
  return transaction.serialize({ requireAllSignatures: false }).toString('base64');
}

describe('signing in the page', () => {
  it("gives what the wallets' own library gives", () => {
    const transaction = offered();
    const signable = signableBy(address, transaction);
    const bytes = signable?.message ?? new Uint8Array();
    const signature = ed25519.sign(bytes, wallet.secretKey.subarray(0, 32));
    const expected = VersionedTransaction.deserialize(Buffer.from(transaction, 'base64'));
    expected.sign([wallet]);
    expect(signable?.signed(signature)).toBe(Buffer.from(expected.serialize()).toString('base64'));
  });

  it('refuses what this wallet does not pay for, and what is no transaction', () => {
    expect(signableBy(second.publicKey.toBase58(), offered())).toBeNull();
    const versioned = fromBase64(offered()) ?? new Uint8Array();
    versioned[1 + 2 * 64] = 0x80;
    for (const text of [toBase64(versioned), '', 'AA==', 'no base64', offered().slice(0, 120)]) {
      expect(signableBy(address, text)).toBeNull();
    }
  });
});

describe('bytes as text', () => {
  it('come back as they were', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(fromHex(Buffer.from(bytes).toString('hex'))).toEqual(bytes);
  });

  it('say when a client key was made', () => {
    const before = Date.now();
    const made = timeOf(uuidV7());
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
  });
});
