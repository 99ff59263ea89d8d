/** Players who pay by their own wallet: what their client does beside the mirror, with keys that the mirror never has. */
import { ed25519 } from '@noble/curves/ed25519';
import { type Keypair, VersionedTransaction } from '@solana/web3.js';
import { expect } from 'vitest';
import { base58Encode, fromHex, pendingActionHash } from '../../core/index.ts';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { JoinRequest } from '../../durable-objects/wire/requests.ts';
import type { SignRequestView } from '../../durable-objects/wire/views.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { walletKeys } from './ids.ts';
import type { Story } from './story.ts';
import { clientKey, walletOf } from './world.ts';

export const FEE = '100000000';
const HOUR = 3_600_000;

export async function createWalletMatch({ world, id }: Story): Promise<void> {
  const request = {
    clientKey: clientKey(),
    matchId: id,
    gameType: 0,
    seed: '1',
    entryFee: FEE,
    paymentMethod: 0 as const,
  };
  expect(await world.match(id).create(world.caller('alice'), request)).toMatchObject({ status: 201 });
}

/** Lamports on the wallet itself. */
export async function fillWallet({ world }: Story, user: string, lamports: bigint): Promise<void> {
  world.chain.airdrop(walletOf(user), lamports);
  await world.advance(3_000);
}

export function walletBalance({ world }: Story, user: string): bigint {
  return world.chain.getBalance(walletOf(user), 'finalized');
}

/** The join as the client signs it: it hashes for itself what it is asked to agree to. */
export async function signedJoin(
  { world, id }: Story,
  user: string,
  change: Partial<JoinRequest> = {},
  keys: Keypair = walletKeys(user),
): Promise<JoinRequest> {
  const request: JoinRequest = {
    clientKey: clientKey(),
    entryFee: FEE,
    paymentMethod: 0,
    notAfter: world.now + HOUR,
    ...change,
  };
  const { text } = await world.match(id).joinIntent(world.caller(user), request);
  // SAFETY: the answer of joinIntent has this form.
  const { hash, ...body } = (JSON.parse(text) as { action: PendingAction }).action;
  expect(pendingActionHash(body)).toBe(hash);
  return { ...request, signature: signHash(hash, keys) };
}

export async function walletJoin(story: Story, user: string, change: Partial<JoinRequest> = {}) {
  const { world, id } = story;
  return world.match(id).join(world.caller(user), await signedJoin(story, user, change));
}

export function signHash(hash: string, keys: Keypair): string {
  return base58Encode(ed25519.sign(fromHex(hash), keys.secretKey.subarray(0, 32)));
}

/** What the player's own view asks of their wallet; none yet is undefined. */
export async function askedOf({ world, id }: Story, user: string): Promise<SignRequestView | undefined> {
  const view = await world.match(id).view({ userId: user, role: 'player' });
  return view?.signRequests[0];
}

export async function asked(story: Story, user: string): Promise<SignRequestView> {
  await story.world.until(async () => (await askedOf(story, user)) !== undefined, `${user} is asked to sign`);
  const request = await askedOf(story, user);
  if (request === undefined) throw new Error('asked, and not asked');
  return request;
}

/** As a wallet signs: the message as it is, its own signature in its place. */
export function signedBy(keys: Keypair, transaction: string): string {
  const wire = VersionedTransaction.deserialize(Buffer.from(transaction, 'base64'));
  wire.sign([keys]);
  return Buffer.from(wire.serialize()).toString('base64');
}

export function sendBack(
  { world, id }: Story,
  user: string,
  action: string,
  transaction: string,
): Promise<Answer> {
  return world.match(id).sign(world.caller(user), { clientKey: clientKey(), action, transaction });
}

/** Asked, signed, sent back. */
export async function signs(story: Story, user: string): Promise<void> {
  const { action, transaction } = await asked(story, user);
  const answer = await sendBack(story, user, action, signedBy(walletKeys(user), transaction));
  expect(answer).toMatchObject({ status: 200 });
}
