/** Every transaction that the mirror makes, of one match and one player. */
import type { InstructionPlan, TransactionPlan } from '../../../durable-objects/ports.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect } from '../../../services/solana/connect.ts';
import { ACTION_HASH, address, COORDINATOR, MATCH_ID, PROGRAM_ID, scripted, settings } from './fixtures.ts';

export const SYSTEM = '11111111111111111111111111111111';
export const MEMO = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
export const CONFIG = 'HR8RVLAzoDvEnJPxVJghgWDy7595aHBXqCUN4BEF2qDT';
export const MATCH = 'ADPEHmGF86TGCbDrUUboepgVKWZXaXbYQmkBi6GrtrtM';
export const ESCROW = 'C7UXvaGDrLWMAe3CctAumJ6n1558B9mBrXtWnGN9uCuY';
export const NONE = PROGRAM_ID;
export const AUTHORITY = COORDINATOR.publicKey.toBase58();
export const TREASURY = address(20);
export const WALLET = address(30);

const { fetch, asked } = scripted(() => {
  throw new Error('no network is needed here');
});

export { asked };
export const parts = connect(settings(), { fetch, now: Date.now });
export const chain = new SolanaChain(parts);
export const REGISTRY = chain.pda('registry').address;
export const ALICE = await parts.signers.custodyAuthority('user-alice-001');
export const ALICE_DEPOSIT = chain.pda('deposit', ALICE).address;

export const CREATE = {
  kind: 'create_match',
  matchId: MATCH_ID,
  gameType: 0,
  seed: 9_876_543_210n,
  entryFee: 100_000_000n,
  paymentMethod: 1,
  matchType: 1,
  tournamentId: null,
} as const satisfies InstructionPlan;
export const CUSTODY = { userId: 'user-alice-001', authority: ALICE };
export const JOIN: InstructionPlan = {
  kind: 'join_match',
  matchId: MATCH_ID,
  userId: 'user-alice-001',
  source: { kind: 'deposit', authority: ALICE },
};
export const START: InstructionPlan = { kind: 'start_match', matchId: MATCH_ID };
export const END: InstructionPlan = { kind: 'end_match', matchId: MATCH_ID, matchHash: null, hotUrl: null };

export function plan(...instructions: InstructionPlan[]): TransactionPlan {
  const needsCustody = instructions.some(({ kind }) => kind === 'join_match' || kind === 'withdraw_sol');
  const custody = needsCustody ? CUSTODY : null;
  return { actionHash: ACTION_HASH, coordinator: AUTHORITY, custody, wallet: null, instructions };
}

export function byWallet(...instructions: InstructionPlan[]): TransactionPlan {
  return { ...plan(), wallet: WALLET, instructions };
}

export const WALLET_JOIN = byWallet({
  kind: 'join_match',
  matchId: MATCH_ID,
  userId: 'user-alice-001',
  source: { kind: 'wallet', wallet: WALLET },
});
export const DEPOSIT: TransactionPlan = {
  ...byWallet(
    { kind: 'transfer', from: WALLET, to: ALICE, lamports: 9_007_199_254_740_993n },
    { kind: 'deposit_sol', authority: ALICE, lamports: 9_007_199_254_740_993n },
  ),
  custody: CUSTODY,
};
export const WITHDRAWAL = plan(
  { kind: 'withdraw_sol', authority: ALICE, lamports: 50_000_000n, treasury: TREASURY },
  { kind: 'transfer', from: ALICE, to: WALLET, lamports: 50_000_000n },
);

export function payees(count: number, platform: boolean) {
  return Array.from({ length: count }, (_, index) => ({ index, payee: address(100 + index), platform }));
}

export function distribution(count: number, platform: boolean): InstructionPlan {
  const winners = payees(count, platform).map((payee) => ({ ...payee, lamports: 1_000_000n }));
  return { kind: 'distribute_prizes', matchId: MATCH_ID, treasury: TREASURY, winners };
}

export function refund(count: number, platform: boolean, treasury: string | null = null) {
  return {
    kind: 'refund_escrow',
    matchId: MATCH_ID,
    treasury,
    players: payees(count, platform),
    reason: 0,
    abandonedIndex: null,
  } as const satisfies InstructionPlan;
}
