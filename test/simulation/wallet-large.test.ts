/** What a player keeps on their own wallet is their business: it must not stop anybody's money. */
import { SystemProgram } from '@solana/web3.js';
import { expect, it } from 'vitest';
import { fillWallet, nothingOpen, SOL, viewOf, withdraw } from './withdraw-story.ts';
import { World, walletOf } from './world.ts';

it('A wallet with megabytes of data is paid like any other, and hides nobody else`s account.', async () => {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await fillWallet(world, 'alice', SOL);
  world.chain.setAccount(walletOf('alice'), {
    lamports: 20n * SOL,
    data: new Uint8Array(2_000_000),
    owner: SystemProgram.programId.toBase58(),
  });
  await world.advance(3_000);
  const pda = world.port.pda('deposit', await world.port.custodyAuthority('alice')).address;
  const { accounts } = await world.port.accounts([pda, walletOf('alice')]);
  expect(accounts.map((account) => account?.data.length)).toEqual([128, 8_192]);
  expect(await withdraw(world, 'alice', 200_000_000n)).toMatchObject({ status: 200 });
  await nothingOpen(world, 'alice');
  expect((await viewOf(world, 'alice')).balances.available).toBe('799995000');
});
