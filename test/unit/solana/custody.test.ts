import { createHmac } from 'node:crypto';
import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { DerivedCustody } from '../../../services/solana/custody.ts';
import { verifyStrict } from '../../../services/solana/ed25519.ts';
import { SETTINGS } from './fixtures.ts';

const keys = new DerivedCustody(SETTINGS.custodySecret);

/** RFC 5869 spelled out, so that the vectors do not rest on the library that made them. */
function seedByHand(secretHex: string, userId: string): Buffer {
  const prk = createHmac('sha256', 'money-match/custody/v1').update(Buffer.from(secretHex, 'hex')).digest();
  return createHmac('sha256', prk).update(userId, 'utf8').update(Uint8Array.of(1)).digest();
}

describe('custody keys', () => {
  // These addresses hold deposits. A change here is not a test to be updated: it is money that cannot be reached.
  it.each([
    ['alice', 'HKgpTf6oUFCUHK4msyn6EDQ1NP65fTaFsN6xciXT1y4r'],
    ['user-alice-001', '9dDPAfYoTt32TpMFTDkC4Q1kCscT6XX5MdsWpjE5GyPd'],
    ['\u00fc\u{1f600}', '7J8RkcQupiTvRL9KRuezuowabMThgrYrT1aA1NzbRXJ1'],
    ['x'.repeat(64), '9tq7PpGVnoKMT6ednucxowbpMPo54QqbjhJXWQK7xfPL'],
  ])('of %s has the address that it always had', async (userId, address) => {
    expect(await keys.address(userId)).toBe(address);
    expect(Keypair.fromSeed(seedByHand(SETTINGS.custodySecret, userId)).publicKey.toBase58()).toBe(address);
  });

  it('sign with the key of their address', async () => {
    const message = new TextEncoder().encode('anything');
    const signature = await keys.sign('alice', message);
    const key = Keypair.fromSeed(seedByHand(SETTINGS.custodySecret, 'alice')).publicKey.toBytes();
    expect(verifyStrict(signature, message, key)).toBe(true);
  });

  it('differ for ids that only look alike', async () => {
    // The same letter, composed and decomposed: ids are not normalised (formats: Bytes).
    expect(await keys.address('\u00fc')).not.toBe(await keys.address('u\u0308'));
  });

  it('differ for another secret', async () => {
    const other = new DerivedCustody(`${SETTINGS.custodySecret.slice(0, -2)}00`);
    expect(await other.address('alice')).not.toBe(await keys.address('alice'));
  });

  it.each([
    ['an empty id', ''],
    ['a NUL', 'a\0b'],
    ['65 bytes', 'x'.repeat(65)],
    ['65 bytes in 33 characters', `${'\u00fc'.repeat(32)}x`],
    ['a lone surrogate', 'a\ud800'],
  ])('are refused for %s', async (_, userId) => {
    await expect(keys.address(userId)).rejects.toMatchObject({ code: 'user_id_invalid' });
    await expect(keys.sign(userId, new Uint8Array(32))).rejects.toMatchObject({ code: 'user_id_invalid' });
  });
});
