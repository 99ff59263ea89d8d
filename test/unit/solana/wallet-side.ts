/** A player's wallet, and what is prepared for it. */
import { type Keypair, VersionedTransaction } from '@solana/web3.js';
import type { PreparedOffer, TransactionPlan } from '../../../durable-objects/ports.ts';
import { fromBase64, toBase64 } from '../../../services/solana/base64.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect } from '../../../services/solana/connect.ts';
import { joinWire, splitWire } from '../../../services/solana/wire.ts';
import { ACTION_HASH, COORDINATOR, keypair, MATCH_ID, scripted, settings, withSlot } from './fixtures.ts';

export const BLOCKHASH = keypair(50).publicKey.toBase58();
export const PLAYER = keypair(70);
export const MALLORY = keypair(71);
export const WALLET = PLAYER.publicKey.toBase58();
export const OURS = COORDINATOR.publicKey.toBase58();

const { fetch, asked } = scripted(() => withSlot(77, { blockhash: BLOCKHASH, lastValidBlockHeight: 220 }));

export { asked };
export const parts = connect(settings(), { fetch, now: Date.now });
export const chain = new SolanaChain(parts);
export const ALICE = await chain.custodyAuthority('alice');

export const JOIN: TransactionPlan = {
  actionHash: ACTION_HASH,
  coordinator: OURS,
  custody: null,
  wallet: WALLET,
  instructions: [
    { kind: 'join_match', matchId: MATCH_ID, userId: 'alice', source: { kind: 'wallet', wallet: WALLET } },
  ],
};
export const DEPOSIT: TransactionPlan = {
  ...JOIN,
  custody: { userId: 'alice', authority: ALICE },
  instructions: [
    { kind: 'transfer', from: WALLET, to: ALICE, lamports: 10n },
    { kind: 'deposit_sol', authority: ALICE, lamports: 10n },
  ],
};

/** As a wallet does it: with the library that wallets use. */
export function signedBy(transaction: string, ...keys: readonly Keypair[]): string {
  const parsed = VersionedTransaction.deserialize(fromBase64(transaction) ?? new Uint8Array());
  parsed.sign([...keys]);
  return toBase64(parsed.serialize());
}

export function wireOf(transaction: string) {
  const wire = splitWire(transaction);
  if (wire === null) throw new Error('no transaction');
  return wire;
}

export const rewired = (transaction: string, change: Partial<ReturnType<typeof wireOf>>): string =>
  toBase64(joinWire({ ...wireOf(transaction), ...change }));

/** The signature that a wallet gave, or why it is none. */
export const signatureOf = (offer: PreparedOffer, returned: string): string => {
  const answer = chain.walletSignature(offer, returned);
  return 'fault' in answer ? answer.fault : answer.signature;
};
