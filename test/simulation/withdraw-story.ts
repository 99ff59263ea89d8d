/** Steps that withdrawals and deposits by request share: who asks for what, and where the lamports are afterwards. */
import { Keypair, PublicKey, Transaction, type TransactionInstruction } from '@solana/web3.js';
import { expect } from 'vitest';
import { decodeConfig, decodeUserDeposit, encodeInstruction } from '../../core/index.ts';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { DepositView, SignRequestView } from '../../durable-objects/wire/views.ts';
import { developmentTreasury } from '../../services/solana/dev-genesis.ts';
import { type ConfigChange, pauseProgram, unpauseProgram, updateConfig } from '../program/governance.ts';
import { actionsIn, alertsIn, attemptsIn, journalHolds } from './checks.ts';
import { walletKeys } from './ids.ts';
import { signedBy } from './wallets.ts';
import { clientKey, World, walletOf } from './world.ts';

export const SOL = 1_000_000_000n;
/** Of the program as it is initialised. */
export const FEE = 5_000n;

/** Of a deposit account, and what the three signatures of a deposit cost the wallet. */
export const RENT = 1_781_760n;
export const SIGNATURES = 15_000n;

/** Carol with so much on her wallet, and no deposit yet. */
export async function carolWith(lamports = SOL): Promise<World> {
  const world = new World();
  await world.open();
  await fillWallet(world, 'carol', lamports);
  return world;
}

export interface Purses {
  readonly deposit: bigint;
  readonly wallet: bigint;
  readonly custody: bigint;
  readonly treasury: bigint;
}

/** Lamports at `finalized`: what the deposit account says is available, and what lies on the other accounts. */
export async function purses(world: World, user: string): Promise<Purses> {
  const authority = await world.port.custodyAuthority(user);
  const account = world.chain.getAccount(world.port.pda('deposit', authority).address, 'finalized');
  const isMade = account !== null && account.data.length > 0;
  return {
    deposit: isMade ? decodeUserDeposit(account.data).available : 0n,
    wallet: world.chain.getBalance(walletOf(user), 'finalized'),
    custody: world.chain.getBalance(authority, 'finalized'),
    treasury: world.chain.getBalance(developmentTreasury().publicKey.toBase58(), 'finalized'),
  };
}

export async function withdraw(
  world: World,
  user: string,
  lamports: bigint,
  change: { readonly clientKey?: string; readonly notAfter?: number } = {},
): Promise<Answer> {
  const request = { clientKey: clientKey(), lamports: lamports.toString(), ...change };
  return (await world.deposit(user)).withdraw(world.caller(user), request);
}

export async function deposit(
  world: World,
  user: string,
  lamports: bigint,
  change: { readonly clientKey?: string; readonly notAfter?: number } = {},
): Promise<Answer> {
  const request = { clientKey: clientKey(), lamports: lamports.toString(), ...change };
  return (await world.deposit(user)).deposit(world.caller(user), request);
}

export async function viewOf(world: World, user: string): Promise<DepositView> {
  const view = await (await world.deposit(user)).view();
  if (view === null) throw new Error(`nobody is bound to the deposit of ${user}`);
  return view;
}

export async function nothingOpen(world: World, user: string, limitMs?: number): Promise<void> {
  const done = async (): Promise<boolean> => (await viewOf(world, user)).openActions.length === 0;
  await world.until(done, `nothing open of ${user}`, limitMs);
}

/** What the deposit's view asks of the wallet, once it does. */
export async function askedToSign(world: World, user: string, not = ''): Promise<SignRequestView> {
  const request = async () =>
    (await viewOf(world, user)).signRequests.find(({ transaction }) => transaction !== not);
  await world.until(async () => (await request()) !== undefined, `${user} is asked to sign`);
  const asked = await request();
  if (asked === undefined) throw new Error('asked, and not asked');
  return asked;
}

export async function sendBack(
  world: World,
  user: string,
  { action, transaction }: Pick<SignRequestView, 'action' | 'transaction'>,
  by = user,
): Promise<Answer> {
  return (await world.deposit(user)).sign(world.caller(by), { clientKey: clientKey(), action, transaction });
}

export async function signs(world: World, user: string): Promise<void> {
  const { action, transaction } = await askedToSign(world, user);
  const signed = signedBy(walletKeys(user), transaction);
  expect(await sendBack(world, user, { action, transaction: signed })).toMatchObject({ status: 200 });
}

