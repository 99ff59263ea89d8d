/**
 * What the chain asks, refuses or changes while a withdrawal is on its way (H-05, H-18, H-20): nobody's money is lost to
 * it, what is nobody's fault waits, and what the player's own wallet makes impossible is refused.
 */
import { describe, expect, it } from 'vitest';
import { alertsIn, findingsIn } from './checks.ts';
import { Stranger } from './stranger.ts';
import {
  changed,
  custodySends,
  exact,
  FEE,
  fillWallet,
  governs,
  livesOf,
  nothingOpen,
  paused,
  purses,
  SOL,
  unpaused,
  unused,
  viewOf,
  withdraw,
} from './withdraw-story.ts';
import { COORDINATOR, type Weather, World, walletOf } from './world.ts';

const AMOUNT = 200_000_000n;
/** Nothing can be signed, everything else works. */
const unsigned: Weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
const unsent: Weather = (method) => (method === 'sendTransaction' ? 'swallowed' : 'fine');

async function rich(wallet = SOL): Promise<World> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  if (wallet > 0n) await fillWallet(world, 'alice', wallet);
  return world;
}

async function attempt(world: World): Promise<string | undefined> {
  return (await livesOf(world, 'alice', 'withdraw'))[0]?.attempts.at(-1);
}

describe('a fee that was raised', () => {
  it('before anything was signed is held too, in an entry of its own, and paid as the chain asks', async () => {
    const world = await rich();
    const before = await purses(world, 'alice');
    world.weather = unsigned;
    await withdraw(world, 'alice', AMOUNT);
    await governs(world, changed({ withdrawalFee: 70_000n }));
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - 70_000n);
    expect(await purses(world, 'alice')).toEqual({
      deposit: SOL - AMOUNT - 70_000n,
      wallet: before.wallet + AMOUNT,
      custody: before.custody,
      treasury: before.treasury + 70_000n,
    });
    const { entries } = await (await world.deposit('alice')).statement(1, 50);
    expect(entries.map(({ kind }) => kind)).toEqual(['credit', 'withdrawal', 'withdrawal fee', 'debit']);
  });

  it('beyond the balance fails the withdrawal, and everything is given back', async () => {
    const world = await rich();
    world.weather = unsigned;
    await withdraw(world, 'alice', SOL - FEE);
    await governs(world, changed({ withdrawalFee: FEE + 1n }));
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'failed', attempts: [] }]);
    await exact(world, 'alice', SOL);
  });

  it('after it was signed is what the chain takes: the difference comes from what is spendable', async () => {
    const world = await rich();
    world.weather = unsent;
    await withdraw(world, 'alice', AMOUNT);
    await world.until(async () => (await attempt(world)) === 'sent', 'sent');
    await governs(world, changed({ withdrawalFee: 70_000n }));
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - 70_000n);
  });

  it('after it was signed, beyond the balance, is refused by the chain: failed by its own fault, and given back', async () => {
    const world = await rich();
    world.weather = unsent;
    await withdraw(world, 'alice', SOL - FEE);
    await world.until(async () => (await attempt(world)) === 'sent', 'sent');
    await governs(world, changed({ withdrawalFee: FEE + 1n }));
    // A preflight proves nothing: only a transaction in a block that failed does.
    world.weather = (method, params) => {
      if (method !== 'sendTransaction') return 'fine';
      const wire = new Uint8Array(Buffer.from(String(params[0]), 'base64'));
      return { result: world.chain.sendTransaction(wire, { skipPreflight: true }) };
    };
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'failed', attempts: ['failed'] }]);
    world.weather = () => 'fine';
    await exact(world, 'alice', SOL);
  });

  it('and lowered again costs what the chain took, and the rest comes back', async () => {
    const world = await rich();
    world.weather = unsigned;
    await withdraw(world, 'alice', AMOUNT);
    await governs(world, changed({ withdrawalFee: 10n }));
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - 10n);
  });
});

