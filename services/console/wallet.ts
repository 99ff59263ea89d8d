/**
 * Development wallets: keys made in this page and kept in this browser, for play money on a chain of this machine. A
 * deposit is bound to one wallet for good, so that who plays by wallet has a user id of their own, which follows from it.
 */
import { encodeBase58 } from '../local-chain/base58.ts';
import { fromBase64, toBase64 } from './wire.ts';
import { WALLET } from './words.ts';

export const NAMES = ['alice', 'bob'] as const;
/** Of the address, in the user id: enough to tell one browser's players from another's. */
const TAIL = 4;

export interface DevWallet {
  readonly userId: string;
  readonly address: string;
  /** PKCS #8, base64. */
  readonly key: string;
}

export function walletOf(name: string): DevWallet | null {
  const text = localStorage.getItem(nameOf(name));
  if (text === null) return null;
  // SAFETY: written below, and by nothing else of this page.
  return JSON.parse(text) as DevWallet;
}

/** Null for everybody but the players that this browser holds a wallet of. */
export function walletOfUser(userId: string): DevWallet | null {
  return NAMES.map(walletOf).find((wallet) => wallet?.userId === userId) ?? null;
}

/** Who acts as alice, or as bob: in a WALLET match whoever has the wallet. */
export function playerIn(paymentMethod: number, name: string): string {
  return (paymentMethod === WALLET ? walletOf(name)?.userId : undefined) ?? name;
}

/** The one that there is, or a new one. */
export async function ensureWallet(name: string): Promise<DevWallet> {
  const known = walletOf(name);
  if (known !== null) return known;
  const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const address = encodeBase58(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
  const key = toBase64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)));
  const made = { userId: `${name}-${address.slice(0, TAIL)}`, address, key };
  localStorage.setItem(nameOf(name), JSON.stringify(made));
  return made;
}

export async function signWith({ key }: DevWallet, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const bytes = fromBase64(key) ?? new Uint8Array();
  const secret = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('Ed25519', secret, message));
}

function nameOf(name: string): string {
  return `money-match:wallet:${name}`;
}

/** By address or by user id: does this browser hold that wallet? */
export function canSignAs(who: string): boolean {
  return NAMES.map(walletOf).some((wallet) => wallet?.address === who || wallet?.userId === who);
}