export async function fillWallet(world: World, user: string, lamports: bigint): Promise<void> {
  world.chain.airdrop(walletOf(user), lamports);
  await world.advance(3_000);
}

/** The program's own authority changes its settings, past the mirror; somebody else pays for the transaction. */
export async function governs(world: World, instruction: TransactionInstruction): Promise<void> {
  const payer = Keypair.fromSeed(new Uint8Array(32).fill(98));
  world.chain.airdrop(payer.publicKey.toBase58(), SOL);
  await world.advance(100);
  const { blockhash } = world.chain.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, recentBlockhash: blockhash });
  transaction.add(instruction).sign(payer, developmentTreasury());
  await lands(world, transaction);
}

/** Past the mirror, by a tool that has the user's custody key; the custody key pays. */
export async function custodySends(
  world: World,
  user: string,
  withdrawals: readonly bigint[],
): Promise<void> {
  const { lists, signers } = world.solana;
  const authority = await world.port.custodyAuthority(user);
  world.chain.airdrop(authority, SOL);
  await world.advance(100);
  const feePayer = new PublicKey(authority);
  const { blockhash } = world.chain.getLatestBlockhash();
  const transaction = new Transaction({ feePayer, recentBlockhash: blockhash });
  for (const amount of withdrawals)
    transaction.add({
      programId: lists.programId,
      keys: lists.withdrawSol(authority, developmentTreasury().publicKey.toBase58()),
      data: Buffer.from(encodeInstruction({ kind: 'withdraw_sol', amount })),
    });
  const custody = await signers.custodySigner({ userId: user, authority });
  const signature = await custody.sign(transaction.serializeMessage());
  transaction.addSignature(feePayer, Buffer.from(signature));
  await lands(world, transaction);
}

async function lands(world: World, transaction: Transaction): Promise<void> {
  const signature = world.chain.sendTransaction(transaction.serialize(), { skipPreflight: true });
  await world.advance(3_000);
  const [status] = world.chain.getSignatureStatuses([signature]);
  expect(status).toMatchObject({ err: null });
}

const AUTHORITY = (): PublicKey => developmentTreasury().publicKey;

export const changed = (change: ConfigChange): TransactionInstruction => updateConfig(AUTHORITY(), change);
export const paused = (): TransactionInstruction => pauseProgram(AUTHORITY());
export const unpaused = (): TransactionInstruction => unpauseProgram(AUTHORITY());

export async function configOf(world: World) {
  const { accounts } = await world.port.accounts([world.port.pda('config').address]);
  return decodeConfig(accounts[0]?.data ?? new Uint8Array());
}

/** States of the actions of a kind, in the order in which they were made; and how often each was signed. */
export async function livesOf(world: World, user: string, kind: 'deposit' | 'withdraw') {
  const name = await world.depositName(user);
  const attempts = attemptsIn(world, name);
  return actionsIn(world, name)
    .filter((action) => action.kind === kind)
    .map(({ hash, state }) => ({
      state,
      attempts: attempts.filter(({ action }) => action === hash).map((attempt) => attempt.state),
    }));
}

/** What must be true at the end of every run: books, chain and journal agree, nothing is held, nobody was called. */
export async function exact(world: World, user: string, available: bigint): Promise<void> {
  await world.advance(3_000);
  const object = await world.deposit(user);
  expect(await object.reconcile(null, 'after')).toMatchObject({ kind: 'clean' });
  await world.until(async () => (await viewOf(world, user)).link === 'online', 'online');
  const view = await viewOf(world, user);
  expect(view).toMatchObject({ money: 'active', openActions: [], signRequests: [] });
  expect(view.balances).toEqual({
    available: available.toString(),
    held: '0',
    withdrawing: '0',
    suspense: '0',
  });
  expect(object.recomputed()).toEqual(view.balances);
  expect(await object.balanceAt(view.seq)).toEqual(view.balances);
  expect((await purses(world, user)).deposit).toBe(available);
  expect(await journalHolds(object)).toBe(true);
  expect((await alertsIn(object)).filter((alert) => alert.startsWith('critical'))).toEqual([]);
}

/** An address that nobody has used: a treasury that has nothing, a wallet that has nothing. */
export function unused(byte: number): PublicKey {
  return new PublicKey(new Uint8Array(32).fill(byte));
}
