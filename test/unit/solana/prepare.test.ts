import { describe, expect, it } from 'vitest';
import type { TransactionPlan } from '../../../durable-objects/ports.ts';
import { createChain } from '../../../services/solana/chain.ts';
import {
  ACTION_HASH,
  COORDINATOR,
  keypair,
  MATCH_ID,
  OLD_COORDINATOR,
  scripted,
  settings,
  withSlot,
} from './fixtures.ts';

const BLOCKHASH = keypair(50).publicKey.toBase58();

const PLAN: TransactionPlan = {
  actionHash: ACTION_HASH,
  coordinator: COORDINATOR.publicKey.toBase58(),
  custody: null,
  wallet: null,
  instructions: [{ kind: 'start_match', matchId: MATCH_ID }],
};

function node() {
  const { fetch, asked } = scripted(() => withSlot(77, { blockhash: BLOCKHASH, lastValidBlockHeight: 220 }));
  return { chain: createChain(settings(), { fetch, now: Date.now }), asked };
}

describe('prepare', () => {
  it('signs over a confirmed blockhash and keeps what a proof of death will need', async () => {
    const { chain, asked } = node();
    const attempt = await chain.prepare(PLAN);
    expect(attempt).toMatchObject({
      blockhash: BLOCKHASH,
      lastValidBlockHeight: 220,
      blockhashSlot: 77,
      provider: 'a',
    });
    expect(asked.find(({ method }) => method === 'getLatestBlockhash')).toMatchObject({
      params: [{ commitment: 'confirmed' }],
    });
  });

  it('makes the same signature of the same plan and blockhash', async () => {
    const [first, second] = [await node().chain.prepare(PLAN), await node().chain.prepare(PLAN)];
    expect(first).toEqual(second);
  });

  it('signs with the key that created the match, also after a rotation', async () => {
    const { chain } = node();
    const old = { ...PLAN, coordinator: OLD_COORDINATOR.publicKey.toBase58() };
    expect((await chain.prepare(old)).signature).not.toBe((await chain.prepare(PLAN)).signature);
  });

  it('refuses what is too large before it asks anyone', async () => {
    const { chain, asked } = node();
    const winners = Array.from({ length: 10 }, (_, index) => ({
      index,
      lamports: 1n,
      payee: keypair(100 + index).publicKey.toBase58(),
      platform: true,
    }));
    const large: TransactionPlan = {
      ...PLAN,
      instructions: [
        { kind: 'end_match', matchId: MATCH_ID, matchHash: null, hotUrl: null },
        { kind: 'distribute_prizes', matchId: MATCH_ID, treasury: BLOCKHASH, winners },
      ],
    };
    await expect(chain.prepare(large)).rejects.toMatchObject({ code: 'transaction_too_large' });
    expect(asked).toEqual([]);
  });

  it('refuses what a wallet has to sign first', async () => {
    const { chain, asked } = node();
    const wallet = keypair(30).publicKey.toBase58();
    const join: TransactionPlan = {
      ...PLAN,
      wallet,
      instructions: [
        { kind: 'join_match', matchId: MATCH_ID, userId: 'alice', source: { kind: 'wallet', wallet } },
      ],
    };
    await expect(chain.prepare(join)).rejects.toMatchObject({ code: 'plan_invalid' });
    expect(asked).toEqual([]);
  });

  it('refuses a custody authority that is not the key of that user before it asks anyone', async () => {
    const { chain, asked } = node();
    const authority = await chain.custodyAuthority('bob');
    const source = { kind: 'deposit', authority } as const;
    const stolen: TransactionPlan = {
      ...PLAN,
      custody: { userId: 'alice', authority },
      instructions: [{ kind: 'join_match', matchId: MATCH_ID, userId: 'alice', source }],
    };
    await expect(chain.prepare(stolen)).rejects.toMatchObject({ code: 'custody_mismatch' });
    expect(asked).toEqual([]);
  });

  it('refuses a coordinator without a key before it asks anyone', async () => {
    const { chain, asked } = node();
    const stranger = { ...PLAN, coordinator: keypair(99).publicKey.toBase58() };
    await expect(chain.prepare(stranger)).rejects.toMatchObject({ code: 'unknown_coordinator' });
    expect(asked).toEqual([]);
  });
});
