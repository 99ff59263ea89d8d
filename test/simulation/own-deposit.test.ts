/** A deposit whose authority is the player's own wallet: mirrored too, its joins need the wallet (design: section 6, Keys). */
import { Transaction, TransactionInstruction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { decodeUserDeposit, encodeInstruction } from '../../core/index.ts';
import { depositName } from '../../durable-objects/names.ts';
import { walletKeys } from './ids.ts';
import { create, join, opened, type Story, seatsFinal, start } from './story.ts';
import { fillWallet, signedJoin, signs } from './wallets.ts';
import { walletOf } from './world.ts';

const SOL = 1_000_000_000n;

/** Past the mirror: the wallet's owner needs nobody for that. */
async function depositsByThemselves(story: Story, user: string, amount: bigint): Promise<void> {
  const { world } = story;
  await fillWallet(story, user, 2n * amount);
  const keys = walletKeys(user);
  const { blockhash } = world.chain.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: keys.publicKey, recentBlockhash: blockhash });
  const data = Buffer.from(encodeInstruction({ kind: 'deposit_sol', amount }));
  const { programId } = world.solana.lists;
  const accounts = world.solana.lists.depositSol(walletOf(user));
  transaction.add(new TransactionInstruction({ programId, keys: accounts, data })).sign(keys);
  world.chain.sendTransaction(transaction.serialize());
  await world.advance(5_000);
}

function available({ world }: Story, user: string): bigint {
  const account = world.chain.getAccount(world.port.pda('deposit', walletOf(user)).address, 'finalized');
  return decodeUserDeposit(account?.data ?? new Uint8Array()).available;
}

describe('a deposit of the player`s own wallet', () => {
  it('pays a PLATFORM seat with the wallet`s signature, and is final before it plays', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await depositsByThemselves(story, 'carol', SOL);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    const request = await signedJoin(story, 'carol', { paymentMethod: 1, depositOf: 'wallet' });
    expect(await world.match(id).join(world.caller('carol'), request)).toMatchObject({ status: 200 });
    expect(await join(story, 'alice')).toMatchObject({ status: 200 });
    expect((await start(story)).text).toContain('seats_not_final');
    await signs(story, 'carol');
    await seatsFinal(story, 2);
    expect(available(story, 'carol')).toBe(900_000_000n);
    expect(world.names).toContain(depositName(world.port, walletOf('carol')));
  });

  it('settles like any other: the winner`s own deposit is paid', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await depositsByThemselves(story, 'carol', SOL);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    const request = await signedJoin(story, 'carol', { paymentMethod: 1, depositOf: 'wallet' });
    await world.match(id).join(world.caller('carol'), request);
    await join(story, 'alice');
    await signs(story, 'carol');
    await seatsFinal(story, 2);
    await start(story);
    const result = [{ userId: 'carol', shareBps: 10_000 }];
    const ended = await world
      .match(id)
      .end(world.caller('alice'), { clientKey: '0192f0c0-0000-7000-8000-00000000fff1', result });
    expect(ended).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).money === 'settled', 'settled');
    await world.advance(3_000);
    expect(available(story, 'carol')).toBe(1_090_000_000n);
    expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  });
});
