import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { base58Decode } from '../../../core/index.ts';
import { DerivedCustody } from '../../../services/solana/custody.ts';
import { Signers } from '../../../services/solana/signers.ts';
import { ACTION_HASH, COORDINATOR, keypair, OLD_COORDINATOR, SETTINGS, settings } from './fixtures.ts';

const signers = new Signers(settings(), new DerivedCustody(SETTINGS.custodySecret));
const CURRENT = COORDINATOR.publicKey.toBase58();
const OLD = OLD_COORDINATOR.publicKey.toBase58();

/** By another implementation than the one that signed. */
function verified({ signer, signature }: { signer: string; signature: string }): boolean {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), base58Decode(signer)]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(ACTION_HASH, 'hex'), key, base58Decode(signature));
}

describe('signers', () => {
  it('create new matches with the first coordinator key', () => {
    expect(signers.coordinator).toBe(CURRENT);
  });

  it('sign an action hash as any configured coordinator, so that a rotated key can settle its matches', async () => {
    for (const coordinator of [CURRENT, OLD]) {
      const signed = await signers.signHash(ACTION_HASH, { coordinator });
      expect(signed.signer).toBe(coordinator);
      expect(verified(signed)).toBe(true);
    }
  });

  it("sign an action hash with the user's custody key, which is the deposit authority", async () => {
    const signed = await signers.signHash(ACTION_HASH, { custodyOf: 'alice' });
    expect(signed.signer).toBe(await signers.custodyAuthority('alice'));
    expect(verified(signed)).toBe(true);
  });

  it('refuse a coordinator that is not configured', async () => {
    const stranger = keypair(99).publicKey.toBase58();
    await expect(signers.signHash(ACTION_HASH, { coordinator: stranger })).rejects.toMatchObject({
      code: 'unknown_coordinator',
    });
  });

  it.each(['', 'ab', ACTION_HASH.toUpperCase(), `${ACTION_HASH}00`])('refuse to sign "%s"', async (hash) => {
    await expect(signers.signHash(hash, { custodyOf: 'alice' })).rejects.toMatchObject({
      code: 'hash_invalid',
    });
  });
});