describe('the rent rule (H-20)', () => {
  it('refuses a withdrawal that would leave the wallet below it, and gives it back', async () => {
    const world = await rich(0n);
    await withdraw(world, 'alice', 890_879n);
    await nothingOpen(world, 'alice');
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'failed', attempts: [] }]);
    await exact(world, 'alice', SOL);
    await withdraw(world, 'alice', 890_880n);
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - 890_880n - FEE);
    expect((await purses(world, 'alice')).wallet).toBe(890_880n);
  });

  it('has a withdrawal wait, with an alert, while the treasury is below it', async () => {
    const world = await rich();
    await governs(world, changed({ treasury: unused(77) }));
    await withdraw(world, 'alice', AMOUNT);
    await world.advance(20_000);
    expect(await alertsIn(await world.deposit('alice'))).toEqual(['warning action_blocked']);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'queued', attempts: [] }]);
    world.chain.airdrop(unused(77).toBase58(), SOL);
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - FEE);
    expect(world.chain.getBalance(unused(77).toBase58(), 'finalized')).toBe(SOL + FEE);
  });
});

describe('what is nobody`s fault', () => {
  it('(the program is paused) has a withdrawal wait, held, until it is over', async () => {
    const world = await rich();
    await governs(world, paused());
    await withdraw(world, 'alice', AMOUNT);
    await world.advance(20_000);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'queued', attempts: [] }]);
    expect((await viewOf(world, 'alice')).balances.withdrawing).toBe((AMOUNT + FEE).toString());
    await governs(world, unpaused());
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });

  it('(an empty fee payer) has a withdrawal wait, held, until it is filled', async () => {
    const world = await rich();
    const address = COORDINATOR.publicKey.toBase58();
    const purse = world.chain.getAccount(address);
    if (purse === null) throw new Error('no fee payer');
    world.chain.setAccount(address, { ...purse, lamports: 1_000n });
    await world.advance(3_000);
    await withdraw(world, 'alice', AMOUNT);
    await world.advance(20_000);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'queued', attempts: [] }]);
    world.chain.setAccount(address, purse);
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });

  it('(the account is frozen on the chain, H-26) has a withdrawal wait', async () => {
    const world = await rich();
    const pda = world.port.pda('deposit', await world.port.custodyAuthority('alice')).address;
    const account = world.chain.getAccount(pda);
    if (account === null) throw new Error('no deposit account');
    const data = account.data.slice();
    data[88] = 1;
    world.chain.setAccount(pda, { ...account, data });
    await world.advance(3_000);
    await withdraw(world, 'alice', AMOUNT);
    await world.advance(20_000);
    expect(await alertsIn(await world.deposit('alice'))).toEqual(['warning action_blocked']);
    world.chain.setAccount(pda, account);
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL - AMOUNT - FEE);
  });
});

