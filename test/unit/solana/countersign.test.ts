import { ed25519 } from '@noble/curves/ed25519';
import {
  Message,
  PublicKey,
  SystemProgram,
  TransactionInstruction,
  TransactionMessage,
} from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { base58Encode, sha256, toHex } from '../../../core/index.ts';
import type { PreparedOffer, TransactionPlan } from '../../../durable-objects/ports.ts';
import { toBase64 } from '../../../services/solana/base64.ts';
import { verifyStrict } from '../../../services/solana/ed25519.ts';
import { memoInstruction } from '../../../services/solana/transactions.ts';
import { joinWire } from '../../../services/solana/wire.ts';
import { COORDINATOR, keypair } from './fixtures.ts';
import {
  ALICE,
  BLOCKHASH,
  chain,
  DEPOSIT,
  JOIN,
  MALLORY,
  OURS,
  PLAYER,
  parts,
  signatureOf,
  signedBy,
  WALLET,
  wireOf,
} from './wallet-side.ts';

describe('the countersigning', () => {
  async function signed(plan: TransactionPlan) {
    const offer = await chain.offer(plan);
    return { offer, signature: signatureOf(offer, signedBy(offer.transaction, PLAYER)) };
  }

  it('completes the stored message, each signature over it and in its place', async () => {
    for (const plan of [JOIN, DEPOSIT]) {
      const { offer, signature } = await signed(plan);
      const attempt = await chain.countersign(plan, offer, signature);
      const { message, signatures } = wireOf(attempt.bytes);
      expect(message).toEqual(wireOf(offer.transaction).message);
      const keys = Message.from(message).accountKeys;
      expect(signatures.length).toBe(plan === JOIN ? 2 : 3);
      for (const [index, each] of signatures.entries()) {
        expect(verifyStrict(each, message, keys[index]?.toBytes() ?? new Uint8Array())).toBe(true);
      }
      const { blockhash, lastValidBlockHeight, blockhashSlot, provider } = offer;
      expect(attempt).toMatchObject({ signature, blockhash, lastValidBlockHeight, blockhashSlot, provider });
    }
  });

  it('is the same when it is done again', async () => {
    const { offer, signature } = await signed(DEPOSIT);
    const [once, again] = [
      await chain.countersign(DEPOSIT, offer, signature),
      await chain.countersign(DEPOSIT, offer, signature),
    ];
    expect(again).toEqual(once);
  });

  it.each<[string, Partial<PreparedOffer>]>([
    ['another id', { id: 'ab'.repeat(32) }],
    ['another blockhash', { blockhash: WALLET }],
    ['another wallet', { wallet: MALLORY.publicKey.toBase58() }],
    ['no transaction', { transaction: 'AAAA' }],
  ])('refuses an offer with %s', async (_, change) => {
    const { offer, signature } = await signed(JOIN);
    await expect(chain.countersign(JOIN, { ...offer, ...change }, signature)).rejects.toMatchObject({
      code: 'offer_invalid',
    });
  });

  it('refuses a signature that is not the wallet’s over this message', async () => {
    const [join, deposit] = [await signed(JOIN), await signed(DEPOSIT)];
    for (const signature of [deposit.signature, '', WALLET]) {
      await expect(chain.countersign(JOIN, join.offer, signature)).rejects.toMatchObject({
        code: 'signature_invalid',
      });
    }
  });

  it('refuses a plan that asks for more, for fewer or for other signers than the message', async () => {
    const [join, deposit] = [await signed(JOIN), await signed(DEPOSIT)];
    const bob = { userId: 'bob', authority: await chain.custodyAuthority('bob') };
    const refused = (plan: TransactionPlan, { offer, signature }: typeof join) =>
      expect(chain.countersign(plan, offer, signature)).rejects.toMatchObject({
        code: expect.stringMatching(/^(plan|offer)_invalid$/) as string,
      });
    await refused(DEPOSIT, join);
    await refused({ ...DEPOSIT, custody: null }, deposit);
    await refused({ ...DEPOSIT, custody: bob }, deposit);
    const old = { ...JOIN, coordinator: keypair(8).publicKey.toBase58() };
    await refused(old, join);
  });
});

