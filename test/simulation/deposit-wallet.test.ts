/** What a wallet may do with the transaction that it is asked to sign, and what comes of it (design: section 6). */
import { SystemProgram, Transaction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { walletKeys } from './ids.ts';
import { signedBy } from './wallets.ts';
import {
  askedToSign,
  carolWith,
  deposit,
  exact,
  livesOf,
  nothingOpen,
  purses,
  RENT,
  SIGNATURES,
  SOL,
  sendBack,
  signs,
} from './withdraw-story.ts';
import { clientKey, walletOf } from './world.ts';

const AMOUNT = 300_000_000n;

describe('a wallet', () => {
  it('that is too poor, rent and fees counted, is refused before anything is offered', async () => {
    const rest = 890_880n;
    const world = await carolWith(AMOUNT + RENT + SIGNATURES + rest - 1n);
    const { text } = await deposit(world, 'carol', AMOUNT);
    await nothingOpen(world, 'carol');
    expect(await livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'failed', attempts: [] }]);
    // Who was told "queued" can ask what became of it.
    const outcome = await (await world.deposit('carol')).outcome(JSON.parse(text).action);
    expect(outcome).toMatchObject({ kind: 'deposit', state: 'failed', detail: 'insufficient_funds' });
    await deposit(world, 'carol', AMOUNT - 1n);
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', AMOUNT - 1n);
    expect((await purses(world, 'carol')).wallet).toBe(rest);
  });

  it('that became poor after it had signed loses nothing, and the deposit fails', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    const { action, transaction } = await askedToSign(world, 'carol');
    world.chain.setAccount(walletOf('carol'), {
      lamports: 2_000_000n,
      data: new Uint8Array(),
      owner: SystemProgram.programId.toBase58(),
    });
    await world.advance(3_000);
    await sendBack(world, 'carol', { action, transaction: signedBy(walletKeys('carol'), transaction) });
    await nothingOpen(world, 'carol');
    expect(await livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'failed', attempts: [] }]);
    await exact(world, 'carol', 0n);
    expect((await purses(world, 'carol')).wallet).toBe(2_000_000n);
  });

  it('that signs an old offer is told that it is gone; it lands nowhere', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    const old = await askedToSign(world, 'carol');
    await askedToSign(world, 'carol', old.transaction);
    const signed = signedBy(walletKeys('carol'), old.transaction);
    expect(await sendBack(world, 'carol', { action: old.action, transaction: signed })).toMatchObject({
      status: 422,
      text: expect.stringContaining('transaction_changed'),
    });
    await signs(world, 'carol');
    await nothingOpen(world, 'carol');
    await exact(world, 'carol', AMOUNT);
    expect(await livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'final', attempts: ['final'] }]);
  });

  it('that changes the transaction, does not sign it, or signs with another key gets nothing signed', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    const { action, transaction } = await askedToSign(world, 'carol');
    const back = (returned: string) => sendBack(world, 'carol', { action, transaction: returned });
    // Another amount for the deposit, signed by the right key.
    const wire = Buffer.from(transaction, 'base64');
    const amount = Buffer.alloc(8);
    amount.writeBigUInt64LE(AMOUNT);
    const place = wire.lastIndexOf(amount);
    expect(place).toBeGreaterThan(0);
    wire.writeBigUInt64LE(AMOUNT - 1n, place);
    expect((await back(signedBy(walletKeys('carol'), wire.toString('base64')))).text).toContain(
      'transaction_changed',
    );
    expect((await back(transaction)).text).toContain('signature_invalid');
    expect((await back('AAAA')).status).toBe(400);
    const another = new Transaction({
      feePayer: walletKeys('eve').publicKey,
      recentBlockhash: walletOf('x'),
    });
    another.add(
      SystemProgram.transfer({
        fromPubkey: walletKeys('eve').publicKey,
        toPubkey: walletKeys('eve').publicKey,
        lamports: 1,
      }),
    );
    another.sign(walletKeys('eve'));
    expect((await back(another.serialize().toString('base64'))).text).toContain('transaction_changed');
    expect(await livesOf(world, 'carol', 'deposit')).toMatchObject([{ state: 'offered', attempts: [] }]);
    expect(world.chain.getBalance(walletOf('carol'))).toBe(SOL);
  });

  it('of somebody else signs nothing here, and asks for nothing', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    const { action, transaction } = await askedToSign(world, 'carol');
    const signed = signedBy(walletKeys('carol'), transaction);
    expect((await sendBack(world, 'carol', { action, transaction: signed }, 'eve')).status).toBe(403);
    const object = await world.deposit('carol');
    const request = { clientKey: clientKey(), lamports: '1' };
    expect((await object.withdraw(world.caller('eve'), request)).status).toBe(403);
    expect((await object.deposit(world.caller('eve'), request)).status).toBe(403);
    const stolen = { ...world.caller('carol'), wallet: walletOf('eve') };
    expect((await object.deposit(stolen, request)).text).toContain('binding_mismatch');
    expect((await object.sign(stolen, { clientKey: clientKey(), action, transaction: signed })).status).toBe(
      403,
    );
  });

  it('that never signs lets it lapse, and nothing is left open', async () => {
    const world = await carolWith();
    await deposit(world, 'carol', AMOUNT);
    await askedToSign(world, 'carol');
    await world.advance(world.settings.walletLapseMs);
    await nothingOpen(world, 'carol');
    expect(await livesOf(world, 'carol', 'deposit')).toEqual([{ state: 'expired', attempts: [] }]);
    await exact(world, 'carol', 0n);
    const none = { action: '00'.repeat(32), transaction: 'AAAA' };
    expect((await sendBack(world, 'carol', none)).text).toContain('sign_request_gone');
  });
});