describe('a treasury', () => {
  it('that changed between the signature and the block is told to a person; the player pays once (H-05)', async () => {
    const world = await rich();
    world.weather = unsent;
    await withdraw(world, 'alice', AMOUNT);
    await world.until(async () => (await attempt(world)) === 'sent', 'sent');
    await governs(world, changed({ treasury: unused(78) }));
    world.weather = () => 'fine';
    await nothingOpen(world, 'alice');
    await world.advance(3_000);
    const object = await world.deposit('alice');
    expect(await object.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
    expect(await alertsIn(object)).toEqual(['critical treasury_mismatch']);
    expect(findingsIn(world, await world.depositName('alice'), 'break')).toEqual(['treasury_mismatch']);
    expect(await viewOf(world, 'alice')).toMatchObject({
      money: 'active',
      balances: { available: (SOL - AMOUNT - FEE).toString(), withdrawing: '0' },
    });
  });
});

describe('a withdrawal past the mirror, by a tool that has the custody key', () => {
  it('is booked from the balances of its transaction, two in one too, the fee with it', async () => {
    const world = await rich();
    await custodySends(world, 'alice', [100_000n, 200_000n]);
    await exact(world, 'alice', SOL - 300_000n - 2n * FEE);
    const { entries } = await (await world.deposit('alice')).statement(1, 50);
    expect(entries.map(({ kind, moved }) => [kind, moved.available])).toEqual([
      ['credit', '1000000000'],
      ['debit', '-105000'],
      ['debit', '-205000'],
    ]);
  });

  it('of what is held leaves a debt in suspense, freezes the deposit, and a person thaws it when it is paid', async () => {
    const world = await rich();
    world.weather = unsigned;
    await withdraw(world, 'alice', SOL - FEE);
    await custodySends(world, 'alice', [1_000_000n]);
    const object = await world.deposit('alice');
    await object.reconcile(null, 'pass');
    expect(await viewOf(world, 'alice')).toMatchObject({
      money: 'frozen',
      balances: { available: '0', suspense: '1005000', withdrawing: SOL.toString() },
    });
    world.weather = () => 'fine';
    await world.advance(20_000);
    // Nothing leaves a frozen deposit.
    expect(await livesOf(world, 'alice', 'withdraw')).toMatchObject([{ attempts: [] }]);
    const olga = { userId: 'olga', wallet: walletOf('olga'), role: 'operator' } as const;
    const thaw = (key: string) =>
      object.resolve(olga, { clientKey: key, as: 'unfreeze', reason: 'the tool was ours' });
    expect(await thaw('0192f0c0-0000-7000-8000-0000000fff01')).toMatchObject({
      status: 409,
      text: expect.stringContaining('suspense_not_covered'),
    });
    await world.fund('alice', 1_005_000n);
    expect(await thaw('0192f0c0-0000-7000-8000-0000000fff02')).toMatchObject({ status: 200 });
    await nothingOpen(world, 'alice');
    await world.advance(3_000);
    expect(await viewOf(world, 'alice')).toMatchObject({
      money: 'active',
      balances: { available: '0', held: '0', withdrawing: '0', suspense: '0' },
    });
    expect((await purses(world, 'alice')).deposit).toBe(0n);
  });
});

describe('a provider that leaves the memos out of its listings', () => {
  it('does not have a withdrawal taken from elsewhere, whoever sees it first', async () => {
    const world = await rich();
    const listed = world.chain.getSignaturesForAddress.bind(world.chain);
    world.chain.getSignaturesForAddress = (...asked) =>
      listed(...asked).map((record) => ({ ...record, memo: null }));
    // More than half: what the listing cannot name would not be covered by the rest.
    await withdraw(world, 'alice', 600_000_000n);
    await world.until(async () => {
      await (await world.deposit('alice')).reconcile(null, 'before the driver');
      return (await viewOf(world, 'alice')).openActions.length === 0;
    }, 'nothing open');
    await exact(world, 'alice', SOL - 600_000_000n - FEE);
  });
});

describe('a provider that lists what it cannot show yet', () => {
  it('has a withdrawal wait for as long as that lasts, and calls nobody', async () => {
    const world = await rich();
    const stranger = await Stranger.arrive(world);
    const prize = await stranger.lands([await stranger.prizeFor('alice', 1)]);
    await world.advance(3_000);
    const shown = world.chain.getTransaction.bind(world.chain);
    world.chain.getTransaction = (name, ...how) => (name === prize ? null : shown(name, ...how));
    await withdraw(world, 'alice', AMOUNT);
    await world.advance(600_000);
    expect(await livesOf(world, 'alice', 'withdraw')).toEqual([{ state: 'queued', attempts: [] }]);
    expect((await viewOf(world, 'alice')).money).toBe('active');
    world.chain.getTransaction = shown;
    await nothingOpen(world, 'alice');
    await exact(world, 'alice', SOL + 1_900_000n - AMOUNT - FEE);
  });
});