/** Messages that no plan makes: were one stored all the same, our keys would still not sign it. */
describe('our keys never sign a stored message', () => {
  const wallet = PLAYER.publicKey;
  const alice = new PublicKey(ALICE);
  const ours = COORDINATOR.publicKey;
  const memo = memoInstruction('memo', OURS);
  const give = SystemProgram.transfer({ fromPubkey: wallet, toPubkey: alice, lamports: 10 });
  const deposit = parts.instructions.build(
    { kind: 'deposit_sol', authority: ALICE, lamports: 10n },
    { coordinator: OURS },
  );
  const take = parts.instructions.build(
    { kind: 'withdraw_sol', authority: ALICE, lamports: 10n, treasury: WALLET },
    { coordinator: OURS },
  );
  const evil = (signer: PublicKey) =>
    new TransactionInstruction({
      programId: MALLORY.publicKey,
      keys: [{ pubkey: signer, isSigner: true, isWritable: false }],
    });

  async function countersigned(
    custody: TransactionPlan['custody'],
    ...instructions: TransactionInstruction[]
  ) {
    const message = new TransactionMessage({ payerKey: wallet, recentBlockhash: BLOCKHASH, instructions });
    const bytes = message.compileToLegacyMessage().serialize();
    const count = bytes[0] ?? 0;
    const offer: PreparedOffer = {
      id: toHex(sha256(bytes)),
      wallet: WALLET,
      transaction: toBase64(joinWire({ signatures: Array(count).fill(new Uint8Array(64)), message: bytes })),
      blockhash: BLOCKHASH,
      lastValidBlockHeight: 1,
      blockhashSlot: 1,
      provider: 'a',
    };
    const signature = base58Encode(ed25519.sign(bytes, PLAYER.secretKey.subarray(0, 32)));
    return await chain.countersign({ coordinator: OURS, custody }, offer, signature);
  }

  it.each<[string, boolean, TransactionInstruction[]]>([
    [
      'that spends the coordinator’s lamports',
      false,
      [SystemProgram.transfer({ fromPubkey: ours, toPubkey: wallet, lamports: 1 }), memo],
    ],
    ['that shows the coordinator’s signature to another program', false, [evil(ours), memo]],
    ['in which the coordinator has no part', false, [evil(wallet)]],
    [
      'that spends the custody key’s lamports',
      true,
      [SystemProgram.transfer({ fromPubkey: alice, toPubkey: wallet, lamports: 1 }), memo],
    ],
    ['that withdraws', true, [take, memo]],
    ['that withdraws behind the deposit', true, [give, deposit, take, memo]],
    ['that shows the custody signature to another program', true, [give, deposit, evil(alice), memo]],
    [
      'that makes an account of the custody key',
      true,
      [
        SystemProgram.createAccount({
          fromPubkey: wallet,
          newAccountPubkey: alice,
          lamports: 1,
          space: 0,
          programId: MALLORY.publicKey,
        }),
        memo,
      ],
    ],
    [
      'that gives the custody key to another program',
      true,
      [SystemProgram.assign({ accountPubkey: alice, programId: MALLORY.publicKey }), deposit, memo],
    ],
  ])('%s', async (_, isCustody, instructions) => {
    const custody = isCustody ? DEPOSIT.custody : null;
    await expect(countersigned(custody, ...instructions)).rejects.toMatchObject({ code: 'offer_invalid' });
  });

  it('other than a deposit, which they do sign', async () => {
    expect(await countersigned(DEPOSIT.custody, give, deposit, memo)).toMatchObject({ provider: 'a' });
  });
});
