/** What a player's client does where the player's own wallet pays: fill it, agree to a join, sign what is asked of it. */
import type { DepositView, MatchView, SignRequestView } from '../../durable-objects/wire/views.ts';
import { encodeBase58 } from '../local-chain/base58.ts';
import { joinIntent, pathOf, type Shown } from './acts.ts';
import { call, clientKey, done, intend, type Reply, refused } from './api.ts';
import { timeOf } from './uuid.ts';
import { type DevWallet, ensureWallet, NAMES, signWith, walletOf, walletOfUser } from './wallet.ts';
import { fromHex, signableBy } from './wire.ts';
import { WALLET } from './words.ts';

/** What the wallet gets, and a little more: the withdrawal has a fee. */
const FILL_LAMPORTS = '500000000';
const DEPOSIT_LAMPORTS = '510000000';
const JOIN_MS = 60 * 60_000;
const POLL_MS = 1_000;
/** Of a withdrawal on its way: finality takes 13 s at the chain's own pace. */
const FILL_MS = 90_000;

export async function fillWallets(): Promise<Reply> {
  const replies = await Promise.all(NAMES.map(fill));
  return replies.find(({ ok }) => !ok) ?? done('Both wallets have 0.5 SOL more: play money.');
}

/** Nothing in the page reaches the chain: a deposit is made for the player, who withdraws it to the wallet. */
async function fill(name: string): Promise<Reply> {
  const { userId, address } = await ensureWallet(name);
  const funded = await call(userId, '/dev/fund', { userId, wallet: address, lamports: DEPOSIT_LAMPORTS });
  if (!funded.ok) return funded;
  const intent = `fill:${userId}`;
  const asked = await intend(
    userId,
    '/api/v1/withdrawals',
    intent,
    { lamports: FILL_LAMPORTS },
    { again: true },
  );
  if (!asked.ok) return asked;
  for (const end = Date.now() + FILL_MS; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const { ok, body } = await call(userId, '/api/v1/deposits/me');
    // SAFETY: our own server's answer to a route whose form this is.
    if (ok && (body as DepositView).openActions.length === 0) return asked;
  }
  return refused(`The withdrawal to the wallet of ${name} is still on its way.`);
}

/** The same key makes the same request, `notAfter` included. The signature is what agrees to the stake. */
export async function joinByWallet(match: Shown, name: string): Promise<Reply> {
  const wallet = walletOf(name);
  if (wallet === null)
    return refused(`There is no wallet of ${name} in this browser: fill the wallets first.`);
  const intent = joinIntent(match, wallet.userId);
  const key = clientKey(intent);
  const terms = { entryFee: match.entryFee, paymentMethod: WALLET, notAfter: timeOf(key) + JOIN_MS };
  const offered = await call(wallet.userId, pathOf(match, 'join/intent'), { clientKey: key, ...terms });
  if (!offered.ok) return offered;
  const { hash } = Object(Object(offered.body).action);
  // A wallet for real money computes this hash itself, by the core (docs/consuming-the-wasm.md).
  const signature = encodeBase58(await signWith(wallet, fromHex(String(hash))));
  return await intend(wallet.userId, pathOf(match, 'join'), intent, { ...terms, signature });
}

/** By the seat: the request itself is for the player's eyes only. */
export async function signForSeat({ matchId }: Shown, userId: string): Promise<Reply> {
  const { ok, body } = await call(userId, `/api/v1/matches/${matchId}`);
  // SAFETY: as above.
  const request = ok ? (body as MatchView).signRequests[0] : undefined;
  return request === undefined
    ? refused('Nothing waits for this wallet any more.')
    : await sign(request, userId, pathOf({ matchId }, 'sign'));
}

/** `path`: of the object that asked. */
export async function sign(request: SignRequestView, userId: string, path: string): Promise<Reply> {
  const wallet: DevWallet | null = walletOfUser(userId);
  const { action, transaction } = request;
  const signable = wallet === null ? null : signableBy(wallet.address, transaction);
  if (wallet === null || signable === null) return refused('This page has no wallet that could sign this.');
  const signed = signable.signed(await signWith(wallet, signable.message));
  return await intend(userId, path, `sign:${action}:${request.lastValidBlockHeight}`, {
    action,
    transaction: signed,
  });
}
