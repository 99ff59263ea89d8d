/** A wallet can sign one message in many ways: its owner may land ours under a signature that we never saw. */

import { ed25519 } from '@noble/curves/ed25519';
import { sha512 } from '@noble/hashes/sha2';
import { VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../core/index.ts';
import { resolve } from './called-off.ts';
import { attemptsIn } from './checks.ts';
import { walletKeys } from './ids.ts';
import { opened, seatsFinal } from './story.ts';
import { Stranger } from './stranger.ts';
import { createWalletMatch, FEE, fillWallet, signs, walletBalance, walletJoin } from './wallets.ts';
import type { World } from './world.ts';

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

/** Bob's wallet lands the first message of its own under another signature; ours goes nowhere. Answers that signature. */
function sendsTwin(world: World): () => string | null {
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
  return () => twin;
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
    const twinOf = sendsTwin(world);
    await signs(story, 'bob');
    if (noise > 0) await (await Stranger.arrive(world)).noise(world.port.pda('match', id).address, noise);
    await seatsFinal(story, 1);
    world.weather = () => 'fine';
    expect((await view()).money).toBe('lobby');
    expect(
      attemptsIn(world, world.matchName(id)).map(({ signature, state }) => [signature === twinOf(), state]),
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

  it('is followed by what landed also where nobody could say for so long that a person was called', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await fillWallet(story, 'bob', SOL);
    await createWalletMatch(story);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    Object.assign(world.settings, { maxTries: 3 });
    await walletJoin(story, 'bob');
    const twinOf = sendsTwin(world);
    const { weather } = world;
    world.weather = (method, params, provider) =>
      method === 'getFirstAvailableBlock' ? 'http-500' : weather(method, params, provider);
    await signs(story, 'bob');
    await world.until(async () => (await view()).money === 'review', 'in review');
    world.weather = () => 'fine';
    await seatsFinal(story, 1);
    expect(attemptsIn(world, world.matchName(id)).slice(1)).toMatchObject([
      { state: 'dead' },
      { signature: twinOf(), state: 'final' },
    ]);
    expect(await resolve(story, 'retry')).toMatchObject({ status: 200 });
    expect((await view()).money).toBe('lobby');
  });
});
