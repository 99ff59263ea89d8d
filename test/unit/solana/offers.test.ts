import { ed25519 } from '@noble/curves/ed25519';
import { ComputeBudgetProgram, Message, TransactionMessage, VersionedTransaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Encode, sha256, toHex } from '../../../core/index.ts';
import type { TransactionPlan } from '../../../durable-objects/ports.ts';
import { fromBase64, toBase64 } from '../../../services/solana/base64.ts';
import { MATCH_ID } from './fixtures.ts';
import {
  ALICE,
  asked,
  BLOCKHASH,
  chain,
  DEPOSIT,
  JOIN,
  MALLORY,
  OURS,
  PLAYER,
  rewired,
  signatureOf,
  signedBy,
  WALLET,
  wireOf,
} from './wallet-side.ts';

describe('an offer', () => {
  it('is the whole transaction, signed by nobody, paid for by the wallet', async () => {
    const offer = await chain.offer(DEPOSIT);
    const { signatures, message } = wireOf(offer.transaction);
    expect(offer).toMatchObject({
      wallet: WALLET,
      id: toHex(sha256(message)),
      blockhash: BLOCKHASH,
      lastValidBlockHeight: 220,
      blockhashSlot: 77,
      provider: 'a',
    });
    expect(signatures).toEqual(Array(3).fill(new Uint8Array(64)));
    const keys = Message.from(message).accountKeys.map(String);
    expect(keys.slice(0, 3)).toEqual([WALLET, ALICE, OURS]);
  });

  it('has the size that was told, and the same message for the same blockhash', async () => {
    for (const plan of [JOIN, DEPOSIT]) {
      const offer = await chain.offer(plan);
      expect(fromBase64(offer.transaction)?.length).toBe(chain.size(plan));
      expect((await chain.offer(plan)).id).toBe(offer.id);
    }
  });

  it.each<[string, Partial<TransactionPlan>, string]>([
    ['without a wallet', { wallet: null }, 'plan_invalid'],
    ['to a wallet that can sign nothing', walletOf(chain.pda('config').address), 'address_invalid'],
    ['to a key of small order', walletOf(base58Encode(new Uint8Array(32))), 'address_invalid'],
    ['without a coordinator key', { coordinator: MALLORY.publicKey.toBase58() }, 'unknown_coordinator'],
  ])('is not made %s, and nobody is asked', async (_, change, code) => {
    const before = asked.length;
    await expect(chain.offer({ ...JOIN, ...change })).rejects.toMatchObject({ code });
    expect(asked.length).toBe(before);
  });

  it("is not made for another's custody key", async () => {
    const bob = { userId: 'bob', authority: ALICE };
    await expect(chain.offer({ ...DEPOSIT, custody: bob })).rejects.toMatchObject({
      code: 'custody_mismatch',
    });
  });
});

describe('what comes back from a wallet', () => {
  it('is taken where it is the offer, signed', async () => {
    for (const plan of [JOIN, DEPOSIT]) {
      const offer = await chain.offer(plan);
      const returned = signedBy(offer.transaction, PLAYER);
      expect(signatureOf(offer, returned)).toBe(
        base58Encode(wireOf(returned).signatures[0] ?? new Uint8Array()),
      );
    }
  });

  it('is looked at for the signature of the wallet only', async () => {
    const offer = await chain.offer(JOIN);
    const returned = signedBy(offer.transaction, PLAYER);
    const [first = new Uint8Array()] = wireOf(returned).signatures;
    const stuffed = rewired(returned, { signatures: [first, new Uint8Array(64).fill(9)] });
    expect(signatureOf(offer, stuffed)).toBe(base58Encode(first));
  });

  it('is refused where a byte of the message is another', async () => {
    const offer = await chain.offer(JOIN);
    const { message } = wireOf(offer.transaction);
    for (let at = 0; at < message.length; at += 3) {
      const changed = message.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const signature = ed25519.sign(changed, PLAYER.secretKey.subarray(0, 32));
      const returned = rewired(offer.transaction, {
        signatures: [signature, new Uint8Array(64)],
        message: changed,
      });
      expect(signatureOf(offer, returned)).toBe('transaction_changed');
    }
  });

  it('is refused where the wallet added a priority fee, or anything else', async () => {
    const offer = await chain.offer(JOIN);
    const decompiled = TransactionMessage.decompile(Message.from(wireOf(offer.transaction).message));
    decompiled.instructions.unshift(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1 }));
    const added = new VersionedTransaction(decompiled.compileToLegacyMessage());
    added.sign([PLAYER]);
    expect(signatureOf(offer, toBase64(added.serialize()))).toBe('transaction_changed');
    const versioned = new VersionedTransaction(decompiled.compileToV0Message());
    versioned.sign([PLAYER]);
    expect(signatureOf(offer, toBase64(versioned.serialize()))).toBe('transaction_changed');
  });

  it('is refused where it belongs to another offer', async () => {
    const [join, deposit] = [await chain.offer(JOIN), await chain.offer(DEPOSIT)];
    expect(signatureOf(join, signedBy(deposit.transaction, PLAYER))).toBe('transaction_changed');
  });

  it.each<[string, (good: Uint8Array) => Uint8Array]>([
    ['of nobody', () => new Uint8Array(64)],
    ['with a bit changed', (good) => good.with(3, (good[3] ?? 0) ^ 1)],
    ['in its second spelling, S + L', (good) => secondSpelling(good)],
    ['of small order', () => new Uint8Array(64).with(0, 1)],
  ])('is refused under a signature %s', async (_, change) => {
    const offer = await chain.offer(JOIN);
    const [good = new Uint8Array(), other = new Uint8Array()] = wireOf(
      signedBy(offer.transaction, PLAYER),
    ).signatures;
    const returned = rewired(offer.transaction, { signatures: [change(good), other] });
    expect(signatureOf(offer, returned)).toBe('signature_invalid');
  });

  it("is refused under another's signature", async () => {
    const offer = await chain.offer(JOIN);
    const { message } = wireOf(offer.transaction);
    const forged = ed25519.sign(message, MALLORY.secretKey.subarray(0, 32));
    const returned = rewired(offer.transaction, { signatures: [forged, forged] });
    expect(signatureOf(offer, returned)).toBe('signature_invalid');
  });

  it('is malformed where it is no transaction', async () => {
    const offer = await chain.offer(JOIN);
    const good = signedBy(offer.transaction, PLAYER);
    const { signatures } = wireOf(good);
    const twice = [...signatures, ...signatures];
    for (const returned of [
      '',
      '====',
      'AAAA',
      'not base64!',
      good.slice(0, 100),
      'A'.repeat(100_000),
      toBase64(new Uint8Array(1_232)),
      toBase64(new Uint8Array(1_232).fill(0xff)),
      rewired(good, { signatures: signatures.slice(1) }),
      rewired(good, { signatures: twice }),
    ]) {
      expect(signatureOf(offer, returned)).toBe('malformed');
    }
  });
});

function walletOf(wallet: string): Partial<TransactionPlan> {
  const source = { kind: 'wallet', wallet } as const;
  return { wallet, instructions: [{ kind: 'join_match', matchId: MATCH_ID, userId: 'alice', source }] };
}

function secondSpelling(signature: Uint8Array): Uint8Array {
  let s = ed25519.Point.Fn.ORDER;
  for (let index = 0; index < 32; index++) s += BigInt(signature[32 + index] ?? 0) << BigInt(8 * index);
  const spelled = signature.slice();
  for (let index = 0; index < 32; index++) spelled[32 + index] = Number((s >> BigInt(8 * index)) & 0xffn);
  return spelled;
}
