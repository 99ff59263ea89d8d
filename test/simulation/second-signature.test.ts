/** A wallet can sign one message in many ways: its owner may land ours under a signature that we never saw. */

import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../core/index.ts';
import { attemptsIn } from './checks.ts';
import { walletKeys } from './ids.ts';
import { opened, seatsFinal } from './story.ts';
import { Stranger } from './stranger.ts';
import { createWalletMatch, FEE, fillWallet, signs, walletBalance, walletJoin } from './wallets.ts';

const SOL = 1_000_000_000n;
const L = ed25519.CURVE.n;

/** Valid, and not the one that RFC 8032 would make: another nonce. */
function otherSignature(message: Uint8Array, seed: Uint8Array): Uint8Array {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const nonce = 1_234_567_891n;
  const point = ed25519.ExtendedPoint.BASE.multiply(nonce).toRawBytes();
  const digest = sha512(new Uint8Array([...point, ...pointBytes, ...message]));
  const challenge = littleEndian(digest) % L;
  const sum = (nonce + challenge * scalar) % L;
  const half = Uint8Array.from({ length: 32 }, (_, index) => Number((sum >> BigInt(8 * index)) & 0xffn));
  return new Uint8Array([...point, ...half]);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
}

describe('a wallet that signs the countersigned message once more, otherwise', () => {
  it.each([
    ['', 0],
    [', also behind more noise than a page of its history holds', 1_100],
  ])('takes its seat once: what landed is recognised by every byte but its signature%s', async (_, noise) => {
    const story = await opened();
    const { world, id, view } = story;
    await fillWallet(story, 'bob', SOL);
    await createWalletMatch(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    await walletJoin(story, 'bob');
    let twin: string | null = null;
    world.weather = (method, [wire]) => {
      if (method !== 'sendTransaction') return 'fine';
      if (twin === null) {
        // Public once it is sent: the coordinator's signature stays, the wallet's own is replaced.
        const transaction = VersionedTransaction.deserialize(Buffer.from(String(wire), 'base64'));
        const message = transaction.message.serialize();
        const seed = walletKeys('bob').secretKey.subarray(0, 32);
        transaction.signatures[0] = otherSignature(message, seed);
        twin = base58Encode(transaction.signatures[0]);
        world.chain.sendTransaction(transaction.serialize());
      }
      return 'lost';
    };
    await signs(story, 'bob');
    if (noise > 0) await (await Stranger.arrive(world)).noise(world.port.pda('match', id).address, noise);
    await seatsFinal(story, 1);
    world.weather = () => 'fine';
    expect((await view()).money).toBe('lobby');
    expect(
      attemptsIn(world, world.matchName(id)).map(({ signature, state }) => [signature === twin, state]),
    ).toEqual(
      expect.arrayContaining([
        [false, 'dead'],
        [true, 'final'],
      ]),
    );
    expect(walletBalance(story, 'bob')).toBe(SOL - BigInt(FEE) - 10_000n);
    await world.until(async () => (await view()).link === 'online', 'online');
    expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  });
});
