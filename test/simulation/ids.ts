/** Names that a run uses: players' wallets, client keys, match ids. Distinct in a run, and the same in every run. */
import { Keypair } from '@solana/web3.js';

/** The key of a player's wallet, which only the player has. */
export function walletKeys(userId: string): Keypair {
  const seed = new Uint8Array(32);
  new TextEncoder().encodeInto(userId, seed);
  return Keypair.fromSeed(seed);
}

/** Its address: all that the mirror knows of it. */
export function walletOf(userId: string): string {
  return walletKeys(userId).publicKey.toBase58();
}

let keys = 0;
/** A UUIDv7-shaped client key, distinct in a run. */
export function clientKey(): string {
  keys += 1;
  return `0192f0c0-0000-7000-8000-${keys.toString(16).padStart(12, '0')}`;
}

let ids = 0;
export function matchId(): string {
  ids += 1;
  return `${ids.toString(16).padStart(8, '0')}-2222-4333-8444-555555555555`;
}
